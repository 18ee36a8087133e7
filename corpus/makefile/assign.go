package makefile

import "strings"

// A piece is one assignment's or append's part of a value.
type piece struct {
	text string
	rec  int // the record it comes from, -1 for the framework's
}

// A variable is a variable's value, not expanded: no piece, one, or more.
type variable struct {
	first   piece
	more    []piece
	set     bool // first is there
	unknown bool
	deps    depends
}

func newVariable(p piece, deps depends) *variable {
	return &variable{first: p, set: true, deps: deps}
}

func (v *variable) append(p piece) {
	if !v.set {
		v.first, v.set = p, true
		return
	}
	v.more = append(v.more, p)
}

// pieces are all pieces, in order.
func (v *variable) pieces() []piece {
	if !v.set {
		return nil
	}
	return append([]piece{v.first}, v.more...)
}

// A record is one assignment that was seen, whether it was executed or not.
type record struct {
	name  string
	file  *file
	node  *node
	text  string // the value as assigned, with loop variables filled in
	guard *guard
	// reached: all conditions around it hold; effective: it changed the value
	// (a ?= on a set variable does not).
	reached, effective bool
	// made is the variable that the framework made the assignment of, such as an option's helper.
	made string
}

// A guard is a branch that an assignment stands in.
type guard struct {
	parent *guard
	around Surroundings
	// node is the .if or .elif, nil for a guard of the framework's own making.
	node *node
	// name is what such a guard depends on.
	name string
	// earlier are the branches before this one, which must not hold.
	earlier []*guard
	// otherwise is true for .else: only earlier counts.
	otherwise bool
	// text is the condition, loop variables filled in, or such a guard in words.
	text   string
	result verdict
}

// set, setDefault and add are the framework's own assignments, which no line makes.
func (e *evaluation) set(name, text string) {
	e.vars[name] = newVariable(piece{text, -1}, 0)
}

func (e *evaluation) setDefault(name, text string) {
	if _, ok := e.vars[name]; !ok {
		e.set(name, text)
	}
}

func (e *evaluation) add(name, text string, rec int, deps depends) {
	v, ok := e.vars[name]
	if !ok {
		e.vars[name] = newVariable(piece{text, rec}, deps)
		return
	}
	v.append(piece{text, rec})
	v.deps |= deps
}

// assign records an assignment and, in a branch that holds, makes it.
func (e *evaluation) assign(n *node) *Error {
	name, _, err := e.expand(e.fill(n.name))
	if err != nil && !e.inactive {
		return err
	}
	if len(name) > maxName {
		return e.errorAt(n.line, "found a variable's name of %d bytes: expected at most %d", len(name), maxName)
	}
	r := record{name: strings.TrimSpace(name), file: e.here, node: n, text: e.fill(n.text), guard: e.guard,
		reached: !e.inactive}
	deps := e.guardDeps()
	index := len(e.records)
	if !e.inactive {
		if err := e.apply(&r, n.variant, index, deps); err != nil {
			return err
		}
	}
	e.records = append(e.records, r)
	return nil
}

func (e *evaluation) apply(r *record, op string, index int, deps depends) *Error {
	r.effective = true
	switch op {
	case "=":
		e.vars[r.name] = newVariable(piece{r.text, index}, deps)
	case "?=":
		if _, ok := e.vars[r.name]; ok || e.known(r.name).defined {
			r.effective = false
			return nil
		}
		e.vars[r.name] = newVariable(piece{r.text, index}, deps)
	case "+=":
		if _, ok := e.vars[r.name]; !ok {
			if b := e.known(r.name); b.defined {
				e.vars[r.name] = newVariable(piece{b.text, -1}, b.deps)
			}
		}
		e.add(r.name, r.text, index, deps)
	case ":=":
		if !e.defined(r.name) {
			// bmake sets it first, so that a value may start with itself.
			e.vars[r.name] = &variable{}
		}
		x := e.expander()
		x.keep, x.keepDollar = true, true
		text := x.expand(r.text)
		if x.err != nil {
			return x.err
		}
		v := newVariable(piece{text, index}, deps|x.deps)
		v.unknown = x.unknown
		e.vars[r.name] = v
	case "!=":
		e.vars[r.name] = &variable{unknown: true, deps: deps | onHost}
	}
	return nil
}

// guardDeps is whose choice it is that the line is reached.
func (e *evaluation) guardDeps() depends {
	var d depends
	for g := e.guard; g != nil; g = g.parent {
		d |= g.result.deps
	}
	return d
}
