//go:build unix

package advise_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/host/hosttest"
	"github.com/svcjify/svcjify/lint/advise"
)

// ofSize is the made system grown to a number of scripts, of which some are switched
// on, with a database of a thousand packages and 100,000 files, and defaults as long
// as FreeBSD's.
func ofSize(tb testing.TB, scripts, enabled int) string {
	root := tb.TempDir()
	put := func(name, text string) {
		p := filepath.Join(root, name)
		require.NoError(tb, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(tb, os.WriteFile(p, []byte(text), 0o755))
	}
	defaults, err := os.ReadFile(filepath.Join("testdata", "root", "etc", "defaults", "rc.conf"))
	require.NoError(tb, err)
	var long strings.Builder
	for i := range 600 {
		fmt.Fprintf(&long, "thing_%d_enable=\"NO\"\t\t# Set to YES to have thing number %d (or NO).\n", i, i)
	}
	put("etc/defaults/rc.conf", string(defaults)+long.String())
	made, err := filepath.Glob(filepath.Join("testdata", "root", "usr", "local", "etc", "rc.d", "*"))
	require.NoError(tb, err)
	var conf strings.Builder
	var packages []hosttest.Package
	n := 0
	for round := 0; n < scripts; round++ {
		for _, file := range made {
			base := filepath.Base(file)
			text, err := os.ReadFile(file)
			if err != nil || base == "tansy" || n == scripts { // a link of the made system; the script that never ends
				continue
			}
			name := fmt.Sprintf("%s%d", base, round)
			put("usr/local/etc/rc.d/"+name, strings.ReplaceAll(string(text), base, name))
			if n < enabled {
				fmt.Fprintf(&conf, "%s_enable=\"YES\"\n", name)
			}
			n++
			packages = append(packages, hosttest.Package{Name: name, Version: "1", Origin: "misc/" + name,
				Comment: "Made", Files: []string{"/usr/local/etc/rc.d/" + name}})
		}
	}
	for i := range 1000 {
		p := hosttest.Package{Name: fmt.Sprintf("lib%d", i), Version: "1", Origin: "misc/lib", Comment: "Made"}
		for k := range 100 {
			p.Files = append(p.Files, fmt.Sprintf("/usr/local/share/lib%d/file%d", i, k))
		}
		packages = append(packages, p)
	}
	put("etc/rc.conf", conf.String())
	require.NoError(tb, hosttest.Write(filepath.Join(root, "var/db/pkg/local.sqlite"), packages))
	return root
}

// BenchmarkMachine is advice for a machine with 150 scripts, 40 switched on, from
// opening it to the printed text. MiB are the most that this process, and the
// largest of its children, had in memory, the making of the system included.
func BenchmarkMachine(b *testing.B) {
	root := ofSize(b, 150, 40)
	for b.Loop() {
		m, err := advise.Open(context.Background(), root, advise.Options{})
		require.NoError(b, err)
		list, errs := m.Advise(context.Background(), advise.Question{})
		require.Empty(b, errs)
		require.GreaterOrEqual(b, len(list), 38)
		require.NoError(b, advise.Text(io.Discard, list))
		m.Close()
	}
	var self, child syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &self))
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_CHILDREN, &child))
	unit := int64(1 << 10) // kilobytes, but on Darwin
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	b.ReportMetric(float64(self.Maxrss*unit)/(1<<20), "MiB-self")
	b.ReportMetric(float64(child.Maxrss*unit)/(1<<20), "MiB-child")
}

// TestKeepMachine leaves the benchmark's machine in a directory, for measuring the
// command itself.
func TestKeepMachine(t *testing.T) {
	dir := os.Getenv("SVCJIFY_KEEP_MACHINE")
	if dir == "" {
		t.Skip("SVCJIFY_KEEP_MACHINE names the directory")
	}
	require.NoError(t, os.CopyFS(dir, os.DirFS(ofSize(t, 150, 40))))
}
