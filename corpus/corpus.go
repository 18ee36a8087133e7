// Package corpus says where services come from: it finds every rc.d service of
// a FreeBSD ports tree (or of a plain directory of rc.d scripts) without
// running make, and tells which ports install it.
//
// It reads through io/fs only, so the same code serves a directory, a git
// revision and a git index.
package corpus

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// A Corpus is what was asked for: the services of one or more trees, and what
// went wrong while looking for them.
type Corpus struct {
	// Trees holds each tree that was opened, in the order of the arguments.
	Trees []*Tree
	// Ports counts the ports that were asked for, with services or without.
	Ports int
	// Services is sorted by tree, template path and name. A service stands
	// here once, however many ports install it.
	Services []*Service
	// Problems is what could not be read or made sense of, sorted by path and
	// line. A problem never ends the run.
	Problems []Problem
	// Wrong has an *OpenError for each name that fits no port and no service, and
	// for each category to narrow to that no port is in.
	Wrong []error

	categories map[string]bool // of the ports that were seen
}

// A Tree is one root under which services were looked for. The paths of
// services, ports and problems are in FS.
type Tree struct {
	// FS is rooted at the top of the ports tree, or at the plain directory.
	FS fs.FS
	// Root is that directory of the system, without links; "" where there is none.
	Root string
	// Dir is what to put before a path in FS for people: relative to the current
	// directory where one lies in the other, else as it was typed.
	Dir string
	// At is the current directory in FS, where that lies in the tree; else "".
	At string
	// Repository is the top of the git repository around it, "" for none, and
	// Inner the way from there to Root, "." for the same or without one.
	Repository, Inner string
	// Prefix is Inner, but for a repository within another that is looked at from
	// the outer one: there it is the way from the outer one's top.
	Prefix string
	// PortsDir is the ports tree that this one stands on; "" for none.
	PortsDir string
	// Scripts is true for a plain directory of rc.d scripts, as installed or
	// as in the base system's source, with no ports around them.
	Scripts bool

	seen *survey        // what evaluations have told
	make *makefile.Tree // that its ports were read by, once they are
}

// Assumed is what the tree's Mk/ does not say of the framework, and was needed so far: the
// versions of languages that FreeBSD's tree has were taken.
func (t *Tree) Assumed() []makefile.Assumption {
	if t.make == nil {
		return nil
	}
	return t.make.Assumed()
}

// Shown is a path of the tree as people see it, from the current directory.
func (t *Tree) Shown(name string) string {
	switch rest, other := strings.CutPrefix(name, makefile.BaseDir+"/"); {
	case t == nil:
		return name
	case other && t.PortsDir != "":
		return path.Join(t.PortsDir, rest)
	case t.At != "" && t.At != ".":
		if rel, err := filepath.Rel(filepath.FromSlash(t.At), filepath.FromSlash(name)); err == nil {
			return filepath.ToSlash(rel)
		}
		return path.Join(t.Dir, name)
	case t.Dir == "" || t.Dir == ".":
		return name
	}
	return path.Join(t.Dir, name)
}

// Stable is a path of the tree as machines see it, wherever the command is
// typed: from the top of the git repository that is looked at, or else from the
// tree's root.
func (t *Tree) Stable(name string) string {
	switch {
	case t == nil || t.Prefix == "":
		return name
	case t.Elsewhere(name): // in another tree, which has a place of its own
		return t.Shown(name)
	}
	return path.Join(t.Prefix, name)
}

// StableFrom says where the paths of Stable begin: "repository" for the top of
// the git repository, "tree" for the tree's root.
func (t *Tree) StableFrom() string {
	switch {
	case t == nil || t.Root == "":
		return ""
	case t.Repository != "":
		return "repository"
	}
	return "tree"
}

// InRepository is a path of the tree as git sees it: from the top of the
// repository that the file is in, or else from the tree's root.
func (t *Tree) InRepository(name string) string {
	if t == nil || t.Inner == "" {
		return t.Stable(name)
	}
	return path.Join(t.Inner, name)
}

// Elsewhere tells whether a path leads into the tree that this one stands on,
// where nothing is changed.
func (t *Tree) Elsewhere(name string) bool { return strings.HasPrefix(name, makefile.BaseDir+"/") }

// Rel gives the path in the tree of a path of the system, if it leads there.
func (t *Tree) Rel(name string) (string, bool) {
	top, err := filepath.Abs(t.Dir)
	if err != nil {
		return "", false
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	if rel, ok := within(top, abs); ok {
		return rel, true
	}
	if t.Root == "" {
		return "", false
	}
	info, err := statPath(abs)
	return within(t.Root, realPath(abs, err == nil && info.IsDir()))
}

// A Port is one port directory.
type Port struct {
	// Dir is its directory in Tree.FS, "." for a tree that is one port.
	Dir string
	// Origin is category/port, as in pkg-query(8)'s %o: what the port is called,
	// wherever its directory lies. Where two ports of a tree would have the same,
	// it is the directory.
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
	// It is empty where the script comes from elsewhere, such as the program's
	// own sources: a Problem says so.
	Template string
	// ByHand is true where no port installs it by USE_RC_SUBR: a target of the
	// port's own puts the script into rc.d.
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
	// Fileless is true for a text that no file holds, such as standard input: no
	// command can be told to look at it again.
	Fileless bool
}

// Origin is the port a service is listed under: the one whose directory holds
// the template, else the first that installs it; "" for a plain script.
func (s *Service) Origin() string {
	if p := s.Port(); p != nil {
		return p.Origin
	}
	return ""
}

// Port is the port of Origin, nil for a plain script.
func (s *Service) Port() *Port {
	if len(s.Ports) == 0 {
		return nil
	}
	for _, p := range s.Ports {
		if p.Dir == "." || strings.HasPrefix(s.Template, p.Dir+"/") {
			return p
		}
	}
	return s.Ports[0]
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
	// Elsewhere: files that ports read are in the tree that this one stands on,
	// and nobody said where that is.
	Elsewhere
	// Internal: a fault of svcjify's own (a panic) while it looked at a port.
	Internal
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
	// Stack is where an Internal one happened.
	Stack string
}
