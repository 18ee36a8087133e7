package rcparse

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/sh"
	"mvdan.cc/sh/v3/syntax"
)

// An Op says how an assignment treats a value that is there already, rc.conf's above all.
type Op int

const (
	// Plain: x=v. Whatever was there is lost.
	Plain Op = iota
	// ColonEquals: `: ${x:=v}`. Unset or empty gives v.
	ColonEquals
	// Equals: `: ${x=v}`. Only unset gives v: rc.conf's empty value stays.
	Equals
	// ColonDash: x=${x:-v}. Like ColonEquals.
	ColonDash
	// Dash: x=${x-v}. Like Equals.
	Dash
	// EmptyTest: [ -z "$x" ] && x=v, or the same with if. Like ColonEquals.
	EmptyTest
	// SetRcvar: set_rcvar x v, the default that load_rc_config applies where x is empty.
	SetRcvar
	// Loop: for x in v.
	Loop
)

var opText = map[Op]string{
	Plain: "x=v", ColonEquals: ": ${x:=v}", Equals: ": ${x=v}", ColonDash: "x=${x:-v}", Dash: "x=${x-v}",
	EmptyTest: `[ -z "$x" ] && x=v`, SetRcvar: "set_rcvar x v", Loop: "for x in v",
}

func (o Op) String() string { return opText[o] }

// IsDefault reports whether the form leaves a value that is there already alone.
func (o Op) IsDefault() bool { return o != Plain && o != Loop }

// KeepsEmpty reports whether rc.conf's empty value survives the form.
func (o Op) KeepsEmpty() bool { return o == Equals || o == Dash }

// An Assign is a statement, or part of one, that sets a variable.
type Assign struct {
	// Var is the variable's name. A part that comes from an expansion is
	// written as it stands, as in ${name}_enable, unless name is known.
	Var string
	Op  Op
	// Value is the source text of the value, quotes included.
	Value string
	// Span is the whole statement, ValueSpan the value without what surrounds
	// it; ValueSpan is empty where the value is not one piece of the template.
	Span, ValueSpan Span
	Pos             Pos
	// Func and Cond are as in Call.
	Func string
	Cond bool
	// Eval is true where the statement is an eval, Exported where it is an export.
	Eval, Exported bool
}

// Static returns the value without quotes, and whether it is known without running anything.
func (a Assign) Static() (string, bool) {
	v := Unquote(a.Value)
	return v, !strings.ContainsAny(v, "$`\\\"'") && !placeholder.MatchString(v)
}

// plain records x=v, and x=${x:-v}, which is a default in disguise.
func (r *reader) plain(a *syntax.Assign, stmt syntax.Node, in scope) {
	if a.Name == nil || a.Naked {
		return
	}
	out := Assign{Var: r.text(a.Name), Op: Plain}
	if a.Value != nil {
		out.Value, out.ValueSpan = r.text(a.Value), spanOf(a.Value)
		if pe := soleExpansion(a.Value); pe != nil && pe.Param != nil && pe.Param.Value == a.Name.Value &&
			pe.Exp != nil {
			switch pe.Exp.Op {
			case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull:
				out.Op = ColonDash
			case syntax.DefaultUnset, syntax.AssignUnset:
				out.Op = Dash
			}
			if out.Op != Plain {
				out.Value, out.ValueSpan = r.word(pe.Exp.Word, pe)
			}
		}
	}
	r.add(out, stmt, in)
}

// defaults records `: ${x:=v}` and `: ${x=v}`, several in one command too.
func (r *reader) defaults(w *syntax.Word, stmt syntax.Node, in scope) {
	for _, part := range w.Parts {
		parts := []syntax.WordPart{part}
		if q, ok := part.(*syntax.DblQuoted); ok {
			parts = q.Parts
		}
		for _, p := range parts {
			pe, ok := p.(*syntax.ParamExp)
			if !ok || pe.Param == nil || pe.Exp == nil {
				continue
			}
			a := Assign{Var: r.text(pe.Param)}
			switch pe.Exp.Op {
			case syntax.AssignUnsetOrNull:
				a.Op = ColonEquals
			case syntax.AssignUnset:
				a.Op = Equals
			default:
				continue
			}
			a.Value, a.ValueSpan = r.word(pe.Exp.Word, pe)
			r.add(a, stmt, in)
		}
	}
}

// word is the text and extent of an expansion's word, which may be absent:
// then the extent is the empty one before the closing brace.
func (r *reader) word(w *syntax.Word, pe *syntax.ParamExp) (string, Span) {
	if w == nil || len(w.Parts) == 0 {
		end := int(pe.End().Offset()) - 1
		return "", Span{end, end}
	}
	return r.text(w), spanOf(w)
}

// soleExpansion returns the one parameter expansion that a word consists of.
func soleExpansion(w *syntax.Word) *syntax.ParamExp {
	if len(w.Parts) != 1 {
		return nil
	}
	part := w.Parts[0]
	if q, ok := part.(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		part = q.Parts[0]
	}
	pe, _ := part.(*syntax.ParamExp)
	return pe
}

// emptyTest recognises [ -z "$x" ] && x=v.
func (r *reader) emptyTest(c *syntax.BinaryCmd) (Assign, bool) {
	if c.Op != syntax.AndStmt {
		return Assign{}, false
	}
	return r.emptyGuard(c.X, c.Y, c)
}

