package bmake

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// include is the directive.
func (e *Evaluation) include(n *Node) *Error {
	text, known, err := e.Expand(e.fill(n.Text))
	if err != nil {
		return err
	}
	optional := n.Variant != "include"
	text = strings.TrimSpace(text)
	var quoted bool
	switch {
	case len(text) > 2 && text[0] == '"' && strings.IndexByte(text[1:], '"') > 0:
		text, quoted = text[1:1+strings.IndexByte(text[1:], '"')], true
	case len(text) > 2 && text[0] == '<' && strings.IndexByte(text, '>') > 0:
		text = text[1:strings.IndexByte(text, '>')]
	default:
		e.note(n.line, "found .%s %s: expected a name in quotes or angle brackets", n.Variant, message.Clip(text, 80))
		return nil
	}
	if done, err := e.around.Include(text); done {
		return err
	}
	// A path with an unknown part is tried, but nobody can say that it is wrong.
	optional = optional || !known
	if !strings.HasPrefix(text, "/") {
		if quoted && e.Here != nil && e.Here.dir != e.Dir {
			beside := path.Join(e.Here.dir, text)
			if _, err := fs.Stat(e.files.fsys, beside); err == nil {
				text = beside
				return e.IncludeFile(e.root+"/"+text, optional)
			}
		}
		if !quoted && strings.HasPrefix(text, "bsd.") {
			// From the system's own share/mk.
			return nil
		}
		text = e.Curdir + "/" + text
	}
	return e.IncludeFile(text, optional)
}

// IncludeFile reads a file of the file system; files elsewhere are not read.
func (e *Evaluation) IncludeFile(p string, optional bool) *Error {
	rel, ok := e.around.Path(p)
	if !ok || e.around.Modelled(rel) {
		return nil
	}
	f, err := e.files.Parsed(rel)
	switch {
	case err == nil:
		return e.ReadFile(f)
	case errors.Is(err.Err, fs.ErrNotExist) && (optional || e.around.Lacks(rel)):
		return nil
	case err.Err != nil:
		// make stops here: what the port would be, nobody knows.
		return &Error{Path: e.HerePath(), Line: e.HereLine(), Err: err.Err,
			Text: fmt.Sprintf("found .include of %s, which cannot be read (%v): expected the file in the tree", rel, message.Reason(err.Err))}
	}
	return err
}
