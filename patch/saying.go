package patch

import (
	"regexp"
	"slices"
	"strings"
)

// A saying is what is true of services, with NAME for each where there are several.
type saying struct {
	text, generic string
	names         []string
}

type sayings []*saying

// add takes a sentence about a service; sentences that differ in its name only are one.
func (l *sayings) add(name, text string) {
	generic := regexp.MustCompile(`(^|[^A-Za-z0-9_])`+regexp.QuoteMeta(name)+`($|[^A-Za-z0-9])`).
		ReplaceAllString(text, "${1}NAME${2}")
	for _, o := range *l {
		if o.generic == generic {
			if !slices.Contains(o.names, name) {
				o.names = append(o.names, name)
			}
			return
		}
	}
	*l = append(*l, &saying{text, generic, []string{name}})
}

// texts is the sentences, in the order in which they came, as they stand after a
// colon, or as whole ones.
func (l sayings) texts(whole bool) []string {
	var out []string
	for _, s := range l {
		switch {
		case len(s.names) == 1 && whole:
			out = append(out, sentenceCase(s.text))
		case len(s.names) == 1:
			out = append(out, s.text)
		default:
			out = append(out, list(s.names)+": "+strings.TrimPrefix(s.generic, "NAME: "))
		}
	}
	return out
}
