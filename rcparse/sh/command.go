package sh

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// file reads the whole text.
func (p *parser) file() []*syntax.Stmt {
	var all []*syntax.Stmt
	for {
		p.back, p.check = false, 0
		switch p.read() {
		case eof:
			return all
		case newline:
			continue
		}
		p.back = true
		all = append(all, p.line()...)
	}
}

// line reads the commands of one line at the top level, with all the lines that
// they reach over: sh(1) runs a text line by line.
func (p *parser) line() []*syntax.Stmt {
	var list []*syntax.Stmt
	p.check = newlines | keywords
	for {
		s := p.andOr()
		list = append(list, s)
		switch t := p.separator(s); t {
		case newline:
			p.heredocs()
			return list
		case eof:
			p.heredocs()
			return list
		case semicolon:
			if p.tok == eof {
				p.heredocs()
				return list
			}
			p.check = newlines | keywords
		default:
			p.unexpected("")
		}
	}
}

// list reads the commands between two reserved words or brackets; there may be none.
func (p *parser) list() []*syntax.Stmt {
	p.deeper()
	defer p.shallower()
	var list []*syntax.Stmt
	p.check = newlines | keywords
	if p.peek().endsList() {
		return nil
	}
	for {
		s := p.andOr()
		list = append(list, s)
		switch t := p.separator(s); t {
		case newline:
			p.heredocs()
		case semicolon:
		case eof:
			p.heredocs()
			p.back = true
			return list
		default:
			p.back = true
			return list
		}
		p.check = newlines | keywords
		if p.peek().endsList() {
			return list
		}
	}
}

// separator reads what stands behind a command, and gives it to the command: a
// semicolon or an ampersand, and a comment on the same line. It returns
// newline, also behind a semicolon; semicolon, where the next token is put
// back; or another token, which ends the list.
func (p *parser) separator(s *syntax.Stmt) token {
	t := p.read()
	if t == semicolon || t == background {
		s.Semicolon, s.Background = p.pos(p.start), t == background
		if t = p.read(); t != newline {
			p.back = true
			t = semicolon
		}
	}
	if len(p.comments) > 0 && p.comments[0].Hash.Line() == s.End().Line() {
		s.Comments = append(s.Comments, p.comments[0])
		p.comments = p.comments[1:]
	}
	return t
}

// andOr reads pipelines with && and || between them.
func (p *parser) andOr() *syntax.Stmt {
	s := p.pipeline()
	for {
		op := syntax.AndStmt
		switch p.read() {
		case and:
		case or:
			op = syntax.OrStmt
		default:
			p.back = true
			return s
		}
		s = p.binary(op, s, p.pipeline)
	}
}

// binary joins two commands by the operator that was just read.
func (p *parser) binary(op syntax.BinCmdOperator, x *syntax.Stmt, read func() *syntax.Stmt) *syntax.Stmt {
	b := &syntax.BinaryCmd{OpPos: p.pos(p.start), Op: op, X: x}
	b.Y = read()
	s := &syntax.Stmt{Position: x.Position, Cmd: b, Comments: x.Comments}
	x.Comments = nil
	return s
}

// pipeline reads commands with | between them, and with ! before them.
func (p *parser) pipeline() *syntax.Stmt {
	p.deeper()
	defer p.shallower()
	negated, at := false, syntax.Pos{}
	p.check = newlines | keywords
	for p.read() == not {
		negated = !negated
		if !at.IsValid() {
			at = p.pos(p.start)
		}
	}
	p.back = true
	s := p.command()
	if at.IsValid() {
		s.Position = at
	}
	for p.read() == pipe {
		s = p.binary(syntax.Pipe, s, func() *syntax.Stmt {
			p.check = newlines | keywords
			if p.peek() == not {
				return p.pipeline()
			}
			return p.command()
		})
	}
	p.back = true
	s.Negated = s.Negated != negated
	return s
}

