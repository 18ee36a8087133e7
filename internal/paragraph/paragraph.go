// Package paragraph reads texts that people write by hand as paragraphs of
// "field: value" lines. A line that starts with a blank continues the one above, "#" starts a
// comment line, and an empty line ends the paragraph.
package paragraph

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// A Field is one "field: value", the lines that continue it joined by single blanks.
type Field struct {
	Name, Value string
	// Line is where it starts, from 1.
	Line int
	// First says that a paragraph begins with it.
	First bool
}

// An Error is a line that is no field.
type Error struct {
	Line int
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// Read calls each for every field, in order, and ends with its first error. A line that can't be read is
// an *Error.
func Read(text string, each func(Field) error) error {
	var f Field
	open := false // whether a paragraph is
	flush := func() error {
		if f.Name == "" {
			return nil
		}
		done := f
		f = Field{}
		return each(done)
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		switch {
		case strings.HasPrefix(line, "#"):
			continue
		case strings.TrimSpace(line) == "":
			if err := flush(); err != nil {
				return err
			}
			open = false
			continue
		case line[0] == ' ' || line[0] == '\t':
			if f.Name == "" {
				return &Error{n, "a continuation line without a field before it"}
			}
			f.Value += " " + strings.TrimSpace(line)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return &Error{n, fmt.Sprintf("found %q, expected \"field: value\"", message.Clip(line, 60))}
		}
		f = Field{name, strings.TrimSpace(value), n, !open}
		open = true
	}
	return flush()
}
