package bmake

import "fmt"

// pairing finds which .elif, .else, .endif and .endfor belongs to which .if
// and .for while the nodes of a file are collected.
type pairing struct {
	file *File
	open []int // nodes that wait for their end: the .for, or the last branch of the .if
	fors int
}

func (p *pairing) add(n Node) *Error {
	f := p.file
	i := len(f.Nodes)
	f.Nodes = append(f.Nodes, n)
	fail := func(format string, args ...any) *Error {
		return &Error{Path: f.path, Line: n.line, Text: fmt.Sprintf(format, args...)}
	}
	switch n.Kind {
	case nodeIf, nodeFor:
		if len(p.open) >= maxNesting {
			return fail("found .if and .for nested more than %d deep: expected a Makefile that people can read",
				maxNesting)
		}
		if n.Kind == nodeFor {
			if p.fors++; p.fors > maxForDepth {
				return fail("found .for nested more than %d deep: expected a Makefile that people can read",
					maxForDepth)
			}
		}
		p.open = append(p.open, i)
	case nodeElif, nodeElse, nodeEndif:
		top := p.top()
		if top < 0 || f.Nodes[top].Kind == nodeFor {
			return fail("found .%s without .if: expected an .if before it", n.word())
		}
		f.Nodes[top].next = i
		if n.Kind == nodeEndif {
			p.open = p.open[:len(p.open)-1]
		} else {
			p.open[len(p.open)-1] = i
		}
	case nodeEndfor:
		top := p.top()
		if top < 0 || f.Nodes[top].Kind != nodeFor {
			return fail("found .endfor without .for: expected a .for before it")
		}
		f.Nodes[top].next = i
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
	n := p.file.Nodes[top]
	end := ".endif"
	if n.Kind == nodeFor {
		end = ".endfor"
	}
	return &Error{Path: p.file.path, Line: n.line,
		Text: fmt.Sprintf("found .%s without an end: expected %s before the end of the file", n.word(), end)}
}

// word is the keyword for messages.
func (n Node) word() string {
	switch n.Kind {
	case nodeIf:
		return "if" + n.Variant
	case nodeElif:
		return "elif" + n.Variant
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
