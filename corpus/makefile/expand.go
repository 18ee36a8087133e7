package makefile

import (
	"fmt"
	"strings"
)

// depends says on which of the user's choices a value or a condition hangs.
type depends uint8

const (
	// onHost: the machine, the release, files outside of the tree, make.conf,
	// or what only a command could tell.
	onHost depends = 1 << iota
	// onMore is the first of the choices that the framework knows of.
	onMore
)

// An expander expands text in the state of an evaluation. The state is only
// read, so several may work on a finished evaluation at once.
type expander struct {
	e *evaluation
	// work is what is left of limit bytes.
	work  *int
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
	unknown   bool    // a part has no value that can be known without running commands
	undefined bool    // a variable without value was used
	deps      depends // whose choice the result is
	err       *Error  // a limit was passed, or an endless variable was met
}

type localVar struct{ name, value string }

// fail records the first error.
func (x *expander) fail(format string, args ...any) {
	if x.err == nil {
		x.err = &Error{Path: x.e.herePath(), Line: x.e.hereLine(), Text: fmt.Sprintf(format, args...)}
	}
	x.unknown = true
}

// charge takes n bytes from the budget; false when it is used up.
func (x *expander) charge(n int) bool {
	if x.err != nil {
		return false
	}
	*x.work -= n + 8
	if *x.work < 0 {
		x.fail("found expansions of more than %d bytes in all: expected a Makefile of a sane size", x.limit)
		return false
	}
	return true
}

// grown checks the length of a value that is being built.
func (x *expander) grown(n int) bool {
	if n > maxExpansion {
		x.fail("found a value that expands to more than %d bytes: expected a value of a sane size", maxExpansion)
		return false
	}
	return true
}

// expand replaces all references in s.
func (x *expander) expand(s string) string {
	i := strings.IndexByte(s, '$')
	if i < 0 {
		x.charge(len(s))
		return s
	}
	if !x.charge(0) {
		return ""
	}
	var b strings.Builder
	for i >= 0 && x.err == nil {
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
func (x *expander) reference(s string, i int) (string, int) {
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
		v := x.fetch(s[i+1 : i+2])
		if !v.defined {
			if x.keep {
				return s[i : i+2], i + 2
			}
			x.undefined = true
		}
		return v.text, i + 2
	}
}

// A value is a variable's value on its way through the modifiers.
type value struct {
	name    string
	text    string
	defined bool
	// sep joins the words after a modifier that works on words.
	sep string
	// asked is set by :D: the port asks whether there is a value at all.
	asked bool
	// whole makes the value count as one word (:tW).
	whole bool
}

// braced expands ${...} or $(...).
func (x *expander) braced(s string, start int) (string, int) {
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
		x.unknown = true
		return "", len(s)
	}
	v := value{name: name, sep: " "}
	if s[i] == end {
		v.fetchInto(x)
		i++
	} else {
		v.fetchInto(x)
		i = x.modifiers(&v, s, i, end)
	}
	if !v.defined && !v.asked {
		if x.keep && x.err == nil {
			return s[start:i], i
		}
		x.undefined = x.undefined || !x.setLater(name)
		return "", i
	}
	return v.text, i
}

// setLater reports whether a variable within another's value is one that the
// framework sets later and that has no value before: then it is empty, and
// not one of which nothing is known.
func (x *expander) setLater(name string) bool {
	return len(x.using) > 0 && x.e.around.SetLater(name)
}

func (v *value) fetchInto(x *expander) {
	f := x.fetch(v.name)
	v.text, v.defined = f.text, f.defined
}

// referenceName reads the name of a braced reference; it ends before the ':'
// or at the closing brace.
func (x *expander) referenceName(s string, i int, open, end byte) (name string, next int, ok bool) {
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
	for i < len(s) && x.err == nil {
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

// fetch looks a variable up and expands its value.
func (x *expander) fetch(name string) value {
	for i := len(x.local) - 1; i >= 0; i-- {
		if x.local[i].name == name {
			return value{text: x.local[i].value, defined: true}
		}
	}
	v := x.e.lookup(name)
	x.deps |= v.deps
	if v.unknown {
		x.unknown = true
		x.deps |= onHost
		return value{defined: true}
	}
	if !v.defined {
		return value{}
	}
	if !v.nested {
		return value{text: v.text, defined: true}
	}
	for _, u := range x.using {
		if u == name {
			x.fail("found the variable %s defined by itself: expected a value that ends", name)
			return value{}
		}
	}
	if len(x.using) >= maxExpansionDepth {
		x.fail("found variables nested more than %d deep: expected fewer", maxExpansionDepth)
		return value{}
	}
	x.using = append(x.using, name)
	keepDollar := x.keepDollar
	x.keepDollar = false
	var text string
	if len(v.more) == 0 {
		text = x.expand(v.text)
	} else {
		var b strings.Builder
		b.WriteString(x.expand(v.text))
		for _, p := range v.more {
			b.WriteByte(' ')
			b.WriteString(x.expand(p.text))
			if !x.grown(b.Len()) {
				break
			}
		}
		text = b.String()
	}
	if v.convert != nil {
		text = v.convert(text)
	}
	x.keepDollar = keepDollar
	x.using = x.using[:len(x.using)-1]
	return value{text: text, defined: true}
}

// splitWords splits at white space; quoted parts stay together and keep their
// quotes, as bmake's Substring_Words does.
func splitWords(s string) []string {
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

// splitRaw splits text that is not yet expanded; a reference stays whole.
func splitRaw(s string) []string {
	if strings.IndexByte(s, '$') < 0 {
		return splitWords(s)
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
			i = skipReference(s, i+2, '}') - 1
		case c == '$' && i+1 < len(s) && s[i+1] == '(':
			i = skipReference(s, i+2, ')') - 1
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
