package makefile

import (
	"strconv"
	"strings"
)

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
	if !v.defined && isKnob(name) {
		deps |= onHost
	}
	return verdict{truthOf(v.defined), deps | v.deps}
}

// isKnob tells the variables that people set in make.conf(5) from a port's own.
func isKnob(name string) bool {
	return strings.HasPrefix(name, "WITH_") || strings.HasPrefix(name, "WITHOUT_")
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
		if name := strings.TrimLeft(expr[2:], " \t"); isKnob(name) {
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

// An operand is one side of a comparison.
type operand struct {
	text   string
	quoted bool
	// word is true for a bare word, without reference or quotes.
	word bool
	verdict
}

// operand reads one side: a quoted string, or text up to a blank or an operator.
func (c *condition) operand() operand {
	o := operand{verdict: verdict{truth: yesTruth}}
	if c.i >= len(c.s) {
		c.bad = true
		return o
	}
	raw := ""
	switch {
	case c.s[c.i] == '"':
		o.quoted = true
		text, next, ok := quoted(c.s, c.i+1)
		if !ok {
			c.bad = true
			return o
		}
		raw, c.i = text, next
	default:
		start := c.i
		for c.i < len(c.s) {
			ch := c.s[c.i]
			if ch == '$' && c.i+1 < len(c.s) && (c.s[c.i+1] == '{' || c.s[c.i+1] == '(') {
				end := byte('}')
				if c.s[c.i+1] == '(' {
					end = ')'
				}
				c.i = skipReference(c.s, c.i+2, end)
				continue
			}
			if isSpace(ch) || strings.IndexByte("=!<>&|)", ch) >= 0 {
				break
			}
			c.i++
		}
		raw = c.s[start:c.i]
		o.word = !strings.Contains(raw, "$")
		if raw == "" {
			c.bad = true
			return o
		}
	}
	v := c.watch(func() { o.text = c.x.expand(raw) })
	o.verdict = v
	return o
}

// quoted reads up to the closing quote; references within keep their quotes.
func quoted(s string, i int) (text string, next int, ok bool) {
	var b strings.Builder
	for i < len(s) && s[i] != '"' {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte(s[i+1])
			i += 2
		case s[i] == '$' && i+1 < len(s) && (s[i+1] == '{' || s[i+1] == '('):
			end := byte('}')
			if s[i+1] == '(' {
				end = ')'
			}
			next := skipReference(s, i+2, end)
			b.WriteString(s[i:next])
			i = next
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), i + 1, i < len(s)
}

func (c *condition) comparison() verdict {
	lhs := c.operand()
	if c.bad {
		return verdict{unknownTruth, lhs.deps}
	}
	c.blank()
	op := ""
	rest := c.s[c.i:]
	for _, o := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if strings.HasPrefix(rest, o) {
			op = o
			break
		}
	}
	if op == "" {
		return c.bare(lhs)
	}
	c.i += len(op)
	c.blank()
	rhs := c.operand()
	if c.bad {
		return verdict{unknownTruth, lhs.deps | rhs.deps}
	}
	deps := lhs.deps | rhs.deps
	if lhs.truth == unknownTruth || rhs.truth == unknownTruth {
		return verdict{unknownTruth, deps | onHost}
	}
	order, comparable := compare(lhs, rhs)
	switch op {
	case "==":
		return verdict{truthOf(order == 0), deps}
	case "!=":
		return verdict{truthOf(order != 0), deps}
	}
	if !comparable {
		// bmake: "string comparison operator must be either == or !=".
		return verdict{unknownTruth, deps | onHost}
	}
	switch op {
	case "<":
		return verdict{truthOf(order < 0), deps}
	case "<=":
		return verdict{truthOf(order <= 0), deps}
	case ">":
		return verdict{truthOf(order > 0), deps}
	}
	return verdict{truthOf(order >= 0), deps}
}

// compare compares numbers as numbers, all else as strings.
func compare(a, b operand) (order int, numbers bool) {
	if !a.quoted && !b.quoted {
		m, ok1 := number(a.text)
		n, ok2 := number(b.text)
		if ok1 && ok2 {
			switch {
			case m < n:
				return -1, true
			case m > n:
				return 1, true
			}
			return 0, true
		}
	}
	return strings.Compare(a.text, b.text), false
}

// number reads what strtod(3) and 0x numbers are to bmake.
func number(s string) (float64, bool) {
	if len(s) == 0 || len(s) > 64 || strings.ContainsAny(s, "_pPnNiI") {
		return 0, false
	}
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X") {
		n, err := strconv.ParseUint(s[2:], 16, 64)
		return float64(n), err == nil
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// bare is a side without a comparison: a number, a text, or a word whose
// meaning depends on the directive.
func (c *condition) bare(o operand) verdict {
	if o.truth == unknownTruth {
		return verdict{unknownTruth, o.deps}
	}
	var v verdict
	n, isNumber := number(o.text)
	switch {
	case o.quoted:
		return verdict{truthOf(o.text != ""), o.deps}
	case isNumber:
		return verdict{truthOf(n != 0), o.deps}
	case c.variant == "" && o.word:
		v = c.defined(o.text, o.deps)
	case c.variant == "":
		return verdict{truthOf(o.text != ""), o.deps}
	case strings.HasSuffix(c.variant, "def"):
		v = c.defined(o.text, o.deps)
	default:
		v = verdict{noTruth, o.deps}
	}
	if strings.HasPrefix(c.variant, "n") {
		v = not(v)
	}
	return v
}
