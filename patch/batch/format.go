package batch

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// version is the format's; a parser of another one must refuse the file.
const version = "1"

const head = `# What svcjify wrote into this directory, and from what.
#
# To leave a port or a maintainer out for good, add two lines such as these,
# with an empty line before and after, and run "svcjify batch refresh":
#
#   skip: www/nginx
#   because: the maintainer does it himself, PR 123456
#
# A skip is an origin, an address, or a pattern (games/*). All the rest is
# written by svcjify; comments are not kept.
`

// Format is the batch file's text. The same batch gives the same bytes, and
// each patch is a paragraph of its own, so that two of them can be compared.
func (b *Batch) Format() []byte {
	var w writer
	w.WriteString(head)
	w.paragraph()
	w.field("svcjify-batch", version)
	w.field("tree", b.Settings.Tree)
	for _, p := range b.Settings.Paths {
		w.field("path", p)
	}
	w.optional("base", b.Settings.Base)
	for _, f := range b.Settings.Flags {
		w.field("flag", f)
	}
	w.optional("author", b.Settings.Author)
	w.optional("date", b.Settings.Date)
	w.optional("pr", b.Settings.PR)
	for _, s := range b.Skips {
		w.paragraph()
		w.field("skip", s.What)
		w.field("because", s.Because)
	}
	for _, e := range b.Patches {
		w.paragraph()
		w.field("patch", e.Change)
		w.written(e.Written)
		w.optional("maintainer", e.Maintainer)
		if e.Total > 0 {
			w.field("series", fmt.Sprintf("%d/%d", e.Number, e.Total))
		}
		if e.Mends {
			w.field("mends", "yes")
		}
		for _, a := range e.Answers {
			w.field("service", a)
		}
		for _, p := range e.Ports {
			w.field("port", p)
		}
		for _, x := range e.Edits {
			kind := "edit"
			if x.Bump {
				kind = "bump"
			}
			w.field(kind, x.Old+" "+x.New+" "+x.Path)
		}
	}
	for _, c := range b.Closed {
		w.paragraph()
		w.field("closed", c.Change)
		w.field("as", string(c.As))
		w.optional("because", c.Because)
	}
	for _, f := range b.Files {
		w.paragraph()
		w.written(f)
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) paragraph() { w.WriteByte('\n') }

func (w *writer) field(name, value string) {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	if value != strings.TrimSpace(value) || strings.HasPrefix(value, `"`) || strings.ContainsFunc(value, odd) {
		value = strconv.Quote(value)
	}
	fmt.Fprintf(w, "%s: %s\n", name, value)
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.field(name, value)
	}
}

func (w *writer) written(f Written) {
	w.field("file", f.Name)
	if f.Sum == "" {
		w.field("sum", "gone")
	} else {
		w.field("sum", f.Sum)
	}
	w.optional("before", f.Before)
}

// sortAll puts everything into the order of the file.
func (b *Batch) sortAll() {
	slices.SortFunc(b.Patches, func(x, y Entry) int { return strings.Compare(x.Change, y.Change) })
	slices.SortFunc(b.Closed, func(x, y Closed) int { return strings.Compare(x.Change, y.Change) })
	slices.SortFunc(b.Files, func(x, y Written) int { return strings.Compare(x.Name, y.Name) })
}
