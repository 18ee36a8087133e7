package advise

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// known is the words that any rc.subr knows, in order, each once.
func known(words []string) []string {
	out := []string{}
	for _, w := range words {
		if _, ok := rcparse.OptionOf(w); ok && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// missingWords is the words of want that have does not grant. One IP family is
// somebody's choice, and serves where both would do.
func missingWords(have, want []string) []string {
	if slices.Contains(have, "netv4") || slices.Contains(have, "netv6") {
		have = append(slices.Clone(have), "net_basic")
	}
	var out []string
	for _, w := range want {
		word, _ := rcparse.OptionOf(w)
		if !slices.ContainsFunc(have, func(h string) bool {
			o, ok := rcparse.OptionOf(h)
			return ok && o.Serves(word)
		}) {
			out = append(out, w)
		}
	}
	return out
}

// merged is both sets, without what another word of it grants.
func merged(a, b []string) []string {
	all := known(slices.Concat(a, b))
	return slices.DeleteFunc(slices.Clone(all), func(w string) bool {
		word, _ := rcparse.OptionOf(w)
		return slices.ContainsFunc(all, func(x string) bool {
			o, _ := rcparse.OptionOf(x)
			return x != w && o.Includes(word)
		})
	})
}

// sameWords compares two sets.
func sameWords(a, b []string) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}

// sentence makes one of a text: it starts with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); strings.ToLower(first) == first && !strings.ContainsAny(first, "_=/\"") {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// lower is a sentence behind a colon.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' || strings.HasPrefix(s, "A ") {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// allWords is every option word.
func allWords() []string { return rcparse.OptionWords() }
