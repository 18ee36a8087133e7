package batch

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
)

// broughtLoosely reports whether the scripts have what a patch brings, but for
// whitespace: a committer indents by tabs, or takes an empty line out. What
// raises PORTREVISION is not compared, as the port's next version takes it away.
func (e *Entry) broughtLoosely(t *corpus.Tree, mail []byte, now map[string][]byte) bool {
	files, err := readPatchFile(mail)
	if err != nil {
		return false
	}
	found := false
	for _, x := range e.Edits {
		if x.Bump {
			continue
		}
		name := t.InRepository(x.Path) // as the patch names it
		text, ok := now[name]
		if !ok || len(files[name]) == 0 {
			return false
		}
		have := loose(slices.Collect(strings.Lines(string(text))))
		from := 0
		for _, h := range files[name] {
			before, after := loose(h.old), loose(h.new)
			if slices.Equal(before, after) { // nothing but whitespace is to change
				return false
			}
			at := find(have, after, from, from)
			if at < 0 {
				return false
			}
			from = at + len(after)
		}
		found = true
	}
	return found
}

// loose is lines without what whitespace can differ in: each with single blanks,
// empty ones left out.
func loose(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return out
}
