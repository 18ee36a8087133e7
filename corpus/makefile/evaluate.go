package makefile

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// Surroundings are what a Makefile does not say itself: the framework that it is written for.
type Surroundings interface {
	// Builtin finds a variable that no line has set.
	Builtin(name string) found
	// SetLater tells a variable that has no value yet, and that the framework will set.
	SetLater(name string) bool
	// Knob tells a variable that people set in make.conf(5) from a Makefile's own.
	Knob(name string) bool
	// Path turns a path as the Makefiles see it into one of the file system; ok is false for what lies
	// outside of it.
	Path(p string) (name string, ok bool)
	// Include does what including a file of the framework does; done is false for any other file.
	Include(name string) (done bool, err *Error)
	// Modelled tells a file of the framework that is not read when it is included.
	Modelled(name string) bool
	// Lacks tells whether a file that is included and not there is no error, and notes it then.
	Lacks(name string) bool
	// Words puts the condition of an .if into words, as it is wanted to come out.
	Words(condition, variant string, want bool) string
}

// An evaluation is the state of make while it reads one Makefile. When
// the reading has ended it is not changed.
type evaluation struct {
	files  *Files
	around Surroundings
	dir    string // the Makefile's directory in the file system
	curdir string // .CURDIR
	root   string // where the file system seems to be for the Makefiles
	// flip is a condition whose result is turned round.
	flip *node

	vars     map[string]*variable
	records  []record
	commands []Command
	target   string
	// inactiveTarget is the target in a branch that does not hold.
	inactiveTarget string
	problems       []*Error
	unkept         int // problems beyond maxProblems
	read           []string

	here      *file // what is being read
	hereNode  *node
	depth     int
	loops     []loopVar
	guard     *guard
	inactive  bool // inside a branch that does not hold
	dead      bool // and that no choice could make hold
	steps     int
	work      int // bytes that are left of workLimit
	workLimit int
	stepLimit int
	ctx       context.Context
	size      int
	scratch   expander
}

// A loopVar is a variable of a .for with its value of this turn.
type loopVar struct{ name, value string }

// newEvaluation begins the reading of the Makefile in a directory of the file system, which stands
// at curdir for the Makefiles, and the file system at root.
func newMake(ctx context.Context, files *Files, around Surroundings, dir, curdir, root string) *evaluation {
	return &evaluation{ctx: ctx, files: files, around: around, dir: dir, curdir: curdir, root: root,
		work: maxWork, workLimit: maxWork, stepLimit: maxSteps, vars: make(map[string]*variable, 64)}
}

func (e *evaluation) herePath() string {
	if e.here != nil {
		return e.here.path
	}
	return path.Join(e.dir, "Makefile")
}

func (e *evaluation) hereLine() int {
	if e.hereNode != nil {
		return e.hereNode.line
	}
	return 0
}

// note keeps an error that does not end the evaluation.
func (e *evaluation) note(line int, format string, args ...any) {
	if len(e.problems) >= maxProblems {
		e.unkept++
		return
	}
	e.problems = append(e.problems, e.errorAt(line, format, args...))
}

// errorAt is an error in the file that is being read.
func (e *evaluation) errorAt(line int, format string, args ...any) *Error {
	return &Error{Path: e.herePath(), Line: line, Text: fmt.Sprintf(format, args...)}
}

// spend takes n bytes from the budget of the evaluation, for what costs something
// and is no expansion.
func (e *evaluation) spend(n int) *Error {
	if e.work -= n; e.work < 0 {
		return e.errorAt(e.hereLine(), "found expansions of more than %d bytes in all: expected a Makefile of a sane size", e.workLimit)
	}
	return nil
}

// expander gives the expander of the evaluation, fresh. What it met in one
// expansion is read before the next begins, so one is enough.
func (e *evaluation) expander() *expander {
	e.scratch = expander{e: e, work: &e.work, limit: e.workLimit, using: e.scratch.using[:0]}
	return &e.scratch
}

// expand expands with the state of now; ok is false where a part is unknown or
// a variable is not defined.
func (e *evaluation) expand(s string) (text string, ok bool, err *Error) {
	if strings.IndexByte(s, '$') < 0 {
		return s, true, nil
	}
	x := e.expander()
	text = x.expand(s)
	return text, !x.unknown && !x.undefined, x.err
}

// A found is what lookup knows of a variable.
type found struct {
	defined, unknown bool
	// nested says that text may hold references, or that there is more.
	nested bool
	text   string
	more   []piece
	deps   depends
	// convert changes the expanded text, where that is simpler than modifiers.
	convert func(string) string
}

