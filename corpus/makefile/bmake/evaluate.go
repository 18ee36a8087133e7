package bmake

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// An Evaluation is the state of make while it reads one Makefile. When
// the reading has ended it is not changed.
type Evaluation struct {
	files  *Files
	around Surroundings
	Dir    string // the Makefile's directory in the file system
	Curdir string // .CURDIR
	root   string // where the file system seems to be for the Makefiles
	// Flip is a condition whose result is turned round.
	Flip *Node

	// Vars are the variables that have a value, by name.
	Vars        map[string]*Variable
	Occurrences []Occurrence
	Commands    []Command
	target      string
	// inactiveTarget is the target in a branch that does not hold.
	inactiveTarget string
	problems       []*Error
	unkept         int // problems beyond maxProblems
	FilesRead      []string

	Here      *File // what is being read
	hereNode  *Node
	depth     int
	loops     []loopVar
	guard     *Guard
	inactive  bool // inside a branch that does not hold
	dead      bool // and that no choice could make hold
	Steps     int
	Work      int // bytes that are left of workLimit
	workLimit int
	StepLimit int
	ctx       context.Context
	size      int
	scratch   Expander
}

// A loopVar is a variable of a .for with its value of this turn.
type loopVar struct{ name, value string }

// Begin begins the reading of the Makefile in a directory of the file system, which stands
// at curdir for the Makefiles, and the file system at root.
func (e *Evaluation) Begin(ctx context.Context, files *Files, around Surroundings, dir, curdir, root string) {
	*e = Evaluation{ctx: ctx, files: files, around: around, Dir: dir, Curdir: curdir, root: root,
		Work: MaxWork, workLimit: MaxWork, StepLimit: MaxSteps, Vars: make(map[string]*Variable, 64)}
}

// HerePath is the file that is being read.
func (e *Evaluation) HerePath() string {
	if e.Here != nil {
		return e.Here.path
	}
	return path.Join(e.Dir, "Makefile")
}

// HereLine is the line that is being read, from 1; 0 between files.
func (e *Evaluation) HereLine() int {
	if e.hereNode != nil {
		return e.hereNode.line
	}
	return 0
}

// Spend takes n bytes from the budget of the evaluation, for what costs something
// and is no expansion.
func (e *Evaluation) Spend(n int) *Error {
	if e.Work -= n; e.Work < 0 {
		return e.ErrorAt(e.HereLine(), "found expansions of more than %d bytes in all: expected a Makefile of a sane size", e.workLimit)
	}
	return nil
}

// expander gives the expander of the evaluation, fresh. What it met in one
// expansion is read before the next begins, so one is enough.
func (e *Evaluation) expander() *Expander {
	e.scratch = Expander{e: e, Work: &e.Work, limit: e.workLimit, using: e.scratch.using[:0]}
	return &e.scratch
}

// Expand expands with the state of now; ok is false where a part is unknown or
// a variable is not defined.
func (e *Evaluation) Expand(s string) (text string, ok bool, err *Error) {
	if strings.IndexByte(s, '$') < 0 {
		return s, true, nil
	}
	x := e.expander()
	text = x.Expand(s)
	return text, !x.Unknown && !x.Undefined, x.Err
}

// Value is Expand of one variable; it is "" where it is unknown.
func (e *Evaluation) Value(name string) string {
	x := e.expander()
	return x.Fetch(name).Text
}

// Words are the words of Value.
func (e *Evaluation) Words(name string) []string { return SplitWords(e.Value(name)) }

// Defined tells whether a variable is defined by now.
func (e *Evaluation) Defined(name string) bool { return e.Lookup(name).Defined }

// ReadMakefile reads the Makefile and what it includes.
func (e *Evaluation) ReadMakefile() *Error {
	f, err := e.files.Parsed(path.Join(e.Dir, "Makefile"))
	if err != nil {
		return err
	}
	return e.ReadFile(f)
}

// ReadFile evaluates a file from its first to its last line.
func (e *Evaluation) ReadFile(f *File) *Error {
	if e.depth >= maxIncludeDepth {
		return &Error{Path: e.HerePath(), Line: e.HereLine(),
			Text: fmt.Sprintf("found includes nested more than %d deep (a loop of includes?): expected files that end",
				maxIncludeDepth)}
	}
	if e.size += len(f.data); e.size > maxTotalSize {
		return &Error{Path: e.HerePath(), Line: e.HereLine(),
			Text: fmt.Sprintf("found includes of more than %d bytes in all: expected less", maxTotalSize)}
	}
	here, hereNode := e.Here, e.hereNode
	e.Here = f
	e.depth++
	if !f.Foreign {
		e.FilesRead = append(e.FilesRead, f.path)
	}
	e.Occurrences = slices.Grow(e.Occurrences, f.assigns)
	if !f.Foreign {
		e.Commands = slices.Grow(e.Commands, f.commands)
	}
	err := e.block(f, 0, len(f.Nodes))
	e.depth--
	e.Here, e.hereNode = here, hereNode
	return err
}

