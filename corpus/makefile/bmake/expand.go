package bmake

import (
	"fmt"
	"strings"
)

// Depends says on which of the user's choices a value or a condition hangs.
type Depends uint8

const (
	// OnHost: the machine, the release, files outside of the tree, make.conf,
	// or what only a command could tell.
	OnHost Depends = 1 << iota
	// OnMore is the first of the choices that the framework knows of.
	OnMore
)

// An Expander expands text in the state of an evaluation. The state is only
// read, so several may work on a finished evaluation at once.
type Expander struct {
	e *Evaluation
	// Work is what is left of limit bytes.
	Work  *int
	limit int
	// depth of variables within variables, to find endless ones.
	depth int
	using []string
	// local holds the variables of :@name@ loops.
	local []localVar
	// keep leaves references to undefined variables as they are, as := does;
	// keepDollar leaves $$ too.
	keep, keepDollar bool

	// What the last expansion met; the caller resets them.
	Unknown   bool    // a part has no value that can be known without running commands
	Undefined bool    // a variable without value was used
	deps      Depends // whose choice the result is
	Err       *Error  // a limit was passed, or an endless variable was met
}

type localVar struct{ name, value string }

// fail records the first error.
func (x *Expander) fail(format string, args ...any) {
	if x.Err == nil {
		x.Err = &Error{Path: x.e.HerePath(), Line: x.e.HereLine(), Text: fmt.Sprintf(format, args...)}
	}
	x.Unknown = true
}

// charge takes n bytes from the budget; false when it is used up.
func (x *Expander) charge(n int) bool {
	if x.Err != nil {
		return false
	}
	*x.Work -= n + 8
	if *x.Work < 0 {
		x.fail("found expansions of more than %d bytes in all: expected a Makefile of a sane size", x.limit)
		return false
	}
	return true
}

// grown checks the length of a value that is being built.
func (x *Expander) grown(n int) bool {
	if n > maxExpansion {
		x.fail("found a value that expands to more than %d bytes: expected a value of a sane size", maxExpansion)
		return false
	}
	return true
}

// Expand replaces all references in s.
func (x *Expander) Expand(s string) string {
	i := strings.IndexByte(s, '$')
	if i < 0 {
		x.charge(len(s))
		return s
	}
	if !x.charge(0) {
		return ""
	}
	var b strings.Builder
	for i >= 0 && x.Err == nil {
		b.WriteString(s[:i])
		value, next := x.reference(s, i)
		b.WriteString(value)
		if !x.grown(b.Len()) {
			return ""
		}
		s = s[next:]
		i = strings.IndexByte(s, '$')
	}
	b.WriteString(s)
	if !x.charge(b.Len()) || !x.grown(b.Len()) {
		return ""
	}
	return b.String()
}

// reference expands the one reference that starts with the '$' at s[i], and
// says where the text goes on.
func (x *Expander) reference(s string, i int) (string, int) {
	if i+1 >= len(s) {
		return "$", i + 1
	}
	switch c := s[i+1]; c {
	case '$':
		if x.keepDollar {
			return "$$", i + 2
		}
		return "$", i + 2
	case '{', '(':
		return x.braced(s, i)
	case ' ', '\t', '\n', ':', ')', '}':
		return "$", i + 1
	default:
		v := x.Fetch(s[i+1 : i+2])
		if !v.Defined {
			if x.keep {
				return s[i : i+2], i + 2
			}
			x.Undefined = true
		}
		return v.Text, i + 2
	}
}

// A Value is a variable's value on its way through the modifiers.
type Value struct {
	name    string
	Text    string
	Defined bool
	// sep joins the words after a modifier that works on words.
	sep string
	// asked is set by :D: the Makefile asks whether there is a value at all.
	asked bool
	// whole makes the value count as one word (:tW).
	whole bool
}

// braced expands ${...} or $(...).
func (x *Expander) braced(s string, start int) (string, int) {
	open, end := s[start+1], byte('}')
	if open == '(' {
		end = ')'
	}
	if x.depth >= maxExpansionDepth {
		x.fail("found references nested more than %d deep: expected fewer", maxExpansionDepth)
		return "", len(s)
	}
	x.depth++
	defer func() { x.depth-- }()
	name, i, ok := x.referenceName(s, start+2, open, end)
	if !ok {
		// bmake: "Unclosed variable specification".
		x.Unknown = true
		return "", len(s)
	}
	v := Value{name: name, sep: " "}
	if s[i] == end {
		v.fetchInto(x)
		i++
	} else {
		v.fetchInto(x)
		i = x.modifiers(&v, s, i, end)
	}
	if !v.Defined && !v.asked {
		if x.keep && x.Err == nil {
			return s[start:i], i
		}
		x.Undefined = x.Undefined || !x.setLater(name)
		return "", i
	}
	return v.Text, i
}

