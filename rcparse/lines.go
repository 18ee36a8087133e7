package rcparse

import (
	"bytes"
	"regexp"
)

var (
	lineAssign  = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)=(\S*|"[^"]*"|'[^']*')\s*$`)
	lineDefault = regexp.MustCompile(`^\s*:\s+"?\$\{([A-Za-z_][A-Za-z0-9_]*)(:?=)([^}]*)\}`)
	lineCall    = regexp.MustCompile(`^\s*(load_rc_config|run_rc_command|\.)\s+(.*?)\s*$`)
)

// scanLines is the fallback for a script that no parser takes: it tells what
// single lines say. What stands in a function it can't tell, so all of it
// counts as conditional.
func (s *Script) scanLines() {
	offset, line := 0, 0
	for _, raw := range bytes.SplitAfter(s.parsed().masked, []byte("\n")) {
		line++
		text := bytes.TrimSuffix(raw, []byte("\n"))
		at := Pos{Offset: offset, Line: line, Col: 1}
		span := Span{offset, offset + len(text)}
		src := func(m []int, i int) string {
			return Substitute(string(s.Src[offset+m[2*i]:offset+m[2*i+1]]), s.subst)
		}
		if m := lineAssign.FindSubmatchIndex(text); m != nil {
			s.Assigns = append(s.Assigns, Assign{
				Var: src(m, 1), Value: src(m, 2), Span: span,
				ValueSpan: Span{offset + m[4], offset + m[5]}, Pos: at, Cond: true,
			})
		} else if m := lineDefault.FindSubmatchIndex(text); m != nil {
			op := Equals
			if src(m, 2) == ":=" {
				op = ColonEquals
			}
			s.Assigns = append(s.Assigns, Assign{
				Var: src(m, 1), Op: op, Value: src(m, 3), Span: span,
				ValueSpan: Span{offset + m[6], offset + m[7]}, Pos: at, Cond: true,
			})
		} else if m := lineCall.FindSubmatchIndex(text); m != nil {
			c := Call{Name: src(m, 1), Args: []string{src(m, 2)}, Span: span, Pos: at, Cond: true}
			switch c.Name {
			case "load_rc_config":
				s.Loads = append(s.Loads, c)
			case "run_rc_command":
				s.Runs = append(s.Runs, c)
			default:
				s.Sources = append(s.Sources, c)
			}
		}
		offset += len(raw)
	}
	s.resolveNames()
}
