package corpus

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// frameworkFiles mark the top of a ports tree.
var frameworkFiles = []string{"Mk/bsd.port.mk", "Mk/bsd.mport.mk"}

func hasFramework(g *guarded, dir string) bool {
	return slices.ContainsFunc(frameworkFiles, func(f string) bool {
		info, err := g.Stat(path.Join(dir, f))
		return err == nil && info.Mode().IsRegular()
	})
}

// holdsFramework is hasFramework for a directory of the system.
func holdsFramework(dir string) bool {
	return slices.ContainsFunc(frameworkFiles, func(f string) bool {
		info, err := statPath(filepath.Join(dir, f))
		return err == nil && info.Mode().IsRegular()
	})
}

// repositoryAt tells whether a git work tree begins in a directory: .git is a
// directory there, or a file in a submodule and in a second work tree.
func repositoryAt(dir string) bool {
	info, err := lstatFile(filepath.Join(dir, ".git"))
	if err != nil {
		return false
	}
	if info.IsDir() {
		_, err = statPath(filepath.Join(dir, ".git", "HEAD"))
	}
	return err == nil
}

// maxUp is how far above a path the top of the tree is looked for.
const maxUp = 64

// upward is the nearest directory, from one on upwards, for which f holds; "" for none.
func upward(dir string, f func(string) bool) string {
	for range maxUp {
		if f(dir) {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return ""
}

// findRoot finds the top of the tree that a directory lies in: the nearest
// ports tree or git repository around it; outside of both, the directory itself
// or, if that is a port or a category, the directory of the categories. It never
// leads out of a repository.
func findRoot(start string) string {
	root := upward(start, func(dir string) bool { return holdsFramework(dir) || repositoryAt(dir) })
	if root != "" {
		return root
	}
	port := upward(start, func(dir string) bool { return isPort(guardDir(dir), ".") })
	switch {
	case port != "" && inCategory(guardDir(filepath.Dir(port)), filepath.Base(port), filepath.Base(filepath.Dir(port))):
		return filepath.Dir(filepath.Dir(port))
	case port != "":
		return port
	case slices.Contains(knownCategories, filepath.Base(start)) && anyPort(context.Background(), guardDir(start), "."):
		return filepath.Dir(start)
	}
	return start
}

// inCategory tells whether the directory around a port is a category, by its
// name: FreeBSD's own, or one of the port's CATEGORIES.
func inCategory(above *guarded, port, category string) bool {
	if slices.Contains(knownCategories, category) {
		return true
	}
	text, err := above.ReadFile(path.Join(port, "Makefile"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "CATEGORIES"); ok {
			return slices.Contains(strings.Fields(strings.TrimLeft(rest, " \t?+:=")), category)
		}
	}
	return false
}

// repositoryOf is the top of the git repository that a directory lies in; "" for none.
func repositoryOf(dir string) string { return upward(dir, repositoryAt) }

// realPath follows the links of a path: of a directory all, of a file those
// that lead to its directory.
func realPath(abs string, isDir bool) string {
	if isDir {
		if real, err := evalLinks(abs); err == nil {
			return real
		}
		return abs
	}
	dir, err := evalLinks(filepath.Dir(abs))
	if err != nil {
		return abs
	}
	return filepath.Join(dir, filepath.Base(abs))
}

// within is a path's place below a directory; ok is false where it lies elsewhere.
func within(dir, name string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, name)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// shownDir is how people see the top of a tree: relative to the current
// directory where one lies in the other, else absolute, as it was typed. Abs is
// the path that was given, and real the same without links.
func shownDir(abs, real, root string) string {
	if cwd, err := os.Getwd(); err == nil {
		cwd = realPath(cwd, true)
		_, inside := within(root, cwd)
		_, around := within(cwd, root)
		if rel, err := filepath.Rel(cwd, root); err == nil && (inside || around) {
			return rel
		}
	}
	if rel, ok := within(root, real); ok && rel != "." {
		abs = filepath.Join(append([]string{abs}, slices.Repeat([]string{".."}, 1+strings.Count(rel, "/"))...)...)
	}
	if realPath(abs, true) == root {
		return abs
	}
	return root
}

// newTree is the tree below a directory, which need not be read yet.
func newTree(root, shown string, scripts bool) *Tree {
	t := &Tree{FS: guardDir(root), Dir: shown, Root: root, Prefix: ".", Scripts: scripts}
	if cwd, err := os.Getwd(); err == nil {
		t.At, _ = within(root, realPath(cwd, true))
	}
	if t.Repository = repositoryOf(root); t.Repository != "" {
		if rel, ok := within(t.Repository, root); ok {
			t.Prefix = rel
		}
	}
	t.Inner = t.Prefix
	return t
}

// errNoTree: a directory that is to be a ports tree is none.
var errNoTree = errors.New("is not a ports tree: Mk/bsd.port.mk is not there")

// Whole tells whether the tree has the framework itself, and so stands on no other.
func (t *Tree) Whole() bool {
	g, ok := t.FS.(*guarded)
	return ok && hasFramework(g, ".")
}

// StandOn names the ports tree that this one, an overlay, stands on: what its
// ports read and it does not have is looked for there. A tree that has the
// framework itself stands on no other. The error is an *OpenError.
func (t *Tree) StandOn(dir string) error {
	g, ok := t.FS.(*guarded)
	if !ok || t.Scripts {
		return nil
	}
	info, err := statPath(dir)
	switch {
	case err != nil:
		err = message.Reason(err)
	case !info.IsDir():
		err = errors.New("is not a directory")
	case !holdsFramework(dir):
		err = errNoTree
	}
	if err != nil {
		return &OpenError{Path: dir, Text: err.Error(), Err: err,
			Hint: "--portsdir takes the top of a ports tree, such as /usr/ports"}
	}
	if t.Whole() || realPath(dir, true) == t.Root {
		return nil
	}
	g.portsdir = guardDir(dir)
	t.PortsDir = dir
	return nil
}

// holdsScripts tells whether a directory holds rc.d scripts.
func holdsScripts(g *guarded, dir string) bool {
	entries, err := g.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.IsDir() || e.Type()&^fs.ModeSymlink != 0 || notScript(e.Name()) {
			continue
		}
		if text, err := g.ReadFile(path.Join(dir, e.Name())); err == nil && isScript(text) {
			return true
		}
	}
	return false
}
