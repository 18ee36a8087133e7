package makefile

import (
	"regexp"
	"strings"
	"sync"
)

// A substitutionSide remembers what a part of :S says with its first and last
// character.
type substitutionSide struct {
	atEnd bool   // the pattern ended in an unescaped $
	match string // what an unescaped & stands for
	amp   bool   // & has that meaning
}

// part reads the part of a modifier up to delim, expanding references, as
// bmake's ParseModifierPart does: a backslash protects the delimiter, itself,
// and '$' (and '&' on the right side of :S). It returns the place after delim.
func (x *expander) part(s string, i int, delim byte, side *substitutionSide) (string, int, bool) {
	var b strings.Builder
	for i < len(s) && s[i] != delim && x.err == nil {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && (s[i+1] == delim || s[i+1] == '\\' || s[i+1] == '$' ||
			side != nil && side.amp && s[i+1] == '&'):
			b.WriteByte(s[i+1])
			i += 2
		case c == '$' && i+1 < len(s) && s[i+1] == delim:
			if side != nil && !side.amp {
				side.atEnd = true
			} else {
				b.WriteByte('$')
			}
			i++
		case c == '$':
			keep, keepDollar := x.keep, x.keepDollar
			x.keep, x.keepDollar = false, false
			var text string
			text, i = x.reference(s, i)
			x.keep, x.keepDollar = keep, keepDollar
			b.WriteString(text)
		case c == '&' && side != nil && side.amp:
			b.WriteString(side.match)
			i++
		default:
			b.WriteByte(c)
			i++
		}
		if !x.grown(b.Len()) {
			return "", len(s), false
		}
	}
	if i >= len(s) {
		return "", i, false
	}
	return b.String(), i + 1, true
}

// rawPart reads up to delim without expanding; references are skipped whole.
func rawPart(s string, i int, delim byte) (string, int, bool) {
	var b strings.Builder
	for i < len(s) && s[i] != delim {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == delim || s[i+1] == '\\'):
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
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '$':
			b.WriteString("$$")
			i += 2
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	if i >= len(s) {
		return "", i, false
	}
	return b.String(), i + 1, true
}

// untilEnd reads up to the next colon or the end of the reference, without
// expanding. It returns the place of the colon or brace.
func untilEnd(s string, i int, end byte) (string, int) {
	start := i
	for i < len(s) && s[i] != ':' && s[i] != end {
		if s[i] == '\\' && i+1 < len(s) {
			i += 2
			continue
		}
		if s[i] == '$' && i+1 < len(s) && (s[i+1] == '{' || s[i+1] == '(') {
			inner := byte('}')
			if s[i+1] == '(' {
				inner = ')'
			}
			i = skipReference(s, i+2, inner)
			continue
		}
		i++
	}
	i = min(i, len(s))
	return s[start:i], i
}

// pattern reads the pattern of :M or :N, which may hold references; braces in
// it are balanced, and a backslash protects a colon or a brace.
func (x *expander) pattern(s string, i int, end byte) (string, int) {
	open := byte('{')
	if end == ')' {
		open = '('
	}
	var b strings.Builder
	dollar := false
	for depth := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) && (s[i+1] == ':' || s[i+1] == end || s[i+1] == open) {
			b.WriteByte(s[i+1])
			i++
			continue
		}
		if c == '\\' && i+1 < len(s) {
			b.WriteByte(c)
			b.WriteByte(s[i+1])
			i++
			continue
		}
		switch {
		case c == '$':
			dollar = true
		case c == '(' || c == '{':
			depth++
		case (c == ')' || c == '}') && depth > 0:
			depth--
		case depth == 0 && (c == ':' || c == end):
			return x.expandPattern(b.String(), dollar), i
		}
		b.WriteByte(c)
	}
	return x.expandPattern(b.String(), dollar), len(s)
}

func (x *expander) expandPattern(p string, dollar bool) string {
	if !dollar {
		return p
	}
	keep, keepDollar := x.keep, x.keepDollar
	x.keep, x.keepDollar = false, false
	p = x.expand(p)
	x.keep, x.keepDollar = keep, keepDollar
	return p
}

// defaultText reads the text of :D or :U and expands it if it is used.
func (x *expander) defaultText(s string, i int, end byte, used bool) (string, int) {
	var b strings.Builder
	for i < len(s) && s[i] != ':' && s[i] != end && x.err == nil {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == ':' || s[i+1] == '$' || s[i+1] == '\\' || s[i+1] == end):
			b.WriteByte(s[i+1])
			i += 2
		case s[i] == '$':
			if !used {
				_, i = untilEnd(s, i, end)
				continue
			}
			var text string
			text, i = x.reference(s, i)
			b.WriteString(text)
		default:
			b.WriteByte(s[i])
			i++
		}
		if !x.grown(b.Len()) {
			break
		}
	}
	return b.String(), min(i, len(s))
}