// command reads one command with its redirections.
func (p *parser) command() *syntax.Stmt {
	p.deeper()
	defer p.shallower()
	s := &syntax.Stmt{}
	p.check = newlines | keywords
	t := p.read()
	s.Position = p.pos(p.start)
	s.Comments, p.comments = p.comments, nil
	for ; t == redirection; t = p.read() { // after one, no word is a reserved one
		s.Redirs = append(s.Redirs, p.target())
	}
	switch t {
	case ifWord:
		s.Cmd = p.ifClause()
	case whileWord, untilWord:
		s.Cmd = p.whileClause()
	case forWord:
		s.Cmd = p.forClause()
	case caseWord:
		s.Cmd = p.caseClause()
	case leftParen:
		c := &syntax.Subshell{Lparen: p.pos(p.start)}
		p.opened(`"("`, `")"`, p.start)
		c.Stmts = p.list()
		p.expect(rightParen)
		p.closed()
		c.Rparen = p.pos(p.start)
		s.Cmd = c
	case leftBrace:
		c := &syntax.Block{Lbrace: p.pos(p.start)}
		p.opened(`"{"`, `"}"`, p.start)
		c.Stmts = p.list()
		p.expect(rightBrace)
		p.closed()
		c.Rbrace = p.pos(p.start)
		s.Cmd = c
	case word:
		p.back = true
		p.simple(s)
		return s
	case background, semicolon, and, or, pipe, endCase, fallThrough, eof, newline, rightParen:
		if len(s.Redirs) == 0 {
			p.unexpected("a command")
		}
		p.back = true
		return s
	default:
		p.unexpected("a command")
	}
	p.check = keywords
	for p.read() == redirection {
		s.Redirs = append(s.Redirs, p.target())
	}
	p.back = true
	return s
}

// simple reads assignments, words and redirections, or the definition of a function.
func (p *parser) simple(s *syntax.Stmt) {
	c := &syntax.CallExpr{}
	redirs := len(s.Redirs)
	var first *syntax.Word
	for n := 0; ; n++ {
		switch p.read() {
		case word:
			if n == 0 {
				first = p.word
			}
			if a := Assignment(p.word); a != nil && len(c.Args) == 0 {
				c.Assigns = append(c.Assigns, a)
				continue
			}
			c.Args = append(c.Args, p.word)
			if len(c.Args) == 1 {
				p.suspectWord(p.word)
			}
			continue
		case redirection:
			s.Redirs = append(s.Redirs, p.target())
			continue
		case leftParen:
			if n == 1 && len(s.Redirs) == redirs {
				s.Cmd = p.function(first)
				return
			}
		}
		p.back = true
		break
	}
	if len(c.Args)+len(c.Assigns) > 0 {
		s.Cmd = c
	}
}

// Assignment is what a word assigns, nil for another word.
func Assignment(w *syntax.Word) *syntax.Assign {
	first, ok := w.Parts[0].(*syntax.Lit)
	if !ok {
		return nil
	}
	name, value, ok := strings.Cut(first.Value, "=")
	if !ok || !syntax.ValidName(name) {
		return nil
	}
	equals := shifted(first.ValuePos, len(name))
	a := &syntax.Assign{Name: &syntax.Lit{ValuePos: first.ValuePos, ValueEnd: equals, Value: name}}
	parts := w.Parts[1:]
	if value != "" {
		rest := &syntax.Lit{ValuePos: shifted(equals, 1), ValueEnd: first.ValueEnd, Value: value}
		parts = append([]syntax.WordPart{rest}, parts...)
	}
	if len(parts) > 0 {
		a.Value = &syntax.Word{Parts: parts}
	}
	return a
}

// shifted is a position some bytes further on the same line.
func shifted(p syntax.Pos, by int) syntax.Pos {
	return syntax.NewPos(p.Offset()+uint(by), p.Line(), p.Col()+uint(by))
}

// specialBuiltins can't be names of functions.
var specialBuiltins = []string{
	".", ":", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
	"trap", "unset",
}

// function reads the definition of one, whose name and ( were read. A name
// holds no quote, no expansion and no slash, and does not end in what would
// make it an assignment of an array or a pattern of ksh.
func (p *parser) function(w *syntax.Word) *syntax.FuncDecl {
	lit, _ := w.Parts[0].(*syntax.Lit)
	quoted := p.quoted || len(w.Parts) > 1 || lit == nil
	bad := func(format string, args ...any) { p.fail(int(w.Pos().Offset()), format, args...) }
	if !quoted && strings.HasSuffix(lit.Value, "=") {
		p.foreign()
	}
	p.expect(rightParen)
	switch {
	case quoted:
		bad("the name of a function must not be quoted or computed")
	case strings.Contains(lit.Value, "/"):
		bad("the name of a function must not hold a slash: %q", lit.Value)
	case strings.ContainsAny(lit.Value[len(lit.Value)-1:], "!%*+-=?@}~"):
		bad("the name of a function must not end in one of ! %% * + - = ? @ } ~: %q", lit.Value)
	case slices.Contains(specialBuiltins, lit.Value):
		bad("a function must not have the name of a special builtin: %q", lit.Value)
	}
	return &syntax.FuncDecl{Position: lit.ValuePos, Parens: true, Name: lit, Body: p.command()}
}
