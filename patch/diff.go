package patch

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// contextLines is git's default.
const contextLines = 3

// Diff is the change as `git diff --full-index` prints it, paths from the top
// of the git repository, or else from the tree's root.
func (c *Change) Diff() []byte {
	var b bytes.Buffer
	for _, f := range c.Files {
		f.diff(&b, c.Tree.InRepository(f.Path))
	}
	return b.Bytes()
}

// diff writes one file's part, byte for byte as git does: go-git's own encoder
// chooses other hunks and another text after the @@.
func (f File) diff(b *bytes.Buffer, name string) {
	mode := "100644"
	if f.Executable {
		mode = "100755"
	}
	from, to := quotePath("a/"+name), quotePath("b/"+name)
	fmt.Fprintf(b, "diff --git %s %s\nindex %s..%s %s\n", from, to, blobHash(f.Old), blobHash(f.New), mode)
	tab := ""
	if strings.Contains(name, " ") && from[0] != '"' { // patch(1) would end the name there
		tab = "\t"
	}
	fmt.Fprintf(b, "--- %s%s\n+++ %s%s\n", from, tab, to, tab)
	lines := f.lines()
	old := 0 // lines of the old file before lines[i]
	at := 0
	for _, h := range hunks(lines) {
		for ; at < h.start; at++ {
			old += lines[at].inOld()
		}
		writeHunk(b, lines, h, old)
	}
}

// blobHash is the object id of a file's text.
func blobHash(text []byte) plumbing.Hash { return plumbing.ComputeHash(plumbing.BlobObject, text) }

// changed counts the lines that are added and removed.
func (f File) changed() (added, removed int) {
	for _, l := range f.lines() {
		added += 1 - l.inOld()
		removed += 1 - l.inNew()
	}
	return
}

// A hunk is a range of lines.
type hunk struct{ start, end int }

// hunks finds the changes with their context; two that share or touch context are one.
func hunks(lines []line) []hunk {
	var out []hunk
	for i, l := range lines {
		if l.op == ' ' {
			continue
		}
		start, end := max(0, i-contextLines), min(len(lines), i+1+contextLines)
		if n := len(out); n > 0 && start <= out[n-1].end {
			out[n-1].end = end
			continue
		}
		out = append(out, hunk{start, end})
	}
	return out
}

func writeHunk(b *bytes.Buffer, lines []line, h hunk, oldBefore int) {
	newBefore, oldLines, newLines := 0, 0, 0
	for _, l := range lines[:h.start] {
		newBefore += l.inNew()
	}
	for _, l := range lines[h.start:h.end] {
		oldLines += l.inOld()
		newLines += l.inNew()
	}
	fmt.Fprintf(b, "@@ -%s +%s @@", lineRange(oldBefore, oldLines), lineRange(newBefore, newLines))
	if in := heading(lines[:h.start]); in != "" {
		b.WriteString(" " + in)
	}
	b.WriteByte('\n')
	for _, l := range lines[h.start:h.end] {
		b.WriteByte(l.op)
		b.WriteString(l.text)
		if !strings.HasSuffix(l.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func lineRange(before, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}

// heading is what git prints after the @@: the last line of the old file above
// the hunk that starts like the head of a function, at most 80 bytes of it.
func heading(above []line) string {
	for i := len(above) - 1; i >= 0; i-- {
		t := above[i].text
		if above[i].op == '+' || t == "" {
			continue
		}
		if c := t[0]; c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return strings.TrimRight(t[:min(len(t), 80)], " \t\n\v\f\r")
		}
	}
	return ""
}

// quotePath writes a path as git does with core.quotePath: in double quotes,
// with C's escapes, where it holds anything that is not plain.
func quotePath(name string) string {
	var b strings.Builder
	plain := true
	for i := range len(name) {
		c := name[i]
		if j := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); j >= 0 {
			b.WriteString("\\" + "abtnvfr\"\\"[j:j+1])
			plain = false
		} else if c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
			plain = false
		} else {
			b.WriteByte(c)
		}
	}
	if plain {
		return name
	}
	return `"` + b.String() + `"`
}