// A branch is an .if that is open while block walks.
type branch struct {
	inactive, dead bool   // the state outside
	guard          *Guard // the guard outside
	taken          bool   // a branch held already
	decided        bool   // and whatever is chosen, it will
	earlier        []*Guard
}

// block evaluates nodes from to to, without entering conditionals by
// recursion: branches that do not hold are walked too, since their assignments
// are wanted, but they change nothing.
func (e *Evaluation) block(f *File, from, to int) *Error {
	var open []branch
	for i := from; i < to; i++ {
		n := &f.Nodes[i]
		e.hereNode = n
		if e.Steps++; e.Steps > e.StepLimit {
			return &Error{Path: f.path, Line: n.line,
				Text: fmt.Sprintf("found more than %d lines to evaluate, loops counted: expected fewer", e.StepLimit)}
		}
		if e.Steps%128 == 0 && e.ctx.Err() != nil {
			return &Error{Path: f.path, Line: n.line, Text: "was not read to its end", Err: e.ctx.Err()}
		}
		if e.Work < 0 {
			return e.Spend(0)
		}
		switch n.Kind {
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
func (e *Evaluation) enterBranch(b *branch, n *Node) *Error {
	g := &Guard{Parent: b.guard, Node: n, Earlier: b.earlier}
	dead := b.dead || b.decided
	holds := false
	switch {
	case n.Kind == nodeElse:
		g.Otherwise = true
		g.Result = Outcome{Truth: TruthOf(!b.taken)}
		for _, earlier := range b.earlier {
			g.Result.Deps |= earlier.Result.Deps
		}
		holds = !b.taken
		b.decided = true // make(1) warns of another .else or .elif, and ignores it
	case dead && e.Flip != n:
		// Nothing that is chosen leads here: the condition does not matter.
		g.Text = e.fill(n.Text)
	default:
		g.Text = e.fill(n.Text)
		c := condition{x: e.expander(), s: g.Text, variant: n.Variant}
		g.Result = c.evaluate()
		if c.x.Err != nil && !b.inactive && !b.taken {
			return c.x.Err
		}
		if c.bad && !b.inactive && !b.taken {
			e.note(n.line, "found the condition %q: expected one that make understands", message.Clip(g.Text, 80))
		}
		if e.Flip == n {
			g.Result.Truth = TruthOf(g.Result.Truth != YesTruth)
		}
		holds = !b.taken && g.Result.Truth == YesTruth
		dead = dead || g.Result.Truth == noTruth && g.Result.Deps == 0
		b.decided = b.decided || holds && g.Result.Deps == 0
	}
	b.taken = b.taken || holds
	if n.Kind != nodeElse {
		// The guards share the array: each looks at its own part of it only.
		b.earlier = append(b.earlier, g)
	}
	e.guard = g
	e.inactive, e.dead = b.inactive || !holds, dead
	return nil
}

// line evaluates what is not a conditional or a loop.
func (e *Evaluation) line(n *Node) *Error {
	switch n.Kind {
	case NodeAssign:
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
		text, _, err := e.Expand(e.fill(n.Text))
		for _, name := range strings.Fields(text) {
			delete(e.Vars, name)
			e.Occurrences = append(e.Occurrences, Occurrence{Name: name, File: e.Here, Node: n, Guard: e.guard,
				Reached: true, Effective: true})
		}
		return err
	case nodeTarget, nodeCommand:
		if e.Here.Foreign || e.dead || e.inactive && !e.guard.choosable() {
			return nil
		}
		return e.command(n)
	}
	return nil
}

// command notes a line that names targets, or a command of one.
func (e *Evaluation) command(n *Node) *Error {
	c := Command{Target: e.target, File: e.Here.path, Line: n.line}
	if e.inactive {
		c.Condition = e.guard.condition(e.around)
		if e.inactiveTarget != "" {
			c.Target = e.inactiveTarget
		}
	}
	if n.Kind == nodeTarget {
		text, _, err := e.Expand(e.fill(n.Text))
		if i := strings.IndexAny(text, ":!"); i >= 0 {
			text = strings.TrimSpace(text[:i])
		}
		c.Target, e.inactiveTarget = text, ""
		e.Commands = append(e.Commands, c)
		if e.inactive {
			e.inactiveTarget = text
			return nil
		}
		e.target = text
		return err
	}
	if c.Target != "" {
		c.Text = e.fill(n.Text)
		e.Commands = append(e.Commands, c)
	}
	return nil
}

// Memory is what an evaluation keeps in memory, roughly, in bytes.
func (e *Evaluation) Memory() int {
	const perRecord = 200
	return e.size + e.workLimit - e.Work + perRecord*len(e.Occurrences)
}

// Finish says that the reading has ended: what is asked from now on is short, and is not interrupted.
func (e *Evaluation) Finish() { e.ctx = context.Background() }

// ExpanderOf is an expander of the finished evaluation, with a budget of its own: work of limit bytes is left.
func (e *Evaluation) ExpanderOf(work *int, limit int) *Expander {
	return &Expander{e: e, Work: work, limit: limit}
}
