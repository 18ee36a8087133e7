package rcparse

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// readTree fills the model from the syntax tree.
func (s *Script) readTree() {
	r := &reader{Script: s}
	r.stmts(s.File().Stmts, scope{})
	s.resolveNames()
}

// A reader walks the tree once, in the order of the text.
type reader struct{ *Script }

// A scope says what surrounds a statement.
type scope struct {
	fn   string
	cond bool
}

func (r *reader) stmts(list []*syntax.Stmt, in scope) {
	for _, st := range list {
		r.stmt(st, in)
	}
}

func (r *reader) stmt(st *syntax.Stmt, in scope) {
	if st.Cmd == nil {
		return
	}
	branch := scope{in.fn, true}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		r.call(st, c, in)
	case *syntax.FuncDecl:
		r.Funcs = append(r.Funcs, Func{Name: r.text(c.Name), Span: spanOf(st), Pos: posOf(st.Pos())})
		r.stmt(c.Body, scope{fn: r.text(c.Name)})
	case *syntax.Block:
		r.stmts(c.Stmts, in)
	case *syntax.Subshell:
		r.stmts(c.Stmts, branch)
	case *syntax.BinaryCmd:
		if a, ok := r.emptyTest(c); ok {
			a.Func, a.Cond = in.fn, in.cond
			r.Assigns = append(r.Assigns, a)
			return
		}
		r.stmt(c.X, branch)
		r.stmt(c.Y, branch)
	case *syntax.IfClause:
		if a, ok := r.emptyIf(st, c); ok {
			a.Func, a.Cond = in.fn, in.cond
			r.Assigns = append(r.Assigns, a)
			return
		}
		for cl := c; cl != nil; cl = cl.Else {
			r.stmts(cl.Cond, branch)
			r.stmts(cl.Then, branch)
		}
	case *syntax.WhileClause:
		r.stmts(c.Cond, branch)
		r.stmts(c.Do, branch)
	case *syntax.ForClause:
		if it, ok := c.Loop.(*syntax.WordIter); ok {
			r.Assigns = append(r.Assigns, Assign{
				Var: r.text(it.Name), Op: Loop, Span: spanOf(it), Pos: posOf(it.Pos()),
				Func: in.fn, Cond: true, Value: wordsText(r, it.Items),
			})
		}
		r.stmts(c.Do, branch)
	case *syntax.CaseClause:
		for _, item := range c.Items {
			r.stmts(item.Stmts, branch)
		}
	}
}

func wordsText(r *reader, words []*syntax.Word) string {
	var parts []string
	for _, w := range words {
		parts = append(parts, r.text(w))
	}
	return strings.Join(parts, " ")
}

// call records a simple command: assignments, the calls of rc.subr that
// matter, ": ${x=y}", eval, and everything else as a command.
func (r *reader) call(st *syntax.Stmt, c *syntax.CallExpr, in scope) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			r.plain(a, c, in)
		}
		return
	}
	call := Call{
		Name: r.text(c.Args[0]), Span: spanOf(st), Pos: posOf(c.Args[0].Pos()),
		Func: in.fn, Cond: in.cond,
	}
	for _, w := range c.Args[1:] {
		call.Args = append(call.Args, r.text(w))
	}
	switch strings.Trim(call.Name, `"'`) {
	case ":", "true":
		for _, w := range c.Args[1:] {
			r.defaults(w, c, in)
		}
	case "eval":
		r.eval(c, in)
	case "set_rcvar":
		r.setRcvar(c, in)
	case "setvar":
		if len(c.Args) == 3 {
			r.add(Assign{Var: r.varName(c.Args[1]), Op: Plain, Value: r.text(c.Args[2]), ValueSpan: spanOf(c.Args[2])},
				c, in)
		}
	case "export", "readonly", "local":
		for _, w := range c.Args[1:] {
			if name, value, ok := strings.Cut(r.text(w), "="); ok && isName(name) {
				start := int(w.Pos().Offset()) + len(name) + 1
				r.add(Assign{
					Var: name, Op: Plain, Value: value, ValueSpan: Span{start, int(w.End().Offset())},
					Exported: call.Name == "export",
				}, w, in)
			}
		}
	case "load_rc_config":
		r.Loads = append(r.Loads, call)
		return
	case "run_rc_command":
		r.Runs = append(r.Runs, call)
		return
	case ".":
		r.Sources = append(r.Sources, call)
		return
	}
	r.Commands = append(r.Commands, call)
}

// add records an assignment whose statement is n.
func (r *reader) add(a Assign, n syntax.Node, in scope) {
	a.Span, a.Pos = spanOf(n), posOf(n.Pos())
	a.Func, a.Cond = in.fn, in.cond
	r.Assigns = append(r.Assigns, a)
}

// isName reports whether s is a shell variable's name.
func isName(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case c == '_', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case c >= '0' && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

// resolveNames decides what name= and rcvar= are.
func (s *Script) resolveNames() {
	s.Name = s.value("name")
	s.RCVar = s.value("rcvar")
	for _, a := range s.Assigns {
		if a.Var != "name" {
			continue
		}
		if v := Unquote(a.Value); !slices.Contains(s.Names, v) {
			s.Names = append(s.Names, v)
		}
	}
	if s.RCVar.Kind == Missing {
		// `rcvar=$(set_rcvar)` and the like are Computed; many old scripts rely on set_rcvar's default.
		for _, a := range s.Assigns {
			if a.Op == SetRcvar {
				s.RCVar = Value{Kind: kindOf(a.Var), Text: a.Var, Pos: a.Pos}
				return
			}
		}
	}
}

// value decides what a variable is from its assignments outside functions.
func (s *Script) value(name string) Value {
	var v Value
	for _, a := range s.Assigns {
		if a.Var != name || a.Func != "" {
			continue
		}
		text := s.expandName(Unquote(a.Value))
		kind := kindOf(text)
		if a.Op == Loop {
			kind = Several
		}
		switch { // a value worked out step by step is computed; different literals are several
		case v.Kind == Several || v.Kind == Literal && kind == Literal && v.Text != text:
			kind = Several
		case v.Kind == Computed && kind != Several:
			kind = Computed
		}
		v = Value{Kind: kind, Text: text, Raw: text, Pos: a.Pos}
		if a.ValueSpan.End > a.ValueSpan.Start {
			v.Raw = Unquote(string(s.Src[a.ValueSpan.Start:a.ValueSpan.End]))
		}
	}
	return v
}

// expandName replaces ${name} where the name is known.
func (s *Script) expandName(text string) string {
	if s.Name.Kind != Literal {
		return text
	}
	text = strings.ReplaceAll(text, "${name}", s.Name.Text)
	if text == "$name" {
		return s.Name.Text
	}
	return text
}

// kindOf says how well a value is known from its text.
func kindOf(text string) ValueKind {
	switch {
	case strings.ContainsAny(text, "$`"):
		return Computed
	case placeholder.MatchString(text):
		return Placeholder
	}
	return Literal
}

// Unquote strips one pair of quotes that enclose the whole text.
func Unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] &&
		strings.IndexByte(s[1:len(s)-1], s[0]) < 0 {
		return s[1 : len(s)-1]
	}
	return s
}
