package corpus

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/corpus/internal/regular"
	"github.com/svcjify/svcjify/internal/message"
)

// readProblem says why a file or directory cannot be read, and what to do.
func readProblem(name, origin string, err error) Problem {
	p := Problem{Kind: Unreadable, Path: name, Origin: origin}
	err = message.Reason(err)
	var escape *escapeError
	var size *regular.SizeError
	switch {
	case errors.As(err, &escape):
		p.Text = err.Error() + ": expected a file of the tree"
		p.Hint = "put the file itself there; svcjify follows no link out of the tree"
	case errors.As(err, &size):
		p.Text = err.Error() + ": expected a script or Makefile of a sane size"
		p.Hint = "if it is meant, leave the port out of the run"
	case errors.Is(err, errLinkLoop):
		p.Text = err.Error() + ": expected a file"
		p.Hint = "put the file itself there"
	case errors.Is(err, regular.ErrNotRegular):
		p.Text = err.Error() + ": expected a file with text"
		p.Hint = "put a file there, or take the name out of the Makefile"
	case errors.Is(err, fs.ErrPermission):
		p.Text = "must not be read (permission denied): expected a readable file"
		p.Hint = "run chmod a+r on it, or run svcjify as its owner"
	case errors.Is(err, fs.ErrNotExist):
		p.Text = "is not there: expected a file"
		p.Hint = "check out the whole tree, or take the name out of the Makefile"
	default:
		p.Text = "cannot be read: " + err.Error()
		p.Hint = "see whether the file can be read, and whether the checkout is whole"
	}
	return p
}

// ReadFile reads a file of the tree, such as a service's template. A file that
// is missing, larger than 1 MiB, not text, not a regular file, or reached by a link out of the
// tree is a Problem instead of an error, since one bad file must not end a run.
func (t *Tree) ReadFile(name string) ([]byte, *Problem) {
	text, err := guardFS(t.FS).ReadFile(name)
	if err != nil {
		p := readProblem(name, "", err)
		p.Tree = t
		return nil, &p
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return nil, &Problem{Tree: t, Kind: Unreadable, Path: name, Line: 1 + bytes.Count(text[:i], []byte("\n")),
			Text: "holds a NUL byte: expected text", Hint: "put a script there; this is a binary file"}
	}
	return text, nil
}

// sortProblems sorts by tree, path and line, and drops what was said twice.
func sortProblems(list []Problem, trees []*Tree) []Problem {
	place := make(map[*Tree]int, len(trees))
	for i, t := range trees {
		place[t] = i
	}
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(place[a.Tree], place[b.Tree]), strings.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text),
			strings.Compare(a.Origin, b.Origin))
	})
	return slices.CompactFunc(list, func(a, b Problem) bool {
		return a.Tree == b.Tree && a.Path == b.Path && a.Line == b.Line && a.Kind == b.Kind && a.Text == b.Text
	})
}

// shellWord is a text as a word for sh(1), quoted where that is needed.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("._+@%/-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteShort quotes a name for a message; a name may hold anything.
func quoteShort(s string) string {
	const most = 60
	if len(s) > most {
		s = message.Clip(s, most)
	}
	return strconv.QuoteToASCII(s)
}
