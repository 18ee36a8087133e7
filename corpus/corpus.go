// Package corpus says where services come from: it finds every rc.d service of
// a FreeBSD ports tree (or of a plain directory of rc.d scripts) without
// running make, and tells which ports install it.
//
// It reads through io/fs only, so the same code serves a directory, a git
// revision and a git index.
package corpus

import (
	"io/fs"
	"path/filepath"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// A Corpus is what was asked for: the services of one or more trees, and what
// went wrong while looking for them.
type Corpus struct {
	// Trees holds each tree that was opened, in the order of the arguments.
	Trees []*Tree
	// Services is sorted by tree, template path and name. A service stands
	// here once, however many ports install it.
	Services []*Service
	// Problems is what could not be read or made sense of, sorted by path and
	// line. A problem never ends the run.
	Problems []Problem
}

// A Tree is one root under which services were looked for.
type Tree struct {
	// FS is rooted at the top of the ports tree, or at the plain directory.
	FS fs.FS
	// Dir is what to put before a path in FS so that the person who typed the
	// command recognises it: "/usr/ports", "..", or "." for the current directory.
	Dir string
	// Scripts is true for a plain directory of rc.d scripts, as installed or
	// as in the base system's source, with no ports around them.
	Scripts bool
}

// Rel gives the path in the tree of a path of the system, if it leads there by its name.
func (t *Tree) Rel(name string) (string, bool) {
	top, err := filepath.Abs(t.Dir)
	if err != nil {
		return "", false
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(top, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// A Port is one port directory.
type Port struct {
	// Origin is category/port, as in pkg-query(8)'s %o.
	Origin string
	// Make is what the port's Makefile says, read without running it.
	Make *makefile.Port
}

// A Service is one installed rc.d name with the template it comes from.
type Service struct {
	Tree *Tree
	// Name is the file's name in rc.d after installation: USE_RC_SUBR's word
	// with a trailing ".sh" stripped, as bsd.port.mk does it.
	Name string
	// Template is the script's path in Tree.FS, such as "dns/knot3/files/knot.in".
	// It is empty where USE_RC_SUBR names a script that has no template: a
	// Problem says so.
	Template string
	// ByHand is true where no port installs it by USE_RC_SUBR: the template stands
	// in SUB_FILES, and a target of the port's own puts the script into rc.d.
	ByHand bool
	// Ports is every port that installs the template under this name, sorted by origin.
	// It is empty in a plain directory of scripts. A change of the template
	// changes the package of each of them.
	Ports []*Port
	// Condition says what must be chosen for the service to be installed, such
	// as `option RELAY` or `flavor nox11`; empty where the default options and
	// flavour install it.
	Condition string
	// Conditions says the same for each of Ports: one port may install by
	// default what another installs under an option.
	Conditions []string
}

// A ProblemKind says which of the port's own house rules a Problem is about.
type ProblemKind int

const (
	// Unreadable: a file or directory that exists could not be read, is too
	// large, is not text, is a symlink that leaves the tree, or is not a regular file.
	Unreadable ProblemKind = iota
	// BadMakefile: a Makefile that cannot be evaluated: a loop of includes,
	// nesting without end, an unterminated .if, an absurd size.
	BadMakefile
	// TemplateMissing: USE_RC_SUBR names a script for which no template stands in FILESDIR.
	TemplateMissing
	// NotInstalled: a template of an rc.d script stands in a port's files
	// directory and no port installs it.
	NotInstalled
	// NoTemplate: the port installs an rc.d script that does not come from a
	// template of the tree (upstream's own, or made by the Makefile).
	NoTemplate
)

// A Problem is something that could not be read or made sense of.
type Problem struct {
	Tree *Tree
	Kind ProblemKind
	// Path is in Tree.FS; Line counts from 1, 0 where there is none.
	Path string
	Line int
	// Origin is the port concerned, if one is.
	Origin string
	// Text says what was found and what was expected; Hint what to do.
	Text, Hint string
}
