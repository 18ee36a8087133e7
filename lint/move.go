package lint

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// outdented is the text of a statement with its comments as it stands at the
// top level. What is added to rc_flags, which run_rc_command sets later, is put
// in front of command_args instead: there it stands whatever the flags of rc.conf
// and of the environment are (rc.subr(8)). It tells whether those came behind it.
// Elsewhere rc_flags is called by the name that it is read from.
func outdented(s *rcparse.Script, sp rcparse.Span, st *syntax.Stmt, flags string) (text string, before bool) {
	var renames []Edit
	multi := false // a word that spans lines must keep its blanks
	syntax.Walk(st, func(n syntax.Node) bool {
		var name *syntax.Lit
		switch n := n.(type) {
		case *syntax.Assign:
			if edits, front, ok := intoArgs(s, n); ok {
				renames, before = append(renames, edits...), before || front
				return false
			}
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
	slices.SortFunc(renames, func(a, b Edit) int { return a.Start - b.Start })
	text = spliced(s.Src[sp.Start:sp.End], renames)
	indent := s.Indent(int(st.Pos().Offset()))
	if emptiesFlags(st) { // and what rc.subr(8) would take instead
		text += indent + "flags=\"\"\n"
	}
	if multi && !splitAgain(s, st) {
		return strings.TrimPrefix(text, indent), before
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return b.String(), before
}

// intoArgs turns rc_flags="-a ${rc_flags} -b" into command_args="-a -b ${command_args}".
// front says that there are words in front of the flags.
func intoArgs(s *rcparse.Script, a *syntax.Assign) (edits []Edit, front, ok bool) {
	if a.Name == nil || a.Name.Value != "rc_flags" || a.Append || a.Value == nil || len(a.Value.Parts) != 1 {
		return nil, false, false
	}
	quoted, isQuoted := a.Value.Parts[0].(*syntax.DblQuoted)
	if !isQuoted || quoted.Dollar {
		return nil, false, false
	}
	at := -1
	for i, p := range quoted.Parts {
		if pe, is := p.(*syntax.ParamExp); is && pe.Param != nil && pe.Param.Value == "rc_flags" {
			if at >= 0 || pe.Exp != nil || pe.Length {
				return nil, false, false
			}
			at = i
		}
	}
	if at < 0 || len(quoted.Parts) == 1 {
		return nil, false, false
	}
	self := spanOf(quoted.Parts[at])
	// The blanks around it go with it, but for one between two words.
	for self.Start > 0 && (s.Src[self.Start-1] == ' ' || s.Src[self.Start-1] == '\t') {
		self.Start--
	}
	end := int(quoted.Right.Offset())
	for at == 0 && self.End < end && (s.Src[self.End] == ' ' || s.Src[self.End] == '\t') {
		self.End++
	}
	return []Edit{
		{Span: spanOf(a.Name), New: "command_args"}, {Span: self}, {Span: rcparse.Span{Start: end, End: end}, New: " ${command_args}"},
	}, at > 0, true
}

// assignInPlace is for a start_precmd that is itself an assignment, such as
// start_precmd="command_args=start": the assignment takes its place.
func assignInPlace(s *rcparse.Script, _ []loss, _ string) *Fix {
	m, ok := s.Method("start_precmd")
	if !ok || m.Cond || len(s.Get("start_precmd")) != 1 || m.Op != rcparse.Plain || strings.Contains(m.Value, "%%") {
		return nil
	}
	text := rcparse.Unquote(m.Value)
	name, value, isAssign := strings.Cut(text, "=")
	if !isAssign || !syntax.ValidName(name) || name == "rc_flags" || strings.ContainsAny(value, " \t\n;&|<>()`\\'\"$") {
		return nil
	}
	return &Fix{What: "set " + name + " at the top level", Certainty: infer.Likely,
		Edits: []Edit{{Span: m.Span, New: text}}}
}

// splitAgain reports whether a statement is an assignment whose value rc.subr(8) splits
// into words again, and whose lines are joined by backslashes: then the blanks at
// their beginnings mean nothing.
func splitAgain(s *rcparse.Script, st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) > 0 {
		return false
	}
	for _, a := range c.Assigns {
		if a.Name == nil || a.Name.Value != "command_args" && !strings.HasSuffix(a.Name.Value, "_flags") {
			return false
		}
		sp := spanOf(a)
		if text := string(s.Src[sp.Start:sp.End]); strings.Count(text, "\n") != strings.Count(text, "\\\n") {
			return false
		}
	}
	return true
}

// chdirDefault is for a start_precmd that goes to a directory: rc.subr goes to
// ${name}_chdir on the host and in the jail. The cd stays, for what follows it. It
// stands with the other defaults, if those are behind load_rc_config.
func chdirDefault(s *rcparse.Script, lost []loss, name string) *Fix {
	block := s.Block()
	line := chdirOf(s, lost, name)
	if line == "" || len(block) == 0 || s.LastLoad() < 0 || block[len(block)-1].Span.Start < s.LastLoad() {
		return nil
	}
	edit, err := placeDefault(s, []string{line}, false)
	if err != nil {
		return nil
	}
	return &Fix{What: "set " + name + "_chdir", Certainty: infer.Likely, Edits: []Edit{edit}}
}

// chdirLast is the same right before run_rc_command, when all variables are set.
func chdirLast(s *rcparse.Script, lost []loss, name string) *Fix {
	line := chdirOf(s, lost, name)
	at, ok := beforeRun(s)
	if line == "" || !ok {
		return nil
	}
	return &Fix{What: "set " + name + "_chdir", Certainty: infer.Likely,
		Edits: []Edit{{Span: rcparse.Span{Start: at, End: at}, New: line + "\n\n"}}}
}

// chdirOf is the default of ${name}_chdir, with the directory as the start_precmd
// writes it; "" where there is none to be set.
func chdirOf(s *rcparse.Script, lost []loss, name string) string {
	fn := precmdOf(s)
	own, eval, err := variable(s, "_chdir")
	if fn == nil || !slices.ContainsFunc(lost, func(l loss) bool { return l.kind == lostDir }) ||
		len(s.Get(name+"_chdir")) > 0 || err != nil || eval || !syntax.ValidName(name) {
		return ""
	}
	dir := ""
	syntax.Walk(fn.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 2 && n.Args[0].Lit() == "cd" {
				sp := spanOf(n.Args[1])
				dir = string(s.Src[sp.Start:sp.End])
			}
		case *syntax.IfClause, *syntax.CaseClause, *syntax.Subshell, *syntax.CmdSubst, *syntax.WhileClause:
			return false // perhaps it does not go there
		}
		return true
	})
	if dir == "" || strings.ContainsAny(dir, "\n`(") {
		return ""
	}
	f := formOf(s)
	bare := strings.Trim(dir, `"'`)
	switch {
	case strings.ContainsAny(bare, `"'\`):
		return ""
	case f.assigns && f.outside:
		return fmt.Sprintf(`%s="${%s-%s}"`, own, own, bare)
	case f.quote == "" && !strings.ContainsAny(bare, "$ ~") || strings.HasPrefix(dir, "'"):
		bare = dir // as it is written there
	case f.quote == "'" && !strings.Contains(bare, "$"):
		bare = "'" + bare + "'"
	default:
		bare = `"` + bare + `"`
	}
	if f.assigns {
		return own + "=${" + own + "-" + bare + "}"
	}
	return ": ${" + own + "=" + bare + "}"
}

// emptiesFlags reports whether a statement is rc_flags="".
func emptiesFlags(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) > 0 || len(c.Assigns) != 1 {
		return false
	}
	a := c.Assigns[0]
	if a.Name == nil || a.Name.Value != "rc_flags" {
		return false
	}
	if a.Value == nil {
		return true
	}
	if len(a.Value.Parts) != 1 {
		return false
	}
	switch q := a.Value.Parts[0].(type) {
	case *syntax.DblQuoted:
		return len(q.Parts) == 0
	case *syntax.SglQuoted:
		return q.Value == ""
	}
	return false
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

// closeGap takes an empty line along where lines go away between two of them, below
// an opening brace, or above a closing one. It goes back no further than floor.
func closeGap(s *rcparse.Script, sp rcparse.Span, floor int) rcparse.Span {
	end := lineEnd(s, sp.End)
	before := strings.TrimRight(string(s.Src[:sp.Start]), " \t")
	if strings.TrimSpace(string(s.Src[sp.End:end])) == "" && end > sp.End &&
		(strings.HasSuffix(before, "\n\n") || strings.HasSuffix(before, "{\n")) {
		sp.End = end
	}
	last := strings.HasPrefix(strings.TrimLeft(string(s.Src[sp.End:]), " \t"), "}")
	for last && sp.Start-1 > floor && strings.HasSuffix(string(s.Src[:sp.Start]), "\n\n") {
		sp.Start--
	}
	return sp
}

// removeFunc takes away a method's function and the line that names it, where
// nothing else does.
func removeFunc(s *rcparse.Script, method string, fn *syntax.FuncDecl) ([]Edit, bool) {
	m, _ := s.Method(method)
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
		if other, ok := s.Method(name); ok && name != method &&
			strings.Contains(s.Expand(rcparse.Unquote(other.Value)), fn.Name.Value) {
			return nil, false
		}
	}
	def.Start = commentAbove(s, def.Start)
	return []Edit{{Span: line}, {Span: closeGap(s, def, line.End)}}, true
}
