package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recipe is the block of docs/editors.md in a language.
func recipe(t *testing.T, language string) string {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "editors.md"))
	require.NoError(t, err)
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		if m[1] == language {
			return m[2]
		}
	}
	t.Fatalf("no block of %s", language)
	return ""
}

// edited is a template of a tree of the test's own, and one with a fault in it, which the editor has made.
func edited(t *testing.T) (file, fault string) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "corpus", "testdata", "ports"))))
	return filepath.Join(dir, "www/svcj-ready/files/cornflower.in"), "net_basik"
}

// editor runs one in batch mode; without it there is nothing to test.
func editor(t *testing.T, name string, args ...string) string {
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("without %s", name)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TERM=dumb")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestVim(t *testing.T) {
	file, fault := edited(t)
	out := filepath.Join(t.TempDir(), "out")
	editor(t, "vim", "-es", "-u", "NONE", "-N", "-S", write(t, "svcjify.vim", recipe(t, "vim")), "-S",
		write(t, "do.vim", strings.Join([]string{
			"edit " + file,
			"silent %s/net_basic/" + fault + "/",
			"Svcjify",
			"call writefile(map(getqflist(), {_, e -> printf('%d:%d %s %s %s', e.lnum, e.col, e.type, bufname(e.bufnr) ==# expand('" + file + "') || fnamemodify(bufname(e.bufnr), ':p') ==# '" + file + "', e.text)}), '" + out + "')",
			"qa!",
		}, "\n")))
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "20:1 e 1 unknown service jail option \"net_basik\" [SJ102]\n", string(got))
}

func TestEmacs(t *testing.T) {
	file, fault := edited(t)
	out := editor(t, "emacs", "--batch", "-Q", "-l", "flymake", "-l", write(t, "svcjify.el", recipe(t, "elisp")),
		"--eval", `(progn
  (find-file "`+file+`") (sh-mode)
  (while (search-forward "net_basic" nil t) (replace-match "`+fault+`"))
  (let (answer)
    (svcjify-flymake (lambda (list) (setq answer (or list 'none))))
    (while (not answer) (accept-process-output nil 0.05))
    (dolist (d answer)
      (princ (format "%d %s %s\n" (line-number-at-pos (flymake-diagnostic-beg d)) (flymake-diagnostic-type d) (flymake-diagnostic-text d))))))`)
	require.Contains(t, out, "20 :error unknown service jail option \"net_basik\" [SJ102]\n")
}

// TestVSCode applies the problem matcher's pattern as Visual Studio Code does.
func TestVSCode(t *testing.T) {
	var tasks struct {
		Tasks []struct {
			Command        string
			ProblemMatcher struct {
				Pattern struct {
					Regexp                                      string
					File, Line, Column, Severity, Message, Code int
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(recipe(t, "json")), &tasks))
	require.Len(t, tasks.Tasks, 1)
	require.Equal(t, "svcjify", tasks.Tasks[0].Command)
	p := tasks.Tasks[0].ProblemMatcher.Pattern
	file, _ := edited(t)
	line := strings.TrimSpace(shell(t, filepath.Dir(file),
		"sed s/net_basic/net_basik/ cornflower.in | svcjify lint --format oneline --stdin-name "+file+" -"))
	m := regexp.MustCompile(p.Regexp).FindStringSubmatch(line)
	require.NotNil(t, m, line)
	// The path is relative to the current directory, which is the workspace's.
	require.Equal(t, []string{filepath.Base(file), "20", "1", "error",
		`unknown service jail option "net_basik"`, "SJ102"},
		[]string{m[p.File], m[p.Line], m[p.Column], m[p.Severity], m[p.Message], m[p.Code]})
}