// emptyIf recognises if [ -z "$x" ]; then x=v; fi.
func (r *reader) emptyIf(st *syntax.Stmt, c *syntax.IfClause) (Assign, bool) {
	if len(c.Cond) != 1 || len(c.Then) != 1 || c.Else != nil {
		return Assign{}, false
	}
	return r.emptyGuard(c.Cond[0], c.Then[0], st)
}

func (r *reader) emptyGuard(test, then *syntax.Stmt, whole syntax.Node) (Assign, bool) {
	t, ok := test.Cmd.(*syntax.CallExpr)
	if !ok || test.Negated || len(t.Args) < 3 || !slices.Contains([]string{"[", "test"}, t.Args[0].Lit()) ||
		t.Args[1].Lit() != "-z" {
		return Assign{}, false
	}
	pe := soleExpansion(t.Args[2])
	body, ok := then.Cmd.(*syntax.CallExpr)
	if !ok || pe == nil || pe.Param == nil || pe.Exp != nil || len(body.Args) != 0 || len(body.Assigns) != 1 {
		return Assign{}, false
	}
	set := body.Assigns[0]
	if set.Name == nil || set.Name.Value != pe.Param.Value || set.Value == nil {
		return Assign{}, false
	}
	return Assign{
		Var: r.text(set.Name), Op: EmptyTest, Value: r.text(set.Value), ValueSpan: spanOf(set.Value),
		Span: spanOf(whole), Pos: posOf(whole.Pos()),
	}, true
}

// setRcvar records `set_rcvar x_enable NO "text"`.
func (r *reader) setRcvar(c *syntax.CallExpr, in scope) {
	if len(c.Args) < 3 {
		return
	}
	r.add(Assign{Var: r.text(c.Args[1]), Op: SetRcvar, Value: r.text(c.Args[2]), ValueSpan: spanOf(c.Args[2])}, c, in)
}

// eval records what an eval sets: its text is put together as far as it is
// known, parsed, and read like any other.
func (r *reader) eval(c *syntax.CallExpr, in scope) {
	var text []string
	for _, w := range c.Args[1:] {
		text = append(text, r.evalText(w.Parts))
	}
	if len(strings.Join(text, " ")) > 4096 {
		return
	}
	src := []byte(strings.Join(text, " "))
	file, err := sh.Parse(src)
	if err != nil {
		return
	}
	inner := &reader{&Script{Src: src, Assigns: nil}}
	for _, st := range file.Stmts {
		if call, ok := st.Cmd.(*syntax.CallExpr); ok && (len(call.Args) == 0 || call.Args[0].Lit() == ":") {
			inner.call(st, call, scope{})
		}
	}
	for _, a := range inner.Assigns {
		a.Var, a.Value = unmark(a.Var), unmark(a.Value)
		a.ValueSpan = Span{}
		if w := c.Args[len(c.Args)-1]; a.Value != "" { // the value may stand in one piece after all
			start, end := int(w.Pos().Offset()), int(w.End().Offset())
			for _, form := range []string{a.Value, strings.ReplaceAll(a.Value, `"`, `\"`)} {
				if i := strings.LastIndex(string(r.Src[start:end]), form); i >= 0 &&
					strings.Count(string(r.Src[start:end]), form) == 1 {
					a.ValueSpan = Span{start + i, start + i + len(form)}
					break
				}
			}
		}
		a.Eval = true
		r.add(a, c, in)
	}
}

// evalText is the text that eval gets, as far as it is known: an expansion of
// name becomes its value where that is literal, any other a marked identifier.
func (r *reader) evalText(parts []syntax.WordPart) string {
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(r.text(p)))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(r.evalText(p.Parts))
		case *syntax.ParamExp:
			if p.Param == nil || p.Exp != nil || p.Length || p.Excl {
				b.WriteString("svcjify__")
				continue
			}
			if p.Param.Value == "name" {
				if v, ok := r.currentName(); ok {
					b.WriteString(v)
					continue
				}
			}
			b.WriteString(mark + p.Param.Value + "__")
		default:
			b.WriteString("svcjify__")
		}
	}
	return b.String()
}

// mark opens an identifier that stands for an expansion in an eval's text.
const mark = "svcjify_expansion_"

// unmark turns the marked identifiers back into ${x}.
func unmark(s string) string {
	for {
		i := strings.Index(s, mark)
		if i < 0 {
			return s
		}
		name, rest, ok := strings.Cut(s[i+len(mark):], "__")
		if !ok {
			return s
		}
		s = s[:i] + "${" + name + "}" + rest
	}
}

// unescape takes away the backslashes that quote.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// currentName is the literal value of name= so far, outside functions.
func (r *reader) currentName() (string, bool) {
	for i := len(r.Assigns) - 1; i >= 0; i-- {
		if a := r.Assigns[i]; a.Var == "name" && a.Func == "" {
			v, ok := a.Static()
			return v, ok
		}
	}
	return "", false
}

// varName is a variable's name given as a word, as setvar takes it.
func (r *reader) varName(w *syntax.Word) string {
	text := Unquote(r.text(w))
	if v, ok := r.currentName(); ok {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "${name}", v), "$name", v)
	}
	return text
}
