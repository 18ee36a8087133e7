package batch

import (
	"cmp"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/report"
)

// A cost is what is built again because PORTREVISION rises.
type cost struct {
	// Counted is false where the dependents were not looked at.
	Counted bool
	// Ports is the ports whose PORTREVISION rises, Dependents those that need one
	// of them, directly or not, and do not rise themselves.
	Ports, Dependents int
	// Many is the ports that others need, those with the most first.
	Many []needed
}

// A needed port has others that need it.
type needed struct {
	Origin string
	// Direct is the ports that name it, All those that need it by whatever way.
	Direct, All int
}

// mostNeeded is how many ports the summary names.
const mostNeeded = 20

func costOf(d *corpus.Dependents, to []*recipient) cost {
	var out cost
	var risen []string
	for _, r := range to {
		for _, n := range r.patches {
			for _, o := range slices.Concat(n.Ports, n.Rebuilt) {
				risen = addOnce(risen, o)
			}
		}
	}
	out.Ports = len(risen)
	if d == nil || len(risen) == 0 {
		return out
	}
	out.Counted, out.Dependents = true, len(d.All(risen))
	for _, o := range risen {
		if n := len(d.Of(o)); n > 0 {
			out.Many = append(out.Many, needed{report.OneLine(o), n, len(d.All([]string{o}))})
		}
	}
	slices.SortFunc(out.Many, func(a, b needed) int {
		return cmp.Or(cmp.Compare(b.All, a.All), cmp.Compare(b.Direct, a.Direct), cmp.Compare(a.Origin, b.Origin))
	})
	return out
}

// Shown is the ports that the summary names, Rest the number of the others.
func (c cost) Shown() []needed { return c.Many[:min(mostNeeded, len(c.Many))] }

// Rest is how many ports the summary does not name.
func (c cost) Rest() int { return len(c.Many) - len(c.Shown()) }
