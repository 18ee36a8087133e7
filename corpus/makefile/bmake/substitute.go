package bmake

import (
	"regexp"
	"regexp/syntax"
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

// substitution is :S and :C with their flags 1, g and W.
func (x *Expander) substitution(v *Value, s string, i int, end byte) (int, bool) {
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
		re, states := x.e.files.patterns.compile(from)
		// To compile and to match a pattern costs as much as it has states.
		if re == nil || !x.charge(64*states) {
			v.whole = was
			return i, false
		}
		to = goTemplate(to)
		x.each(v, func(w string) string {
			if once && done || !x.charge(len(w)*max(1, states/2)) {
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
	m  map[string]compiled
}

// A compiled is a pattern, nil where it is none, and how many states it has.
type compiled struct {
	re     *regexp.Regexp
	states int
}

// compile gives the POSIX extended regular expression, nil if Go does not
// know it or if it is absurd, and the number of its states.
func (c *regexpCache) compile(pattern string) (*regexp.Regexp, int) {
	if len(pattern) > maxRegexp {
		return nil, 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.m[pattern]; ok {
		return found.re, found.states
	}
	var made compiled
	if re, err := regexp.CompilePOSIX(pattern); err == nil {
		made = compiled{re, states(pattern)}
	}
	if c.m == nil || len(c.m) >= 512 {
		c.m = make(map[string]compiled)
	}
	c.m[pattern] = made
	return made.re, made.states
}

// states counts the instructions of a pattern.
func states(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.POSIX)
	if err != nil {
		return 0
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return 0
	}
	return len(prog.Inst)
}
