package batch

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/internal/paragraph"
)

// Batch files of version 1 were paragraphs of "field: value". They are read
// here, and written as TOML by the next command that writes.

// isOld reports whether the first line that says something is that of version 1.
func isOld(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return bytes.HasPrefix(line, []byte("svcjify-batch:"))
		}
	}
	return false
}

// parseOld reads a file of version 1.
func parseOld(text []byte) (*Batch, error) {
	r := oldReader{b: &Batch{}, at: map[string]int{}}
	err := paragraph.Read(string(text), func(f paragraph.Field) error {
		if !utf8.ValidString(f.Name + f.Value) {
			return &ParseError{f.Line, "the line is not UTF-8"}
		}
		value := f.Value
		if strings.HasPrefix(value, `"`) {
			plain, err := strconv.Unquote(value)
			if err != nil {
				return &ParseError{f.Line, fmt.Sprintf("%s is %.60q, expected a closing quote and nothing after it",
					f.Name, value)}
			}
			value = plain
		}
		if f.First {
			if err := r.paragraph(f.Name, f.Line); err != nil {
				return err
			}
		}
		return r.field(f.Name, value, f.Line)
	})
	var bad *paragraph.Error
	switch {
	case errors.As(err, &bad):
		return nil, &ParseError{bad.Line, bad.Text}
	case err != nil:
		return nil, err
	}
	if err := r.b.check(r.at); err != nil {
		return nil, err
	}
	return r.b, nil
}

// An oldReader fills a batch, and notes the lines by the keys of today.
type oldReader struct {
	b    *Batch
	at   map[string]int
	kind string // of the paragraph
	key  string // of the paragraph, such as "patch.3"
}

func (r *oldReader) paragraph(kind string, line int) error {
	n := 0
	switch kind {
	case "svcjify-batch":
		r.kind, r.key, r.at["format"] = kind, "format", line
		return nil
	case "skip":
		n = len(r.b.Skips)
		r.b.Skips = append(r.b.Skips, Skip{})
	case "patch":
		n = len(r.b.Patches)
		r.b.Patches = append(r.b.Patches, Entry{})
	case "closed":
		n = len(r.b.Closed)
		r.b.Closed = append(r.b.Closed, Closed{})
	case "file":
		n = len(r.b.Files)
		r.b.Files = append(r.b.Files, Written{})
	default:
		return &ParseError{line, fmt.Sprintf("a paragraph starts with %q, expected skip, patch, closed or file", kind)}
	}
	r.kind, r.key = kind, fmt.Sprintf("%s.%d", kind, n)
	r.at[r.key] = line
	return nil
}

// field reads one line of the paragraph.
func (r *oldReader) field(name, value string, line int) error {
	unknown := func() error {
		return &ParseError{line, fmt.Sprintf("unknown field %q after %q", name, r.kind)}
	}
	switch b := r.b; r.kind {
	case "svcjify-batch":
		s := &b.Settings
		switch name {
		case "svcjify-batch":
			if value != "1" {
				return wrongFormat(line, strconv.Quote(value))
			}
		case "tree":
			s.Tree = value
		case "path":
			s.Paths = append(s.Paths, value)
		case "base":
			s.Base = value
		case "flag":
			s.Flags = append(s.Flags, value)
		case "author":
			s.Author = value
		case "date":
			s.Date = value
		case "pr":
			s.PR = value
		default:
			return unknown()
		}
	case "skip":
		s := &b.Skips[len(b.Skips)-1]
		switch name {
		case "skip":
			s.What = value
		case "because":
			s.Because = value
		default:
			return unknown()
		}
	case "closed":
		c := &b.Closed[len(b.Closed)-1]
		switch name {
		case "closed":
			c.Change = value
		case "as":
			c.As = Status(value)
		case "because":
			c.Because = value
		default:
			return unknown()
		}
	case "file":
		if !b.Files[len(b.Files)-1].oldField(name, value) {
			return unknown()
		}
	case "patch":
		ok, err := b.Patches[len(b.Patches)-1].oldField(name, value, line)
		if err != nil {
			return err
		}
		if !ok {
			return unknown()
		}
	}
	r.at[r.key+"."+name] = line
	return nil
}

// oldField reads a field of a file; it reports false for one that is unknown.
func (w *Written) oldField(name, value string) bool {
	switch name {
	case "file":
		w.Name = value
	case "sum":
		if value != "gone" {
			w.Sum = value
		}
	case "before":
		w.Before = value
	default:
		return false
	}
	return true
}

// oldField reads a field of a patch; it reports false for one that is unknown.
func (e *Entry) oldField(name, value string, line int) (bool, error) {
	switch name {
	case "patch":
		e.Change = value
	case "maintainer":
		e.Maintainer = value
	case "series":
		n, total, _ := strings.Cut(value, "/")
		var err, err2 error
		e.Number, err = strconv.Atoi(n)
		e.Total, err2 = strconv.Atoi(total)
		if err != nil || err2 != nil || e.Number < 1 || e.Number > e.Total {
			return false, &ParseError{line, fmt.Sprintf("series is %.60q, expected such as 2/5", value)}
		}
	case "mends":
		e.Declared = value == "yes"
	case "service":
		e.Answers = append(e.Answers, value)
	case "port":
		e.Ports = append(e.Ports, value)
	case "edit", "bump":
		old, rest, _ := strings.Cut(value, " ")
		now, name2, _ := strings.Cut(rest, " ")
		if !hexBlob.MatchString(old) || !hexBlob.MatchString(now) {
			return false, &ParseError{line, fmt.Sprintf("%s is %.60q, expected two object names and a path", name,
				value)}
		}
		e.Edits = append(e.Edits, Edit{name2, old, now, name == "bump"})
	default:
		return e.Written.oldField(name, value), nil
	}
	return true, nil
}
