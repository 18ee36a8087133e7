package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
)

// A revisionError says why a port's PORTREVISION could not be raised.
type revisionError struct {
	origin string
	err    error
}

func (e *revisionError) Error() string {
	return fmt.Sprintf("%s: PORTREVISION can't be raised: %v", e.origin, e.err)
}

func (e *revisionError) Unwrap() error { return e.err }

// bump raises PORTREVISION by one in each of the ports, in changed files on
// top of base, and proves by reading the Makefiles again that each of them
// rose by exactly one. It returns the new text of each Makefile it changed.
//
// Ports that share a Makefile (a master and its slaves, an included
// Makefile.common) rise together by one edit; that is why the result is
// looked at after each edit, and not the edits counted.
//
// With own, a port whose master offers a default (PORTREVISION?=) gets a line
// of its own instead, so that no other port rises with it.
func bump(tree *corpus.Tree, ports []packaged, own bool) (map[string][]byte, error) {
	changed := map[string][]byte{}
	want := map[string]int{}
	for _, p := range ports {
		if lacks := p.Make.Lacks(); len(lacks) > 0 {
			return nil, &revisionError{p.Origin,
				fmt.Errorf("the port reads %s of the ports tree that this one stands on, which is not named; name it with --portsdir", lacks[0].Name)}
		}
		n, err := revisionOf(p.build(p.Make))
		if err != nil {
			return nil, &revisionError{p.Origin, err}
		}
		want[p.Dir] = n + 1
	}
	over := overlay{tree.FS, changed}
	for _, p := range mastersFirst(ports) {
		now, n, err := p.read(over)
		if err != nil {
			return nil, err
		}
		if n == want[p.Dir] { // by an edit for a port that it shares a Makefile with
			continue
		}
		if n > want[p.Dir] {
			return nil, &revisionError{p.Origin, errors.New("a Makefile it shares with another port raises it twice")}
		}
		name, text, err := raise(over, now, n+1, own, p.installs)
		if err == nil && tree.Elsewhere(name) {
			err = fmt.Errorf("it is set in %s, %w", tree.Shown(name), errElsewhere)
		}
		if err != nil {
			return nil, &revisionError{p.Origin, err}
		}
		changed[name] = text
	}
	for _, p := range ports {
		now, n, err := p.read(over)
		switch {
		case err != nil:
			return nil, err
		case n != want[p.Dir]:
			return nil, &revisionError{p.Origin,
				fmt.Errorf("it would be %d after the edit, expected %d", n, want[p.Dir])}
		case now.Value("PORTEPOCH") != p.build(p.Make).Value("PORTEPOCH"):
			return nil, &revisionError{p.Origin, errors.New("PORTEPOCH would change")}
		}
	}
	return changed, nil
}

// errElsewhere: a Makefile is in the tree that this one stands on.
var errElsewhere = errors.New("which is no file of this tree")

// A packaged is a port with those of its scripts that change. Its package
// changes in the builds that install one of them.
type packaged struct {
	*corpus.Port
	// scripts are installed names.
	scripts []string
	// condition is what must be chosen for one of them to be installed, "" where
	// the defaults install one.
	condition string
}

// build is the port as it is built where it installs a script: by default, or
// under the condition, if that can be chosen.
func (p packaged) build(mk *makefile.Port) *makefile.Port {
	if b, ok := mk.Build(p.condition); ok {
		return b
	}
	return mk
}

// installs tells whether a build of the port installs one of the scripts.
func (p packaged) installs(b *makefile.Port) bool {
	return slices.ContainsFunc(p.scripts, func(s string) bool { return corpus.Installs(b, s) })
}

// read reads the port again, and its revision.
func (p packaged) read(fsys fs.FS) (*makefile.Port, int, error) {
	now, err := makefile.Read(fsys, p.Dir)
	if err != nil {
		return nil, 0, &revisionError{p.Origin, err}
	}
	now = p.build(now)
	n, err := revisionOf(now)
	if err != nil {
		return nil, 0, &revisionError{p.Origin, err}
	}
	return now, n, nil
}

