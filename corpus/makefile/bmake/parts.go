package bmake

import "strings"

// part reads the part of a modifier up to delim, expanding references, as
// bmake's ParseModifierPart does: a backslash protects the delimiter, itself,
// and '$' (and '&' on the right side of :S). It returns the place after delim.
func (x *Expander) part(s string, i int, delim byte, side *substitutionSide) (string, int, bool) {
	var b strings.Builder
	for i < len(s) && s[i] != delim && x.Err == nil {
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

// copyReference copies the ${...} or $(...) that starts at i as it stands, and
// returns the offset after it.
func copyReference(b *strings.Builder, s string, i int) (next int) {
	end := byte('}')
	if s[i+1] == '(' {
		end = ')'
	}
	next = SkipReference(s, i+2, end)
	b.WriteString(s[i:next])
	return next
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
			i = copyReference(&b, s, i)
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
			i = SkipReference(s, i+2, inner)
			continue
		}
		i++
	}
	i = min(i, len(s))
	return s[start:i], i
}

// pattern reads the pattern of :M or :N, which may hold references; braces in
// it are balanced, and a backslash protects a colon or a brace.
func (x *Expander) pattern(s string, i int, end byte) (string, int) {
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

func (x *Expander) expandPattern(p string, dollar bool) string {
	if !dollar {
		return p
	}
	keep, keepDollar := x.keep, x.keepDollar
	x.keep, x.keepDollar = false, false
	p = x.Expand(p)
	x.keep, x.keepDollar = keep, keepDollar
	return p
}

// defaultText reads the text of :D or :U and expands it if it is used.
func (x *Expander) defaultText(s string, i int, end byte, used bool) (string, int) {
	var b strings.Builder
	for i < len(s) && s[i] != ':' && s[i] != end && x.Err == nil {
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

// Match is bmake's Str_Match: * ? [...] and a backslash, on the whole word.
func Match(w, pattern string) bool {
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
