package config

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// An Error is one fault of a configuration.
type Error struct {
	Path string
	// Line counts from 1; 0 where the fault has none.
	Line       int
	Text, Hint string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Path + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text)
}

// Errors is several faults in the order of the file.
type Errors []*Error

func (e Errors) Error() string {
	var lines []string
	for _, x := range e {
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each of them.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, x := range e {
		out[i] = x
	}
	return out
}

// didYouMean names the nearest known word, and else all of them where they are few.
func didYouMean(word string, known []string) string {
	if near := message.OnlyNearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) > 0 && len(known) < 15 {
		return "known are " + strings.Join(known, ", ")
	}
	return ""
}