// setLater reports whether a variable within another's value is one that the
// framework sets later and that has no value before: then it is empty, and
// not one of which nothing is known.
func (x *Expander) setLater(name string) bool {
	return len(x.using) > 0 && x.e.around.SetLater(name)
}

func (v *Value) fetchInto(x *Expander) {
	f := x.Fetch(v.name)
	v.Text, v.Defined = f.Text, f.Defined
}

// referenceName reads the name of a braced reference; it ends before the ':'
// or at the closing brace.
func (x *Expander) referenceName(s string, i int, open, end byte) (name string, next int, ok bool) {
	// The common name is plain.
	j := i
	for j < len(s) && s[j] != '$' && s[j] != ':' && s[j] != end && s[j] != open {
		j++
	}
	if j < len(s) && (s[j] == ':' || s[j] == end) {
		return s[i:j], j, true
	}
	var b strings.Builder
	depth := 0
	for i < len(s) && x.Err == nil {
		c := s[i]
		switch {
		case depth == 0 && (c == ':' || c == end):
			return b.String(), i, true
		case c == '$':
			keep, keepDollar := x.keep, x.keepDollar
			x.keep, x.keepDollar = false, false
			var part string
			part, i = x.reference(s, i)
			x.keep, x.keepDollar = keep, keepDollar
			b.WriteString(part)
			if !x.grown(b.Len()) {
				return "", len(s), false
			}
			continue
		case c == open:
			depth++
		case c == end:
			depth--
		}
		b.WriteByte(c)
		i++
	}
	return "", len(s), false
}

// Fetch looks a variable up and expands its value.
func (x *Expander) Fetch(name string) Value {
	for i := len(x.local) - 1; i >= 0; i-- {
		if x.local[i].name == name {
			return Value{Text: x.local[i].value, Defined: true}
		}
	}
	v := x.e.Lookup(name)
	x.deps |= v.Deps
	if v.unknown {
		x.Unknown = true
		x.deps |= OnHost
		return Value{Defined: true}
	}
	if !v.Defined {
		return Value{}
	}
	if !v.Nested {
		return Value{Text: v.Text, Defined: true}
	}
	for _, u := range x.using {
		if u == name {
			x.fail("found the variable %s defined by itself: expected a value that ends", name)
			return Value{}
		}
	}
	if len(x.using) >= maxExpansionDepth {
		x.fail("found variables nested more than %d deep: expected fewer", maxExpansionDepth)
		return Value{}
	}
	x.using = append(x.using, name)
	keepDollar := x.keepDollar
	x.keepDollar = false
	var text string
	if len(v.More) == 0 {
		text = x.Expand(v.Text)
	} else {
		var b strings.Builder
		b.WriteString(x.Expand(v.Text))
		for _, p := range v.More {
			b.WriteByte(' ')
			b.WriteString(x.Expand(p.Text))
			if !x.grown(b.Len()) {
				break
			}
		}
		text = b.String()
	}
	if v.Convert != nil {
		text = v.Convert(text)
	}
	x.keepDollar = keepDollar
	x.using = x.using[:len(x.using)-1]
	return Value{Text: text, Defined: true}
}

// SplitWords splits at white space; quoted parts stay together and keep their
// quotes, as bmake's Substring_Words does.
func SplitWords(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		if i == len(s) {
			break
		}
		start := i
		var quote byte
		for i < len(s) && (quote != 0 || !isSpace(s[i])) {
			switch c := s[i]; {
			case c == '\\' && i+1 < len(s):
				i++
			case quote != 0 && c == quote:
				quote = 0
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			}
			i++
		}
		words = append(words, s[start:i])
	}
	return words
}

// SplitRaw splits text that is not yet expanded; a reference stays whole.
func SplitRaw(s string) []string {
	if strings.IndexByte(s, '$') < 0 {
		return SplitWords(s)
	}
	var words []string
	start := -1
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if start < 0 && !isSpace(c) {
			start = i
		}
		switch {
		case c == '$' && i+1 < len(s) && s[i+1] == '{':
			i = SkipReference(s, i+2, '}') - 1
		case c == '$' && i+1 < len(s) && s[i+1] == '(':
			i = SkipReference(s, i+2, ')') - 1
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case isSpace(c) && start >= 0:
			words = append(words, s[start:i])
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, s[start:])
	}
	return words
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}
