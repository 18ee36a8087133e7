// Package testsh finds the sh(1) that the comparisons with a real shell run:
// it is for tests only, and the tool itself runs no shell.
package testsh

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Usage describes the test flag -shell, which takes its default from Variable.
const (
	Usage    = "the `sh(1)` to compare with; SVCJIFY_SH gives it as well"
	Variable = "SVCJIFY_SH"
)

// A Shell is a program that understands sh(1)'s language.
type Shell struct {
	Path string // absolute
	Kind string // sh is FreeBSD's own; any other has the name of its file
}

// FreeBSD reports whether it is FreeBSD's own, as the system has it or built elsewhere.
func (s Shell) FreeBSD() bool { return s.Kind == "sh" }

// Find is the shell of the path; without one it is sh(1) where that is FreeBSD's own, else dash.
func Find(path string) (Shell, error) {
	switch {
	case path != "":
	case runtime.GOOS == "freebsd":
		path = "/bin/sh"
	default:
		p, err := exec.LookPath("dash")
		if err != nil {
			return Shell{}, err
		}
		path = p
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return Shell{}, err
	}
	if out, err := exec.Command(path, "-c", "exit 0").CombinedOutput(); err != nil {
		return Shell{}, fmt.Errorf("%s: this is no shell (given by -shell or %s): %w: %s", path, Variable, err, out)
	}
	if exec.Command(path, "-c", `setvar x y && [ "$x" = y ]`).Run() == nil { // only FreeBSD's has setvar
		return Shell{path, "sh"}, nil
	}
	return Shell{path, filepath.Base(path)}, nil
}
