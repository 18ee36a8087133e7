package makefile

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// modifiers applies ":..." to v; s[i] is the first colon. It returns where the
// text goes on after the closing brace. What is not known makes the value unknown.
func (x *expander) modifiers(v *value, s string, i int, end byte) int {
	for i < len(s) && s[i] == ':' && x.err == nil {
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
			x.unknown = true
			v.text, v.defined = "", true
			return skipReference(s, i, end)
		}
		i = next
	}
	if end == 0 {
		return len(s)
	}
	if i >= len(s) || s[i] != end {
		x.unknown = true
		return skipReference(s, i, end)
	}
	return i + 1
}

// skipReference finds the end of a reference whose modifiers are not understood.
func skipReference(s string, i int, end byte) int {
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
func (x *expander) modifier(v *value, s string, i int, end byte) (next int, ok bool) {
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
		x.filter(v, func(w string) bool { return match(w, pattern) == keep })
		return next, true
	case 'D', 'U':
		text, next := x.defaultText(s, i+1, end, v.defined == (rest[0] == 'D'))
		if rest[0] == 'D' {
			// What is not defined stays so, for a :U that follows.
			v.text, v.asked = text, true
			if !v.defined {
				v.text = ""
			}
		} else if !v.defined {
			v.text, v.defined = text, true
		}
		return next, true
	case 'L':
		if ends(1) {
			v.text, v.defined = v.name, true
			return i + 1, true
		}
	case 'P':
		if ends(1) {
			v.text, v.defined = v.name, true
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
			v.text = strings.Join(slices.Compact(x.words(v)), v.sep)
			return i + 1, true
		}
	case 'Q', 'q':
		if ends(1) {
			v.text = quote(v.text)
			x.charge(len(v.text))
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
func (x *expander) words(v *value) []string {
	x.charge(len(v.text))
	if v.whole {
		return []string{v.text}
	}
	return splitWords(v.text)
}

// each changes every word; a word that becomes empty leaves nothing behind.
func (x *expander) each(v *value, f func(string) string) {
	words := x.words(v)
	kept, size := words[:0], 0
	for _, w := range words {
		w = f(w)
		if w == "" {
			continue
		}
		kept = append(kept, w)
		if size += len(w) + 1; !x.grown(size) {
			v.text = ""
			return
		}
	}
	x.charge(size)
	v.text = strings.Join(kept, v.sep)
}

func (x *expander) filter(v *value, keep func(string) bool) {
	if v.text == "" {
		return
	}
	v.text = strings.Join(slices.DeleteFunc(x.words(v), func(w string) bool { return !keep(w) }), v.sep)
}

var pathPart = map[byte]func(string) string{
	'H': func(w string) string {
		if i := strings.LastIndexByte(w, '/'); i >= 0 {
			return w[:i]
		}
		return "."
	},
	'T': func(w string) string { return w[strings.LastIndexByte(w, '/')+1:] },
	'R': func(w string) string {
		if i := strings.LastIndexByte(w, '.'); i >= 0 {
			return w[:i]
		}
		return w
	},
	'E': func(w string) string {
		if i := strings.LastIndexByte(w, '.'); i >= 0 {
			return w[i+1:]
		}
		return ""
	},
}

// order is :O, :Or, :On, :Onr; :Ox is left in order, since any order is right.
func (x *expander) order(v *value, s string, i int, end byte) (int, bool) {
	j := i + 1
	for j < len(s) && s[j] != ':' && s[j] != end {
		j++
	}
	words := x.words(v)
	switch s[i+1 : j] {
	case "":
		slices.Sort(words)
	case "r":
		slices.Sort(words)
		slices.Reverse(words)
	case "n", "nr", "rn":
		slices.SortStableFunc(words, func(a, b string) int {
			m, _ := strconv.ParseInt(a, 0, 64)
			n, _ := strconv.ParseInt(b, 0, 64)
			switch {
			case m < n:
				return -1
			case m > n:
				return 1
			}
			return 0
		})
		if s[i+1:j] != "n" {
			slices.Reverse(words)
		}
	case "x":
	default:
		return i, false
	}
	v.text = strings.Join(words, v.sep)
	return j, true
}

// conversion is :tl :tu :tA :ts :tw :tW.
func (x *expander) conversion(v *value, s string, i int, end byte) (int, bool) {
	if i+1 >= len(s) {
		return i, false
	}
	ends := func(n int) bool { return i+n >= len(s) || s[i+n] == ':' || s[i+n] == end }
	switch s[i+1] {
	case 'l', 'u', 'A', 'w', 'W':
		if !ends(2) {
			return i, false
		}
		x.charge(len(v.text))
		switch s[i+1] {
		case 'l':
			v.text = strings.ToLower(v.text)
		case 'u':
			v.text = strings.ToUpper(v.text)
		case 'A':
			x.each(v, func(w string) string {
				if strings.HasPrefix(w, "/") {
					return path.Clean(w)
				}
				return w
			})
		case 'w':
			v.whole = false
		case 'W':
			v.whole = true
		}
		return i + 2, true
	case 's':
		// :tsC, :ts (nothing), :ts\n and the like.
		j := i + 2
		switch {
		case j < len(s) && s[j] != end && (j+1 >= len(s) || s[j+1] == ':' || s[j+1] == end):
			v.sep = s[j : j+1]
			j++
		case j >= len(s) || s[j] == ':' || s[j] == end:
			v.sep = ""
		case s[j] == '\\' && j+1 < len(s) && (s[j+1] == 'n' || s[j+1] == 't'):
			v.sep = map[byte]string{'n': "\n", 't': "\t"}[s[j+1]]
			j += 2
		default:
			return i, false
		}
		v.text = strings.Join(x.words(v), v.sep)
		return j, true
	}
	return i, false
}

// selection is :[n], :[n..m], :[#], :[*] and :[@].
func (x *expander) selection(v *value, s string, i int) (int, bool) {
	raw, next, ok := x.part(s, i+1, ']', nil)
	if !ok {
		return i, false
	}
	switch raw {
	case "":
		return i, false
	case "#":
		// Nothing counts as one empty word (bmake's unit-tests/modword).
		v.text = strconv.Itoa(max(1, len(x.words(v))))
		return next, true
	case "*", "0":
		v.whole = true
		return next, true
	case "@":
		v.whole = false
		return next, true
	}
	words := x.words(v)
	if v.whole {
		words = []string{v.text}
	}
	from, to, ranged := strings.Cut(raw, "..")
	a, err := strconv.Atoi(from)
	b := a
	if err == nil && ranged {
		b, err = strconv.Atoi(to)
	}
	if err != nil {
		return i, false
	}
	place := func(n int) int {
		if n < 0 {
			n += len(words) + 1
		}
		return min(max(n, 0), len(words)+1)
	}
	a, b = place(a), place(b)
	step := 1
	if a > b {
		step = -1
	}
	var picked []string
	for n := a; ; n += step {
		if n >= 1 && n <= len(words) {
			picked = append(picked, words[n-1])
		}
		if n == b {
			break
		}
	}
	v.text = strings.Join(picked, v.sep)
	return next, true
}

// numbers is :range and :range=n.
func (x *expander) numbers(v *value, s string, i int, end byte) (int, bool) {
	j := i + len("range")
	n := 0
	if j < len(s) && s[j] == '=' {
		k := j + 1
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		n, _ = strconv.Atoi(s[j+1 : k])
		j = k
	}
	if j < len(s) && s[j] != ':' && s[j] != end {
		return i, false
	}
	if n == 0 {
		n = len(x.words(v))
	}
	if n > maxForItems {
		x.fail("found :range=%d: expected at most %d", n, maxForItems)
		return j, true
	}
	if !x.charge(16 * n) {
		return j, true
	}
	words := make([]string, n)
	for k := range words {
		words[k] = strconv.Itoa(k + 1)
	}
	v.text = strings.Join(words, v.sep)
	return j, true
}

// loop is :@name@text@: text is expanded for each word.
func (x *expander) loop(v *value, s string, i int, end byte) (int, bool) {
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
		return x.expand(body)
	})
	x.local = x.local[:len(x.local)-1]
	return next, true
}

// choice is :?yes:no; the variable's name is the condition.
func (x *expander) choice(v *value, s string, i int, end byte) (int, bool) {
	yes, next, ok := rawPart(s, i+1, ':')
	if !ok {
		return i, false
	}
	no, next := untilEnd(s, next, end)
	c := condition{x: x, s: v.name}
	switch c.evaluate(); {
	case c.bad:
		return i, false
	case c.result.truth == yesTruth:
		v.text = x.expand(yes)
	case c.result.truth == noTruth:
		v.text = x.expand(no)
	default:
		v.text = ""
		x.unknown = true
	}
	v.defined = true
	return next, true
}

// sysv is :from=to, which replaces the end of each word.
func (x *expander) sysv(v *value, s string, i int, end byte) (int, bool) {
	text, next := untilEnd(s, i, end)
	lhs, rhs, ok := strings.Cut(text, "=")
	if !ok {
		return i, false
	}
	lhs, rhs = x.expand(lhs), x.expand(rhs)
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

// quote protects what is special to the shell, as :Q does.
func quote(s string) string {
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
