package corpus

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// An OpenError says why what was asked for gives no corpus, and what to do.
type OpenError struct {
	// Path is as it was given.
	Path string
	// Text says what was found and what was expected; Hint what to do.
	Text, Hint string
	// Err is the cause, if there is one.
	Err error
}

func (e *OpenError) Error() string { return e.Path + ": " + e.Text }

func (e *OpenError) Unwrap() error { return e.Err }

const hintPaths = "name a ports tree, a category, a port, its origin, a service, a template in files/, " +
	"or a directory of rc.d scripts"

// Open finds the services of what the arguments name, as Find and Load do. The
// error is the first that Find or Load gives, if it gives any.
func Open(args []string) (*Corpus, error) {
	targets, wrong := Find(context.Background(), Query{Args: args})
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	c, err := Load(context.Background(), targets, Narrow{})
	if err == nil && len(c.Wrong) > 0 {
		err = c.Wrong[0]
	}
	return c, err
}

// A Narrow leaves out services, before anything is made of them.
type Narrow struct {
	// Categories are those that count, by the first part of origins; none for all.
	Categories []string
	// Keep tells which of the services count; nil for all.
	Keep func(*Service) bool
}

// Load finds the services of targets. A part of a tree is read with the tree
// around it, since other ports may install the same template. Targets that
// overlap give each service once.
//
// The error is an *OpenError where there is nothing to look at: no port, no
// script. What goes wrong within a tree is in Problems instead, and a name that
// fits nothing in Wrong.
//
// When the context ends, so does the reading, and the error is the context's.
func Load(ctx context.Context, targets []*Target, narrow Narrow) (*Corpus, error) {
	c := &Corpus{categories: make(map[string]bool)}
	for _, x := range targets {
		if err := x.check(); err != nil {
			return nil, err
		}
		err := c.open(ctx, x, narrow)
		if ctx.Err() != nil {
			err = fmt.Errorf("while the tree %s was read, before any service was judged: %w", x.Tree.Dir, ctx.Err())
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range narrow.Categories {
		if !c.categories[name] {
			e := &OpenError{Path: name, Text: "is the category of no port that was looked at",
				Hint: "name a directory of the tree that holds ports"}
			if near := message.Nearest(name, slices.Sorted(maps.Keys(c.categories))); len(near) > 0 {
				e.Hint = "did you mean " + strings.Join(near, " or ") + "?"
			}
			c.Wrong = append(c.Wrong, e)
		}
	}
	c.Problems = sortProblems(c.Problems, c.Trees)
	return c, nil
}

// OpenTemplate finds the services that the port around a template installs from
// it, without a look at any other port: an editor that asks at each change can't
// wait for the whole tree. What other ports make of the template Open tells.
// There may be no service, and in a ports tree no file of the name yet. The
// error is as Open's.
func OpenTemplate(name string) (*Corpus, error) {
	target, err := templateTarget(name)
	if err != nil {
		return nil, err
	}
	c := &Corpus{Trees: []*Tree{target.Tree}}
	if target.Tree.Scripts {
		c.Trees = nil
		err = c.open(context.Background(), target, Narrow{})
		return c, err
	}
	g := target.Tree.FS.(*guarded)
	part := target.Parts[0]
	port := portAround(g, path.Dir(part))
	if port == "" {
		return c, nil
	}
	l := newLoader(context.Background(), target.Tree, g)
	l.only = port
	list := l.load(newSelection([]string{part}, l))
	c.Services = slices.DeleteFunc(list, func(s *Service) bool { return s.Template != part })
	c.Problems = slices.DeleteFunc(l.problems, func(p Problem) bool { return p.Path != part })
	c.Problems = sortProblems(c.Problems, c.Trees)
	return c, nil
}

// templateTarget finds a file that need not be there yet.
func templateTarget(name string) (*Target, error) {
	targets, wrong := Find(context.Background(), Query{Args: []string{name}})
	if len(wrong) == 0 && len(targets[0].Parts) > 0 {
		return targets[0], nil
	}
	abs, err := filepath.Abs(name)
	if err == nil {
		real := realPath(abs, false)
		root := findRoot(filepath.Dir(real))
		if part, ok := within(root, real); ok && portAround(guardDir(root), path.Dir(part)) != "" {
			return &Target{Tree: newTree(root, shownDir(abs, real, root), false), Parts: []string{part}}, nil
		}
	}
	if len(wrong) == 0 {
		return nil, &OpenError{Path: name, Text: "is not there", Err: fs.ErrNotExist}
	}
	return nil, wrong[0]
}

// portAround is the port that a directory lies in; "" for none.
func portAround(g *guarded, dir string) string {
	for ; ; dir = path.Dir(dir) {
		if isPort(g, dir) {
			return dir
		}
		if dir == "." {
			return ""
		}
	}
}

// OpenFS finds the services of a file system whose root is the top of a ports
// tree (a git revision or index, say), or a directory of rc.d scripts. Dir is what
// to put before its paths in messages. Within names parts of the tree; none is
// all of it.
func OpenFS(fsys fs.FS, dir string, within ...string) (*Corpus, error) {
	g := guardFS(fsys)
	x := &Target{Tree: &Tree{FS: g, Dir: dir, Prefix: ".",
		Scripts: holdsScripts(g, ".") && !anyPort(context.Background(), g, ".")}, given: dir}
	for _, w := range within {
		x.Parts = append(x.Parts, path.Clean(filepath.ToSlash(w)))
	}
	if len(x.Parts) == 0 {
		x.Parts = []string{"."}
	}
	return Load(context.Background(), []*Target{x}, Narrow{})
}

// open adds one tree.
func (c *Corpus) open(ctx context.Context, x *Target, narrow Narrow) error {
	t, g := x.Tree, guardFS(x.Tree.FS)
	t.FS = g
	c.Trees = append(c.Trees, t)
	if t.Scripts {
		want := x.Parts
		if slices.Contains(want, ".") {
			want = nil
		}
		list, problems, err := scriptsIn(t, g, want)
		if err != nil {
			return &OpenError{Path: x.given, Text: "cannot be listed: " + message.Reason(err).Error(),
				Hint: hintPaths, Err: err}
		}
		c.add(list, problems, narrow)
		return nil
	}
	l := newLoader(ctx, t, g)
	t.make = l.make
	l.scanTree()
	if err := ctx.Err(); err != nil {
		return err
	}
	var parts, loose []string
	var wrong []error
	for _, p := range x.Parts {
		switch {
		case l.holdsPort(p):
			parts = append(parts, p)
		case p != "." && l.fileAt(p) && l.isTemplate(p):
			loose = append(loose, p)
		default:
			wrong = append(wrong, l.noPort(p))
		}
	}
	sel := newSelection(parts, l)
	sel.files = append(sel.files, loose...)
	sel.categories = narrow.Categories
	wrong = append(wrong, l.named(sel, x.Names)...)
	if len(wrong) > 0 && sel.empty() {
		if len(wrong) == 1 {
			return wrong[0]
		}
		c.Wrong = append(c.Wrong, wrong...)
		return nil
	}
	c.Wrong = append(c.Wrong, wrong...)
	list := l.load(sel)
	for _, s := range l.scans {
		dir := path.Dir(s.dir)
		if r := l.evaluated[s.dir]; r != nil && r.err == nil {
			category, _, _ := strings.Cut(r.port.Origin, "/")
			c.categories[category] = true
		} else if dir != "." {
			c.categories[path.Base(dir)] = true
		}
	}
	inside := l.nestedTargets(x)
	for _, s := range l.scans {
		if sel.port(s.dir) {
			c.Ports++
		}
	}
	c.add(list, l.problems, narrow)
	for _, p := range loose { // a script in no port, which none installs either
		if !slices.ContainsFunc(list, func(s *Service) bool { return s.Template == p }) {
			inside = append(inside, l.looseTarget(x, p))
		}
	}
	for _, in := range inside {
		if err := c.open(ctx, in, narrow); err != nil {
			continue // a repository without ports is nobody's business
		}
	}
	return nil
}

func (c *Corpus) add(list []*Service, problems []Problem, narrow Narrow) {
	if narrow.Keep != nil || len(narrow.Categories) > 0 {
		origins := make(map[string]bool)
		list = slices.DeleteFunc(list, func(s *Service) bool {
			if narrow.Keep != nil && !narrow.Keep(s) {
				return true
			}
			if o := s.Origin(); o != "" {
				category, _, _ := strings.Cut(o, "/")
				if len(narrow.Categories) > 0 && !slices.Contains(narrow.Categories, category) {
					return true
				}
			}
			for _, p := range s.Ports {
				origins[p.Origin] = true
			}
			return false
		})
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Origin != "" && !origins[p.Origin] })
	}
	c.Services = append(c.Services, list...)
	c.Problems = append(c.Problems, problems...)
}

