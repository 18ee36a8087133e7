package sh

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A quoting says which characters are special where the reader is.
type quoting int

const (
	bare quoting = iota
	double
	arithmetic
)

// A kind says what a level of a word is, and with that what closes it.
type kind int

const (
	wholeWord kind = iota
	textOf         // a here-document
	valueOf        // ${x:-y} and its like, where the quoting around goes on
	patternOf      // ${x%y}, and what is no expansion: it has quotes of its own
	sumOf          // $((x))
)

// wordOrRedirection reads a word, or an operator of redirection with the digit
// before it.
func (p *parser) wordOrRedirection() token {
	start := p.i
	p.quoted = false
	parts := p.level(wholeWord, bare, p.i)
	if c := p.byteAt(p.i); (c == '<' || c == '>') && !p.quoted {
		switch {
		case len(parts) == 0:
			p.operatorOf(nil, start)
			return redirection
		case len(parts) == 1:
			lit, ok := parts[0].(*syntax.Lit)
			if ok && len(lit.Value) == 1 && lit.Value[0] >= '0' && lit.Value[0] <= '9' {
				p.operatorOf(lit, p.i)
				return redirection
			}
		}
	}
	p.word = &syntax.Word{Parts: parts}
	return word
}

// A segment is a part of a level between two quotes that change the quoting.
type segment struct {
	quoting quoting
	left    int // the quote that starts it, or where the level starts
	parts   []syntax.WordPart
	lit     []byte // what is not yet a part: the text from a byte on, or what is left of it
	from    int
	joined  bool // lit is not the text itself
}

// level reads a word, or the part of one up to the } or )) that closes it,
// which is left to the caller. At the end of a here-document, its last line is
// read too. The expansion that the level is part of starts at a byte of src.
func (p *parser) level(k kind, around quoting, at int) []syntax.WordPart {
	p.deeper()
	defer p.shallower()
	var done []segment
	s := segment{quoting: around, left: p.i, from: p.i}
	parens := 0
	for {
		c := p.byteAt(p.i)
		switch {
		case c >= 0 && !special[c]:
			p.letters(&s)
		case c == -1:
			p.endOfText(k, &s, at)
			return p.join(done, s, k, around)
		case c == '\n':
			if k == wholeWord && s.quoting == bare {
				p.flush(&s)
				return p.join(done, s, k, around)
			}
			p.letter(&s)
			if p.here != nil && p.marker() {
				if k != textOf {
					p.fail(p.offset(at), "an expansion is not closed where its here-document ends: expected \"}\"")
				}
				p.flushAt(&s, p.here.end)
				return p.join(done, s, k, around)
			}
		case c == '\\':
			p.backslash(&s)
		case c == '\'' && s.quoting == bare:
			p.flush(&s)
			s.parts = append(s.parts, p.single(p.i, false))
			s.from = p.i
		case c == '"' && s.quoting != arithmetic:
			if s.quoting == double && p.here != nil && p.patterns == 0 {
				p.letter(&s)
				continue
			}
			p.flush(&s)
			done = append(done, s)
			s = segment{quoting: double - s.quoting, left: p.i, from: p.i + 1}
			p.quoted = p.quoted || s.quoting == bare
			p.i++
		case c == '`':
			p.flush(&s)
			s.parts = append(s.parts, p.backquotes(s.quoting))
			s.from = p.i
		case c == '$':
			p.dollar(&s)
		case c == '}' && (k == valueOf && s.quoting == around || k == patternOf && s.quoting == bare):
			p.flush(&s)
			return p.join(done, s, k, around)
		case c == '(' && s.quoting == arithmetic:
			parens++
			p.letter(&s)
		case c == ')' && s.quoting == arithmetic && parens > 0:
			parens--
			p.letter(&s)
		case c == ')' && s.quoting == arithmetic && p.closesSum(),
			k == wholeWord && s.quoting == bare && strings.IndexByte("<>();&| \t", byte(c)) >= 0:
			p.flush(&s)
			return p.join(done, s, k, around)
		default:
			p.letter(&s)
		}
	}
}

// special are the bytes that mean something in some part of a word.
var special = func() (t [256]bool) {
	for _, c := range "\n\\'\"`$}()<>;&| \t" {
		t[c] = true
	}
	return t
}()

// letters adds the next byte to a segment as it stands, and those behind it that
// mean nothing anywhere.
func (p *parser) letters(s *segment) {
	end := p.i + 1
	for end < len(p.src) && !special[p.src[end]] {
		end++
	}
	p.add(s, end)
}

// letter adds the next byte to a segment as it stands.
func (p *parser) letter(s *segment) { p.add(s, p.i+1) }

// add adds the text up to a byte to a segment.
func (p *parser) add(s *segment, end int) {
	switch {
	case len(s.lit) == 0:
		s.from, s.joined = p.i, false
		s.lit = p.src[p.i:end:end]
	case !s.joined && s.from+len(s.lit) == p.i:
		s.lit = p.src[s.from:end:end]
	default:
		s.lit, s.joined = append(s.lit, p.src[p.i:end]...), true
	}
	p.i = end
}

// backslash reads one, with what it quotes.
func (p *parser) backslash(s *segment) {
	switch c := p.byteAt(p.i + 1); c {
	case '\n':
		p.i += 2
	case -1:
		p.letter(s)
	default:
		p.quoted = true
		p.add(s, p.i+2)
	}
}

// flush makes a part of the letters that a segment has.
func (p *parser) flush(s *segment) { p.flushAt(s, p.i) }

