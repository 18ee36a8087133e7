package bmake

import "strings"

// Truth is what a condition comes to; some cannot be decided without running
// commands or without knowing the machine.
type Truth uint8

const (
	noTruth Truth = iota
	YesTruth
	UnknownTruth
)

func TruthOf(b bool) Truth {
	if b {
		return YesTruth
	}
	return noTruth
}

// An Outcome is a condition's result and whose choice it depends on.
type Outcome struct {
	Truth Truth
	Deps  Depends
}

// A condition evaluates the expression of an .if; the grammar is that of
// bmake's cond.c.
type condition struct {
	x       *Expander
	s       string
	i       int
	variant string // "", "def", "ndef", "make", "nmake": what a bare word means
	depth   int
	// bad is set where the expression is no condition; the result is then unknown.
	bad    bool
	result Outcome
}

func (c *condition) evaluate() Outcome {
	v := c.or()
	c.blank()
	if c.i < len(c.s) {
		c.bad = true
	}
	if c.bad {
		v = Outcome{UnknownTruth, v.Deps | OnHost}
	}
	c.result = v
	return v
}

func (c *condition) blank() {
	for c.i < len(c.s) && isSpace(c.s[c.i]) {
		c.i++
	}
}

func (c *condition) or() Outcome {
	v := c.and()
	for c.operator('|') {
		v = either(v, c.and())
	}
	return v
}

func (c *condition) and() Outcome {
	v := c.term()
	for c.operator('&') {
		v = both(v, c.term())
	}
	return v
}

// operator takes "&&" or "||"; bmake takes a single one too.
func (c *condition) operator(op byte) bool {
	c.blank()
	if c.bad || c.i >= len(c.s) || c.s[c.i] != op {
		return false
	}
	c.i++
	if c.i < len(c.s) && c.s[c.i] == op {
		c.i++
	}
	return true
}

// both is &&. A side that is false for good decides; else the deciding sides'
// dependencies add up.
func both(a, b Outcome) Outcome {
	return combine(a, b, noTruth)
}

// either is ||.
func either(a, b Outcome) Outcome {
	return combine(a, b, YesTruth)
}

func combine(a, b Outcome, deciding Truth) Outcome {
	switch {
	case a.Truth == deciding && (a.Deps == 0 || b.Truth != deciding):
		return a
	case b.Truth == deciding && (b.Deps == 0 || a.Truth != deciding):
		return b
	case a.Truth == deciding:
		return Outcome{deciding, a.Deps | b.Deps}
	case a.Truth == UnknownTruth || b.Truth == UnknownTruth:
		return Outcome{UnknownTruth, a.Deps | b.Deps}
	}
	return Outcome{a.Truth, a.Deps | b.Deps}
}

func (c *condition) term() Outcome {
	c.blank()
	if c.bad || c.i >= len(c.s) {
		c.bad = true
		return Outcome{Truth: UnknownTruth}
	}
	if c.depth++; c.depth > maxConditionDepth {
		c.x.fail("found a condition with parentheses nested more than %d deep: expected fewer", maxConditionDepth)
		c.bad = true
		return Outcome{Truth: UnknownTruth}
	}
	defer func() { c.depth-- }()
	switch c.s[c.i] {
	case '!':
		c.i++
		return not(c.term())
	case '(':
		c.i++
		v := c.or()
		c.blank()
		if c.i >= len(c.s) || c.s[c.i] != ')' {
			c.bad = true
			return v
		}
		c.i++
		return v
	}
	return c.leaf()
}

func not(v Outcome) Outcome {
	switch v.Truth {
	case noTruth:
		v.Truth = YesTruth
	case YesTruth:
		v.Truth = noTruth
	}
	return v
}

// leaf is a function or a comparison.
func (c *condition) leaf() Outcome {
	start := c.i
	j := c.i
	for j < len(c.s) && c.s[j] >= 'a' && c.s[j] <= 'z' {
		j++
	}
	word := c.s[c.i:j]
	for j < len(c.s) && isSpace(c.s[j]) {
		j++
	}
	if j < len(c.s) && c.s[j] == '(' {
		switch word {
		case "defined", "make", "exists", "target", "commands":
			c.i = j + 1
			return c.function(word)
		case "empty":
			c.i = j
			return c.empty()
		}
	}
	c.i = start
	return c.comparison()
}

// function is defined(), exists() and the like; c.i is after the parenthesis.
func (c *condition) function(name string) Outcome {
	depth, j := 0, c.i
	for j < len(c.s) && (depth > 0 || c.s[j] != ')') {
		switch c.s[j] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		}
		j++
	}
	if j >= len(c.s) {
		c.bad = true
		return Outcome{Truth: UnknownTruth}
	}
	raw := c.s[c.i:j]
	c.i = j + 1
	var arg string
	v := c.watch(func() { arg = strings.TrimSpace(c.x.Expand(raw)) })
	if v.Truth == UnknownTruth {
		return v
	}
	return c.call(name, arg, v.Deps)
}

func (c *condition) call(name, arg string, deps Depends) Outcome {
	switch name {
	case "defined":
		return c.defined(arg, deps)
	case "exists":
		t, d := c.x.e.exists(arg)
		return Outcome{t, deps | d}
	}
	// make(), target(), commands(): no target is asked for, and which targets
	// the framework has is not known. No variable that is asked for depends on it.
	return Outcome{noTruth, deps}
}

func (c *condition) defined(name string, deps Depends) Outcome {
	v := c.x.e.Lookup(name)
	if !v.Defined && c.x.e.around.Knob(name) {
		deps |= OnHost
	}
	return Outcome{TruthOf(v.Defined), deps | v.Deps}
}

// empty is empty(VAR:modifiers); c.i is at the parenthesis.
func (c *condition) empty() Outcome {
	expr := "$" + c.s[c.i:]
	var text string
	var undefined bool
	next := 0
	v := c.watch(func() {
		text, next = c.x.reference(expr, 0)
		undefined = c.x.Undefined
		c.x.Undefined = false
	})
	c.i += next - 1
	if v.Truth == UnknownTruth {
		return v
	}
	if undefined {
		if name := strings.TrimLeft(expr[2:], " \t"); c.x.e.around.Knob(name) {
			v.Deps |= OnHost
		}
	}
	return Outcome{TruthOf(strings.TrimSpace(text) == ""), v.Deps}
}

// watch runs an expansion and tells whether its result can be known.
func (c *condition) watch(f func()) Outcome {
	x := c.x
	unknown, undefined, deps := x.Unknown, x.Undefined, x.deps
	x.Unknown, x.Undefined, x.deps = false, false, 0
	f()
	v := Outcome{YesTruth, x.deps}
	if x.Unknown || x.Undefined {
		// make refuses to compare what is undefined, so in a Makefile that works
		// the framework defines it, and we do not know as what.
		v = Outcome{UnknownTruth, x.deps | OnHost}
	}
	x.Unknown, x.Undefined, x.deps = unknown, undefined, deps|x.deps
	return v
}