// mastersFirst orders ports so that one which others are slaves of comes before them.
func mastersFirst(ports []packaged) []packaged {
	out := slices.Clone(ports)
	slices.SortStableFunc(out, func(a, b packaged) int {
		am, bm := a.Make.MasterDir() != a.Dir, b.Make.MasterDir() != b.Dir
		switch {
		case am == bm:
			return strings.Compare(a.Origin, b.Origin)
		case am:
			return 1
		}
		return -1
	})
	return out
}

// revisionOf is the PORTREVISION in force at the defaults; 0 where there is none.
func revisionOf(p *makefile.Port) (int, error) {
	v, ok := p.Lookup("PORTREVISION")
	v = strings.TrimSpace(v)
	if v == "" && (ok || !p.Defined("PORTREVISION")) {
		return 0, nil
	}
	if !ok {
		return 0, errors.New("its value can't be told without running make")
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("its value is %q, expected a number", v)
	}
	return n, nil
}

// reference matches a value that is another variable and nothing else.
var reference = regexp.MustCompile(`^\$\{([A-Z0-9_a-z]+)(?::U[0-9]*)?\}$`)

// raise sets a port's PORTREVISION to n in the file where it is set, or
// inserts it at its conventional place, and returns the file and its new text.
func raise(fsys fs.FS, p *makefile.Port, n int, own bool, installs func(*makefile.Port) bool) (string, []byte, error) {
	sites, err := sitesOf(p, "PORTREVISION", 0)
	if err != nil {
		return "", nil, err
	}
	// A build that does not install the script is the same package as before.
	sites = slices.DeleteFunc(sites, func(a makefile.Assignment) bool {
		if a.Taken {
			return false
		}
		other, ok := p.Build(a.Condition)
		return ok && !installs(other)
	})
	if own {
		sites = slices.DeleteFunc(sites, func(a makefile.Assignment) bool {
			return a.Op == "?=" && path.Dir(a.File) != p.Dir()
		})
	}
	if len(sites) == 0 {
		return insert(fsys, p, n)
	}
	file := sites[0].File
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", nil, err
	}
	var edits []lint.Edit
	for _, a := range sites {
		if a.File != file {
			return "", nil, fmt.Errorf("it is set in both %s and %s", file, a.File)
		}
		old, err := strconv.Atoi(strings.TrimSpace(a.Value))
		if err != nil {
			return "", nil, fmt.Errorf("%s:%d: the value is %q, expected a number", a.File, a.Line, a.Value)
		}
		edits = append(edits, lint.Edit{Span: rcparse.Span{Start: a.ValueStart, End: a.ValueEnd},
			New: strconv.Itoa(old + 1)})
	}
	out, err := Apply(text, edits)
	return file, out, err
}

// sitesOf finds the assignments to change: the one in force, and those of
// branches for other options or architectures, whose packages change as well.
// A value that is only another variable is followed to where that is set.
func sitesOf(p *makefile.Port, name string, depth int) ([]makefile.Assignment, error) {
	if depth > 4 {
		return nil, errors.New("it refers to another variable too often")
	}
	var sites []makefile.Assignment
	taken := 0
	for _, a := range p.Assignments(name) {
		if !a.Taken && !otherBuild(a) {
			continue
		}
		if a.Taken {
			taken++
		}
		if m := reference.FindStringSubmatch(strings.TrimSpace(a.Value)); m != nil {
			inner, err := sitesOf(p, m[1], depth+1)
			if err != nil {
				return nil, err
			}
			if len(inner) == 0 {
				return nil, fmt.Errorf("%s:%d: it is %s, which is set nowhere", a.File, a.Line, a.Value)
			}
			sites = append(sites, inner...)
			continue
		}
		if a.Op != "=" && a.Op != "?=" && a.Op != ":=" {
			return nil, fmt.Errorf("%s:%d: it is set by %s, expected =", a.File, a.Line, a.Op)
		}
		sites = append(sites, a)
	}
	if taken > 1 {
		return nil, errors.New("more than one assignment is in force")
	}
	slices.SortStableFunc(sites, func(a, b makefile.Assignment) int { return a.Start - b.Start })
	return slices.CompactFunc(sites, func(a, b makefile.Assignment) bool {
		return a.File == b.File && a.Start == b.Start
	}), nil
}

