package bmake

import (
	"fmt"
	pathpkg "path"
	"strings"
)

// A NodeKind says what a logical line is.
type NodeKind uint8

const (
	NodeAssign NodeKind = iota
	nodeIf
	nodeElif
	nodeElse
	nodeEndif
	nodeFor
	nodeEndfor
	nodeBreak
	nodeInclude
	nodeUndef
	nodeTarget
	nodeCommand
)

// A Node is one logical line: physical lines joined where they end in a
// backslash. Blank lines, comments and directives without effect have no node.
type Node struct {
	Kind NodeKind
	// Variant is the part of a conditional's keyword after "if": "", "def", "ndef", "make" or "nmake";
	// the operator of an assignment; the keyword of an include.
	Variant string
	// Name is the variable that is assigned, not yet expanded.
	Name string
	// Text is the value, condition, loop header, operand, target line or
	// command, with comments removed and lines joined.
	Text string
	// line counts from 1; start and end are byte offsets of the whole logical line, newline included.
	line, start, end int
	// valueStart and valueEnd are the byte offsets of an assignment's value.
	valueStart, valueEnd int
	// next is the node that closes this branch or loop: the next .elif, .else
	// or .endif of an .if, the .endfor of a .for.
	next int
}

// A File is a parsed Makefile. It is never changed after it was parsed, so
// many ports can share it.
type File struct {
	path  string // in the tree
	dir   string // .PARSEDIR, in the tree
	data  string
	Nodes []Node
	// assigns is how many of the nodes are assignments, commands how many are
	// targets or commands.
	assigns, commands int
	// Foreign is true for a file that is read for its values only: its assignments and commands are not told.
	Foreign bool
}

// parse splits a Makefile into nodes and pairs the conditionals and loops.
func parse(path, data string) (*File, *Error) {
	f := &File{path: path, dir: pathpkg.Dir(path), data: data}
	if i := strings.IndexByte(data, 0); i >= 0 {
		return nil, &Error{Path: path, Line: 1 + strings.Count(data[:i], "\n"),
			Text: "found a NUL byte: expected text, this is no Makefile"}
	}
	f.Nodes = make([]Node, 0, len(data)/48+8)
	p := pairing{file: f}
	line, count := 1, 0
	for pos := 0; pos < len(data); {
		l := scanLine(data, pos)
		count++
		if count > maxLogicalLines {
			return nil, &Error{Path: path, Line: line,
				Text: fmt.Sprintf("found more than %d lines: expected a Makefile of a sane size", maxLogicalLines)}
		}
		if n, ok := l.node(data); ok {
			n.line, n.start, n.end = line, l.start, l.end
			switch n.Kind {
			case NodeAssign:
				f.assigns++
			case nodeTarget, nodeCommand:
				f.commands++
			}
			if err := p.add(n); err != nil {
				return nil, err
			}
		}
		pos = l.end
		line += l.lines
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return f, nil
}

// A rawLine is a logical line's place in the file.
type rawLine struct {
	start, end int // newline included
	content    int // end of what counts: before a comment, before trailing white space
	lines      int // physical lines
	simple     bool
}

// scanLine finds the logical line that starts at pos. As in bmake's
// ParseGetLine, a backslash protects the newline after it (in comments too)
// and a '#', and "[#" does not start a comment, so that ${VAR:[#]} works.
func scanLine(data string, pos int) rawLine {
	l := rawLine{start: pos, lines: 1, simple: true}
	end := strings.IndexByte(data[pos:], '\n')
	if end < 0 {
		end = len(data)
	} else {
		end += pos
	}
	command := data[pos] == '\t'
	comment := -1
	for i := pos; ; {
		// Most lines have neither a backslash nor a comment.
		j := strings.IndexAny(data[i:end], "\\#")
		if j < 0 {
			break
		}
		i += j
		if data[i] == '#' {
			if comment < 0 && !command && (i == pos || data[i-1] != '[') {
				comment = i
			}
			i++
			continue
		}
		l.simple = false
		if i+1 < end {
			i += 2
			continue
		}
		// The backslash is the last character before the newline.
		i = end + 1
		if i >= len(data) {
			break
		}
		l.lines++
		if next := strings.IndexByte(data[i:], '\n'); next < 0 {
			end = len(data)
		} else {
			end = i + next
		}
	}
	l.end = min(end+1, len(data))
	l.content = end
	if comment >= 0 {
		l.content = comment
	}
	l.content = trimEnd(data, l.start, l.content)
	return l
}

// trimEnd moves end back over white space and escaped newlines.
func trimEnd(data string, start, end int) int {
	for end > start {
		switch data[end-1] {
		case ' ', '\t', '\r':
			end--
		case '\n':
			if end-2 >= start && data[end-2] == '\\' {
				end -= 2
				continue
			}
			end--
		default:
			return end
		}
	}
	return end
}

// skipBlank moves i forward over white space and escaped newlines.
func skipBlank(data string, i, end int) int {
	for i < end {
		switch {
		case data[i] == ' ' || data[i] == '\t':
			i++
		case data[i] == '\\' && i+1 < end && data[i+1] == '\n':
			i += 2
		default:
			return i
		}
	}
	return end
}

// join gives the text of data[start:end] as make sees it: an escaped newline
// and the white space after it are one space, and "\#" is "#" (not in commands).
func join(data string, start, end int, command bool) string {
	s := data[start:end]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '\n':
			i++
			for i+1 < len(s) && (s[i+1] == ' ' || s[i+1] == '\t') {
				i++
			}
			b.WriteByte(' ')
		case '#':
			if command {
				b.WriteByte('\\')
			}
			b.WriteByte('#')
			i++
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i+1])
			i++
		}
	}
	return b.String()
}

