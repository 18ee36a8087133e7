// Package sh reads a shell text by the grammar of FreeBSD's sh(1), which runs
// rc.d scripts, and makes the syntax tree of mvdan.cc/sh of it.
//
// The grammar is that of bin/sh/parser.c. It takes more than POSIX: a function
// may be called check-conf or 9p, a list of commands may be empty, a quote in
// "${x:-don't}" is a letter. It lacks what ksh and Bash add, and then often
// takes the same text in another sense: `cmd &>file` is a command in the
// background, and a file that is made empty. What this package takes is what
// `sh -n` takes, and the tree says what sh(1) does; Differences finds what
// other shells would do otherwise.
package sh

import (
	"fmt"
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/internal/message"
)

// MaxDepth is the deepest nesting of commands and expansions that is read. The
// parser is recursive, and a Go stack that overflows can't be recovered from.
const MaxDepth = 1000

// An Error says why sh(1) refuses a text.
type Error struct {
	// Offset is in bytes; Line and Col count from 1, Col in bytes.
	Offset, Line, Col int
	// Text says what is wrong, without the place; Hint what to write, or "".
	Text, Hint string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Text) }

// Parse reads a text. An error is always an *Error.
//
// The tree has only nodes that mvdan.cc/sh makes of a POSIX text, but for $'x'
// (SglQuoted with Dollar), for loops in braces, and ;& of a case item. Export,
// local and readonly are calls like any other. An expansion that sh(1) takes
// and can't carry out, such as ${x//y/z}, has BadSubstitution as its operator.
func Parse(text []byte) (f *syntax.File, err error) {
	p := &parser{src: text, root: text, whole: string(text)}
	for i, c := range text {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			f, err = nil, r
		default:
			panic(r)
		}
	}()
	f = &syntax.File{Stmts: p.file()}
	f.Last = p.comments
	return f, nil
}

// A parser reads one text. Its methods are named after what they read, and
// panic with an *Error.
type parser struct {
	src []byte // the text, or what stands in backquotes, without its backslashes
	at  []int  // the offset in root of each byte of src, and of its end; nil where they are the same
	i   int    // the next byte of src

	root  []byte
	whole string // root, of which literals are parts
	lines []int  // where the lines but the first start, in root
	near  int    // the line that was asked for last

	// The last token, and what belongs to it.
	tok    token
	start  int // in src
	back   bool
	check  int          // what the next read of a token looks for
	word   *syntax.Word // of a word
	quoted bool         // whether any of it is quoted
	redir  *syntax.Redirect

	pending  []*heredoc // whose texts start after the next newline
	here     *heredoc   // whose text is being read
	patterns int        // expansions such as ${x%y} that are open in it
	comments []syntax.Comment
	open     []opener
	suspects suspects
	depth    int
}

// An opener is a word or bracket that must be closed.
type opener struct {
	word, closer string
	at           int // in root
}

// offset turns a place in src into one of the whole text.
func (p *parser) offset(i int) int {
	if p.at == nil {
		return i
	}
	return p.at[i]
}

// pos is the position of a place in src.
func (p *parser) pos(i int) syntax.Pos {
	offset := p.offset(i)
	line, col := p.place(offset)
	return syntax.NewPos(uint(offset), uint(line), uint(col))
}

// place is the line and column of an offset in the whole text.
func (p *parser) place(offset int) (line, col int) {
	start := func(n int) int {
		if n == 0 {
			return 0
		}
		return p.lines[n-1]
	}
	n := p.near
	for tries := 0; ; tries++ { // mostly it is the same line, or the next one
		switch {
		case tries == 3:
			var found bool
			if n, found = slices.BinarySearch(p.lines, offset); found {
				n++
			}
		case offset < start(n):
			n--
			continue
		case n < len(p.lines) && offset >= p.lines[n]:
			n++
			continue
		}
		p.near = n
		return n + 1, offset - start(n) + 1
	}
}

// fail ends the reading with what is wrong at an offset of the whole text.
func (p *parser) fail(offset int, format string, args ...any) {
	panic(p.errorAt(offset, fmt.Sprintf(format, args...), ""))
}

func (p *parser) errorAt(offset int, text, hint string) *Error {
	line, col := p.place(offset)
	return &Error{Offset: offset, Line: line, Col: col, Text: text, Hint: hint}
}

// unexpected ends the reading at the last token. What was expected may be "".
func (p *parser) unexpected(expected string) {
	at := p.offset(p.start)
	if p.tok == eof && len(p.open) > 0 {
		o := p.open[len(p.open)-1]
		end := "the file ends"
		if p.at != nil {
			end = "the backquotes end"
		}
		p.fail(o.at, "%s is not closed: %s, and %s is missing", o.word, end, o.closer)
	}
	p.foreign()
	if expected == "" {
		p.fail(at, "unexpected %s", p.describe())
	}
	p.fail(at, "unexpected %s: expected %s", p.describe(), expected)
}

// describe names the last token for a message.
func (p *parser) describe() string {
	if p.tok == eof && p.at != nil {
		return "end of the backquotes"
	}
	if p.tok != word {
		return tokenText[p.tok]
	}
	return fmt.Sprintf("word %q", message.Clip(string(p.root[p.offset(p.start):p.offset(p.i)]), 30))
}

// deeper counts one level of nesting, and shallower takes it away.
func (p *parser) deeper() {
	if p.depth++; p.depth > MaxDepth {
		p.fail(p.offset(min(p.i, len(p.src))), "nested deeper than %d levels", MaxDepth)
	}
}

func (p *parser) shallower() { p.depth-- }

// opened notes that a construct must be closed, and closed that it was.
func (p *parser) opened(word, closer string, at int) {
	p.open = append(p.open, opener{word, closer, p.offset(at)})
}

func (p *parser) closed() { p.open = p.open[:len(p.open)-1] }

// byteAt is a byte of src, or -1 after its end.
func (p *parser) byteAt(i int) int {
	if i >= len(p.src) {
		return -1
	}
	return int(p.src[i])
}

// joined skips the backslashes before newlines that stand at the next byte, and
// returns that byte or -1.
func (p *parser) joined() int {
	for p.byteAt(p.i) == '\\' && p.byteAt(p.i+1) == '\n' {
		p.i += 2
	}
	return p.byteAt(p.i)
}