// substitution is :S and :C with their flags 1, g and W.
func (x *expander) substitution(v *value, s string, i int, end byte) (int, bool) {
	if i+1 >= len(s) {
		return i, false
	}
	kind, delim := s[i], s[i+1]
	j := i + 2
	var from, to string
	var side *substitutionSide
	anchored, ok := false, false
	if kind == 'S' {
		side = &substitutionSide{}
		if j < len(s) && s[j] == '^' {
			anchored = true
			j++
		}
	}
	if from, j, ok = x.part(s, j, delim, side); !ok {
		return i, false
	}
	var right *substitutionSide
	if kind == 'S' {
		right = &substitutionSide{amp: true, match: from}
	}
	if to, j, ok = x.part(s, j, delim, right); !ok {
		return i, false
	}
	var global, once, whole bool
	for ; j < len(s) && s[j] != ':' && s[j] != end; j++ {
		switch s[j] {
		case 'g':
			global = true
		case '1':
			once = true
		case 'W':
			whole = true
		default:
			return i, false
		}
	}
	was := v.whole
	v.whole = v.whole || whole
	done := false
	if kind == 'S' {
		x.each(v, func(w string) string {
			if once && done {
				return w
			}
			r := replaceText(w, from, to, anchored, side.atEnd, global)
			done = done || r != w
			return r
		})
	} else {
		re := x.e.tree.patterns.compile(from)
		if re == nil {
			v.whole = was
			return i, false
		}
		to = goTemplate(to)
		x.each(v, func(w string) string {
			if once && done || !x.charge(len(w)) {
				return w
			}
			r, hit := replaceRegexp(re, w, to, global)
			done = done || hit
			return r
		})
	}
	v.whole = was
	return j, true
}

// replaceText is :S on one word.
func replaceText(w, from, to string, atStart, atEnd, global bool) string {
	switch {
	case atStart && atEnd:
		if w == from {
			return to
		}
		return w
	case atStart:
		if rest, ok := strings.CutPrefix(w, from); ok {
			return to + rest
		}
		return w
	case atEnd:
		if rest, ok := strings.CutSuffix(w, from); ok {
			return rest + to
		}
		return w
	case from == "":
		return w
	case global:
		return strings.ReplaceAll(w, from, to)
	}
	return strings.Replace(w, from, to, 1)
}

// replaceRegexp is :C on one word.
func replaceRegexp(re *regexp.Regexp, w, to string, global bool) (string, bool) {
	n := 1
	if global {
		n = -1
	}
	hits := re.FindAllStringSubmatchIndex(w, n)
	if len(hits) == 0 {
		return w, false
	}
	var out []byte
	last := 0
	for _, h := range hits {
		if global && h[0] == h[1] && h[0] == len(w) && len(w) > 0 {
			// bmake stops at the end of the word.
			break
		}
		out = append(out, w[last:h[0]]...)
		out = re.ExpandString(out, to, w, h)
		last = h[1]
		if len(out) > maxExpansion {
			break
		}
	}
	return string(append(out, w[last:]...)), true
}

// goTemplate rewrites \1 and & into the form of regexp's templates.
func goTemplate(to string) string {
	var b strings.Builder
	for i := 0; i < len(to); i++ {
		switch c := to[i]; {
		case c == '\\' && i+1 < len(to):
			i++
			if to[i] >= '0' && to[i] <= '9' {
				b.WriteString("${" + to[i:i+1] + "}")
			} else if to[i] == '$' {
				b.WriteString("$$")
			} else {
				if to[i] != '&' && to[i] != '\\' {
					b.WriteByte('\\')
				}
				b.WriteByte(to[i])
			}
		case c == '&':
			b.WriteString("${0}")
		case c == '$':
			b.WriteString("$$")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A regexpCache keeps compiled patterns; many ports share the same ones.
type regexpCache struct {
	mu sync.Mutex
	m  map[string]*regexp.Regexp
}

// compile gives the POSIX extended regular expression, nil if Go does not
// know it or if it is absurd.
func (c *regexpCache) compile(pattern string) *regexp.Regexp {
	if len(pattern) > maxRegexp {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if re, ok := c.m[pattern]; ok {
		return re
	}
	re, err := regexp.CompilePOSIX(pattern)
	if err != nil {
		re = nil
	}
	if c.m == nil || len(c.m) >= 512 {
		c.m = make(map[string]*regexp.Regexp)
	}
	c.m[pattern] = re
	return re
}

// match is bmake's Str_Match: * ? [...] and a backslash, on the whole word.
func match(w, pattern string) bool {
	i, p := 0, 0
	starP, starI := -1, 0
	for {
		if p < len(pattern) && pattern[p] == '*' {
			starP, starI = p, i
			p++
			continue
		}
		if i == len(w) {
			return p == len(pattern)
		}
		if next, ok := matchOne(w[i], pattern, p); ok {
			i++
			p = next
			continue
		}
		if starP < 0 {
			return false
		}
		starI++
		i, p = starI, starP+1
	}
}

// matchOne matches one character against the pattern's element at p.
func matchOne(c byte, pattern string, p int) (int, bool) {
	if p >= len(pattern) {
		return p, false
	}
	switch pattern[p] {
	case '?':
		return p + 1, true
	case '\\':
		if p+1 < len(pattern) {
			return p + 2, pattern[p+1] == c
		}
		return p + 1, c == '\\'
	case '[':
		end := p + 1
		not := end < len(pattern) && (pattern[end] == '^' || pattern[end] == '!')
		if not {
			end++
		}
		hit := false
		for first := true; end < len(pattern) && (first || pattern[end] != ']'); first = false {
			if pattern[end] == ']' {
				break
			}
			lo, hi := pattern[end], pattern[end]
			end++
			if end+1 < len(pattern) && pattern[end] == '-' && pattern[end+1] != ']' {
				hi = pattern[end+1]
				end += 2
			}
			if lo > hi {
				lo, hi = hi, lo
			}
			hit = hit || lo <= c && c <= hi
		}
		if end < len(pattern) {
			end++
		}
		return end, hit != not
	}
	return p + 1, pattern[p] == c
}
