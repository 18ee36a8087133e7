package sh

import (
	"mvdan.cc/sh/v3/syntax"
)

// A token is what the grammar is made of.
type token int

const (
	eof token = iota
	newline
	semicolon
	background
	and
	or
	pipe
	leftParen
	rightParen
	endCase     // ;;
	fallThrough // ;&
	redirection
	word
	// The reserved words.
	ifWord
	thenWord
	elseWord
	elifWord
	fiWord
	whileWord
	untilWord
	forWord
	doWord
	doneWord
	leftBrace
	rightBrace
	caseWord
	esacWord
	not
)

var tokenText = [...]string{
	"end of the file", "end of the line", `";"`, `"&"`, `"&&"`, `"||"`, `"|"`, `"("`, `")"`, `";;"`, `";&"`,
	"redirection", "word",
	`"if"`, `"then"`, `"else"`, `"elif"`, `"fi"`, `"while"`, `"until"`, `"for"`, `"do"`, `"done"`, `"{"`, `"}"`,
	`"case"`, `"esac"`, `"!"`,
}

var reserved = map[string]token{
	"if": ifWord, "then": thenWord, "else": elseWord, "elif": elifWord, "fi": fiWord, "while": whileWord,
	"until": untilWord, "for": forWord, "do": doWord, "done": doneWord, "{": leftBrace, "}": rightBrace,
	"case": caseWord, "esac": esacWord, "!": not,
}

// endsList reports whether a list of commands ends before a token.
func (t token) endsList() bool {
	switch t {
	case eof, rightParen, endCase, fallThrough, thenWord, elseWord, elifWord, fiWord, doWord, doneWord,
		rightBrace, esacWord:
		return true
	}
	return false
}

// What a read of a token looks for, for the next read only.
const (
	newlines = 1 << iota // skip them
	keywords             // tell reserved words from other words
)

// read is the next token. A word that was put back may turn out to be a
// reserved one, if it is looked for now.
func (p *parser) read() token {
	t := p.scan()
	for p.check&newlines != 0 && t == newline {
		p.heredocs()
		t = p.scan()
	}
	if t == word && !p.quoted && p.check&keywords != 0 {
		if k, ok := reserved[p.word.Lit()]; ok {
			t, p.tok = k, k
		}
	}
	if t != not {
		p.check = 0
	}
	return t
}

// peek is the next token, which stays the next.
func (p *parser) peek() token {
	t := p.read()
	p.back = true
	return t
}

// expect reads a token that must be there.
func (p *parser) expect(t token) {
	if p.read() != t {
		p.unexpected(tokenText[t])
	}
}

// scan is the next token, whatever it is looked for as.
func (p *parser) scan() token {
	if p.back {
		p.back = false
		return p.tok
	}
	p.tok = p.fresh()
	return p.tok
}

// fresh reads a token from the text.
func (p *parser) fresh() token {
	for {
		c := p.byteAt(p.i)
		switch c {
		case ' ', '\t':
			p.i++
			continue
		case '#':
			p.comment()
			continue
		case '\\':
			if p.byteAt(p.i+1) == '\n' {
				p.i += 2
				continue
			}
		}
		p.start = p.i
		switch c {
		case -1:
			return eof
		case '\n':
			p.i++
			return newline
		case '&', '|', ';':
			return p.operator(c)
		case '(':
			p.i++
			return leftParen
		case ')':
			p.i++
			return rightParen
		}
		return p.wordOrRedirection()
	}
}

// operator reads a token of one or two characters, of which c is the first.
func (p *parser) operator(c int) token {
	p.i++
	end := p.i
	second := p.joined()
	p.i++
	switch {
	case c == '&' && second == '&':
		return and
	case c == '|' && second == '|':
		return or
	case c == ';' && second == ';':
		return endCase
	case c == ';' && second == '&':
		return fallThrough
	}
	p.i = end
	switch c {
	case '&':
		return background
	case '|':
		return pipe
	}
	return semicolon
}

// comment reads up to the end of the line.
func (p *parser) comment() {
	start := p.i
	for c := p.byteAt(p.i); c != '\n' && c != -1; c = p.byteAt(p.i) {
		p.i++
	}
	p.comments = append(p.comments, syntax.Comment{Hash: p.pos(start), Text: string(p.src[start+1 : p.i])})
}
