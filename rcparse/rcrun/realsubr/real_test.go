package realsubr

import (
	"context"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// madeTree is the ports tree that was written for the tests.
const madeTree = "../../../corpus/testdata/ports"

// TestRealRcSubr holds the simulation against the rc.subr that SVCJIFY_RCSUBR
// names, on FreeBSD the system's own: see docs/real-rc-subr.md.
func TestRealRcSubr(t *testing.T) {
	file := os.Getenv("SVCJIFY_RCSUBR")
	if file == "" && runtime.GOOS == "freebsd" {
		file = "/etc/rc.subr"
	}
	if file == "" {
		t.Skip("SVCJIFY_RCSUBR does not name an rc.subr with service jails")
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	h := newHarness(t, string(text))
	t.Run("made tree", func(t *testing.T) { h.compareTree(t, madeTree, "made", testing.Short()) })
	t.Run("SVCJIFY_PORTSDIR", func(t *testing.T) {
		root := os.Getenv("SVCJIFY_PORTSDIR")
		if root == "" {
			t.Skip("SVCJIFY_PORTSDIR is not set")
		}
		h.compareTree(t, root, "ports", testing.Short())
	})
}

// TestStandIn does the same on the made tree with the stand-in of testdata, so
// that the harness is at work where no FreeBSD is.
func TestStandIn(t *testing.T) {
	text, err := os.ReadFile("testdata/rc.subr")
	require.NoError(t, err)
	newHarness(t, string(text)).compareTree(t, madeTree, "stand-in", true)
}

// compareTree compares every script of a tree in every circumstance. Each
// difference must stand in the table, and each line of the table must be of use.
func (h *harness) compareTree(t *testing.T, root, tree string, few bool) {
	list, err := scripts(root)
	require.NoError(t, err)
	only := os.Getenv("SVCJIFY_SCRIPT") // a pattern, for a look into one script
	table, err := readTable("testdata/differences.tsv")
	require.NoError(t, err)
	var (
		mu          sync.Mutex
		wg          sync.WaitGroup
		work        = make(chan *subject)
		compared    int
		equal       int
		scriptsSame int
		reasons     = map[string]int{}
	)
	for range min(runtime.GOMAXPROCS(0), 8) {
		wg.Go(func() {
			for s := range work {
				results, err := h.compareScript(t.Context(), s, few)
				mu.Lock()
				if err != nil {
					t.Errorf("%s: %v", s.where, err)
				}
				same := true
				for _, r := range results {
					compared++
					if len(r.found) == 0 {
						equal++
						continue
					}
					same = false
					for _, d := range r.found {
						if e := table.find(tree, path.Base(h.shell), d); e != nil {
							e.used++
							reasons[e.reason]++
						} else {
							t.Errorf("%v", d)
							if only != "" {
								t.Log(r.output)
							}
						}
					}
				}
				if same && err == nil {
					scriptsSame++
				}
				mu.Unlock()
			}
		})
	}
	for _, s := range list {
		if only == "" || matches(only, s.where) {
			work <- s
		}
	}
	close(work)
	wg.Wait()
	t.Logf("%d scripts (%d equal in all), %d runs compared, %d equal", len(list), scriptsSame, compared, equal)
	var lines []string
	for reason, n := range reasons {
		lines = append(lines, fmt.Sprintf("%5d variables differ: %s", n, reason))
	}
	slices.Sort(lines)
	t.Log("\n" + strings.Join(lines, "\n"))
	for _, e := range table {
		if e.applies(tree, path.Base(h.shell)) && e.used == 0 && !few && only == "" && slices.ContainsFunc(list, func(s *subject) bool { return matches(e.script, s.where) }) {
			t.Errorf("testdata/differences.tsv:%d: this difference no longer occurs: %s %s %s", e.line, e.script, e.scenario, e.variable)
		}
	}
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
		if p := c.Argv[0]; strings.Contains(p, "/") && !strings.ContainsAny(p, " \t\n") {
			if !path.IsAbs(p) {
				p = path.Join("/", c.Dir, p)
			}
			s.programs = append(s.programs, p)
		}
	}
	if err := h.settle(ctx, s); err != nil {
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
