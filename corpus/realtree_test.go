package corpus

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A row is make's answer for one port.
type row struct {
	origin, pkgname, revision string
	names                     []string
	masterDir, filesDir       string
}

// readInventory reads a table as corpus/testdata/ports.tsv.
func readInventory(t testing.TB, name string) []row {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	var rows []row
	for s := bufio.NewScanner(f); s.Scan(); {
		c := strings.Split(s.Text(), "\t")
		if c[0] == "origin" {
			continue
		}
		require.Len(t, c, 6, s.Text())
		rows = append(rows, row{c[0], c[1], c[2], strings.Fields(c[3]), c[4], c[5]})
	}
	return rows
}

// A comparison is how a corpus differs from make's answer.
type comparison struct {
	ports, names, conditional   int
	unanswered                  []string
	missed, invented, otherwise []string
}

// unanswered are ports of the tree behind the inventory that make gave no
// answer for: bmake stops in the tree's Mk/extensions/localbase.mk, line 19, where localbase_ARGS
// is not defined. Asked with localbase_ARGS= on its command line it names
// clamav_clamd, clamav_freshclam and clamav_milter for both, as we do.
var unanswered = []string{"security/clamav", "security/clamav-lts"}

// compareInventory compares with make's answer. Scripts that a port installs by
// hand are not in USE_RC_SUBR, so make does not name them.
func compareInventory(c *Corpus, rows []row) comparison {
	var cmp comparison
	got := make(map[string][]string)
	made := make(map[string]*Port)
	files := make(map[string]bool)
	for _, s := range c.Services {
		if s.Condition != "" {
			cmp.conditional++
		}
		for i, p := range s.Ports {
			if s.Conditions[i] == "" && !s.ByHand {
				got[p.Origin] = append(got[p.Origin], s.Name)
				made[p.Origin] = p
				files[p.Origin+" "+s.Name+" "+s.Template] = true
			}
		}
	}
	for _, origin := range unanswered {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.origin == origin }) {
			for _, n := range got[origin] {
				cmp.unanswered = append(cmp.unanswered, origin+" "+n)
			}
			delete(got, origin)
		}
	}
	cmp.ports = len(got)
	for _, names := range got {
		cmp.names += len(names)
	}
	for _, r := range rows {
		names := got[r.origin]
		delete(got, r.origin)
		for _, word := range r.names {
			name := strings.TrimSuffix(word, ".sh")
			i := slices.Index(names, name)
			if i < 0 {
				cmp.missed = append(cmp.missed, r.origin+" "+name)
				continue
			}
			names = slices.Delete(names, i, i+1)
			if template := r.filesDir + "/" + word + ".in"; !files[r.origin+" "+name+" "+template] &&
				!files[r.origin+" "+name+" "] {
				cmp.otherwise = append(cmp.otherwise, r.origin+" "+name+": template is not "+template)
			}
		}
		for _, n := range names {
			cmp.invented = append(cmp.invented, r.origin+" "+n)
		}
		p := made[r.origin]
		if p == nil {
			continue
		}
		for _, f := range []struct{ what, want, got string }{
			{"PKGNAME", r.pkgname, p.Make.Value("PKGNAME")},
			{"PORTREVISION", r.revision, p.Make.Value("PORTREVISION")},
			{"MASTERDIR", r.masterDir, p.Make.MasterDir()},
			{"FILESDIR", r.filesDir, p.Make.FilesDir()},
		} {
			if f.want != f.got {
				cmp.otherwise = append(cmp.otherwise, r.origin+" "+f.what+": make "+f.want+", here "+f.got)
			}
		}
	}
	for origin, names := range got {
		for _, n := range names {
			cmp.invented = append(cmp.invented, origin+" "+n)
		}
	}
	slices.Sort(cmp.invented)
	return cmp
}

// TestRealTree compares with make's answer for a real ports tree, named by
// SVCJIFY_PORTSDIR. SVCJIFY_INVENTORY names the answer, a table as in testdata/ports.tsv.
func TestRealTree(t *testing.T) {
	dir := os.Getenv("SVCJIFY_PORTSDIR")
	if dir == "" {
		t.Skip("SVCJIFY_PORTSDIR names no ports tree")
	}
	start := time.Now()
	c, err := Open([]string{dir})
	require.NoError(t, err)
	took := time.Since(start)
	inventory := os.Getenv("SVCJIFY_INVENTORY")
	if inventory == "" {
		inventory = filepath.Join("..", "..", "shared", "data", "mports-rc-services.tsv")
	}
	templates := make(map[string]bool)
	for _, s := range c.Services {
		if s.Condition == "" && s.Template != "" {
			templates[s.Template] = true
		}
	}
	kinds := make(map[ProblemKind]int)
	for _, p := range c.Problems {
		kinds[p.Kind]++
	}
	t.Logf("opened in %v: %d services from %d templates at default options", took.Round(time.Millisecond),
		len(c.Services), len(templates))
	t.Logf("problems: %d unreadable, %d bad Makefiles, %d templates missing, %d not installed, %d without template",
		kinds[Unreadable], kinds[BadMakefile], kinds[TemplateMissing], kinds[NotInstalled], kinds[NoTemplate])
	if _, err := os.Stat(inventory); err != nil {
		t.Skipf("no inventory to compare with: %v", err)
	}
	cmp := compareInventory(c, readInventory(t, inventory))
	t.Logf("%d ports, %d names, %d missed, %d invented, %d conditional, %d that make sees otherwise",
		cmp.ports, cmp.names, len(cmp.missed), len(cmp.invented), cmp.conditional, len(cmp.otherwise))
	t.Logf("%d names of ports that make itself could not evaluate: %v", len(cmp.unanswered), cmp.unanswered)
	require.Empty(t, cmp.missed, "names that make gives")
	require.Empty(t, cmp.invented, "names that make does not give")
	require.Empty(t, cmp.otherwise, "values that make gives otherwise")
}

// BenchmarkOpen measures discovery on the tree that SVCJIFY_PORTSDIR names.
func BenchmarkOpen(b *testing.B) {
	dir := os.Getenv("SVCJIFY_PORTSDIR")
	if dir == "" {
		b.Skip("SVCJIFY_PORTSDIR names no ports tree")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open([]string{dir}); err != nil {
			b.Fatal(err)
		}
	}
}
