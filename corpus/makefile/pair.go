package makefile

import "fmt"

// pairing finds which .elif, .else, .endif and .endfor belongs to which .if
// and .for while the nodes of a file are collected.
type pairing struct {
	file *file
	open []int // nodes that wait for their end: the .for, or the last branch of the .if
	fors int
}

func (p *pairing) add(n node) *Error {
	f := p.file
	i := len(f.nodes)
	f.nodes = append(f.nodes, n)
	fail := func(format string, args ...any) *Error {
		return &Error{Path: f.path, Line: n.line, Text: fmt.Sprintf(format, args...)}
	}
	switch n.kind {
	case nodeIf, nodeFor:
		if len(p.open) >= maxNesting {
			return fail("found .if and .for nested more than %d deep: expected a Makefile that people can read",
				maxNesting)
		}
		if n.kind == nodeFor {
			if p.fors++; p.fors > maxForDepth {
				return fail("found .for nested more than %d deep: expected a Makefile that people can read",
					maxForDepth)
			}
		}
		p.open = append(p.open, i)
	case nodeElif, nodeElse, nodeEndif:
		top := p.top()
		if top < 0 || f.nodes[top].kind == nodeFor {
			return fail("found .%s without .if: expected an .if before it", n.word())
		}
		f.nodes[top].next = i
		if n.kind == nodeEndif {
			p.open = p.open[:len(p.open)-1]
		} else {
			p.open[len(p.open)-1] = i
		}
	case nodeEndfor:
		top := p.top()
		if top < 0 || f.nodes[top].kind != nodeFor {
			return fail("found .endfor without .for: expected a .for before it")
		}
		f.nodes[top].next = i
		p.open = p.open[:len(p.open)-1]
		p.fors--
	}
	return nil
}

func (p *pairing) top() int {
	if len(p.open) == 0 {
		return -1
	}
	return p.open[len(p.open)-1]
}

// finish reports what was opened and never closed.
func (p *pairing) finish() *Error {
	top := p.top()
	if top < 0 {
		return nil
	}
	n := p.file.nodes[top]
	end := ".endif"
	if n.kind == nodeFor {
		end = ".endfor"
	}
	return &Error{Path: p.file.path, Line: n.line,
		Text: fmt.Sprintf("found .%s without an end: expected %s before the end of the file", n.word(), end)}
}

// word is the keyword for messages.
func (n node) word() string {
	switch n.kind {
	case nodeIf:
		return "if" + n.variant
	case nodeElif:
		return "elif" + n.variant
	case nodeElse:
		return "else"
	case nodeEndif:
		return "endif"
	case nodeFor:
		return "for"
	case nodeEndfor:
		return "endfor"
	}
	return "line"
}
