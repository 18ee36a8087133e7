// Package rcparse reads an rc.d script, or the template of one from a port's
// files directory, into a Script: a static model with exact byte offsets into
// the template. It runs nothing; package rcrun does the simulated start.
package rcparse

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/svcjify/svcjify/rcparse/sh"
	"mvdan.cc/sh/v3/syntax"
)

// Limits on a template. The largest of 376 real ones has 21 KB; the parser is
// recursive and a Go stack that overflows can't be recovered from.
const (
	// MaxSize is the largest template that is parsed, in bytes.
	MaxSize = 256 << 10
	// MaxDepth is the deepest nesting of brackets and keywords that is parsed.
	MaxDepth = 1000
)

// A Span is a half-open range of byte offsets in the template.
type Span struct{ Start, End int }

// A Pos is a place in the template; Line and Col count from 1, Col in bytes.
type Pos struct{ Offset, Line, Col int }

// A SyntaxError says why sh(1) refuses the script.
type SyntaxError struct {
	Pos
	// Text is what was found, without the position; Hint what to write instead, or "".
	Text, Hint string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Text) }

// A Script is the static model of one rc.d script.
type Script struct {
	// Src is the template as it was read; every Span and Pos is in it.
	Src []byte
	// Err says why FreeBSD's sh(1) will refuse it; only what a line scanner finds
	// is known then.
	Err *SyntaxError
	// Header is the rcorder(8) block.
	Header Header
	// Name is rc.subr's name=; RCVar is rcvar=.
	Name, RCVar Value
	// Names is every different value that name= is given, in order.
	Names []string
	// Assigns is every statement that sets a variable, in the order of the text.
	Assigns []Assign
	// Loads and Runs are the calls of load_rc_config and run_rc_command.
	Loads, Runs []Call
	// Sources is the calls of `.`; an rc.d script sources /etc/rc.subr.
	Sources []Call
	// Commands is every simple command with a static name, functions included,
	// that is not listed above.
	Commands []Call
	// Funcs is the function definitions in order.
	Funcs []Func

	subst map[string]string
	tree  atomic.Pointer[tree] // nil once it was dropped
	// astray finds what Misnamed gives, once: many rules ask.
	astray func() []Misnamed
}

// A tree is the larger part of what Parse makes.
type tree struct {
	file   *syntax.File // nil where Err is set
	masked []byte
}

// A ValueKind says how well a value can be known without running the script.
type ValueKind int

const (
	// Missing: it is not set anywhere.
	Missing ValueKind = iota
	// Literal: the text is the value.
	Literal
	// Placeholder: the value depends on a %%VAR%% that the port's SUB_LIST does not tell.
	Placeholder
	// Computed: the value comes from an expansion, such as ${0##*/}.
	Computed
	// Several: it is given different values, as a script with instances does.
	Several
)

// A Value is what is known of a variable.
type Value struct {
	Kind ValueKind
	// Text is the value where Kind is Literal, else the source text of it.
	Text string
	// Raw is the template's text, with placeholders as they stand there.
	Raw string
	// Pos is where it is set (the last time, at the top level if anywhere).
	Pos Pos
}

// A Func is a function definition.
type Func struct {
	Name string
	// Span is the whole definition.
	Span Span
	Pos  Pos
}

// A Call is a simple command.
type Call struct {
	// Name is the command word as written, placeholders substituted where known.
	Name string
	// Args is the source text of each argument.
	Args []string
	Span Span
	Pos  Pos
	// Func is the function it stands in; Cond is true inside if, case, a loop,
	// a list with && or ||, a subshell or a pipe.
	Func string
	Cond bool
}

