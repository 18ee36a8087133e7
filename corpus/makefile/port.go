package makefile

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// A Port is what a port's Makefile says at default options and flavour. It
// does not change, and may be used by several goroutines.
type Port struct {
	tree   *Tree
	dir    string
	choice choice

	read atomic.Pointer[reading] // nil where it was dropped: see Tree.keep
}

// A reading is the finished evaluation of a port, with what was asked for already: a
// hostile value is expanded once.
type reading struct {
	*evaluation
	large bool

	mu     sync.Mutex
	values map[string]lookupResult
	words  map[string][]Word
	subs   map[string]string
}

// A lookupResult is an answer of Lookup.
type lookupResult struct {
	value string
	ok    bool
}

func newPort(e *evaluation) *Port {
	p := &Port{tree: e.tree, dir: e.Dir, choice: e.choice}
	p.keep(e)
	return p
}

// keep keeps an evaluation for the questions to come.
func (p *Port) keep(e *evaluation) *reading {
	r := &reading{evaluation: e, large: e.Memory() > largeReading}
	p.read.Store(r)
	if r.large {
		p.tree.keep(p)
	}
	return r
}

// reading is the port's evaluation, made again where it was dropped. It then comes to
// the same, since nothing but files of the tree goes into it.
func (p *Port) reading() *reading {
	if r := p.read.Load(); r != nil {
		return r
	}
	e := newEvaluation(context.Background(), p.tree, p.dir, p.choice)
	_ = e.run() // it went well before; of a file that has changed since, what could be read counts
	return p.keep(e)
}

// Dir is the port's directory in the tree.
func (p *Port) Dir() string { return p.dir }

// MasterDir is the directory in the tree of the port that this one is a slave
// of, or its own; empty when it is outside of the tree.
func (p *Port) MasterDir() string { return p.treeDir("MASTERDIR") }

// FilesDir is the directory in the tree where the port's templates stand
// (FILESDIR); empty when it is outside of the tree or not known.
func (p *Port) FilesDir() string { return p.treeDir("FILESDIR") }

// TreePath turns a path as the Makefile sees it, such as an expanded
// ${FILESDIR}/foo, into one of the tree; ok is false for what lies outside.
func (p *Port) TreePath(name string) (string, bool) { return p.reading().Path(name) }

func (p *Port) treeDir(name string) string {
	v, ok := p.Lookup(name)
	if !ok || v == "" {
		return ""
	}
	rel, ok := p.reading().Path(v)
	if !ok {
		return ""
	}
	return path.Clean(rel)
}

// Value is a variable's value, fully expanded, at default options and flavour.
// It is empty for what is not defined or cannot be known without running commands.
func (p *Port) Value(name string) string {
	v, _ := p.Lookup(name)
	return v
}

// Lookup is Value; ok is false when the variable is not defined, or a part of
// its value cannot be known without running commands.
func (p *Port) Lookup(name string) (value string, ok bool) {
	r := p.reading()
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, known := r.values[name]; known {
		return l.value, l.ok
	}
	x := r.asked()
	v := x.Fetch(name)
	l := lookupResult{strings.TrimSpace(v.Text), v.Defined && !x.Unknown && x.Err == nil}
	if r.large { // a part of the Makefile would keep all of it
		l.value = strings.Clone(l.value)
	}
	if r.values == nil {
		r.values = make(map[string]lookupResult)
	}
	r.values[name] = l
	return l.value, l.ok
}

// Expand expands text with the port's variables; ok as in Lookup.
func (p *Port) Expand(text string) (expanded string, ok bool) {
	x := p.reading().asked()
	s := x.Expand(text)
	return s, !x.Unknown && x.Err == nil
}

// ExpandAll expands several texts, such as commands. Ok is false where they cost
// more than one port may: the texts from there on are "".
func (p *Port) ExpandAll(texts []string) (expanded []string, ok bool) {
	expanded = make([]string, len(texts))
	x := p.reading().asked()
	for i, text := range texts {
		x.Unknown, x.Undefined, x.Err = false, false, nil
		expanded[i] = x.Expand(text)
		if *x.Work < 0 {
			expanded[i] = ""
			return expanded, false
		}
	}
	return expanded, true
}

// Defined tells whether the variable has a value, be it empty.
func (p *Port) Defined(name string) bool { return p.reading().Defined(name) }

// asked is an expander of the finished evaluation, with a budget of its own.
func (r *reading) asked() *bmake.Expander {
	work := maxLookupWork
	return r.ExpanderOf(&work, maxLookupWork)
}

// Files are the files of the tree that were read for the port, its Makefile
// first, in the order of reading. A file that was included twice stands here once.
func (p *Port) Files() []string {
	var list []string
	seen := make(map[string]bool)
	for _, f := range p.reading().FilesRead {
		if !seen[f] {
			seen[f] = true
			list = append(list, f)
		}
	}
	return list
}

// Problems is what make would have complained about, without end of the reading.
func (p *Port) Problems() []*Error {
	return p.reading().AllProblems()
}

// Options are all options the port has, sorted.
func (p *Port) Options() []string { return p.reading().options.all }

// Commands are the commands of the port's own targets, in order, those of
// other options and flavours too.
func (p *Port) Commands() []Command {
	e := p.reading()
	out := slices.Clone(e.Commands)
	for i, c := range out {
		if out[i].Condition == "" {
			out[i].Condition = e.targetCondition(c.Target)
		}
	}
	return out
}

// optionTarget matches the targets that bsd.port.mk runs for an option only,
// such as post-install-DOCS-on (bsd.options.mk).
var optionTarget = regexp.MustCompile(`^(?:pre|do|post)-[a-z]+-(.+)-(on|off)$`)

func (e *evaluation) targetCondition(target string) string {
	m := optionTarget.FindStringSubmatch(target)
	if m == nil || e.options.selected[m[1]] == (m[2] == "on") {
		return ""
	}
	return optionLabel(m[1], m[2] == "on")
}

// ChoiceBehind tells what must be chosen for a word that stands behind a placeholder
// %%NAME%% of the packing list (OPTIONS_SUB); "" for what is there by default.
func (p *Port) ChoiceBehind(placeholder string) string {
	name, not := strings.CutPrefix(placeholder, "NO_")
	if o := &p.reading().options; !slices.Contains(o.all, name) || o.selected[name] != not {
		return ""
	}
	return optionLabel(name, !not)
}

// HasTarget tells whether the port's Makefile makes a target itself.
func (p *Port) HasTarget(name string) bool {
	for _, c := range p.reading().Commands {
		if c.Condition != "" {
			continue
		}
		for _, t := range strings.Fields(c.Target) {
			if t == name {
				return true
			}
		}
	}
	return false
}

// Assignments are all assignments of a variable in the files that were read,
// in the order of reading, in branches that do not hold too. An assignment in
// a loop or in a file that is included twice stands here once.
func (p *Port) Assignments(name string) []Assignment { return p.reading().Assignments(name) }
