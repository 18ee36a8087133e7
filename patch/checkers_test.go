package patch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/internal/slowtest"
	"github.com/svcjify/svcjify/lint/infer"
)

// TestShellcheck holds the patched scripts of the made tree to those before:
// shellcheck(1) says nothing new but what it says of every default and every
// variable that only rc.subr(8) reads (docs/patches.md).
func TestShellcheck(t *testing.T) {
	slowtest.Only(t)
	tool(t, "shellcheck")
	dir := t.TempDir()
	changes, _, _ := planFor(t, infer.Possible, "../corpus/testdata/ports")
	var names []string
	for _, c := range changes {
		for _, f := range c.Files {
			if !c.Template(f.Path) {
				continue
			}
			name := strings.ReplaceAll(f.Path, "/", "_")
			names = append(names, name)
			for side, text := range map[string][]byte{"before": f.Old, "after": f.New} {
				masked := placeholders.ReplaceAllStringFunc(string(text),
					func(p string) string { return strings.Trim(strings.ReplaceAll(p, "%%", "_"), ".+-") })
				require.NoError(t, os.MkdirAll(filepath.Join(dir, side), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, side, name), []byte(masked), 0o644))
			}
		}
	}
	before, after := findings(t, filepath.Join(dir, "before"), names), findings(t, filepath.Join(dir, "after"), names)
	allowed := map[string]bool{
		"SC2223": true, // `: ${x=y}` without quotes: the Porter's Handbook's own form
		"SC2034": true, // NAME_svcj is set and not used: rc.subr uses it
	}
	for key, n := range after {
		_, code, _ := strings.Cut(key, " ")
		require.True(t, n <= before[key] || allowed[code], "%s: %d times, %d before", key, n, before[key])
	}
	require.NotEmpty(t, before)
}

var shellcheckLine = regexp.MustCompile(`^([^:]+):\d+:\d+: .*\[(SC\d+)\]$`)

// findings counts shellcheck's findings by file and code.
func findings(t *testing.T, dir string, names []string) map[string]int {
	cmd := exec.Command("shellcheck", append([]string{"-s", "sh", "-f", "gcc", "--"}, names...)...)
	cmd.Dir = dir
	out, err := cmd.Output() // it exits with 1 where it finds something
	require.NotEmpty(t, out, "%v", err)
	count := map[string]int{}
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		m := shellcheckLine.FindStringSubmatch(l)
		require.NotNil(t, m, l)
		count[m[1]+" "+m[2]]++
	}
	return count
}
