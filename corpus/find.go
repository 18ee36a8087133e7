package corpus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// A Query is what a person asks for.
type Query struct {
	// Args are paths, and where no file has that name: origins (net/socat), names
	// of services or ports, and globs of those. None is the current directory,
	// or all of Tree.
	Args []string
	// Tree is the top of the tree; "" where it is to be found.
	Tree string
	// PortsDir is the tree that names are looked for in where neither Tree nor
	// the current directory is one; "" for none.
	PortsDir string
}

// A Target is a tree and what of it is asked for. The tree has not been read.
type Target struct {
	Tree *Tree
	// Parts are paths in the tree; "." is all of it.
	Parts []string
	// Names are origins, names and globs that are to be found in the tree.
	Names []string

	given string // the first argument
}

// Find finds the trees that the arguments are about. An argument that names
// nothing is an *OpenError of the list; the others count all the same. A name
// that is no path is looked up by Load.
func Find(ctx context.Context, q Query) (targets []*Target, wrong []error) {
	f := finder{ctx: ctx, query: q}
	if q.Tree != "" {
		info, err := statPath(q.Tree)
		if err == nil && !info.IsDir() {
			err = errors.New("is not a directory")
		}
		if err != nil {
			return nil, []error{&OpenError{Path: q.Tree, Text: message.Reason(err).Error(), Err: err,
				Hint: "--tree takes the top of a ports tree"}}
		}
		abs, err := filepath.Abs(q.Tree)
		if err != nil {
			return nil, []error{&OpenError{Path: q.Tree, Text: err.Error(), Err: err}}
		}
		real := realPath(abs, true)
		f.tree = newTree(real, shownDir(abs, real, real), false)
	}
	args := q.Args
	if len(args) == 0 {
		if f.tree != nil {
			f.add(f.tree, ".", "", q.Tree)
			return f.targets, nil
		}
		args = []string{"."}
	}
	for _, a := range args {
		if err := ctx.Err(); err != nil {
			return nil, []error{err}
		}
		if err := f.argument(a); err != nil {
			wrong = append(wrong, err)
		}
	}
	return f.targets, wrong
}

type finder struct {
	ctx     context.Context
	query   Query
	tree    *Tree // --tree
	targets []*Target
}

// add adds a part or a name to the target of a tree.
func (f *finder) add(t *Tree, part, name, given string) {
	i := slices.IndexFunc(f.targets, func(x *Target) bool {
		return x.Tree.Root == t.Root &&
			x.Tree.Scripts == t.Scripts
	})
	if i < 0 {
		i, f.targets = len(f.targets), append(f.targets, &Target{Tree: t, given: given})
	}
	x := f.targets[i]
	if part != "" && !slices.Contains(x.Parts, part) {
		x.Parts = append(x.Parts, part)
	}
	if name != "" {
		x.Names = append(x.Names, name)
	}
}

// argument finds what one argument is.
func (f *finder) argument(given string) error {
	if given == "" {
		return f.name(given, fs.ErrNotExist)
	}
	abs, err := filepath.Abs(given)
	if err != nil {
		return &OpenError{Path: given, Text: "cannot be made absolute: " + err.Error(), Hint: hintPaths, Err: err}
	}
	info, err := statPath(abs)
	if err != nil {
		// A link that leads nowhere may still be a template, with a problem.
		if li, lerr := lstatFile(abs); lerr != nil || li.Mode()&fs.ModeSymlink == 0 {
			return f.name(given, err)
		}
	}
	isDir := info != nil && info.IsDir()
	real := realPath(abs, isDir)
	if f.tree != nil {
		part, ok := within(f.tree.Root, real)
		if !ok {
			return &OpenError{Path: given, Text: "is not in the tree " + f.query.Tree + " that --tree names",
				Hint: "name a part of that tree, or leave --tree out"}
		}
		f.add(f.tree, part, "", given)
		return nil
	}
	start := real
	if !isDir {
		start = filepath.Dir(real)
	}
	base := "."
	if !isDir {
		base = filepath.Base(real)
	}
	root := findRoot(start)
	part, ok := within(root, real)
	if !ok {
		return &OpenError{Path: given, Text: "cannot be placed in " + root, Hint: hintPaths}
	}
	if alone(f.ctx, root, start, isDir) {
		f.add(newTree(start, shownDir(dirOfArg(abs, isDir), start, start), true), base, "", given)
		return nil
	}
	f.add(newTree(root, shownDir(abs, real, root), false), part, "", given)
	return nil
}

func dirOfArg(abs string, isDir bool) string {
	if isDir {
		return abs
	}
	return filepath.Dir(abs)
}

