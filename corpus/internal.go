package corpus

import (
	"fmt"
	"path"
	"runtime/debug"
)

// An internalError is a fault of svcjify's own, with the stack where it happened.
type internalError struct {
	what  any
	stack []byte
}

func newInternal(p any) *internalError {
	if e, ok := p.(*internalError); ok {
		return e
	}
	return &internalError{p, debug.Stack()}
}

func (e *internalError) Error() string { return fmt.Sprint(e.what) }

// problem says that a port could not be looked at.
func (e *internalError) problem(dir string) Problem {
	return Problem{Kind: Internal, Path: path.Join(dir, "Makefile"), Origin: dir, Text: e.Error(),
		Stack: string(e.stack)}
}

// guard looks at one port: a fault of ours costs this port, and not the run.
func (l *loader) guard(dir string, look func()) {
	defer func() {
		if p := recover(); p != nil {
			e := newInternal(p)
			l.problem(e.problem(dir))
			if r := l.evaluated[dir]; r != nil && r.err == nil {
				r.err = e
			}
		}
	}()
	look()
}
