package corpus

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An OpenError says why a path that was asked for gives no corpus, and what to do.
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

const hintPaths = "name the top of a ports tree, a category, a port, a template in files/, or a directory of rc.d scripts"

// Open finds the services of what the paths name: the top of a ports tree, a
// category, a port, a file in one, a plain directory of rc.d scripts, a single
// script; the current directory if there is no path. A part of a ports tree
// is opened with the tree around it, since other ports may install the same
// template. Paths that overlap give each service once.
//
// The error is an *OpenError for a path that names nothing of the kind. What
// goes wrong within a tree is in Problems instead.
func Open(paths []string) (*Corpus, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	type group struct {
		place
		within []string
		given  string
	}
	var groups []*group
	for _, p := range paths {
		pl, err := locatePath(p)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(groups, func(g *group) bool { return g.key == pl.key && g.scripts == pl.scripts })
		if i < 0 {
			groups = append(groups, &group{place: *pl, given: p})
			i = len(groups) - 1
		}
		groups[i].within = append(groups[i].within, pl.within)
	}
	c := &Corpus{}
	for _, g := range groups {
		if err := c.open(guardDir(g.root), g.dir, g.given, g.scripts, g.within); err != nil {
			return nil, err
		}
	}
	c.Problems = sortProblems(c.Problems, c.Trees)
	return c, nil
}

// Locate finds the one ports tree that the paths lie in, without reading it:
// its top, how the user would write that, and the paths within it. OpenFS takes
// the last two for another view of the same tree.
func Locate(paths []string) (root, dir string, within []string, err error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	key := ""
	for i, p := range paths {
		pl, err := locatePath(p)
		switch {
		case err != nil:
			return "", "", nil, err
		case pl.scripts:
			return "", "", nil, &OpenError{Path: p, Text: "is a directory of scripts: expected a ports tree or a part of one", Hint: "name the top of a ports tree, a category, or a port"}
		case i > 0 && pl.key != key:
			return "", "", nil, &OpenError{Path: p, Text: "is in another tree than " + paths[0] + ": expected one tree", Hint: "run svcjify once for each tree"}
		}
		if i == 0 {
			root, dir, key = pl.root, pl.dir, pl.key
		}
		within = append(within, pl.within)
	}
	return root, dir, within, nil
}

// OpenTemplate finds the services that the port around a template installs from
// it, without a look at any other port: an editor that asks at each change can't
// wait for the whole tree. What other ports make of the template Open tells.
// There may be no service, and in a ports tree no file of the name yet. The
// error is as Open's.
func OpenTemplate(name string) (*Corpus, error) {
	pl, err := locatePath(name)
	if errors.Is(err, fs.ErrNotExist) {
		if abs, aerr := filepath.Abs(name); aerr == nil {
			if root, ok := findRoot(filepath.Dir(abs)); ok {
				if within, rerr := filepath.Rel(root, abs); rerr == nil {
					pl, err = newPlace(name, root, filepath.ToSlash(within), false), nil
				}
			}
		}
	}
	if err != nil {
		return nil, err
	}
	c := &Corpus{}
	if pl.scripts {
		err = c.open(guardDir(pl.root), pl.dir, name, true, []string{pl.within})
		return c, err
	}
	g := guardDir(pl.root)
	t := &Tree{FS: g, Dir: pl.dir}
	c.Trees = []*Tree{t}
	parts := strings.SplitN(pl.within, "/", 3)
	if len(parts) < 3 { // not within a port
		return c, nil
	}
	l := newLoader(t, g)
	l.only = parts[0] + "/" + parts[1]
	list := l.load(newSelection([]string{pl.within}))
	c.Services = slices.DeleteFunc(list, func(s *Service) bool { return s.Template != pl.within })
	c.Problems = slices.DeleteFunc(l.problems, func(p Problem) bool { return p.Path != pl.within })
	c.Problems = sortProblems(c.Problems, c.Trees)
	return c, nil
}