// lookup finds a variable among those that were set, then among what make and the
// framework define by now.
func (e *evaluation) lookup(name string) found {
	if v, ok := e.vars[name]; ok {
		return found{defined: true, unknown: v.unknown, deps: v.deps, text: v.first.text, more: v.more,
			nested: len(v.more) > 0 || strings.IndexByte(v.first.text, '$') >= 0}
	}
	return e.known(name)
}

// known finds a variable that make itself or the framework defines.
func (e *evaluation) known(name string) found {
	switch name {
	case ".newline":
		return found{defined: true, text: "\n"}
	case ".TARGETS", "MAKEFLAGS":
		return found{defined: true}
	case ".MAKE.LEVEL":
		return found{defined: true, text: "0"}
	case "MAKE":
		return found{defined: true, text: "make"}
	case ".CURDIR", ".OBJDIR":
		return found{defined: true, text: e.curdir}
	case ".PARSEDIR", ".PARSEFILE":
		// Only while a file is read.
		switch {
		case e.here == nil:
			return found{}
		case name == ".PARSEDIR":
			return found{defined: true, text: path.Join(e.root, e.here.dir)}
		}
		return found{defined: true, text: path.Base(e.here.path)}
	}
	return e.around.Builtin(name)
}

// exists is the condition's function: what is in the file system can be told; of the
// host nothing is known, so its files do not exist by default.
func (e *evaluation) exists(p string) (truth, depends) {
	rel, ok := e.around.Path(p)
	if !ok || p == "" {
		return noTruth, onHost
	}
	_, err := fs.Stat(e.files.fsys, rel)
	return truthOf(err == nil), 0
}

// value is expand of one variable; it is "" where it is unknown.
func (e *evaluation) value(name string) string {
	x := e.expander()
	return x.fetch(name).text
}

func (e *evaluation) words(name string) []string { return splitWords(e.value(name)) }

// defined tells whether a variable is defined by now.
func (e *evaluation) defined(name string) bool { return e.lookup(name).defined }

// readMakefile reads the Makefile and what it includes.
func (e *evaluation) readMakefile() *Error {
	f, err := e.files.parsed(path.Join(e.dir, "Makefile"))
	if err != nil {
		return err
	}
	return e.readFile(f)
}

// readFile evaluates a file from its first to its last line.
func (e *evaluation) readFile(f *file) *Error {
	if e.depth >= maxIncludeDepth {
		return &Error{Path: e.herePath(), Line: e.hereLine(),
			Text: fmt.Sprintf("found includes nested more than %d deep (a loop of includes?): expected files that end",
				maxIncludeDepth)}
	}
	if e.size += len(f.data); e.size > maxTotalSize {
		return &Error{Path: e.herePath(), Line: e.hereLine(),
			Text: fmt.Sprintf("found includes of more than %d bytes in all: expected less", maxTotalSize)}
	}
	here, hereNode := e.here, e.hereNode
	e.here = f
	e.depth++
	if !f.foreign {
		e.read = append(e.read, f.path)
	}
	e.records = slices.Grow(e.records, f.assigns)
	if !f.foreign {
		e.commands = slices.Grow(e.commands, f.commands)
	}
	err := e.block(f, 0, len(f.nodes))
	e.depth--
	e.here, e.hereNode = here, hereNode
	return err
}

// A branch is an .if that is open while block walks.
type branch struct {
	inactive, dead bool   // the state outside
	guard          *guard // the guard outside
	taken          bool   // a branch held already
	settled        bool   // and whatever is chosen, it will
	earlier        []*guard
}

