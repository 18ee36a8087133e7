package lint

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse"
)

// outdented is the text of a statement with its comments as it stands at the
// top level, where rc_flags, which run_rc_command sets later, is called by the
// name it is read from.
func outdented(s *rcparse.Script, sp rcparse.Span, st *syntax.Stmt, flags string) string {
	var renames []Edit
	multi := false // a word that spans lines must keep its blanks
	syntax.Walk(st, func(n syntax.Node) bool {
		var name *syntax.Lit
		switch n := n.(type) {
		case *syntax.Assign:
			name = n.Name
		case *syntax.ParamExp:
			name = n.Param
			if n.Short && name != nil && name.Value == "rc_flags" { // $rc_flags, and a longer name may meet a letter
				renames = append(renames, Edit{Span: spanOf(name), New: "{" + flags + "}"})
				return true
			}
		case *syntax.Word:
			multi = multi || n.Pos().Line() != n.End().Line()
		}
		if name != nil && name.Value == "rc_flags" {
			renames = append(renames, Edit{Span: spanOf(name), New: flags})
		}
		return true
	})
	for i := range renames {
		renames[i].Start -= sp.Start
		renames[i].End -= sp.Start
	}
	text := spliced(s.Src[sp.Start:sp.End], renames)
	indent := s.Indent(int(st.Pos().Offset()))
	if multi {
		return strings.TrimPrefix(text, indent)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return b.String()
}

func spanOf(n syntax.Node) rcparse.Span {
	return rcparse.Span{Start: int(n.Pos().Offset()), End: int(n.End().Offset())}
}

// addRemoval adds lines that go away, together with those before where only
// empty lines stand between.
func addRemoval(s *rcparse.Script, edits []Edit, sp rcparse.Span) []Edit {
	if n := len(edits); n > 0 && strings.TrimSpace(string(s.Src[edits[n-1].End:sp.Start])) == "" {
		edits[n-1].End = sp.End
		return edits
	}
	return append(edits, Edit{Span: sp})
}

// closeGap takes an empty line along where lines go away between two of them,
// or below an opening brace.
func closeGap(s *rcparse.Script, sp rcparse.Span) rcparse.Span {
	end := lineEnd(s, sp.End)
	before := strings.TrimRight(string(s.Src[:sp.Start]), " \t")
	if strings.TrimSpace(string(s.Src[sp.End:end])) == "" && end > sp.End && (strings.HasSuffix(before, "\n\n") || strings.HasSuffix(before, "{\n")) {
		sp.End = end
	}
	return sp
}

// removeFunc takes away the start_precmd's function and the line that names
// it, where nothing else does.
func removeFunc(s *rcparse.Script, fn *syntax.FuncDecl) ([]Edit, bool) {
	m, _ := s.Method("start_precmd")
	line, ok := wholeLine(s, m.Span)
	def, ok2 := wholeLine(s, spanOf(fn))
	if !ok || !ok2 {
		return nil, false
	}
	for _, c := range s.Commands {
		if c.Name == fn.Name.Value {
			return nil, false
		}
	}
	for _, name := range s.Methods() {
		if other, ok := s.Method(name); ok && name != "start_precmd" && strings.Contains(s.Expand(rcparse.Unquote(other.Value)), fn.Name.Value) {
			return nil, false
		}
	}
	def.Start = commentAbove(s, def.Start)
	return []Edit{{Span: line}, {Span: closeGap(s, def)}}, true
}
