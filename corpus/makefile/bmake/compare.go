package bmake

import (
	"strconv"
	"strings"
)

// An operand is one side of a comparison.
type operand struct {
	text   string
	quoted bool
	// word is true for a bare word, without reference or quotes.
	word bool
	Outcome
}

// operand reads one side: a quoted string, or text up to a blank or an operator.
func (c *condition) operand() operand {
	o := operand{Outcome: Outcome{Truth: YesTruth}}
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
				c.i = SkipReference(c.s, c.i+2, end)
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
	v := c.watch(func() { o.text = c.x.Expand(raw) })
	o.Outcome = v
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
			i = copyReference(&b, s, i)
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), i + 1, i < len(s)
}

func (c *condition) comparison() Outcome {
	lhs := c.operand()
	if c.bad {
		return Outcome{UnknownTruth, lhs.Deps}
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
		return Outcome{UnknownTruth, lhs.Deps | rhs.Deps}
	}
	deps := lhs.Deps | rhs.Deps
	if lhs.Truth == UnknownTruth || rhs.Truth == UnknownTruth {
		return Outcome{UnknownTruth, deps | OnHost}
	}
	order, comparable := compare(lhs, rhs)
	switch op {
	case "==":
		return Outcome{TruthOf(order == 0), deps}
	case "!=":
		return Outcome{TruthOf(order != 0), deps}
	}
	if !comparable {
		// bmake: "string comparison operator must be either == or !=".
		return Outcome{UnknownTruth, deps | OnHost}
	}
	switch op {
	case "<":
		return Outcome{TruthOf(order < 0), deps}
	case "<=":
		return Outcome{TruthOf(order <= 0), deps}
	case ">":
		return Outcome{TruthOf(order > 0), deps}
	}
	return Outcome{TruthOf(order >= 0), deps}
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
func (c *condition) bare(o operand) Outcome {
	if o.Truth == UnknownTruth {
		return Outcome{UnknownTruth, o.Deps}
	}
	var v Outcome
	n, isNumber := number(o.text)
	switch {
	case o.quoted:
		return Outcome{TruthOf(o.text != ""), o.Deps}
	case isNumber:
		return Outcome{TruthOf(n != 0), o.Deps}
	case c.variant == "" && o.word:
		v = c.defined(o.text, o.Deps)
	case c.variant == "":
		return Outcome{TruthOf(o.text != ""), o.Deps}
	case strings.HasSuffix(c.variant, "def"):
		v = c.defined(o.text, o.Deps)
	default:
		v = Outcome{noTruth, o.Deps}
	}
	if strings.HasPrefix(c.variant, "n") {
		v = not(v)
	}
	return v
}