// block evaluates nodes from to to, without entering conditionals by
// recursion: branches that do not hold are walked too, since their assignments
// are wanted, but they change nothing.
func (e *evaluation) block(f *file, from, to int) *Error {
	var open []branch
	for i := from; i < to; i++ {
		n := &f.nodes[i]
		e.hereNode = n
		if e.steps++; e.steps > e.stepLimit {
			return &Error{Path: f.path, Line: n.line,
				Text: fmt.Sprintf("found more than %d lines to evaluate, loops counted: expected fewer", e.stepLimit)}
		}
		if e.steps%128 == 0 && e.ctx.Err() != nil {
			return &Error{Path: f.path, Line: n.line, Text: "was not read to its end", Err: e.ctx.Err()}
		}
		if e.work < 0 {
			return e.spend(0)
		}
		switch n.kind {
		case nodeIf:
			open = append(open, branch{inactive: e.inactive, dead: e.dead, guard: e.guard})
			if err := e.enterBranch(&open[len(open)-1], n); err != nil {
				return err
			}
		case nodeElif, nodeElse:
			if err := e.enterBranch(&open[len(open)-1], n); err != nil {
				return err
			}
		case nodeEndif:
			b := open[len(open)-1]
			open = open[:len(open)-1]
			e.inactive, e.dead, e.guard = b.inactive, b.dead, b.guard
		case nodeFor:
			if err := e.loop(f, i, n); err != nil {
				return err
			}
			i = n.next
		case nodeBreak:
			if !e.inactive && len(e.loops) > 0 {
				for len(open) > 0 {
					b := open[len(open)-1]
					open = open[:len(open)-1]
					e.inactive, e.dead, e.guard = b.inactive, b.dead, b.guard
				}
				return errBreak
			}
		default:
			if err := e.line(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// errBreak ends the turns of a .for; it never leaves loop.
var errBreak = &Error{Text: "found .break outside of .for: expected it within"}

// enterBranch evaluates the condition of an .if, .elif or .else.
func (e *evaluation) enterBranch(b *branch, n *node) *Error {
	g := &guard{parent: b.guard, around: e.around, node: n, earlier: b.earlier}
	dead := b.dead || b.settled
	holds := false
	switch {
	case n.kind == nodeElse:
		g.otherwise = true
		g.result = verdict{truth: truthOf(!b.taken)}
		for _, earlier := range b.earlier {
			g.result.deps |= earlier.result.deps
		}
		holds = !b.taken
		b.settled = true // make(1) warns of another .else or .elif, and ignores it
	case dead && e.flip != n:
		// Nothing that is chosen leads here: the condition does not matter.
		g.text = e.fill(n.text)
	default:
		g.text = e.fill(n.text)
		c := condition{x: e.expander(), s: g.text, variant: n.variant}
		g.result = c.evaluate()
		if c.x.err != nil && !b.inactive && !b.taken {
			return c.x.err
		}
		if c.bad && !b.inactive && !b.taken {
			e.note(n.line, "found the condition %q: expected one that make understands", message.Clip(g.text, 80))
		}
		if e.flip == n {
			g.result.truth = truthOf(g.result.truth != yesTruth)
		}
		holds = !b.taken && g.result.truth == yesTruth
		dead = dead || g.result.truth == noTruth && g.result.deps == 0
		b.settled = b.settled || holds && g.result.deps == 0
	}
	b.taken = b.taken || holds
	if n.kind != nodeElse {
		// The guards share the array: each looks at its own part of it only.
		b.earlier = append(b.earlier, g)
	}
	e.guard = g
	e.inactive, e.dead = b.inactive || !holds, dead
	return nil
}

// line evaluates what is not a conditional or a loop.
func (e *evaluation) line(n *node) *Error {
	switch n.kind {
	case nodeAssign:
		return e.assign(n)
	case nodeInclude:
		if e.inactive {
			return nil
		}
		return e.include(n)
	case nodeUndef:
		if e.inactive {
			return nil
		}
		text, _, err := e.expand(e.fill(n.text))
		for _, name := range strings.Fields(text) {
			delete(e.vars, name)
			e.records = append(e.records, record{name: name, file: e.here, node: n, guard: e.guard, reached: true,
				effective: true})
		}
		return err
	case nodeTarget, nodeCommand:
		if e.here.foreign || e.dead || e.inactive && !e.guard.choosable() {
			return nil
		}
		return e.command(n)
	}
	return nil
}

// command notes a line that names targets, or a command of one.
func (e *evaluation) command(n *node) *Error {
	c := Command{Target: e.target, File: e.here.path, Line: n.line}
	if e.inactive {
		c.Condition = e.guard.condition()
		if e.inactiveTarget != "" {
			c.Target = e.inactiveTarget
		}
	}
	if n.kind == nodeTarget {
		text, _, err := e.expand(e.fill(n.text))
		if i := strings.IndexAny(text, ":!"); i >= 0 {
			text = strings.TrimSpace(text[:i])
		}
		c.Target, e.inactiveTarget = text, ""
		e.commands = append(e.commands, c)
		if e.inactive {
			e.inactiveTarget = text
			return nil
		}
		e.target = text
		return err
	}
	if c.Target != "" {
		c.Text = e.fill(n.text)
		e.commands = append(e.commands, c)
	}
	return nil
}
