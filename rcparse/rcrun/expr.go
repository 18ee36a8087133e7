package rcrun

import (
	"strconv"
	"strings"
)

// expr is expr(1): comparison, arithmetic, and the match operator.
func (v *invocation) expr() error {
	e := &exprParser{args: v.args}
	result := e.or(0)
	if e.bad || len(e.args) > 0 {
		return status(2)
	}
	v.println(result)
	return boolStatus(result != "" && result != "0")
}

type exprParser struct {
	args []string
	bad  bool
}

func (e *exprParser) peek() string {
	if len(e.args) == 0 {
		return ""
	}
	return e.args[0]
}

func (e *exprParser) next() string {
	s := e.peek()
	if len(e.args) > 0 {
		e.args = e.args[1:]
	}
	return s
}

func null(s string) bool { return s == "" || s == "0" }

func (e *exprParser) or(depth int) string {
	x := e.and(depth)
	for !e.bad && e.peek() == "|" {
		e.next()
		y := e.and(depth)
		if null(x) {
			x = y
		}
	}
	return x
}

func (e *exprParser) and(depth int) string {
	x := e.compare(depth)
	for !e.bad && e.peek() == "&" {
		e.next()
		y := e.compare(depth)
		if null(x) || null(y) {
			x = "0"
		}
	}
	return x
}

func (e *exprParser) compare(depth int) string {
	x := e.sum(depth)
	for !e.bad {
		op := e.peek()
		if op != "=" && op != "==" && op != "!=" && op != "<" && op != ">" && op != "<=" && op != ">=" {
			return x
		}
		e.next()
		y := e.sum(depth)
		a, err1 := strconv.Atoi(x)
		b, err2 := strconv.Atoi(y)
		c := strings.Compare(x, y)
		if err1 == nil && err2 == nil {
			c = a - b
		}
		holds := map[string]bool{"=": c == 0, "==": c == 0, "!=": c != 0, "<": c < 0, ">": c > 0, "<=": c <= 0,
			">=": c >= 0}[op]
		x = "0"
		if holds {
			x = "1"
		}
	}
	return x
}

func (e *exprParser) sum(depth int) string {
	x := e.product(depth)
	for !e.bad && (e.peek() == "+" || e.peek() == "-") {
		x = e.arith(x, e.next(), e.product(depth))
	}
	return x
}

func (e *exprParser) product(depth int) string {
	x := e.match(depth)
	for !e.bad && (e.peek() == "*" || e.peek() == "/" || e.peek() == "%") {
		x = e.arith(x, e.next(), e.match(depth))
	}
	return x
}

func (e *exprParser) arith(x, op, y string) string {
	a, err1 := strconv.Atoi(x)
	b, err2 := strconv.Atoi(y)
	if err1 != nil || err2 != nil || b == 0 && (op == "/" || op == "%") {
		e.bad = true
		return ""
	}
	switch op {
	case "+":
		a += b
	case "-":
		a -= b
	case "*":
		a *= b
	case "/":
		a /= b
	case "%":
		a %= b
	}
	return strconv.Itoa(a)
}

// match is string : pattern, where the pattern is anchored: the first group, or
// the number of characters.
func (e *exprParser) match(depth int) string {
	x := e.primary(depth)
	for !e.bad && e.peek() == ":" {
		e.next()
		p := e.primary(depth)
		re, err := compile("^"+strings.TrimPrefix(p, "^"), false, false, false, false, false)
		if err != nil {
			e.bad = true
			return ""
		}
		m := re.FindStringSubmatch(x)
		switch {
		case re.NumSubexp() > 0 && m == nil:
			x = ""
		case re.NumSubexp() > 0:
			x = m[1]
		case m == nil:
			x = "0"
		default:
			x = strconv.Itoa(len([]rune(m[0])))
		}
	}
	return x
}

func (e *exprParser) primary(depth int) string {
	if len(e.args) == 0 || depth > 100 {
		e.bad = true
		return ""
	}
	s := e.next()
	if s == "(" {
		x := e.or(depth + 1)
		if e.next() != ")" {
			e.bad = true
		}
		return x
	}
	return s
}
