package interp

import (
	"errors"
	"fmt"
)

// A variable is one in a scope.
type variable struct {
	value                          string
	set, local, exported, readOnly bool
}

// An env is the variables of a shell and its subshells. What a scope sets stands on top of
// what the scopes around it have, so that a look-up is one.
type env struct {
	cells  map[string]*cell
	scopes []scope
}

// A cell is all that goes by one name.
type cell struct{ top *binding }

type binding struct {
	variable
	level int
	below *binding
}

// A scope is a shell's, a subshell's, or a function's; only a function's passes on what is
// set to the one around it.
type scope struct {
	function bool
	touched  []*cell
}

func newEnv() *env {
	return &env{cells: make(map[string]*cell, 128), scopes: make([]scope, 2, 16)}
}

func (e *env) cell(name string) *cell {
	c := e.cells[name]
	if c == nil {
		c = &cell{}
		e.cells[name] = c
	}
	return c
}

// preset is a variable that was there before the shell.
func (e *env) preset(name string, v variable) {
	c := e.cell(name)
	c.top = &binding{variable: v, below: c.top}
}

func (e *env) push(function bool) {
	if len(e.scopes) < cap(e.scopes) {
		e.scopes = e.scopes[:len(e.scopes)+1]
		s := &e.scopes[len(e.scopes)-1]
		s.function, s.touched = function, s.touched[:0]
		return
	}
	e.scopes = append(e.scopes, scope{function: function})
}

func (e *env) pop() {
	s := &e.scopes[len(e.scopes)-1]
	for _, c := range s.touched {
		c.top = c.top.below
	}
	e.scopes = e.scopes[:len(e.scopes)-1]
}

func (e *env) get(name string) variable {
	if c := e.cells[name]; c != nil && c.top != nil {
		return c.top.variable
	}
	return variable{}
}

func (e *env) each(f func(name, value string, exported bool)) int {
	all := 0
	for name, c := range e.cells {
		for b := c.top; b != nil; b = b.below {
			all++
		}
		if c.top != nil && c.top.set {
			f(name, c.top.value, c.top.exported)
		}
	}
	return all
}

// errReadOnly is for who sets a variable that is read-only.
var errReadOnly = errors.New("readonly variable")

// put sets a variable where it belongs: in the scope that has it as a local one, else in
// the shell's or subshell's. With keep the value stays.
func (e *env) put(name string, v variable, keep bool) error {
	c := e.cell(name)
	level := len(e.scopes) - 1
	own := func() bool { return c.top != nil && c.top.level == level }
	for e.scopes[level].function && !v.local && !(own() && c.top.local) {
		level--
	}
	var prev variable
	if c.top != nil {
		prev = c.top.variable
	}
	switch {
	case keep:
		v.value = prev.value
	case prev.readOnly:
		return errReadOnly
	}
	if !v.set {
		v.value = ""
	}
	v.local = v.local || prev.local
	if own() {
		c.top.variable = v
		return nil
	}
	c.top = &binding{variable: v, level: level, below: c.top}
	e.scopes[level].touched = append(e.scopes[level].touched, c)
	return nil
}

func (r *shell) setErr(name string, v variable, keep bool) error {
	v.exported = v.exported || r.allExport
	if err := r.env.put(name, v, keep); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *shell) setVar(name string, v variable, keep bool) {
	if err := r.setErr(name, v, keep); err != nil {
		r.errf("%v\n", err)
		r.exit.code = 1
	}
}

func (r *shell) setString(name, value string) {
	r.setVar(name, variable{value: value, set: true}, false)
}

func (r *shell) unset(name string) {
	if err := r.env.put(name, variable{}, false); err != nil {
		r.errf("%s: %v\n", name, err)
		r.exit.code = 1
	}
}
