package bmake

import (
	"fmt"
	"strings"
)

// condition says in words what must be chosen for a guarded line to be
// reached: the parts that do not hold by default. Beyond maxLabels they are counted.
func (g *Guard) condition(around Surroundings) string {
	var parts []string
	more := 0
	for ; g != nil; g = g.Parent {
		var own []string
		if len(parts) >= maxLabels {
			more += len(g.Earlier) + 1
			continue
		}
		switch {
		case g.Node == nil:
			if g.Result.Truth != YesTruth {
				own = append(own, around.Choice(g.Name, !g.Off))
			}
		default:
			for i, earlier := range g.Earlier {
				if len(own) >= maxLabels {
					more += len(g.Earlier) - i
					break
				}
				if earlier.Result.Truth != noTruth {
					own = append(own, around.InWords(earlier.Text, earlier.Node.Variant, false))
				}
			}
			if !g.Otherwise && g.Result.Truth != YesTruth {
				own = append(own, around.InWords(g.Text, g.Node.Variant, true))
			}
		}
		parts = append(own, parts...)
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("%d more conditions", more))
	}
	return strings.Join(parts, " and ")
}

// choosable tells whether a user's choice could make the guarded line reached:
// each condition that does not hold depends on a choice, or is not known.
func (g *Guard) choosable() bool {
	for ; g != nil; g = g.Parent {
		if g.Node == nil {
			continue
		}
		for _, earlier := range g.Earlier {
			if earlier.Result.Truth == YesTruth && earlier.Result.Deps == 0 {
				return false
			}
		}
		if !g.Otherwise && g.Result.Truth == noTruth && g.Result.Deps == 0 {
			return false
		}
	}
	return true
}
