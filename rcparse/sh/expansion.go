package sh

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// BadSubstitution is the operator of an expansion that sh(1) reads, and that
// ends the script where it is carried out: ${x//y/z}, ${x:1:2}, ${!x}.
const BadSubstitution = syntax.OtherParamOps

// dollar reads an expansion, or a $ that is none.
func (p *parser) dollar(s *segment) {
	at := p.i
	p.i++
	c := p.joined()
	var part syntax.WordPart
	switch {
	case c == '(':
		p.i++
		if p.joined() == '(' {
			p.i++
			p.flushAt(s, at)
			part = p.sum(at)
		} else {
			p.flushAt(s, at)
			part = p.commands(at)
		}
	case c == '{':
		p.i++
		p.flushAt(s, at)
		part = p.braces(at, s.quoting)
	case isName(c):
		p.flushAt(s, at)
		part = &syntax.ParamExp{Dollar: p.pos(at), Short: true, Param: p.name()}
	case isSpecial(c):
		p.flushAt(s, at)
		lit := &syntax.Lit{ValuePos: p.pos(p.i), ValueEnd: p.pos(p.i + 1), Value: string(rune(c))}
		p.i++
		part = &syntax.ParamExp{Dollar: p.pos(at), Short: true, Param: lit}
	case c == '\'' && s.quoting == bare && p.i == at+1:
		p.flushAt(s, at)
		part = p.single(at, true)
	default:
		p.i = at
		p.letter(s)
		return
	}
	s.parts = append(s.parts, part)
	s.from = p.i
}

func isName(c int) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c int) bool { return c >= '0' && c <= '9' }

func isSpecial(c int) bool { return isDigit(c) || c > 0 && strings.IndexByte("#?$!-*@", byte(c)) >= 0 }

// name reads the name of a variable, which backslashes before newlines may cut.
func (p *parser) name() *syntax.Lit {
	from := p.i
	var value []byte
	end := p.i
	for c := p.joined(); isName(c) || isDigit(c); c = p.joined() {
		value = append(value, byte(c))
		p.i++
		end = p.i
	}
	return &syntax.Lit{ValuePos: p.pos(from), ValueEnd: p.pos(end), Value: string(value)}
}

// braces reads ${...} from behind the brace.
func (p *parser) braces(at int, around quoting) *syntax.ParamExp {
	pe := &syntax.ParamExp{Dollar: p.pos(at)}
	length := p.joined() == '#' && p.lengthOf()
	op, k := BadSubstitution, patternOf
	switch pe.Param = p.parameter(); {
	case pe.Param == nil:
		pe.Param = p.lit(p.i)
		if p.joined() != '}' {
			p.onLine(at)
			p.i++
		}
	case !length:
		if op, k = p.operation(at); op == 0 {
			pe.Rbrace = p.pos(p.i - 1)
			return pe
		}
	case p.joined() == '}':
		op, pe.Length = 0, true
	}
	inner := bare
	if k == valueOf {
		inner = around
	} else {
		p.patterns++
	}
	parts := p.level(k, inner, at)
	if k == patternOf {
		p.patterns--
	}
	pe.Rbrace = p.pos(p.i)
	p.i++
	if op != 0 {
		pe.Exp = &syntax.Expansion{Op: op}
		if len(parts) > 0 {
			pe.Exp.Word = &syntax.Word{Parts: parts}
		}
	}
	return pe
}

// lengthOf reports whether the # at the next byte, which it reads then, asks for
// a length: in ${#} and ${#:-x} it is a parameter.
func (p *parser) lengthOf() bool {
	at := p.i
	p.i++
	c := p.joined()
	if c < 0 || strings.IndexByte("}-+?=:#%", byte(c)) < 0 {
		return true
	}
	special := p.i
	p.i++
	if c != '}' && p.joined() == '}' { // ${#?}
		p.i = special
		return true
	}
	p.i = at
	return false
}

// parameter reads a name, a number or a special parameter, nil for none.
func (p *parser) parameter() *syntax.Lit {
	c, from := p.joined(), p.i
	switch {
	case isName(c):
		return p.name()
	case isDigit(c):
		for isDigit(p.joined()) {
			p.i++
		}
	case isSpecial(c):
		p.i++
	default:
		return nil
	}
	return p.lit(from)
}