// otherBuild reports whether an assignment counts for the same port built with
// other options, flavours or on other machines.
func otherBuild(a makefile.Assignment) bool {
	return strings.HasPrefix(a.Condition, "option ") || strings.HasPrefix(a.Condition, "flavor ") ||
		strings.Contains(a.Condition, "ARCH") || strings.Contains(a.Condition, "OSVERSION")
}

// nameBlock is the variables that stand before PORTREVISION in the first block
// of a Makefile (Porter's Handbook, "Order of Variables in Port Makefiles").
var nameBlock = []string{"PORTNAME", "PORTVERSION", "DISTVERSIONPREFIX", "DISTVERSION", "DISTVERSIONSUFFIX"}

// insert adds PORTREVISION=n to the port's own Makefile: before PORTEPOCH, or
// else before CATEGORIES, or else after the name block, or else, in a slave's
// few lines, after its first assignment.
func insert(fsys fs.FS, p *makefile.Port, n int) (string, []byte, error) {
	file := path.Join(p.Dir(), "Makefile")
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", nil, err
	}
	at := -1
	own := func(name string) (makefile.Assignment, bool) {
		for _, a := range p.Assignments(name) {
			if a.File == file && a.Condition == "" {
				return a, true
			}
		}
		return makefile.Assignment{}, false
	}
	for _, before := range []string{"PORTEPOCH", "CATEGORIES"} {
		if a, ok := own(before); ok {
			at = a.Start
			break
		}
	}
	if at < 0 {
		for _, after := range nameBlock {
			if a, ok := own(after); ok {
				at = max(at, endOfLine(text, a.End))
			}
		}
	}
	if at < 0 {
		if at = afterFirstAssignment(text); at < 0 {
			return "", nil, errors.New("there is no obvious place for it")
		}
	}
	at = aboveComments(text, at)
	line := fmt.Sprintf("PORTREVISION=%s%d\n", tabsOf(text), n)
	if at > 0 && text[at-1] != '\n' {
		line = "\n" + line
	}
	out, err := Apply(text, []lint.Edit{{Span: rcparse.Span{Start: at, End: at}, New: line}})
	return file, out, err
}

// aboveComments is the offset in front of the comments that end at an offset, where
// the variables that they follow stand: the new line belongs to those.
func aboveComments(text []byte, at int) int {
	start := at
	for start > 0 {
		line := bytes.LastIndexByte(text[:start-1], '\n') + 1
		switch {
		case text[line] == '#':
			start = line
			continue
		case start < at && firstAssignment.Match(text[line:start]):
			return start
		}
		break
	}
	return at
}

// valueColumn matches an assignment of the first block whose name leaves room.
var valueColumn = regexp.MustCompile(`(?m)^((?:PORTNAME|PORTVERSION|DISTVERSION|CATEGORIES|PORTEPOCH)[?:]?=)(\t+)\S`)

// tabsOf is what stands between PORTREVISION= and its value, so that this is in line
// with those of the first block.
func tabsOf(text []byte) string {
	column := 0
	for _, m := range valueColumn.FindAllSubmatch(text, -1) {
		if c := (len(m[1])/8 + len(m[2])) * 8; column == 0 || c < column {
			column = c
		}
	}
	return strings.Repeat("\t", max(1, column/8-len("PORTREVISION=")/8))
}

func endOfLine(text []byte, at int) int {
	if at > 0 && at <= len(text) && text[at-1] == '\n' {
		return at
	}
	i := bytes.IndexByte(text[min(at, len(text)):], '\n')
	if i < 0 {
		return len(text)
	}
	return at + i + 1
}

// firstAssignment matches an assignment at the start of a line, with its continuation lines.
var firstAssignment = regexp.MustCompile(`(?m)^[A-Z][A-Z0-9_]*[?:+]?=(?:.*\\\n)*.*\n`)

// afterFirstAssignment is for a slave port that names neither itself nor its
// categories: the offset after its first assignment, if that stands before any
// .if or .include.
func afterFirstAssignment(text []byte) int {
	m := firstAssignment.FindIndex(text)
	if m == nil {
		return -1
	}
	if bytes.Contains(text[:m[0]], []byte("\n.")) || bytes.HasPrefix(text, []byte(".")) {
		return -1
	}
	return m[1]
}
