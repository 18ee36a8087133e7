package rcrun

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/rcparse/sh"
	"mvdan.cc/sh/v3/syntax"
)

// forBash changes the tree of a text, which FreeBSD's grammar has made, into one
// that the interpreter runs as sh(1) would, though it is Bash's; and that says the
// same when it is printed and read by Bash's grammar, as the text of an eval is.
func forBash(f *syntax.File) {
	b := &bashRewriter{texts: map[*syntax.Word]bool{}}
	for _, found := range sh.Differences(f) {
		if found.Outcome == sh.Ends {
			b.ends = append(b.ends, found.Pos.Offset())
		}
	}
	syntax.Walk(f, b.visit)
}

type bashRewriter struct {
	texts map[*syntax.Word]bool // of here-documents, and whether anything is expanded in them
	ends  []uint                // where the script ends with an error
}

func (b *bashRewriter) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Stmt:
		b.statement(n)
	case *syntax.IfClause:
		n.Then = orNothing(n.Then)
	case *syntax.WhileClause:
		n.Do = orNothing(n.Do)
	case *syntax.ForClause:
		n.Do = orNothing(n.Do)
	case *syntax.Block:
		n.Stmts = orNothing(n.Stmts)
	case *syntax.Subshell:
		n.Stmts = orNothing(n.Stmts)
	case *syntax.Redirect:
		if n.Hdoc != nil {
			b.texts[n.Hdoc] = !quotedWord(n.Word)
		}
	case *syntax.Word:
		expanded, isText := b.texts[n]
		if isText && !expanded {
			return false
		}
		n.Parts = b.parts(n.Parts, isText)
	case *syntax.DblQuoted:
		n.Parts = b.parts(n.Parts, true)
	}
	return true
}

// orNothing gives an empty list the command that does nothing: Bash has no empty ones.
func orNothing(list []*syntax.Stmt) []*syntax.Stmt {
	if len(list) > 0 {
		return list
	}
	return []*syntax.Stmt{{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word(":")}}}}
}

// statement changes a simple command that Bash takes for something else.
func (b *bashRewriter) statement(st *syntax.Stmt) {
	for _, r := range st.Redirs {
		if slices.Contains(b.ends, r.Pos().Offset()) {
			st.Cmd, st.Redirs = &syntax.CallExpr{Args: []*syntax.Word{word("exit"), word("2")}}, nil
			return
		}
	}
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) == 0 {
		return
	}
	if slices.ContainsFunc(c.Args[1:], func(w *syntax.Word) bool { return b.wholeEnds(w) }) {
		c.Args = []*syntax.Word{word("exit"), word("2")}
		return
	}
	name := c.Args[0].Lit()
	if foreignAssignment(name) {
		quoteFirst(c, name)
	}
	switch name {
	case "export", "readonly", "local":
		if len(c.Assigns) == 0 {
			st.Cmd = declaration(c)
		}
	case "[[", "function", "select", "coproc":
		c.Args = []*syntax.Word{word("__svcjify"), word("lacks"),
			{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: name}}}}
	case "declare", "typeset", "nameref", "let":
		quoteFirst(c, name)
	case "time": // /usr/bin/time runs the command
		for len(c.Args) > 1 && (c.Args[0].Lit() == "time" || strings.HasPrefix(c.Args[0].Lit(), "-")) {
			c.Args = c.Args[1:]
		}
	}
}

// wholeEnds reports whether a word as a whole, such as an option, ends the script.
func (b *bashRewriter) wholeEnds(w *syntax.Word) bool {
	_, plain := w.Parts[0].(*syntax.Lit)
	return plain && slices.Contains(b.ends, w.Pos().Offset())
}

// foreignAssignment reports whether Bash would take a word for an assignment,
// x+=y or x[0]=y.
func foreignAssignment(word string) bool {
	i := strings.IndexAny(word, "+[")
	return i > 0 && syntax.ValidName(word[:i]) && strings.Contains(word[i:], "=")
}

