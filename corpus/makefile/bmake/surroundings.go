package bmake

import (
	"io/fs"
	"path"
	"strings"
)

// Surroundings are what a Makefile does not say itself: the framework that it is written for.
type Surroundings interface {
	// Builtin finds a variable that no line has set.
	Builtin(name string) Found
	// SetLater tells a variable that has no value yet, and that the framework will set.
	SetLater(name string) bool
	// Knob tells a variable that people set in make.conf(5) from a Makefile's own.
	Knob(name string) bool
	// Path turns a path as the Makefiles see it into one of the file system; ok is false for what lies
	// outside of it.
	Path(p string) (name string, ok bool)
	// Include does what including a file of the framework does; done is false for any other file.
	Include(name string) (done bool, err *Error)
	// Modelled tells a file of the framework that is not read when it is included.
	Modelled(name string) bool
	// Lacks tells whether a file that is included and not there is no error, and notes it then.
	Lacks(name string) bool
	// Choice is the name of a Guard in words.
	Choice(name string, on bool) string
	// InWords puts the condition of an .if into words, as it is wanted to come out.
	InWords(condition, variant string, want bool) string
}

// Found is what Lookup knows of a variable.
type Found struct {
	Defined, unknown bool
	// Nested says that text may hold references, or that there is more.
	Nested bool
	Text   string
	More   []Piece
	Deps   Depends
	// Convert changes the expanded text, where that is simpler than modifiers.
	Convert func(string) string
}

// Lookup finds a variable among those that were set, then among what make and the
// framework define by now.
func (e *Evaluation) Lookup(name string) Found {
	if v, ok := e.Vars[name]; ok {
		return Found{Defined: true, unknown: v.unknown, Deps: v.Deps, Text: v.First.Text, More: v.more,
			Nested: len(v.more) > 0 || strings.IndexByte(v.First.Text, '$') >= 0}
	}
	return e.known(name)
}

// known finds a variable that make itself or the framework defines.
func (e *Evaluation) known(name string) Found {
	switch name {
	case ".newline":
		return Found{Defined: true, Text: "\n"}
	case ".TARGETS", "MAKEFLAGS":
		return Found{Defined: true}
	case ".MAKE.LEVEL":
		return Found{Defined: true, Text: "0"}
	case "MAKE":
		return Found{Defined: true, Text: "make"}
	case ".CURDIR", ".OBJDIR":
		return Found{Defined: true, Text: e.Curdir}
	case ".PARSEDIR", ".PARSEFILE":
		// Only while a file is read.
		switch {
		case e.Here == nil:
			return Found{}
		case name == ".PARSEDIR":
			return Found{Defined: true, Text: path.Join(e.root, e.Here.dir)}
		}
		return Found{Defined: true, Text: path.Base(e.Here.path)}
	}
	return e.around.Builtin(name)
}

// exists is the condition's function: what is in the file system can be told; of the
// host nothing is known, so its files do not exist by default.
func (e *Evaluation) exists(p string) (Truth, Depends) {
	rel, ok := e.around.Path(p)
	if !ok || p == "" {
		return noTruth, OnHost
	}
	_, err := fs.Stat(e.files.fsys, rel)
	return TruthOf(err == nil), 0
}
