package sh

import (
	"mvdan.cc/sh/v3/syntax"
)

// ifClause reads from behind if to fi.
func (p *parser) ifClause() *syntax.IfClause {
	p.opened(`"if"`, `"fi"`, p.start)
	first := p.arm()
	last := first
	for p.read() == elifWord {
		last.Else = p.arm()
		last = last.Else
	}
	if p.tok == elseWord {
		last.Else = &syntax.IfClause{Position: p.pos(p.start)}
		last.Else.Then = p.list()
	} else {
		p.back = true
	}
	p.expect(fiWord)
	for c := first; c != nil; c = c.Else {
		c.FiPos = p.pos(p.start)
	}
	p.closed()
	return first
}

// arm reads a condition and what is done then; if or elif was read.
func (p *parser) arm() *syntax.IfClause {
	c := &syntax.IfClause{Position: p.pos(p.start)}
	c.Cond = p.condition()
	p.expect(thenWord)
	c.ThenPos = p.pos(p.start)
	c.Then = p.list()
	return c
}

// condition reads a list that must not be empty.
func (p *parser) condition() []*syntax.Stmt {
	list := p.list()
	if list == nil {
		p.unexpected("a command")
	}
	return list
}

// whileClause reads from behind while or until to done.
func (p *parser) whileClause() *syntax.WhileClause {
	p.opened(tokenText[p.tok], `"done"`, p.start)
	c := &syntax.WhileClause{WhilePos: p.pos(p.start), Until: p.tok == untilWord}
	c.Cond = p.condition()
	p.expect(doWord)
	c.DoPos = p.pos(p.start)
	c.Do = p.list()
	p.expect(doneWord)
	c.DonePos = p.pos(p.start)
	p.closed()
	return c
}

// forClause reads from behind for to done, or to the closing brace.
func (p *parser) forClause() *syntax.ForClause {
	p.opened(`"for"`, `"done"`, p.start)
	c := &syntax.ForClause{ForPos: p.pos(p.start)}
	switch t := p.read(); {
	case t == leftParen && p.byteAt(p.i) == '(':
		d := difference("for-expressions")
		panic(p.errorAt(p.offset(p.start), "sh(1) "+d.Here, d.Instead))
	case t != word || p.quoted || !syntax.ValidName(p.word.Lit()):
		p.unexpected("the name of a variable")
	}
	iter := &syntax.WordIter{Name: p.word.Parts[0].(*syntax.Lit)}
	c.Loop = iter
	t := p.read()
	for t == newline {
		t = p.read()
	}
	if t == word && !p.quoted && p.word.Lit() == "in" {
		iter.InPos = p.pos(p.start)
		for t = p.read(); t == word; t = p.read() {
			iter.Items = append(iter.Items, p.word)
		}
		if t != newline && t != semicolon {
			p.unexpected(`";" or the end of the line`)
		}
	} else if t != newline && t != semicolon {
		p.back = true
	}
	p.check = newlines | keywords
	closer := doneWord
	switch p.read() {
	case doWord:
	case leftBrace:
		closer, c.Braces = rightBrace, true
	default:
		p.unexpected(`"do"`)
	}
	c.DoPos = p.pos(p.start)
	c.Do = p.list()
	p.expect(closer)
	c.DonePos = p.pos(p.start)
	p.closed()
	return c
}

// caseClause reads from behind case to esac.
func (p *parser) caseClause() *syntax.CaseClause {
	p.opened(`"case"`, `"esac"`, p.start)
	c := &syntax.CaseClause{Case: p.pos(p.start)}
	p.expect(word)
	c.Word = p.word
	t := p.read()
	for t == newline {
		t = p.read()
	}
	if t != word || p.word.Lit() != "in" {
		p.unexpected(`"in"`)
	}
	c.In = p.pos(p.start)
	p.check = newlines | keywords
	for p.read(); p.tok != esacWord; {
		item, last := p.caseItem()
		c.Items = append(c.Items, item)
		if last {
			break
		}
		p.check = newlines | keywords
		p.read()
	}
	c.Esac = p.pos(p.start)
	p.closed()
	return c
}

// caseItem reads from the pattern on, whose first token was read, and up to ;;
// or ;& or, where it is the last, to esac.
func (p *parser) caseItem() (item *syntax.CaseItem, last bool) {
	item = &syntax.CaseItem{Op: syntax.Break}
	if p.tok == leftParen {
		p.read()
	}
	for {
		item.Patterns = append(item.Patterns, p.pattern())
		p.check = newlines | keywords
		if p.read() != pipe {
			break
		}
		p.read()
	}
	if p.tok != rightParen {
		p.unexpected(`")"`)
	}
	item.Stmts = p.list()
	p.check = newlines | keywords
	switch p.read() {
	case esacWord:
		return item, true
	case endCase:
	case fallThrough:
		item.Op = syntax.Fallthrough
	default:
		p.unexpected(`";;"`)
	}
	item.OpPos = p.pos(p.start)
	return item, false
}

// pattern is the last token as a word: a reserved word is a pattern like any other.
func (p *parser) pattern() *syntax.Word {
	if p.tok == word || p.tok > word {
		return p.word
	}
	p.unexpected("a pattern")
	return nil
}
