package sh

import (
	"cmp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A Found is a place where a text means to sh(1) something else than to Bash.
type Found struct {
	Difference
	Pos, End syntax.Pos
}

// Differences finds the places of a tree that Parse has made, in their order.
func Differences(f *syntax.File) []Found {
	d := &finder{names: map[string]bool{}, functions: map[string]bool{}, apart: map[uint]bool{}}
	syntax.Walk(f, d.known)
	syntax.Walk(f, d.visit)
	slices.SortStableFunc(d.found, func(a, b Found) int { return cmp.Compare(a.Pos.Offset(), b.Pos.Offset()) })
	return slices.CompactFunc(d.found, func(a, b Found) bool { return a.ID == b.ID && a.Pos == b.Pos })
}

type finder struct {
	names     map[string]bool // variables that the text sets
	functions map[string]bool
	apart     map[uint]bool // where an & stands that puts a command in the background
	found     []Found
}

func (d *finder) add(id string, n syntax.Node) {
	d.found = append(d.found, Found{difference(id), n.Pos(), n.End()})
}

// known notes what the text defines itself.
func (d *finder) known(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.FuncDecl:
		d.functions[n.Name.Value] = true
	case *syntax.Assign:
		d.names[n.Name.Value] = true
	case *syntax.WordIter:
		d.names[n.Name.Value] = true
	case *syntax.CallExpr:
		for _, w := range n.Args { // read x, local x, setvar x y
			d.names[w.Lit()] = true
			if name, _, ok := strings.Cut(leading(w), "="); ok {
				d.names[name] = true
			}
		}
	case *syntax.ParamExp:
		if n.Exp != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) {
			d.names[n.Param.Value] = true
		}
	}
	return true
}

func (d *finder) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Stmt:
		if n.Background {
			d.apart[n.Semicolon.Offset()] = true
		}
		for _, r := range n.Redirs {
			d.redirect(r)
		}
	case *syntax.Subshell:
		if len(n.Stmts) == 1 && len(n.Stmts[0].Redirs) == 0 {
			inner, ok := n.Stmts[0].Cmd.(*syntax.Subshell)
			if ok && inner.Lparen.Offset() == n.Lparen.Offset()+1 && inner.Rparen.Offset()+1 == n.Rparen.Offset() {
				d.add("double-paren", n)
			}
		}
	case *syntax.CallExpr:
		d.call(n)
	case *syntax.WordIter:
		for _, w := range n.Items {
			d.field(w)
		}
	case *syntax.ParamExp:
		d.expansion(n)
	case *syntax.ArithmExp:
		syntax.Walk(n.X, d.arithmetic)
		return false
	case *syntax.Word:
		d.dollars(n.Parts)
	case *syntax.DblQuoted:
		d.dollars(n.Parts)
	}
	return true
}

func (d *finder) redirect(r *syntax.Redirect) {
	if at := r.OpPos.Offset(); r.N == nil && at > 0 && d.apart[at-1] &&
		(r.Op == syntax.RdrOut || r.Op == syntax.AppOut) {
		from := syntax.NewPos(at-1, r.OpPos.Line(), max(r.OpPos.Col(), 2)-1)
		d.found = append(d.found, Found{difference("both-redirected"), from, r.End()})
	}
	if r.Op == syntax.DplOut || r.Op == syntax.DplIn {
		to := r.Word.Lit()
		if to != "" && to != "-" && !(len(to) == 1 && to[0] >= '0' && to[0] <= '9') {
			d.add("output-to-name", r)
		}
	}
}

// field looks at a word that is split into fields.
func (d *finder) field(w *syntax.Word) {
	try := &syntax.Word{Parts: slices.Clone(w.Parts)}
	syntax.SplitBraces(try)
	if slices.ContainsFunc(try.Parts, func(p syntax.WordPart) bool { _, ok := p.(*syntax.BraceExp); return ok }) {
		d.add("braces", w)
	}
	for _, part := range w.Parts {
		q, ok := part.(*syntax.DblQuoted)
		if !ok {
			continue
		}
		for _, part := range q.Parts {
			pe, ok := part.(*syntax.ParamExp)
			if !ok || pe.Exp == nil || pe.Exp.Word == nil || !isValue(pe.Exp.Op) {
				continue
			}
			for _, part := range pe.Exp.Word.Parts {
				// The quotes that joinValue has put around what is quoted anyway start elsewhere.
				if q, ok := part.(*syntax.DblQuoted); ok && splits(q.Parts) {
					d.add("quotes-in-quotes", pe)
				}
			}
		}
	}
}

func isValue(op syntax.ParExpOperator) bool {
	for _, ops := range operations {
		if op == ops[0] || op == ops[1] {
			return true
		}
	}
	return false
}

// splits reports whether parts may become several words outside of quotes.
func splits(parts []syntax.WordPart) bool {
	for _, part := range parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.ContainsAny(lit.Value, " \t\n*?[") {
			return true
		}
	}
	return false
}

// dollars looks for dollar signs that Bash gives a meaning.
func (d *finder) dollars(parts []syntax.WordPart) {
	for i, part := range parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		if at := strings.Index(lit.Value, "$["); at >= 0 && !strings.HasSuffix(lit.Value[:at], `\`) {
			d.add("dollar-bracket", lit)
		}
		if i+1 < len(parts) && strings.HasSuffix(lit.Value, "$") && !strings.HasSuffix(lit.Value, `\$`) {
			if q, ok := parts[i+1].(*syntax.DblQuoted); ok && q.Left == lit.ValueEnd {
				d.add("dollar-double-quote", q)
			}
		}
	}
}

// unset are variables that Bash sets by itself.
var unset = []string{
	"RANDOM", "SRANDOM", "SECONDS", "UID", "EUID", "GROUPS", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "FUNCNAME",
	"PIPESTATUS", "DIRSTACK", "EPOCHSECONDS", "EPOCHREALTIME", "REPLY",
}

func (d *finder) expansion(pe *syntax.ParamExp) {
	name := pe.Param.Value
	switch {
	case pe.Exp != nil && pe.Exp.Op == BadSubstitution:
		d.add("substitution", pe)
	case pe.Exp == nil && !d.names[name] && (slices.Contains(unset, name) || strings.HasPrefix(name, "BASH_") ||
		name == "BASHPID"):
		d.add("variables", pe)
	}
}

func (d *finder) arithmetic(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.UnaryArithm:
		if n.Op == syntax.Inc || n.Op == syntax.Dec {
			d.add("arithmetic", n)
		}
	case *syntax.BinaryArithm:
		if n.Op == syntax.Pow || n.Op == syntax.Comma {
			d.add("arithmetic", n)
		}
	case *syntax.Word:
		if lit := n.Lit(); len(lit) > 1 && lit[0] >= '0' && lit[0] <= '9' && strings.Contains(lit, "#") {
			d.add("arithmetic", n)
		}
	}
	return true
}

// leading is the plain text that a word starts with.
func leading(w *syntax.Word) string {
	if lit, ok := w.Parts[0].(*syntax.Lit); ok {
		return lit.Value
	}
	return ""
}
