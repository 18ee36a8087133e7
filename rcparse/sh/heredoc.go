package sh

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// A heredoc is a here-document whose operator was read.
type heredoc struct {
	redir  *syntax.Redirect
	marker []byte // the line that ends it
	quoted bool   // nothing in it is expanded
	tabs   bool   // those that start a line don't count
	end    int    // where that line starts, in src
	over   int    // where it ends
}

// operatorOf reads an operator of redirection, with the digit before it or nil.
func (p *parser) operatorOf(fd *syntax.Lit, at int) {
	r := &syntax.Redirect{N: fd, OpPos: p.pos(at)}
	c := p.byteAt(p.i)
	p.i++
	end := p.i
	second := p.joined()
	p.i++
	switch {
	case c == '>' && second == '>':
		r.Op = syntax.AppOut
	case c == '>' && second == '&':
		r.Op = syntax.DplOut
	case c == '>' && second == '|':
		r.Op = syntax.RdrClob
	case c == '>':
		r.Op, p.i = syntax.RdrOut, end
	case second == '<':
		r.Op, end = syntax.Hdoc, p.i
		if p.joined() == '-' {
			r.Op = syntax.DashHdoc
			end = p.i + 1
		}
		p.i = end
	case second == '&':
		r.Op = syntax.DplIn
	case second == '>':
		r.Op = syntax.RdrInOut
	default:
		r.Op, p.i = syntax.RdrIn, end
	}
	p.redir = r
}

// target reads the word behind an operator of redirection.
func (p *parser) target() *syntax.Redirect {
	r := p.redir
	p.expect(word)
	r.Word = p.word
	if r.Op != syntax.Hdoc && r.Op != syntax.DashHdoc {
		return r
	}
	marker, ok := plainText(r.Word.Parts, false)
	if !ok {
		p.fail(int(r.Word.Pos().Offset()), "the word that ends a here-document must be plain text")
	}
	h := &heredoc{redir: r, quoted: p.quoted, tabs: r.Op == syntax.DashHdoc}
	if h.tabs {
		marker = strings.TrimLeft(marker, "\t")
	}
	h.marker = []byte(marker)
	p.pending = append(p.pending, h)
	return r
}

// heredocs reads the texts of the here-documents that wait for one.
func (p *parser) heredocs() {
	for len(p.pending) > 0 {
		h := p.pending[0]
		p.pending = p.pending[1:]
		p.here, p.patterns = h, 0
		quoted := p.quoted
		var parts []syntax.WordPart
		from := p.i
		if !p.marker() {
			if h.quoted {
				p.verbatim()
			} else {
				parts = p.level(textOf, double, p.i)
			}
		}
		if h.quoted && h.end > from {
			lit := &syntax.Lit{ValuePos: p.pos(from), ValueEnd: p.pos(h.end), Value: string(p.src[from:h.end])}
			parts = []syntax.WordPart{lit}
		}
		p.here, p.quoted = nil, quoted
		if len(parts) > 0 {
			if lit, ok := parts[len(parts)-1].(*syntax.Lit); ok && h.over > 0 {
				lit.ValueEnd = p.pos(h.over) // as mvdan.cc/sh has it: the statement ends there
			}
			h.redir.Hdoc = &syntax.Word{Parts: parts}
		}
	}
}

// verbatim reads up to the line that ends a here-document, or to the end of the text.
func (p *parser) verbatim() {
	for {
		i := bytes.IndexByte(p.src[p.i:], '\n')
		if i < 0 {
			p.i = len(p.src)
			p.here.end = p.i
			return
		}
		p.i += i + 1
		if p.marker() {
			return
		}
	}
}

// marker reads the line that ends a here-document, where it is the next line.
func (p *parser) marker() bool {
	i := p.i
	for p.here.tabs && p.byteAt(i) == '\t' {
		i++
	}
	rest, ok := bytes.CutPrefix(p.src[i:], p.here.marker)
	if !ok || len(rest) > 0 && rest[0] != '\n' || len(rest) == 0 && len(p.here.marker) == 0 {
		return false
	}
	p.here.end = p.i
	p.i = len(p.src) - len(rest)
	p.here.over = p.i
	if len(rest) > 0 {
		p.i++
	}
	return true
}

// plainText is what parts of a word say without their quotes; false where one
// of them is an expansion.
func plainText(parts []syntax.WordPart, quoted bool) (string, bool) {
	var b strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			for i := 0; i < len(part.Value); i++ {
				c := part.Value[i]
				if c == '\\' && i+1 < len(part.Value) &&
					(!quoted || strings.IndexByte("\\`$\"", part.Value[i+1]) >= 0) {
					i++
					c = part.Value[i]
				}
				b.WriteByte(c)
			}
		case *syntax.SglQuoted:
			value := part.Value
			if part.Dollar {
				value, _, _ = expand.Format(nil, value, nil)
			}
			b.WriteString(value)
		case *syntax.DblQuoted:
			text, ok := plainText(part.Parts, true)
			if !ok {
				return "", false
			}
			b.WriteString(text)
		default:
			return "", false
		}
	}
	return b.String(), true
}