// lit is the text from a byte to the next one.
func (p *parser) lit(from int) *syntax.Lit {
	return &syntax.Lit{ValuePos: p.pos(from), ValueEnd: p.pos(p.i), Value: string(p.src[from:p.i])}
}

// operations are the operators behind a parameter, without and with a colon.
var operations = map[int][2]syntax.ParExpOperator{
	'-': {syntax.DefaultUnset, syntax.DefaultUnsetOrNull},
	'=': {syntax.AssignUnset, syntax.AssignUnsetOrNull},
	'+': {syntax.AlternateUnset, syntax.AlternateUnsetOrNull},
	'?': {syntax.ErrorUnset, syntax.ErrorUnsetOrNull},
}

// operation reads the operator behind a parameter; 0 where the expansion ends
// with a brace, which is read.
func (p *parser) operation(at int) (syntax.ParExpOperator, kind) {
	colon := 0
	c := p.joined()
	if c == ':' {
		colon = 1
		p.i++
		c = p.joined()
	}
	p.onLine(at)
	p.i++
	if ops, ok := operations[c]; ok {
		return ops[colon], valueOf
	}
	twice := (c == '%' || c == '#') && colon == 0 && p.joined() == c
	if twice {
		p.i++
	}
	switch {
	case c == '}':
		return 0, patternOf
	case colon != 0:
	case c == '%' && twice:
		return syntax.RemLargeSuffix, patternOf
	case c == '%':
		return syntax.RemSmallSuffix, patternOf
	case c == '#' && twice:
		return syntax.RemLargePrefix, patternOf
	case c == '#':
		return syntax.RemSmallPrefix, patternOf
	}
	return BadSubstitution, patternOf
}

// onLine fails where a line ends between the parts of an expansion.
func (p *parser) onLine(at int) {
	if c := p.byteAt(p.i); c == '\n' || c == -1 {
		p.fail(p.offset(at), "the line ends within an expansion: expected \"}\"")
	}
}

// nested reads a command substitution in the middle of a word.
func (p *parser) nested(read func()) {
	outer := *p
	p.pending, p.here, p.patterns, p.comments, p.back, p.check = nil, nil, 0, nil, false, 0
	read()
	p.tok, p.start, p.word, p.quoted, p.redir = outer.tok, outer.start, outer.word, outer.quoted, outer.redir
	p.here, p.patterns, p.comments, p.back = outer.here, outer.patterns, outer.comments, false
	p.pending = append(outer.pending, p.pending...)
}

// commands reads $(...) from behind the bracket.
func (p *parser) commands(at int) *syntax.CmdSubst {
	c := &syntax.CmdSubst{Left: p.pos(at)}
	p.nested(func() {
		p.opened(`"$("`, `")"`, at)
		c.Stmts = p.list()
		p.expect(rightParen)
		p.closed()
		c.Right = p.pos(p.start)
	})
	return c
}

// backquotes reads `...`, whose text loses some backslashes before it is read as commands.
func (p *parser) backquotes(around quoting) *syntax.CmdSubst {
	at := p.i
	p.i++
	escaped := "\\`$"
	if around == double && (p.here == nil || p.patterns > 0) {
		escaped += `"`
	}
	var text []byte
	var places []int
	for c := p.joined(); c != '`'; c = p.joined() {
		if c == '\\' && strings.IndexByte(escaped, byte(max(p.byteAt(p.i+1), 0))) >= 0 {
			p.i++
		}
		if p.byteAt(p.i) == -1 {
			p.fail(p.offset(at), "a backquote is not closed: expected another `")
		}
		text, places = append(text, p.src[p.i]), append(places, p.offset(p.i))
		p.i++
	}
	c := &syntax.CmdSubst{Left: p.pos(at), Right: p.pos(p.i), Backquotes: true}
	places = append(places, p.offset(p.i))
	p.i++
	p.nested(func() {
		src, at, i, open := p.src, p.at, p.i, p.open
		p.src, p.at, p.i, p.open = text, places, 0, nil
		c.Stmts = p.list()
		if p.read() != eof {
			p.unexpected("")
		}
		p.src, p.at, p.i, p.open = src, at, i, open
	})
	return c
}
