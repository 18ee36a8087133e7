package rcparse

import (
	"bytes"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

var identifiers = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// mentions counts the names in the script's code, comments left out: whole ones,
// and, under "}" and the rest, those that an expansion begins, as in ${name}_flags.
func (s *Script) mentions() map[string]int {
	t := s.parsed()
	code := bytes.Clone(t.masked)
	blank := func(list []syntax.Comment) {
		for _, c := range list {
			for i := c.Pos().Offset(); i < c.End().Offset() && int(i) < len(code); i++ {
				code[i] = ' '
			}
		}
	}
	syntax.Walk(t.file, func(n syntax.Node) bool {
		if st, ok := n.(*syntax.Stmt); ok {
			blank(st.Comments)
		}
		return true
	})
	blank(t.file.Last)
	counted := map[string]int{}
	for _, m := range identifiers.FindAllIndex(code, -1) {
		name := Substitute(string(s.Src[m[0]:m[1]]), s.subst)
		counted[name]++
		if m[0] > 0 && code[m[0]-1] == '}' {
			counted["}"+name]++
		}
	}
	return counted
}

// reads reports whether the script mentions a variable anywhere but where it is
// set: expanded, given to checkyesno by name, or put together from ${name}.
func (s *Script) reads(variable string) bool {
	counted := s.mentions()
	own, ownEnds := 0, map[string]int{}
	for _, a := range s.Assigns {
		if a.Var != variable {
			continue
		}
		statement := string(s.Src[a.Span.Start:a.Span.End])
		times := 1
		switch a.Op {
		case ColonDash, Dash, EmptyTest:
			times = 2
		case Plain: // x="$x y" reads it for itself
			times = max(times, strings.Count(statement, variable))
		}
		own += times
		if i := strings.LastIndexByte(statement, '}'); a.Eval && i >= 0 {
			for end := variable; ; {
				j := strings.IndexByte(end[1:], '_')
				if j < 0 {
					break
				}
				end = end[1+j:]
				ownEnds["}"+end] += strings.Count(statement, "}"+end)
			}
		}
	}
	if counted[variable] > own {
		return true
	}
	for end := variable; ; {
		j := strings.IndexByte(end[1:], '_')
		if j < 0 {
			return false
		}
		end = end[1+j:]
		if counted["}"+end] > ownEnds["}"+end] {
			return true
		}
	}
}