// flushAt is flush for letters that end at a byte.
func (p *parser) flushAt(s *segment, end int) {
	if len(s.lit) == 0 {
		return
	}
	both := &struct { // most words are one literal
		lit   syntax.Lit
		parts [1]syntax.WordPart
	}{}
	both.lit = syntax.Lit{ValuePos: p.pos(s.from), ValueEnd: p.pos(end), Value: p.text(s)}
	if s.parts == nil {
		both.parts[0] = &both.lit
		s.parts = both.parts[:]
	} else {
		s.parts = append(s.parts, &both.lit)
	}
	s.lit = nil
}

// text is the letters of a segment.
func (p *parser) text(s *segment) string {
	if s.joined || p.at != nil {
		return string(s.lit)
	}
	return p.whole[s.from : s.from+len(s.lit)]
}

// join makes one list of parts of a level's segments.
func (p *parser) join(done []segment, last segment, k kind, around quoting) []syntax.WordPart {
	if k == valueOf && around == double {
		return p.joinValue(append(done, last))
	}
	if len(done) == 0 {
		return last.parts
	}
	var out []syntax.WordPart
	list := append(done, last)
	for i, s := range list {
		if s.quoting == double {
			out = append(out, &syntax.DblQuoted{Left: p.pos(s.left), Right: p.pos(list[i+1].left), Parts: s.parts})
		} else {
			out = append(out, s.parts...)
		}
	}
	return out
}

// joinValue is join for y of "${x:-y}", where the quotes around go on: it is
// quoted up to a quote, and from the next one on. What stands between the two
// is not, for sh(1), and is split into words; the tree has it in the quotes that
// people see.
func (p *parser) joinValue(list []segment) []syntax.WordPart {
	var out []syntax.WordPart
	for i, s := range list {
		switch {
		case i%2 == 1:
			out = append(out, &syntax.DblQuoted{Left: p.pos(s.left), Right: p.pos(list[i+1].left), Parts: s.parts})
		case plain(s.parts):
			out = append(out, s.parts...)
		default: // in quotes of its own it means what it means here
			parts := s.parts
			left, end := parts[0].Pos(), parts[len(parts)-1].End()
			right := syntax.NewPos(end.Offset()-1, end.Line(), max(end.Col(), 2)-1)
			out = append(out, &syntax.DblQuoted{Left: left, Right: right, Parts: parts})
		}
	}
	return out
}

// plain reports whether parts mean the same in double quotes and without.
func plain(parts []syntax.WordPart) bool {
	for i, part := range parts {
		lit, ok := part.(*syntax.Lit)
		if ok && (strings.ContainsAny(lit.Value, `\'`) || i == 0 && lit.Value[0] == '~') {
			return false
		}
	}
	return true
}

// endOfText is the end of the text in the middle of a word, which is well only
// outside of quotes and braces.
func (p *parser) endOfText(k kind, s *segment, at int) {
	switch {
	case k == sumOf:
		p.fail(p.offset(at), "an arithmetic expansion is not closed: expected \"))\"")
	case k == valueOf || k == patternOf:
		p.fail(p.offset(at), "an expansion is not closed: expected \"}\"")
	case s.quoting != bare && k != textOf:
		p.fail(p.offset(s.left), "a quote is not closed: expected another \"")
	}
	p.flush(s)
}

// single reads what stands in single quotes; the first is at the next byte.
func (p *parser) single(left int, dollar bool) *syntax.SglQuoted {
	p.i++
	from, over := p.i, false
	for {
		c := p.byteAt(p.i)
		switch {
		case c == -1:
			p.fail(p.offset(left), "a quote is not closed: expected another '")
		case c == '\n':
			p.i++
			if p.here != nil && p.marker() {
				p.fail(p.offset(left), "a quote is not closed where its here-document ends")
			}
			continue
		case c == '\\' && over:
			p.i++
		case c == '\\' && dollar:
			over = p.escape()
		case c == '\'':
			p.quoted = true
			p.i++
			q := &syntax.SglQuoted{Left: p.pos(left), Right: p.pos(p.i - 1), Dollar: dollar,
				Value: string(p.src[from : p.i-1])}
			return q
		}
		p.i++
	}
}

// escape looks at a backslash in $'...', stops at the last byte that belongs to
// it, and reports whether it stands for a NUL, behind which nothing counts.
func (p *parser) escape() (nul bool) {
	at := p.i
	bad := func() { p.fail(p.offset(at), "$'...' does not have this escape") }
	p.i++
	switch c := p.byteAt(p.i); c {
	case '\\', '\'', '"', '\n', 'a', 'b', 'e', 'f', 'n', 'r', 't', 'v':
	case 'x':
		return p.number(16, 0)&0xff == 0
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.i--
		return p.number(8, 3)&0xff == 0
	case 'c':
		p.i++
		switch c := p.byteAt(p.i); {
		case c < 0x3f || c > 0x7a || c == 0x60:
			bad()
		case c == '\\':
			if p.i++; p.byteAt(p.i) != '\\' {
				bad()
			}
		}
		return p.byteAt(p.i) == '@'
	case 'u', 'U':
		digits := 4
		if c == 'U' {
			digits = 8
		}
		before := p.i
		value := p.number(16, digits)
		if p.i-before < digits || value == 0 || value >= 0xd800 && value <= 0xdfff {
			bad()
		}
	default:
		bad()
	}
	return false
}

// number reads the digits behind the current byte, as many as most, or all for
// 0, and stops at the last of them.
func (p *parser) number(base, most int) (value uint32) {
	for n := 0; most == 0 || n < most; n++ {
		digit := strings.IndexByte("0123456789abcdef"[:base], byte(p.byteAt(p.i+1)|0x20))
		if digit < 0 || p.byteAt(p.i+1) < '0' {
			break
		}
		p.i++
		value = value*uint32(base) + uint32(digit)
	}
	return value
}