// holdsPort tells whether a part of the tree is a port, lies in one or holds
// one, or holds a tree of its own.
func (l *loader) holdsPort(part string) bool {
	below := func(dir string) bool {
		return part == "." || dir == part || strings.HasPrefix(dir, part+"/")
	}
	return l.portOf(part) != "" || slices.ContainsFunc(l.scans, func(s scan) bool { return below(s.dir) }) ||
		slices.ContainsFunc(l.nested, below) ||
		slices.ContainsFunc(l.problems, func(p Problem) bool { return below(p.Path) })
}

// noPort says that there is none where one was expected.
func (l *loader) noPort(part string) error {
	e := &OpenError{Path: l.tree.Shown(part),
		Text: "holds no port and no rc.d script: expected directories such as net/foo with a Makefile",
		Hint: "check out the ports tree there first; or " + hintPaths}
	if info, err := l.fs.Stat(part); err == nil && !info.IsDir() {
		e.Text, e.Hint = "belongs to no port: expected a file in the directory of a port", hintPaths
	} else if entries, err := l.fs.ReadDir(part); err == nil && len(entries) == 0 {
		e.Text = "is an empty directory: expected a ports tree or rc.d scripts"
	} else if dir := l.scriptsBelow(part); dir != "" {
		e.Text = "holds no port, but rc.d scripts in " + l.tree.Shown(dir)
		e.Hint = "svcjify list " + l.tree.Shown(dir) + " looks at those"
	}
	return e
}

