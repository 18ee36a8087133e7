package interp

import (
	"errors"
	"fmt"
	"sync"
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
	spare  *binding // those that were popped, one below the other
	bound  int      // bindings in use
	// exported is the cells of which a binding is, or was, exported: few of all.
	exported []*cell
}

// A cell is all that goes by one name.
type cell struct {
	top    *binding
	name   string
	listed bool // in env.exported
}

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

// envs are those of shells that have ended: the next one has mostly the same names.
var envs = sync.Pool{New: func() any {
	return &env{cells: make(map[string]*cell, 128), scopes: make([]scope, 2, 16)}
}}

func newEnv() *env { return envs.Get().(*env) }

// maxNames is how many names an env may have that is used again.
const maxNames = 400

// done gives up an env.
func (e *env) done() {
	if len(e.cells) > maxNames {
		return
	}
	for _, c := range e.cells {
		for c.top != nil {
			e.drop(c)
		}
	}
	for _, c := range e.exported {
		c.listed = false
	}
	e.exported = e.exported[:0]
	e.scopes = e.scopes[:2]
	e.scopes[1].touched = e.scopes[1].touched[:0]
	envs.Put(e)
}

// bind puts a variable on top of a cell.
func (e *env) bind(c *cell, v variable, level int) {
	b := e.spare
	if b == nil {
		b = &binding{}
	} else {
		e.spare = b.below
	}
	b.variable, b.level, b.below = v, level, c.top
	c.top = b
	e.bound++
	e.list(c)
}

// list puts a cell on the list of the exported ones, if it is.
func (e *env) list(c *cell) {
	if c.top.exported && !c.listed {
		c.listed = true
		e.exported = append(e.exported, c)
	}
}

// drop takes the top off a cell.
func (e *env) drop(c *cell) {
	b := c.top
	c.top = b.below
	b.variable, b.below = variable{}, e.spare
	e.spare = b
	e.bound--
}

func (e *env) cell(name string) *cell {
	c := e.cells[name]
	if c == nil {
		c = &cell{name: name}
		e.cells[name] = c
	}
	return c
}

// preset is a variable that was there before the shell.
func (e *env) preset(name string, v variable) {
	e.bind(e.cell(name), v, 0)
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
		e.drop(c)
	}
	e.scopes = e.scopes[:len(e.scopes)-1]
}

func (e *env) get(name string) variable {
	if c := e.cells[name]; c != nil && c.top != nil {
		return c.top.variable
	}
	return variable{}
}

func (e *env) each(f func(name, value string, exported bool)) {
	for name, c := range e.cells {
		if c.top != nil && c.top.set {
			f(name, c.top.value, c.top.exported)
		}
	}
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
		e.list(c)
		return nil
	}
	e.bind(c, v, level)
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
