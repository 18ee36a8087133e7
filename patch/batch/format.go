package batch

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// version is that of the batch file's form. Version 1 was no TOML: see old.go.
const version = 2

const head = `# What svcjify wrote into this directory, and from what (TOML).
#
# To leave a port or a maintainer out permanently, add these three lines at the end
# of the file and run "svcjify batch refresh":
#
#   [[skip]]
#   what = "www/nginx"
#   because = "the maintainer does it himself, PR 123456"
#
# A skip is an origin, an address, or a pattern ("games/*"). All the rest is
# written by svcjify; comments are not kept.

`

// form is the batch file as TOML has it.
type form struct {
	Format int `toml:"format"`
	Settings
	Skips   []Skip    `toml:"skip,omitempty"`
	Sent    []Sent    `toml:"sent,omitempty"`
	Patches []Entry   `toml:"patch,omitempty"`
	Closed  []Closed  `toml:"closed,omitempty"`
	Files   []Written `toml:"file,omitempty"`
}

// Format is the batch file's text. The same batch gives the same bytes, and
// each patch is a table of its own, so that two of them can be compared. What
// people and ports say is made UTF-8, which TOML asks for; a path that is not
// is an error, as it would name another file.
func (b *Batch) Format() ([]byte, error) {
	f := form{version, b.Settings, b.Skips, b.Sent, slices.Clone(b.Patches), slices.Clone(b.Closed), b.Files}
	paths := append([]string{f.Tree}, f.Paths...)
	for i := range f.Patches {
		e := &f.Patches[i]
		e.Maintainer = clean(e.Maintainer)
		paths = append(paths, e.Name)
		for _, x := range e.Edits {
			paths = append(paths, x.Path)
		}
	}
	for i := range f.Closed {
		f.Closed[i].Because = clean(f.Closed[i].Because)
	}
	for _, p := range paths {
		if !utf8.ValidString(p) {
			return nil, fmt.Errorf("the path %q is not UTF-8, and a batch file can't hold it: rename it, or take another directory", p)
		}
	}
	var w bytes.Buffer
	w.WriteString(head)
	if err := toml.NewEncoder(&w).Encode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", FileName, err)
	}
	return w.Bytes(), nil
}

// clean makes a text UTF-8.
func clean(s string) string { return strings.ToValidUTF8(s, "?") }

// sortAll puts everything into the order of the file.
func (b *Batch) sortAll() {
	slices.SortFunc(b.Patches, func(x, y Entry) int { return strings.Compare(x.Change, y.Change) })
	slices.SortFunc(b.Closed, func(x, y Closed) int { return strings.Compare(x.Change, y.Change) })
	slices.SortFunc(b.Files, func(x, y Written) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Sent, func(x, y Sent) int { return strings.Compare(x.Change, y.Change) })
}
