package makefile

import (
	"fmt"
	"strings"
)

// condition says in words what must be chosen for a guarded line to be
// reached: the parts that do not hold by default. Beyond maxLabels they are counted.
func (g *guard) condition() string {
	var parts []string
	more := 0
	for ; g != nil; g = g.parent {
		var own []string
		if len(parts) >= maxLabels {
			more += len(g.earlier) + 1
			continue
		}
		switch {
		case g.node == nil:
			if g.result.truth != yesTruth {
				own = append(own, g.text)
			}
		default:
			for i, earlier := range g.earlier {
				if len(own) >= maxLabels {
					more += len(g.earlier) - i
					break
				}
				if earlier.result.truth != noTruth {
					own = append(own, g.around.Words(earlier.text, earlier.node.variant, false))
				}
			}
			if !g.otherwise && g.result.truth != yesTruth {
				own = append(own, g.around.Words(g.text, g.node.variant, true))
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
func (g *guard) choosable() bool {
	for ; g != nil; g = g.parent {
		if g.node == nil {
			continue
		}
		for _, earlier := range g.earlier {
			if earlier.result.truth == yesTruth && earlier.result.deps == 0 {
				return false
			}
		}
		if !g.otherwise && g.result.truth == noTruth && g.result.deps == 0 {
			return false
		}
	}
	return true
}
