package bmake

import "strings"

// A Piece is one assignment's or append's part of a value.
type Piece struct {
	Text string
	Rec  int // the occurrence it comes from, -1 for the framework's
}

// A Variable is a variable's value, not expanded: no piece, one, or more.
type Variable struct {
	First   Piece
	more    []Piece
	set     bool // first is there
	unknown bool
	Deps    Depends
}

// NewVariable is a variable whose value is one piece.
func NewVariable(p Piece, deps Depends) *Variable {
	return &Variable{First: p, set: true, Deps: deps}
}

func (v *Variable) append(p Piece) {
	if !v.set {
		v.First, v.set = p, true
		return
	}
	v.more = append(v.more, p)
}

// Pieces are all pieces, in order.
func (v *Variable) Pieces() []Piece {
	if !v.set {
		return nil
	}
	return append([]Piece{v.First}, v.more...)
}

// An Occurrence is one assignment that was met, whether it was executed or not.
type Occurrence struct {
	Name  string
	File  *File
	Node  *Node
	Text  string // the value as assigned, with loop variables filled in
	Guard *Guard
	// Reached: all conditions around it hold; effective: it changed the value
	// (a ?= on a set variable does not).
	Reached, Effective bool
	// Made is the variable that the framework made the assignment of, such as an option's helper.
	Made string
}

// A Guard is a branch that an assignment stands in.
type Guard struct {
	Parent *Guard
	// Node is the .if or .elif, nil for a guard of the framework's own making.
	Node *Node
	// Name is the choice that such a guard depends on; Off says that it must not be made.
	Name string
	Off  bool
	// Earlier are the branches before this one, which must not hold.
	Earlier []*Guard
	// Otherwise is true for .else: only earlier counts.
	Otherwise bool
	// Text is the condition, loop variables filled in.
	Text   string
	Result Outcome
}

// Set is an assignment of the framework's own, which no line makes.
func (e *Evaluation) Set(name, text string) {
	e.Vars[name] = NewVariable(Piece{text, -1}, 0)
}

// SetDefault is Set for a variable that has no value yet.
func (e *Evaluation) SetDefault(name, text string) {
	if _, ok := e.Vars[name]; !ok {
		e.Set(name, text)
	}
}

// Add is += as Set is =. Rec is the index of the occurrence that it comes from, -1 for none; deps are
// the choices that it depends on.
func (e *Evaluation) Add(name, text string, rec int, deps Depends) {
	v, ok := e.Vars[name]
	if !ok {
		e.Vars[name] = NewVariable(Piece{text, rec}, deps)
		return
	}
	v.append(Piece{text, rec})
	v.Deps |= deps
}

// assign notes an assignment and, in a branch that holds, makes it.
func (e *Evaluation) assign(n *Node) *Error {
	name, _, err := e.Expand(e.fill(n.Name))
	if err != nil && !e.inactive {
		return err
	}
	if len(name) > MaxName {
		return e.ErrorAt(n.line, "found a variable's name of %d bytes: expected at most %d", len(name), MaxName)
	}
	r := Occurrence{Name: strings.TrimSpace(name), File: e.Here, Node: n, Text: e.fill(n.Text), Guard: e.guard,
		Reached: !e.inactive}
	deps := e.guardDeps()
	index := len(e.Occurrences)
	if !e.inactive {
		if err := e.apply(&r, n.Variant, index, deps); err != nil {
			return err
		}
	}
	e.Occurrences = append(e.Occurrences, r)
	return nil
}

func (e *Evaluation) apply(r *Occurrence, op string, index int, deps Depends) *Error {
	r.Effective = true
	switch op {
	case "=":
		e.Vars[r.Name] = NewVariable(Piece{r.Text, index}, deps)
	case "?=":
		if _, ok := e.Vars[r.Name]; ok || e.known(r.Name).Defined {
			r.Effective = false
			return nil
		}
		e.Vars[r.Name] = NewVariable(Piece{r.Text, index}, deps)
	case "+=":
		if _, ok := e.Vars[r.Name]; !ok {
			if b := e.known(r.Name); b.Defined {
				e.Vars[r.Name] = NewVariable(Piece{b.Text, -1}, b.Deps)
			}
		}
		e.Add(r.Name, r.Text, index, deps)
	case ":=":
		if !e.Defined(r.Name) {
			// bmake sets it first, so that a value may start with itself.
			e.Vars[r.Name] = &Variable{}
		}
		x := e.expander()
		x.keep, x.keepDollar = true, true
		text := x.Expand(r.Text)
		if x.Err != nil {
			return x.Err
		}
		v := NewVariable(Piece{text, index}, deps|x.deps)
		v.unknown = x.Unknown
		e.Vars[r.Name] = v
	case "!=":
		e.Vars[r.Name] = &Variable{unknown: true, Deps: deps | OnHost}
	}
	return nil
}

// guardDeps is whose choice it is that the line is reached.
func (e *Evaluation) guardDeps() Depends {
	var d Depends
	for g := e.guard; g != nil; g = g.Parent {
		d |= g.Result.Deps
	}
	return d
}
