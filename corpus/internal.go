package corpus

import (
	"path"

	"github.com/svcjify/svcjify/internal/parallel"
)

// internalProblem says that a fault of svcjify's own ended the reading of a port.
func internalProblem(p *parallel.Panic, dir string) Problem {
	return Problem{Kind: Internal, Path: path.Join(dir, "Makefile"), Origin: dir, Text: p.Error(),
		Stack: string(p.Stack)}
}

// guard calls read for one port: a fault of ours costs this port, and not the run.
func (l *loader) guard(dir string, read func()) {
	defer func() {
		if p := parallel.Caught(recover()); p != nil {
			l.problem(internalProblem(p, dir))
			if r := l.evaluated[dir]; r != nil && r.err == nil {
				r.err = p
			}
		}
	}()
	read()
}
