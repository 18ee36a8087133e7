package bmake

import (
	"fmt"
	"slices"
)

// note keeps an error that does not end the evaluation.
func (e *Evaluation) note(line int, format string, args ...any) {
	if len(e.problems) >= maxProblems {
		e.unkept++
		return
	}
	e.problems = append(e.problems, e.ErrorAt(line, format, args...))
}

// ErrorAt is an error in the file that is being read.
func (e *Evaluation) ErrorAt(line int, format string, args ...any) *Error {
	return &Error{Path: e.HerePath(), Line: line, Text: fmt.Sprintf(format, args...)}
}

// AllProblems is what make would have complained about, with a last one that counts those that were not kept.
func (e *Evaluation) AllProblems() []*Error {
	if e.unkept == 0 {
		return e.problems
	}
	last := e.problems[len(e.problems)-1]
	return append(slices.Clone(e.problems), &Error{Path: last.Path, Line: last.Line,
		Text: fmt.Sprintf("there are %d more such problems in what the Makefile reads", e.unkept)})
}

// An Error says where a Makefile cannot be evaluated, what was found there and
// what was expected.
type Error struct {
	// Path is in the tree; Line counts from 1, 0 where there is none.
	Path string
	Line int
	// Text is lower case and says what was found and what was expected.
	Text string
	// Err is the cause, if there is one: an error of io/fs.
	Err error
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text)
	}
	return fmt.Sprintf("%s: %s", e.Path, e.Text)
}

func (e *Error) Unwrap() error { return e.Err }