// OpenFS finds the services of a file system whose root is the top of a ports
// tree (a git revision or index, say), or a directory of rc.d scripts. Dir is what
// to put before its paths in messages. Within names parts of the tree as Open's
// paths do; none is all of it.
func OpenFS(fsys fs.FS, dir string, within ...string) (*Corpus, error) {
	g := guardFS(fsys)
	var parts []string
	for _, w := range within {
		w = path.Clean(filepath.ToSlash(w))
		if !fs.ValidPath(w) {
			return nil, &OpenError{Path: w, Text: "leads out of the tree: expected a path in " + dir, Hint: hintPaths}
		}
		if _, err := g.Lstat(w); err != nil && w != "." {
			return nil, &OpenError{Path: w, Text: "is not there: expected a file or directory of " + dir, Hint: hintPaths, Err: err}
		}
		parts = append(parts, w)
	}
	if len(parts) == 0 {
		parts = []string{"."}
	}
	c := &Corpus{}
	scripts := !isRoot(g, ".") && holdsScripts(g, ".")
	if err := c.open(g, dir, dir, scripts, parts); err != nil {
		return nil, err
	}
	c.Problems = sortProblems(c.Problems, c.Trees)
	return c, nil
}

// open adds one tree.
func (c *Corpus) open(g *guarded, dir, given string, scripts bool, within []string) error {
	t := &Tree{FS: g, Dir: dir, Scripts: scripts}
	c.Trees = append(c.Trees, t)
	if scripts {
		if slices.Contains(within, ".") {
			within = nil
		}
		list, problems, err := scriptsIn(t, g, within)
		if err != nil {
			return &OpenError{Path: given, Text: "cannot be listed: " + bare(err).Error(), Hint: hintPaths, Err: err}
		}
		c.Services = append(c.Services, list...)
		c.Problems = append(c.Problems, problems...)
		return nil
	}
	l := newLoader(t, g)
	list := l.load(newSelection(within))
	if len(l.scans) == 0 && len(l.problems) == 0 {
		return &OpenError{Path: given, Text: "holds no port: expected directories such as net/foo with a Makefile",
			Hint: "check out the ports tree there first; or " + hintPaths}
	}
	c.Services = append(c.Services, list...)
	c.Problems = append(c.Problems, l.problems...)
	return nil
}

// A place is where a path leads to.
type place struct {
	root    string // absolute directory of the system
	key     string // root without symbolic links, to tell trees apart
	dir     string // root as the user would write it
	within  string // in the tree
	scripts bool
}

// maxUp is how far above a path the top of the tree is looked for.
const maxUp = 32

// locatePath finds the tree that a path belongs to.
func locatePath(given string) (*place, error) {
	fail := func(text, hint string, err error) (*place, error) {
		return nil, &OpenError{Path: given, Text: text, Hint: hint, Err: err}
	}
	abs, err := filepath.Abs(given)
	if err != nil {
		return fail("cannot be made absolute: "+err.Error(), hintPaths, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		// A link that leads nowhere may still be a template, with a problem.
		if li, lerr := os.Lstat(abs); lerr != nil || li.Mode()&fs.ModeSymlink == 0 {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return fail("does not exist: expected a file or directory", "see whether it is spelt right; "+hintPaths, err)
			case errors.Is(err, fs.ErrPermission):
				return fail("must not be read (permission denied)", "run svcjify as a user who may read it", err)
			}
			return fail("cannot be read: "+bare(err).Error(), hintPaths, err)
		}
	}
	isDir := info != nil && info.IsDir()
	start := abs
	if !isDir {
		start = filepath.Dir(abs)
	}
	root, ok := findRoot(start)
	if !ok {
		return locateScripts(given, abs, start, isDir, fail)
	}
	within, err := filepath.Rel(root, abs)
	if err != nil {
		return fail("cannot be placed in "+root, hintPaths, err)
	}
	return newPlace(given, root, filepath.ToSlash(within), false), nil
}

func locateScripts(given, abs, start string, isDir bool, fail func(text, hint string, err error) (*place, error)) (*place, error) {
	if !isDir {
		return newPlace(given, start, filepath.Base(abs), true), nil
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return fail("cannot be listed: "+bare(err).Error(), "run svcjify as a user who may read it", err)
	}
	if len(entries) == 0 {
		return fail("is an empty directory: expected a ports tree or rc.d scripts", "check out the ports tree there first; or "+hintPaths, nil)
	}
	if !holdsScripts(guardDir(abs), ".") {
		return fail("is neither a ports tree nor part of one, nor a directory of rc.d scripts", hintPaths, nil)
	}
	return newPlace(given, abs, ".", true), nil
}

func newPlace(given, root, within string, scripts bool) *place {
	p := &place{root: root, key: root, within: within, scripts: scripts}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		p.key = real
	}
	up := 0
	if within != "." {
		up = 1 + strings.Count(within, "/")
	}
	p.dir = filepath.Join(append([]string{given}, slices.Repeat([]string{".."}, up)...)...)
	return p
}
