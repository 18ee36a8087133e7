package bmake

import (
	"slices"
	"strings"
)

// modifiers applies ":..." to v; s[i] is the first colon. It returns where the
// text goes on after the closing brace. What is not known makes the value unknown.
func (x *Expander) modifiers(v *Value, s string, i int, end byte) int {
	for i < len(s) && s[i] == ':' && x.Err == nil {
		i++
		if i < len(s) && s[i] == end {
			// A colon without modifier changes nothing.
			continue
		}
		if i < len(s) && s[i] == '$' {
			// Modifiers that stand in a variable.
			indirect, next := x.reference(s, i)
			if next < len(s) && (s[next] == ':' || s[next] == end) {
				if indirect != "" {
					x.modifiers(v, ":"+indirect, 0, 0)
				}
				i = next
				continue
			}
		}
		next, ok := x.modifier(v, s, i, end)
		if !ok {
			x.Unknown = true
			v.Text, v.Defined = "", true
			return SkipReference(s, i, end)
		}
		i = next
	}
	if end == 0 {
		return len(s)
	}
	if i >= len(s) || s[i] != end {
		x.Unknown = true
		return SkipReference(s, i, end)
	}
	return i + 1
}

// SkipReference finds the end of a reference whose modifiers are not understood.
func SkipReference(s string, i int, end byte) int {
	open := byte('{')
	if end == ')' {
		open = '('
	}
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case end:
			if depth == 0 {
				return i + 1
			}
			depth--
		}
	}
	return len(s)
}

// modifier applies the one modifier that starts at s[i].
func (x *Expander) modifier(v *Value, s string, i int, end byte) (next int, ok bool) {
	if i >= len(s) {
		return i, end == 0
	}
	rest := s[i:]
	// ends says whether the modifier is n characters long.
	ends := func(n int) bool { return i+n >= len(s) || s[i+n] == ':' || s[i+n] == end }
	switch rest[0] {
	case 'S', 'C':
		return x.substitution(v, s, i, end)
	case 'M', 'N':
		pattern, next := x.pattern(s, i+1, end)
		keep := rest[0] == 'M'
		x.filter(v, func(w string) bool {
			// A pattern with a star may be tried from each character on.
			if strings.Contains(pattern, "*") && len(w)*len(pattern) > longMatch &&
				!x.charge(len(w)*len(pattern)/longMatch) {
				return false
			}
			return Match(w, pattern) == keep
		})
		return next, true
	case 'D', 'U':
		text, next := x.defaultText(s, i+1, end, v.Defined == (rest[0] == 'D'))
		if rest[0] == 'D' {
			// What is not defined stays so, for a :U that follows.
			v.Text, v.asked = text, true
			if !v.Defined {
				v.Text = ""
			}
		} else if !v.Defined {
			v.Text, v.Defined = text, true
		}
		return next, true
	case 'L':
		if ends(1) {
			v.Text, v.Defined = v.name, true
			return i + 1, true
		}
	case 'P':
		if ends(1) {
			v.Text, v.Defined = v.name, true
			return i + 1, true
		}
	case 'H', 'T', 'R', 'E':
		if ends(1) {
			f := pathPart[rest[0]]
			x.each(v, f)
			return i + 1, true
		}
	case 'O':
		return x.order(v, s, i, end)
	case 'u':
		if ends(1) {
			v.Text = strings.Join(slices.Compact(x.words(v)), v.sep)
			return i + 1, true
		}
	case 'Q', 'q':
		if ends(1) {
			v.Text = Quote(v.Text)
			x.charge(len(v.Text))
			return i + 1, true
		}
	case '[':
		return x.selection(v, s, i)
	case '@':
		return x.loop(v, s, i, end)
	case '?':
		return x.choice(v, s, i, end)
	case 't':
		if next, ok := x.conversion(v, s, i, end); ok {
			return next, true
		}
	case '!', ':':
		// A command, or an assignment within an expansion.
		return i, false
	case 's':
		if ends(2) && strings.HasPrefix(rest, "sh") {
			return i, false
		}
	case 'r':
		if strings.HasPrefix(rest, "range") {
			return x.numbers(v, s, i, end)
		}
	case '_':
		if ends(1) {
			return i + 1, true
		}
	}
	return x.sysv(v, s, i, end)
}

