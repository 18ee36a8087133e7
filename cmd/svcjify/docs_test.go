package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/hook"
)

// documents is the README and docs/*.md, from this directory.
func documents(t *testing.T) []string {
	list, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	require.NoError(t, err)
	return append(list, filepath.Join("..", "..", "README.md"))
}

// fence is a fenced block with its info string.
var fence = regexp.MustCompile("(?ms)^```([^\n`]*)\n(.*?)^```$")

// fileBlock is the info string of a block that is a file of the made tree: `toml .svcjify.toml`.
var fileBlock = regexp.MustCompile(`^\w+ (\S+)$`)

// TestDocs runs the examples of the README and of docs/*.md in a copy of the made
// ports tree, one for each document, from top to bottom. A block whose info string ends
// in a file's name is written there. In a block that begins with `$ `, each line
// that begins so is run by sh, and what stands under it is what it prints,
// standard error too; a line that is only cd holds for those after it. With -update the output is rewritten.
func TestDocs(t *testing.T) {
	n := 0
	for _, doc := range documents(t) {
		t.Run(filepath.Base(doc), func(t *testing.T) {
			text, err := os.ReadFile(doc)
			require.NoError(t, err)
			if !strings.Contains(string(text), "\n$ ") {
				return // no example that is run
			}
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "corpus", "testdata", "ports"))))
			at := dir // where cd has led to
			got := fence.ReplaceAllStringFunc(string(text), func(block string) string {
				m := fence.FindStringSubmatch(block)
				if file := fileBlock.FindStringSubmatch(m[1]); file != nil {
					require.True(t, filepath.IsLocal(file[1]))
					require.NoError(t, os.WriteFile(filepath.Join(at, file[1]), []byte(m[2]), 0o644))
				}
				if !strings.HasPrefix(m[2], "$ ") {
					return block
				}
				var out strings.Builder
				out.WriteString("```" + m[1] + "\n")
				for line := range strings.Lines(m[2]) {
					if command, ok := strings.CutPrefix(line, "$ "); ok {
						n++
						out.WriteString(line)
						to, isCD := strings.CutPrefix(strings.TrimSpace(command), "cd ")
						if isCD && !strings.Contains(to, " ") {
							at = filepath.Join(at, to)
							continue
						}
						out.WriteString(shell(t, at, command))
					}
				}
				return out.String() + "```"
			})
			if *updateScripts {
				require.NoError(t, os.WriteFile(doc, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(text), got, "if it is right: go test ./cmd/svcjify -run Docs -update")
		})
	}
	require.GreaterOrEqual(t, n, 2)
}

// shell runs a command line in dir, without the settings of whoever runs the test.
func shell(t *testing.T, dir, command string) string {
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "NO_COLOR", "FORCE_COLOR", "XDG_CONFIG_HOME", "HOME":
		default:
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, gitEnv...), "HOME="+t.TempDir(), hook.Variable+"=")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err, command)
	}
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	return string(out)
}