// quoteFirst quotes the first word of a call, so that it is nothing but that.
func quoteFirst(c *syntax.CallExpr, name string) {
	first := c.Args[0]
	c.Args[0] = &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Left: first.Pos(), Right: first.End(),
		Value: name}}}
}

// declaration is a call of export, readonly or local as the clause that it is
// for Bash, where values are not split.
func declaration(c *syntax.CallExpr) syntax.Command {
	variant := c.Args[0].Parts[0].(*syntax.Lit)
	d := &syntax.DeclClause{Variant: variant}
	for _, w := range c.Args[1:] {
		text := w.Lit()
		a := sh.Assignment(w)
		switch {
		case a != nil:
		case syntax.ValidName(text):
			a = &syntax.Assign{Naked: true, Name: w.Parts[0].(*syntax.Lit)}
		case variant.Value == "local" && len(text) > 1 && text[0] == '-' && text != "--": // an option
			return &syntax.CallExpr{Args: []*syntax.Word{word("false")}}
		default:
			a = &syntax.Assign{Naked: true, Value: w}
		}
		d.Args = append(d.Args, a)
	}
	return d
}

// parts changes the parts of a word: expansions that end the script, and, outside
// of double quotes, what a backslash quotes, which the interpreter leaves as it
// stands in an assignment.
func (b *bashRewriter) parts(list []syntax.WordPart, inQuotes bool) []syntax.WordPart {
	var out []syntax.WordPart
	for _, part := range list {
		switch p := part.(type) {
		case *syntax.Lit:
			if inQuotes {
				p.Value = escaped(p.Value, '$')
				break
			}
			out = append(out, unescaped(p)...)
			continue
		case *syntax.ParamExp:
			if p.Exp != nil && p.Exp.Op == sh.BadSubstitution {
				part = failing(p.Dollar)
			}
		case *syntax.ArithmExp:
			if slices.ContainsFunc(b.ends, func(at uint) bool {
				return at > p.Left.Offset() && at < p.Right.Offset()
			}) {
				part = failing(p.Left)
			}
		}
		out = append(out, part)
	}
	return out
}

// failing is an expansion that ends a shell.
func failing(at syntax.Pos) *syntax.ParamExp {
	return &syntax.ParamExp{
		Dollar: at, Param: &syntax.Lit{Value: "__never_set"},
		Exp: &syntax.Expansion{Op: syntax.ErrorUnset, Word: word("error")},
	}
}

// unescaped makes quoted parts of what backslashes quote in a literal, and of
// dollar signs that expand nothing.
func unescaped(lit *syntax.Lit) []syntax.WordPart {
	if !strings.ContainsAny(lit.Value, `\$`) {
		return []syntax.WordPart{lit}
	}
	var out []syntax.WordPart
	rest := lit.Value
	for {
		i := strings.IndexAny(rest, `\$`)
		if i < 0 || rest[i] == '\\' && i+1 == len(rest) {
			break
		}
		if i > 0 {
			out = append(out, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: rest[:i]})
		}
		if rest[i] == '\\' {
			i++
		}
		_, size := utf8.DecodeRuneInString(rest[i:])
		out = append(out, quoted(lit, rest[i:i+size]))
		rest = rest[i+size:]
	}
	if rest != "" {
		out = append(out, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: rest})
	}
	return out
}

// quoted is a character in quotes.
func quoted(at *syntax.Lit, c string) syntax.WordPart {
	if c == "'" {
		return &syntax.DblQuoted{Left: at.ValuePos, Right: at.ValueEnd, Parts: []syntax.WordPart{&syntax.Lit{Value: c}}}
	}
	return &syntax.SglQuoted{Left: at.ValuePos, Right: at.ValueEnd, Value: c}
}

// quotedWord reports whether any part of a word is quoted.
func quotedWord(w *syntax.Word) bool {
	return slices.ContainsFunc(w.Parts, func(p syntax.WordPart) bool {
		lit, ok := p.(*syntax.Lit)
		return !ok || strings.Contains(lit.Value, `\`)
	})
}
