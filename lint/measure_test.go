package lint

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// TestRealTreeMeasure compares the verdicts with the hand-made labels of
// corpus/labels on the tree in SVCJIFY_PORTSDIR and prints the figures, for the
// third of the labels that is kept unseen while tuning apart from the rest.
// The same follows as if the table of programs were empty, which is what a
// program that nobody has looked at gets. SVCJIFY_MEASURE=wrong lists the
// disagreements of the tuning part too.
func TestRealTreeMeasure(t *testing.T) {
	dir := os.Getenv("SVCJIFY_PORTSDIR")
	if dir == "" {
		t.Skip("SVCJIFY_PORTSDIR is not set")
	}
	c, err := corpus.Open([]string{dir})
	require.NoError(t, err)
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	res, err := Run(context.Background(), c, Options{Simulate: pool})
	require.NoError(t, err)
	byKey := map[string]*Subject{}
	for _, s := range res.Subjects {
		byKey[s.Service.Template+" "+s.Service.Name] = s
	}
	f, err := os.Open("../corpus/labels/labels.tsv")
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	require.NoError(t, err)
	for _, table := range []string{"with", "without"} {
		for _, split := range []string{"tune", "held"} {
			m := measure{byCertainty: map[infer.Certainty][2]int{}, byWord: map[string][3]int{}}
			for _, row := range rows[1:] {
				if row[5] != split {
					continue
				}
				s := byKey[row[0]+" "+row[1]]
				require.NotNil(t, s, "label for a service that is not found: %s", row[0])
				v := s.Verdict
				if table == "without" {
					in := infer.NewInput(s.Service, s.Script)
					if s.Records != nil {
						in.Run = &s.Records.Host
					}
					v = infer.Infer(in, infer.Gather(in), &infer.Knowledge{})
				}
				if !m.add(v, row[2]) && split == "tune" && os.Getenv("SVCJIFY_MEASURE") == "wrong" {
					t.Logf("%s: said %q (%s), labelled %q (%s): %s", row[0], v.Answer(), v.Certainty, row[2], row[4], row[7])
				}
			}
			t.Log(m.String(split + ", " + table + " the table"))
		}
	}
}

// A measure counts right and wrong answers.
type measure struct {
	all, exact, unknown, special, specialFound int
	// byCertainty is answers and wrong ones; byWord is right, said too much, missed.
	byCertainty map[infer.Certainty][2]int
	byWord      map[string][3]int
}

func (m *measure) add(v infer.Verdict, label string) bool {
	m.all++
	said := strings.Fields(v.Answer())
	want := strings.Fields(label)
	slices.Sort(said)
	slices.Sort(want)
	right := slices.Equal(said, want)
	if !v.Known() {
		m.unknown++
	} else {
		n := m.byCertainty[v.Certainty]
		n[0]++
		if !right {
			n[1]++
		}
		m.byCertainty[v.Certainty] = n
	}
	if right {
		m.exact++
	}
	if label != "net_basic" {
		m.special++
		if right {
			m.specialFound++
		}
	}
	for _, w := range append(slices.Clone(said), want...) {
		n := m.byWord[w]
		switch in := slices.Contains(said, w); {
		case in && slices.Contains(want, w):
			n[0]++ // counted twice, once from each list
		case in:
			n[1] += 2
		default:
			n[2] += 2
		}
		m.byWord[w] = n
	}
	return right
}

func (m *measure) String(split string) string {
	var b strings.Builder
	pct := func(a, of int) float64 { return 100 * float64(a) / float64(max(of, 1)) }
	fmt.Fprintf(&b, "%s: %d services, exact %d (%.1f %%), unknown %d (%.1f %%), other than net_basic found %d of %d (%.1f %%)\n",
		split, m.all, m.exact, pct(m.exact, m.all), m.unknown, pct(m.unknown, m.all), m.specialFound, m.special, pct(m.specialFound, m.special))
	for c := infer.Certain; c > infer.Unknown; c-- {
		n := m.byCertainty[c]
		fmt.Fprintf(&b, "  %-10s %3d answers, %d wrong (%.1f %%)\n", c, n[0], n[1], pct(n[1], n[0]))
	}
	var words []string
	for w := range m.byWord {
		words = append(words, w)
	}
	slices.Sort(words)
	for _, w := range words {
		n := m.byWord[w]
		hit, extra, miss := n[0]/2, n[1]/2, n[2]/2
		fmt.Fprintf(&b, "  %-10s precision %.0f %%, recall %.0f %% (%d right, %d too much, %d missed)\n",
			w, pct(hit, hit+extra), pct(hit, hit+miss), hit, extra, miss)
	}
	return b.String()
}
