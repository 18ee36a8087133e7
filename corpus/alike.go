package corpus

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// maxScripts is how many scripts of one port are looked at. The ports that we know
// install up to ten.
const maxScripts = 100

// maxAlike is how many problems of one kind are told of one port.
const maxAlike = 20

// alike counts the problems of one kind in one port: beyond maxAlike they are
// counted, and not kept.
type alike struct {
	of map[alikeKey]*alikeCount
}

type alikeKey struct {
	origin string // or the path, where no port is concerned
	kind   ProblemKind
}

type alikeCount struct {
	n     int
	first Problem // that is not kept
}

// admit tells whether a problem is to be kept.
func (c *alike) admit(p *Problem) bool {
	if c.of == nil {
		c.of = make(map[alikeKey]*alikeCount)
	}
	key := alikeKey{p.Origin, p.Kind}
	if key.origin == "" {
		key.origin = path.Dir(p.Path)
	}
	n := c.of[key]
	if n == nil {
		n = &alikeCount{}
		c.of[key] = n
	}
	n.n++
	if n.n == maxAlike+1 {
		n.first = *p
	}
	return n.n <= maxAlike
}

// flush adds a problem for each kind and port that says how many more there are.
func (c *alike) flush(list []Problem) []Problem {
	var more []Problem
	for _, n := range c.of {
		if n.n > maxAlike {
			p := n.first
			p.Text = fmt.Sprintf("and %d more like this in the same place: %s", n.n-maxAlike, p.Text)
			more = append(more, p)
		}
	}
	c.of = nil
	slices.SortFunc(more, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return append(list, more...)
}

// tooMany says once for each port what was left out of it.
func (l *loader) tooMany(found *services) {
	for dir, r := range l.evaluated {
		if r == nil || r.err != nil {
			continue
		}
		var parts []string
		if n := found.of[r.port] + r.left.Words; n > maxScripts {
			parts = append(parts, fmt.Sprintf("the port installs %d scripts, and %d of them were looked at", n, maxScripts))
		}
		if r.left.Variants > 0 {
			parts = append(parts, fmt.Sprintf("USE_RC_SUBR depends on %d choices (options, flavours, conditions), and %d of them were tried",
				r.left.All, r.left.All-r.left.Variants))
		}
		if r.unread {
			parts = append(parts, "its commands expand to more than is read, and the last ones were not looked at")
		}
		if len(parts) == 0 {
			continue
		}
		p := Problem{Tree: l.tree, Kind: BadMakefile, Path: path.Join(dir, "Makefile"), Origin: dir,
			Text: strings.Join(parts, "; ") + ": what else it installs is not known",
			Hint: "split the port, or name its scripts in USE_RC_SUBR without conditions"}
		if as := r.port.Make.Assignments("USE_RC_SUBR"); len(as) > 0 {
			p.Path, p.Line = as[0].File, as[0].Line
		}
		l.problems = append(l.problems, p)
	}
}
