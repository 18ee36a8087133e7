package makefile

import "fmt"

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
