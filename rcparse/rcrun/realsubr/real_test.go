package realsubr

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// madeTree is the ports tree that was written for the tests.
const madeTree = "../../../corpus/testdata/ports"

// TestRealRcSubr holds the simulation against the rc.subr that SVCJIFY_RCSUBR
// names, on FreeBSD the system's own: see docs/real-rc-subr.md.
func TestRealRcSubr(t *testing.T) {
	file := os.Getenv("SVCJIFY_RCSUBR")
	given := file != ""
	if !given && runtime.GOOS == "freebsd" {
		file = "/etc/rc.subr"
	}
	if file == "" {
		t.Skip("SVCJIFY_RCSUBR does not name an rc.subr with service jails")
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	if !given && !hasServiceJails(string(text)) {
		t.Skipf("%s has no service jails: that of FreeBSD 15 or later is needed", file)
	}
	h := newHarness(t, string(text))
	t.Logf("%s (SHA-256 %x), run by %s (%s), is held against release %s", file, sha256.Sum256(text), h.shell.Path,
		h.shell.Kind, h.release)
	t.Run("made tree", func(t *testing.T) { h.compareTree(t, madeTree, selection{"made", 1, testing.Short()}) })
	t.Run("SVCJIFY_PORTSDIR", func(t *testing.T) {
		root := os.Getenv("SVCJIFY_PORTSDIR")
		if root == "" {
			t.Skip("SVCJIFY_PORTSDIR is not set")
		}
		h.compareTree(t, root, selection{"ports", 1, testing.Short()})
	})
}

// TestStandIn does the same on the made tree with the stand-in of testdata, so
// that the harness is at work where no FreeBSD is: with all scripts for the
// default release, with some for each other. Without the slow tests: some scripts, the default.
func TestStandIn(t *testing.T) {
	for _, r := range rcrun.Releases() {
		if r.Name != rcrun.DefaultRelease && !slowtest.All() {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			h := newHarness(t, standIn(t, r.Name))
			require.Equal(t, r.Name, h.release, "the release that fits is found")
			sel := selection{tree: "stand-in", every: 8, few: true}
			if r.Name == rcrun.DefaultRelease && slowtest.All() {
				sel.every = 1
			}
			h.compareTree(t, madeTree, sel)
		})
	}
}

// standIn is the text of the stand-in as it is for a release.
func standIn(t testing.TB, release string) string {
	b, err := os.ReadFile("testdata/rc.subr")
	require.NoError(t, err)
	const line = "\nstandin=15\n"
	require.Contains(t, string(b), line)
	return strings.Replace(string(b), line, "\nstandin="+release+"\n", 1)
}

// A selection is how much of a tree is compared.
type selection struct {
	tree  string // what the table calls it
	every int    // each so-manieth script
	few   bool   // the starts without other settings
}

// compareTree compares a tree's scripts in every circumstance. Each difference
// must stand in the table, and each line of the table must be of use.
func (h *harness) compareTree(t *testing.T, root string, sel selection) {
	list, err := scripts(root)
	require.NoError(t, err)
	only := os.Getenv("SVCJIFY_SCRIPT") // a pattern, to run one script alone
	list = selectScripts(list, sel.every, only)
	table, err := readTable("testdata/differences.tsv")
	require.NoError(t, err)
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		work = make(chan *subject)
		sum  tally
	)
	for range min(runtime.GOMAXPROCS(0), 8) {
		wg.Go(func() {
			for s := range work {
				results, err := h.compareScript(t.Context(), s, sel.few)
				mu.Lock()
				if err != nil {
					t.Errorf("%s: %v", s.where, err)
				}
				for _, r := range results {
					if unknown := sum.add(r.found,
						func(d difference) *entry { return table.find(sel.tree, h.shell.Kind, d) }); len(unknown) > 0 {
						for _, d := range unknown {
							t.Errorf("%v", d)
						}
						if only != "" {
							t.Log(r.output)
						}
					}
				}
				mu.Unlock()
			}
		})
	}
	for _, s := range list {
		work <- s
	}
	close(work)
	wg.Wait()
	t.Logf("release %s under %s: %d scripts, %s", h.release, h.shell.Kind, len(list), sum)
	if only == "" {
		for _, e := range table.idle(sel, h.shell.Kind, list) {
			t.Errorf("testdata/differences.tsv:%d: this difference no longer occurs: %s %s %s", e.line, e.script,
				e.scenario, e.variable)
		}
	}
}

// selectScripts is each so-manieth of the scripts that match a pattern.
func selectScripts(list []*subject, every int, only string) []*subject {
	var out []*subject
	for _, s := range list {
		if only == "" || matches(only, s.where) {
			out = append(out, s)
		}
	}
	n := 0
	return slices.DeleteFunc(out, func(*subject) bool { n++; return (n-1)%every != 0 })
}

// A tally is what a comparison came to.
type tally struct {
	compared, equal int
	reasons         map[string]int // runs that differ for it
}

// add counts a run by its differences, and returns those that find does not know.
func (sum *tally) add(found []difference, find func(difference) *entry) (unknown []difference) {
	sum.compared++
	if len(found) == 0 {
		sum.equal++
		return nil
	}
	if sum.reasons == nil {
		sum.reasons = map[string]int{}
	}
	seen := map[string]bool{}
	for _, d := range found {
		reason := "not in the table"
		if e := find(d); e != nil {
			e.used++
			reason = e.reason
		} else {
			unknown = append(unknown, d)
		}
		if !seen[reason] {
			seen[reason] = true
			sum.reasons[reason]++
		}
	}
	return unknown
}

func (sum tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs compared, %d equal", sum.compared, sum.equal)
	for _, reason := range slices.Sorted(maps.Keys(sum.reasons)) {
		fmt.Fprintf(&b, "\n%6d differ: %s", sum.reasons[reason], reason)
	}
	return b.String()
}

// A result is what one circumstance gave.
type result struct {
	found  []difference
	output string // of the shell
}

// compareScript is the differences of one script, an entry for each circumstance.
func (h *harness) compareScript(ctx context.Context, s *subject, few bool) ([]result, error) {
	simulated := rcrun.FromText(s.text)
	first := simulated.Run(ctx, rcrun.Scenario{Verb: "start", InstalledAs: s.name, Release: h.release})
	// From the simulation come only what it takes for given, and names of
	// programs to make, which a script that hides its errors would not tell.
	s.assumed = first.Assumed
	for _, c := range first.Reached {
		switch p := c.Argv[0]; {
		case p == "" || strings.ContainsAny(p, " \t\n"):
		case path.IsAbs(p):
			s.programs = append(s.programs, p)
		case strings.Contains(p, "/"):
			s.programs = append(s.programs, path.Join("/", c.Dir, p))
		case !baseNames[p] && !slices.Contains(builtins, p): // PATH may lead there
			s.programs = append(s.programs, "/usr/local/bin/"+p)
		}
	}
	if err := h.findGuess(ctx, s); err != nil {
		return nil, err
	}
	var results []result
	for _, c := range circumstances(s, h.release, few) {
		ob, err := h.run(ctx, s, c.sc)
		if err != nil {
			return results, err
		}
		found := compare(ob, simulated.Run(ctx, c.sc))
		for i := range found {
			found[i].script, found[i].scenario = s.where, c.name
		}
		results = append(results, result{found, ob.Output})
	}
	return results, nil
}