// words gives the value's words.
func (x *Expander) words(v *Value) []string {
	x.charge(len(v.Text))
	if v.whole {
		return []string{v.Text}
	}
	return SplitWords(v.Text)
}

// each changes every word; a word that becomes empty leaves nothing behind.
func (x *Expander) each(v *Value, f func(string) string) {
	words := x.words(v)
	kept, size := words[:0], 0
	for _, w := range words {
		w = f(w)
		if w == "" {
			continue
		}
		kept = append(kept, w)
		if size += len(w) + 1; !x.grown(size) {
			v.Text = ""
			return
		}
	}
	x.charge(size)
	v.Text = strings.Join(kept, v.sep)
}

func (x *Expander) filter(v *Value, keep func(string) bool) {
	if v.Text == "" {
		return
	}
	v.Text = strings.Join(slices.DeleteFunc(x.words(v), func(w string) bool { return !keep(w) }), v.sep)
}

// loop is :@name@text@: text is expanded for each word.
func (x *Expander) loop(v *Value, s string, i int, end byte) (int, bool) {
	name, next, ok := x.part(s, i+1, '@', nil)
	if !ok {
		return i, false
	}
	body, next, ok := rawPart(s, next, '@')
	if !ok {
		return i, false
	}
	if len(x.local) >= maxForDepth {
		x.fail("found :@ loops nested more than %d deep: expected fewer", maxForDepth)
		return next, true
	}
	x.local = append(x.local, localVar{name: name})
	x.each(v, func(w string) string {
		x.local[len(x.local)-1].value = w
		return x.Expand(body)
	})
	x.local = x.local[:len(x.local)-1]
	return next, true
}

// choice is :?yes:no; the variable's name is the condition.
func (x *Expander) choice(v *Value, s string, i int, end byte) (int, bool) {
	yes, next, ok := rawPart(s, i+1, ':')
	if !ok {
		return i, false
	}
	no, next := untilEnd(s, next, end)
	c := condition{x: x, s: v.name}
	switch c.evaluate(); {
	case c.bad:
		return i, false
	case c.result.Truth == YesTruth:
		v.Text = x.Expand(yes)
	case c.result.Truth == noTruth:
		v.Text = x.Expand(no)
	default:
		v.Text = ""
		x.Unknown = true
	}
	v.Defined = true
	return next, true
}

// sysv is :from=to, which replaces the end of each word.
func (x *Expander) sysv(v *Value, s string, i int, end byte) (int, bool) {
	text, next := untilEnd(s, i, end)
	lhs, rhs, ok := strings.Cut(text, "=")
	if !ok {
		return i, false
	}
	lhs, rhs = x.Expand(lhs), x.Expand(rhs)
	before, after, wild := strings.Cut(lhs, "%")
	x.each(v, func(w string) string {
		if !wild {
			if stem, ok := strings.CutSuffix(w, lhs); ok {
				return stem + rhs
			}
			return w
		}
		if len(w) < len(before)+len(after) || !strings.HasPrefix(w, before) || !strings.HasSuffix(w, after) {
			return w
		}
		return strings.Replace(rhs, "%", w[len(before):len(w)-len(after)], 1)
	})
	return next, true
}

// longMatch is how many steps of a match count as one byte of an expansion.
const longMatch = 16

// Quote protects what is special to the shell, as :Q does.
func Quote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			b.WriteString("\\\n")
			continue
		case strings.IndexByte(" \t'`~$&*()|;<>?{}[]\\\"#!^", c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