// node makes a node of the line; false for a line that has no meaning here.
func (l rawLine) node(data string) (Node, bool) {
	if l.content == l.start {
		return Node{}, false
	}
	switch data[l.start] {
	case '\t':
		i := skipBlank(data, l.start+1, l.content)
		if i == l.content {
			return Node{}, false
		}
		return Node{Kind: nodeCommand, Text: join(data, i, l.content, true)}, true
	case '.':
		if n, ok, known := l.directive(data); known {
			return n, ok
		}
	}
	if n, ok := l.assignment(data); ok {
		return n, true
	}
	text := strings.TrimLeft(join(data, l.start, l.content, false), " ")
	if strings.ContainsAny(text, ":!") {
		return Node{Kind: nodeTarget, Text: text}, true
	}
	return Node{}, false
}

// directive reads a line that starts with a dot. Known is false for a
// dependency line such as ".PHONY: x" or an assignment such as ".CURDIR=x".
func (l rawLine) directive(data string) (n Node, ok, known bool) {
	i := skipBlank(data, l.start+1, l.content)
	j := i
	for j < l.content && (data[j] >= 'a' && data[j] <= 'z' || data[j] == '-') {
		j++
	}
	word := data[i:j]
	k := skipBlank(data, j, l.content)
	text := func() string { return join(data, k, l.content, false) }
	switch word {
	case "if", "ifdef", "ifndef", "ifmake", "ifnmake":
		return Node{Kind: nodeIf, Variant: word[2:], Text: text()}, true, true
	case "elif", "elifdef", "elifndef", "elifmake", "elifnmake":
		return Node{Kind: nodeElif, Variant: word[4:], Text: text()}, true, true
	case "else":
		return Node{Kind: nodeElse}, true, true
	case "endif":
		return Node{Kind: nodeEndif}, true, true
	case "for":
		return Node{Kind: nodeFor, Text: text()}, true, true
	case "endfor":
		return Node{Kind: nodeEndfor}, true, true
	case "break":
		return Node{Kind: nodeBreak}, true, true
	case "include", "sinclude", "dinclude", "-include":
		return Node{Kind: nodeInclude, Variant: word, Text: text()}, true, true
	case "undef":
		return Node{Kind: nodeUndef, Text: text()}, true, true
	case "error", "warning", "info", "export", "export-env", "export-literal", "unexport", "unexport-env":
		// They change no value that is asked for.
		return Node{}, false, true
	}
	return Node{}, false, false
}

// assignment reads a line as an assignment, as bmake's Parse_IsVar does: the
// name is one word (spaces may stand in braces), then the operator.
func (l rawLine) assignment(data string) (Node, bool) {
	i := l.start
	for i < l.content && data[i] == ' ' {
		i++
	}
	nameStart, nameEnd, level := i, -1, 0
	for i < l.content {
		c := data[i]
		if level == 0 {
			if b := skipBlank(data, i, l.content); b > i {
				if nameEnd < 0 {
					nameEnd = i
				}
				i = b
				continue
			}
		}
		switch {
		case c == '(' || c == '{':
			level++
		case c == ')' || c == '}':
			level--
		case level != 0:
		case c == ':' && strings.HasPrefix(data[i:l.content], ":sh") && i+3 < l.content &&
			(data[i+3] == '=' || data[i+3] == ' ' || data[i+3] == '\t'):
			// VAR:sh = command is VAR != command.
			if nameEnd < 0 {
				nameEnd = i
			}
			i = skipBlank(data, i+3, l.content)
			if i < l.content && data[i] == '=' {
				return l.assign(data, nameStart, nameEnd, i+1, "!="), true
			}
			return Node{}, false
		case c == '=':
			if nameEnd < 0 {
				nameEnd = i
			}
			return l.assign(data, nameStart, nameEnd, i+1, "="), nameEnd > nameStart
		case i+1 < l.content && data[i+1] == '=' && strings.IndexByte("?+:!", c) >= 0:
			if nameEnd < 0 {
				nameEnd = i
			}
			return l.assign(data, nameStart, nameEnd, i+2, data[i:i+2]), nameEnd > nameStart
		case nameEnd >= 0:
			return Node{}, false
		}
		i++
	}
	return Node{}, false
}

func (l rawLine) assign(data string, nameStart, nameEnd, after int, op string) Node {
	n := Node{Kind: NodeAssign, Variant: op, Name: data[nameStart:nameEnd]}
	n.valueStart = skipBlank(data, after, l.content)
	n.valueEnd = l.content
	if n.valueStart >= l.content {
		// There is no value: its place is right after the operator.
		n.valueStart, n.valueEnd = after, after
	}
	n.Text = join(data, n.valueStart, n.valueEnd, false)
	return n
}