// scriptsBelow finds a directory of rc.d scripts below one without ports.
func (l *loader) scriptsBelow(dir string) string {
	probes := maxProbes
	for level := []string{dir}; len(level) > 0; {
		var next []string
		for _, d := range level {
			if probes--; probes < 0 || l.ctx.Err() != nil {
				return ""
			}
			if holdsScripts(l.fs, d) {
				return d
			}
			entries, _ := l.fs.ReadDir(d)
			for _, e := range entries {
				if e.IsDir() && !skipped(d, e.Name()) {
					next = append(next, path.Join(d, e.Name()))
				}
			}
		}
		level = next
	}
	return ""
}

// looseTarget is a script for itself.
func (l *loader) looseTarget(x *Target, name string) *Target {
	dir := path.Dir(name)
	t := *x.Tree
	t.Scripts, t.Dir, t.Prefix, t.Root = true, t.Shown(dir), path.Join(t.Prefix, dir), path.Join(t.Root, dir)
	t.Inner = path.Join(t.Inner, dir)
	t.At, _ = within(dir, t.At)
	if l.fs.dir != "" {
		t.FS = guardDir(l.fs.dir + "/" + dir)
	} else if sub, err := fs.Sub(l.fs.base, dir); err == nil {
		t.FS = guardFS(sub)
	}
	return &Target{Tree: &t, Parts: []string{path.Base(name)}, given: t.Dir}
}

// nestedTargets are the trees and repositories that begin below the top, as far
// as they are asked for. Each is a tree of its own.
func (l *loader) nestedTargets(x *Target) []*Target {
	var list []*Target
	for _, dir := range l.nested {
		asked := slices.ContainsFunc(x.Parts, func(p string) bool {
			return p == "." || p == dir || strings.HasPrefix(dir, p+"/")
		})
		if !asked {
			continue
		}
		t := *x.Tree
		t.Dir, t.Prefix, t.Root = t.Shown(dir), path.Join(t.Prefix, dir), path.Join(t.Root, dir)
		t.Inner = path.Join(t.Inner, dir)
		t.At, _ = within(dir, t.At)
		if l.fs.dir != "" {
			t.FS = guardDir(l.fs.dir + "/" + dir)
			if repositoryAt(t.Root) {
				t.Repository, t.Inner = t.Root, "."
			}
		} else if sub, err := fs.Sub(l.fs.base, dir); err == nil {
			t.FS = guardFS(sub)
		}
		list = append(list, &Target{Tree: &t, Parts: []string{"."}, given: t.Dir})
	}
	return list
}