// alone tells whether a path is an rc.d script or a directory of them with no
// port around or below it.
func alone(ctx context.Context, root, start string, isDir bool) bool {
	g := guardDir(root)
	rel, _ := within(root, start)
	for dir := rel; ; dir = path.Dir(dir) {
		if isPort(g, dir) {
			return false
		}
		if dir == "." {
			break
		}
	}
	if !isDir { // else Load tells whether a port installs it
		return !hasFramework(g, ".") && !anyPort(ctx, g, ".")
	}
	return holdsScripts(g, rel) && !anyPort(ctx, g, rel)
}

// name notes an argument that is no path; err says why.
func (f *finder) name(given string, err error) error {
	fail := func(text, hint string) error { return &OpenError{Path: given, Text: text, Hint: hint, Err: err} }
	if errors.Is(err, fs.ErrPermission) {
		return fail("must not be read (permission denied)", "run svcjify as a user who may read it")
	}
	if given == "" || filepath.IsAbs(given) || strings.HasPrefix(given, ".") || strings.HasSuffix(given, "/") ||
		strings.Count(given, "/") > maxDepth {
		if errors.Is(err, fs.ErrNotExist) {
			return fail("does not exist: expected a file or directory", "check the path's spelling; "+hintPaths)
		}
		return fail("cannot be read: "+message.Reason(err).Error(), hintPaths)
	}
	t := f.tree
	if t == nil {
		t = f.around()
	}
	if t == nil {
		return fail("is not a file or directory, and the current directory is in no ports tree to look for that name in",
			"name the tree with --tree, or go there; "+hintPaths)
	}
	if _, err := t.FS.(*guarded).Lstat(path.Clean(given)); err == nil {
		f.add(t, path.Clean(given), "", given)
		return nil
	}
	if _, err := path.Match(given, ""); err != nil {
		return fail("is not a pattern: "+err.Error(), "a glob has * ? and [a-z], and a bracket ends")
	}
	f.add(t, "", given, given)
	return nil
}

// around is the tree of the current directory, else the one that PortsDir names.
func (f *finder) around() *Tree {
	if cwd, err := os.Getwd(); err == nil {
		real := realPath(cwd, true)
		root := findRoot(real)
		if g := guardDir(root); holdsFramework(root) || anyPortWithin(f.ctx, g, ".", 2) ||
			repositoryAt(root) && anyPort(f.ctx, g, ".") {
			return newTree(root, shownDir(cwd, real, root), false)
		}
	}
	if f.query.PortsDir != "" && holdsFramework(f.query.PortsDir) {
		if abs, err := filepath.Abs(f.query.PortsDir); err == nil {
			real := realPath(abs, true)
			return newTree(real, shownDir(abs, real, real), false)
		}
	}
	return nil
}

// In gives the same target in another state of the tree, such as a revision.
func (x *Target) In(fsys fs.FS) *Target {
	t := *x.Tree
	g := guardFS(fsys)
	if old, ok := x.Tree.FS.(*guarded); ok && old.portsdir != nil {
		g = &guarded{base: g, portsdir: old.portsdir, known: map[string]resolved{".": {real: "."}}}
	}
	t.FS = g
	return &Target{Tree: &t, Parts: x.Parts, Names: x.Names, given: x.given}
}

// check finds what is wrong with the parts of a target.
func (x *Target) check() error {
	g := guardFS(x.Tree.FS)
	for _, p := range x.Parts {
		if !fs.ValidPath(p) {
			return &OpenError{Path: p, Text: "leads out of the tree: expected a path in " + x.Tree.Dir, Hint: hintPaths}
		}
		if _, err := g.Lstat(p); err != nil && p != "." {
			return &OpenError{Path: x.Tree.Shown(p),
				Text: "is not there: expected a file or directory of " + x.Tree.Dir,
				Hint: hintPaths, Err: err}
		}
	}
	return nil
}

// notFound is a name that fits nothing in a tree.
func (l *loader) notFound(name string, services []*Service) error {
	var known []string
	for _, s := range l.scans {
		known = append(known, s.dir, path.Base(s.dir))
		if r := l.evaluated[s.dir]; r != nil && r.err == nil {
			known = append(known, r.port.Origin)
		}
	}
	for _, s := range services {
		known = append(known, s.Name)
	}
	where := l.tree.Dir
	if where == "." {
		where = "this tree"
	}
	e := &OpenError{Path: name,
		Text: "is not a file or directory, and no port or service of " + where + " has that name",
		Hint: "svcjify list shows the services; " + hintPaths}
	if near := message.Nearest(name, known); len(near) > 0 {
		e.Hint = fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
	}
	return e
}