// Parse makes a Script of a template. The map holds what %%NAME%% stands for
// without the percent signs (bsd.port.mk's SUB_LIST); nil where it isn't known.
// It never fails: a script that sh(1) refuses has an Err, and what a line scanner
// could tell.
func Parse(src []byte, subst map[string]string) *Script {
	s := &Script{Src: src, subst: subst}
	s.Header = parseHeader(src)
	if err := absurd(src); err != nil {
		s.Err = err
		s.tree.Store(&tree{})
		return s
	}
	t := &tree{masked: mask(src, subst)}
	s.tree.Store(t)
	var err error
	if t.file, err = sh.Parse(t.masked); err != nil {
		s.Err = syntaxError(err)
		s.scanLines()
		return s
	}
	s.readTree()
	s.astray = sync.OnceValue(s.findMisnamed)
	return s
}

// syntaxError turns the parser's error into ours.
func syntaxError(err error) *SyntaxError {
	var e *sh.Error
	if !errors.As(err, &e) {
		return &SyntaxError{Pos: Pos{Line: 1, Col: 1}, Text: err.Error()}
	}
	return &SyntaxError{Pos: Pos{Offset: e.Offset, Line: e.Line, Col: e.Col}, Text: e.Text, Hint: e.Hint}
}

// Differences is where the script means something else to sh(1) than to other
// shells, in the order of the text.
func (s *Script) Differences() []sh.Found {
	file := s.File()
	if file == nil {
		return nil
	}
	return sh.Differences(file)
}

func posOf(p syntax.Pos) Pos {
	return Pos{Offset: int(p.Offset()), Line: int(p.Line()), Col: int(p.Col())}
}

// PosAt turns a byte offset into a line and column.
func (s *Script) PosAt(offset int) Pos {
	offset = min(max(offset, 0), len(s.Src))
	before := s.Src[:offset]
	return Pos{
		Offset: offset,
		Line:   1 + bytes.Count(before, []byte("\n")),
		Col:    offset - bytes.LastIndexByte(before, '\n'),
	}
}

// Line returns the text of a line, counted from 1, without its newline; "" if there is none.
func (s *Script) Line(n int) string {
	rest := s.Src
	for ; n > 1; n-- {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return string(line)
}

// Indent returns the blanks that the line of an offset starts with.
func (s *Script) Indent(offset int) string {
	start := bytes.LastIndexByte(s.Src[:offset], '\n') + 1
	end := start
	for end < len(s.Src) && (s.Src[end] == ' ' || s.Src[end] == '\t') {
		end++
	}
	return string(s.Src[start:end])
}

// File is the syntax tree of the masked text, nil where Err is set.
// Its offsets are those of the template.
func (s *Script) File() *syntax.File { return s.parsed().file }

// parsed is the tree, made again where it was dropped.
func (s *Script) parsed() *tree {
	if t := s.tree.Load(); t != nil {
		return t
	}
	if s.Err != nil {
		return &tree{}
	}
	t := &tree{masked: mask(s.Src, s.subst)}
	t.file, _ = sh.Parse(t.masked) // it parsed before
	return t
}

// Drop drops the syntax tree, which takes up to a hundred times the memory of the text. Whoever
// asks for it after that has it made again.
func (s *Script) Drop() { s.tree.Store(nil) }

// UsesRcSubr reports whether the script is one of rc.subr(8): it sources
// rc.subr or calls run_rc_command.
func (s *Script) UsesRcSubr() bool {
	if len(s.Runs) > 0 {
		return true
	}
	for _, c := range s.Sources {
		if len(c.Args) > 0 && strings.HasSuffix(strings.Trim(c.Args[0], `"'`), "rc.subr") {
			return true
		}
	}
	return false
}

// text returns the template's text of a node, with known placeholders substituted.
func (s *Script) text(n syntax.Node) string {
	start, end := int(n.Pos().Offset()), int(n.End().Offset())
	if start < 0 || end > len(s.Src) || start > end {
		return ""
	}
	return Substitute(string(s.Src[start:end]), s.subst)
}

// spanOf is a node's extent.
func spanOf(n syntax.Node) Span { return Span{int(n.Pos().Offset()), int(n.End().Offset())} }
