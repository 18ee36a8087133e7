package makefile

import "strings"

// truth is what a condition comes to; some cannot be decided without running
// commands or without knowing the machine.
type truth uint8

const (
	noTruth truth = iota
	yesTruth
	unknownTruth
)

func truthOf(b bool) truth {
	if b {
		return yesTruth
	}
	return noTruth
}

// A verdict is a condition's result and whose choice it hangs on.
type verdict struct {
	truth truth
	deps  depends
}

// A condition evaluates the expression of an .if; the grammar is that of
// bmake's cond.c.
type condition struct {
	x       *expander
	s       string
	i       int
	variant string // "", "def", "ndef", "make", "nmake": what a bare word means
	depth   int
	// bad is set where the expression is no condition; the result is then unknown.
	bad    bool
	result verdict
}

func (c *condition) evaluate() verdict {
	v := c.or()
	c.blank()
	if c.i < len(c.s) {
		c.bad = true
	}
	if c.bad {
		v = verdict{unknownTruth, v.deps | onHost}
	}
	c.result = v
	return v
}

func (c *condition) blank() {
	for c.i < len(c.s) && isSpace(c.s[c.i]) {
		c.i++
	}
}

func (c *condition) or() verdict {
	v := c.and()
	for c.operator('|') {
		v = either(v, c.and())
	}
	return v
}

func (c *condition) and() verdict {
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
func both(a, b verdict) verdict {
	return combine(a, b, noTruth)
}

// either is ||.
func either(a, b verdict) verdict {
	return combine(a, b, yesTruth)
}

func combine(a, b verdict, deciding truth) verdict {
	switch {
	case a.truth == deciding && (a.deps == 0 || b.truth != deciding):
		return a
	case b.truth == deciding && (b.deps == 0 || a.truth != deciding):
		return b
	case a.truth == deciding:
		return verdict{deciding, a.deps | b.deps}
	case a.truth == unknownTruth || b.truth == unknownTruth:
		return verdict{unknownTruth, a.deps | b.deps}
	}
	return verdict{a.truth, a.deps | b.deps}
}

func (c *condition) term() verdict {
	c.blank()
	if c.bad || c.i >= len(c.s) {
		c.bad = true
		return verdict{truth: unknownTruth}
	}
	if c.depth++; c.depth > maxConditionDepth {
		c.x.fail("found a condition with parentheses nested more than %d deep: expected fewer", maxConditionDepth)
		c.bad = true
		return verdict{truth: unknownTruth}
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

func not(v verdict) verdict {
	switch v.truth {
	case noTruth:
		v.truth = yesTruth
	case yesTruth:
		v.truth = noTruth
	}
	return v
}

// leaf is a function or a comparison.
func (c *condition) leaf() verdict {
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
func (c *condition) function(name string) verdict {
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
		return verdict{truth: unknownTruth}
	}
	raw := c.s[c.i:j]
	c.i = j + 1
	var arg string
	v := c.watch(func() { arg = strings.TrimSpace(c.x.expand(raw)) })
	if v.truth == unknownTruth {
		return v
	}
	return c.call(name, arg, v.deps)
}

func (c *condition) call(name, arg string, deps depends) verdict {
	switch name {
	case "defined":
		return c.defined(arg, deps)
	case "exists":
		t, d := c.x.e.exists(arg)
		return verdict{t, deps | d}
	}
	// make(), target(), commands(): no target is asked for, and which targets
	// the framework has is not known. No port's services hang on it.
	return verdict{noTruth, deps}
}

func (c *condition) defined(name string, deps depends) verdict {
	v := c.x.e.lookup(name)
	if !v.defined && c.x.e.around.Knob(name) {
		deps |= onHost
	}
	return verdict{truthOf(v.defined), deps | v.deps}
}

// empty is empty(VAR:modifiers); c.i is at the parenthesis.
func (c *condition) empty() verdict {
	expr := "$" + c.s[c.i:]
	var text string
	var undefined bool
	next := 0
	v := c.watch(func() {
		text, next = c.x.reference(expr, 0)
		undefined = c.x.undefined
		c.x.undefined = false
	})
	c.i += next - 1
	if v.truth == unknownTruth {
		return v
	}
	if undefined {
		if name := strings.TrimLeft(expr[2:], " \t"); c.x.e.around.Knob(name) {
			v.deps |= onHost
		}
	}
	return verdict{truthOf(strings.TrimSpace(text) == ""), v.deps}
}

// watch runs an expansion and tells whether its result can be known.
func (c *condition) watch(f func()) verdict {
	x := c.x
	unknown, undefined, deps := x.unknown, x.undefined, x.deps
	x.unknown, x.undefined, x.deps = false, false, 0
	f()
	v := verdict{yesTruth, x.deps}
	if x.unknown || x.undefined {
		// make refuses to compare what is undefined, so in a port that works
		// the framework defines it, and we do not know as what.
		v = verdict{unknownTruth, x.deps | onHost}
	}
	x.unknown, x.undefined, x.deps = unknown, undefined, deps|x.deps
	return v
}
