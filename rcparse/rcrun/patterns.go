package rcrun

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// A matcher is a compiled regular expression.
type matcher = *regexp.Regexp

// compile makes a Go regular expression of a POSIX one. Go's is linear, so no
// pattern of a script can hang.
func compile(p string, extended, fixed, fold, whole, words bool) (matcher, error) {
	flags := fmt.Sprintf("%t %t %t %t %t ", extended, fixed, fold, whole, words)
	return matchers.Get(flags+p, func() (matcher, error) { return newMatcher(p, extended, fixed, fold, whole, words) })
}

// matchers is what patterns were compiled to.
var matchers = interp.Kept[matcher]{Most: 64 << 10}

func newMatcher(p string, extended, fixed, fold, whole, words bool) (matcher, error) {
	switch {
	case fixed:
		p = regexp.QuoteMeta(p)
	case !extended:
		p = basic(p)
	default:
		p = wordEdges(p)
	}
	if words {
		p = `\b(?:` + p + `)\b`
	}
	if whole {
		p = `^(?:` + p + `)$`
	}
	if fold {
		p = "(?i)" + p
	}
	if len(p) > 4096 {
		return nil, fmt.Errorf("a pattern of more than 4096 bytes")
	}
	return regexp.Compile(p)
}

func wordEdges(p string) string {
	return strings.NewReplacer("[[:<:]]", `\b`, "[[:>:]]", `\b`, `\<`, `\b`, `\>`, `\b`).Replace(p)
}

// basic turns a basic regular expression into an extended one: the brackets
// and the braces change places with their escaped forms.
func basic(p string) string {
	p = wordEdges(p)
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		c := p[i]
		switch {
		case c == '\\' && i+1 < len(p):
			i++
			if strings.IndexByte("(){}|+?", p[i]) >= 0 {
				b.WriteByte(p[i])
			} else {
				b.WriteByte('\\')
				b.WriteByte(p[i])
			}
		case c == '[':
			end := i + 1
			if end < len(p) && p[end] == '^' {
				end++
			}
			if end < len(p) && p[end] == ']' {
				end++
			}
			for end < len(p) && p[end] != ']' {
				if strings.HasPrefix(p[end:], "[:") {
					if j := strings.Index(p[end:], ":]"); j >= 0 {
						end += j + 1
					}
				}
				end++
			}
			end = min(end, len(p)-1)
			b.WriteString(strings.ReplaceAll(p[i:end+1], `\`, `\\`))
			i = end
		case strings.IndexByte("(){}|+?", c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '*' && (i == 0 || i == 1 && p[0] == '^'):
			b.WriteString(`\*`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
