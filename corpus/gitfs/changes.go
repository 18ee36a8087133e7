package gitfs

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Change is a path at which two trees differ. A rename is a deletion and an addition.
type Change struct {
	Path string
	// Old and New are the modes; 0 where the path is not there.
	Old, New Mode
	// Text is true where the content differs, and not only the mode.
	Text bool
}

// StagedChanges is how the index differs from a commit, HEAD as a rule, sorted
// by path. Where the index's cache tree says that a directory is the commit's,
// nothing below is looked at.
func (r *Repository) StagedChanges(head *Commit) ([]Change, error) {
	ix, err := r.index()
	if err != nil {
		return nil, err
	}
	root := head.root()
	if ix.cache == nil && root != "" {
		ix.hashTrees("", "", 0, root)
	}
	d := differ{ctx: r.ctx, objects: r.objects, hashSize: r.hashSize}
	if err := d.index(root, ix, min(0, len(ix.cache)-1), "", 0); err != nil {
		return nil, err
	}
	return d.sorted(), nil
}

// CommitChanges is how a commit differs from another, sorted by path; either may be nil.
func (r *Repository) CommitChanges(from, to *Commit) ([]Change, error) {
	d := differ{ctx: r.ctx, objects: r.objects, hashSize: r.hashSize}
	if err := d.trees(from.root(), to.root(), ""); err != nil {
		return nil, err
	}
	return d.sorted(), nil
}

// root is the commit's tree; empty for a nil commit.
func (c *Commit) root() hash {
	if c == nil {
		return ""
	}
	return c.tree
}

// A differ collects changes.
type differ struct {
	ctx      context.Context
	objects  objectReader
	hashSize int
	changes  []Change
	looks    int // trees that were compared
}

// How many trees are compared and files told of, at most. Trees may hold each other, so that
// ten small ones hold ten thousand million files. FreeBSD's ports tree has 76,000 directories.
const (
	maxTrees   = 1_000_000
	maxChanges = 2_000_000
)

func (d *differ) sorted() []Change {
	slices.SortFunc(d.changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return d.changes
}

func (d *differ) file(path string, old, new entry) {
	if old.hash == new.hash && old.mode == new.mode {
		return
	}
	d.changes = append(d.changes, Change{Path: path, Old: old.mode, New: new.mode,
		Text: old.hash != new.hash || old.mode.kind() != new.mode.kind()})
}

// trees compares two tree objects; an empty hash is an empty tree.
func (d *differ) trees(a, b hash, prefix string) error {
	if a == b {
		return nil
	}
	if d.looks++; d.looks > maxTrees || len(d.changes) > maxChanges {
		return &Error{
			Text: fmt.Sprintf("the trees differ in more than %d directories or %d files", maxTrees, maxChanges),
			Hint: "no ports tree has so many: git ls-tree -r shows what is in it"}
	}
	if err := d.ctx.Err(); err != nil {
		return err
	}
	old, err := readTree(d.objects, a, d.hashSize)
	if err != nil {
		return err
	}
	now, err := readTree(d.objects, b, d.hashSize)
	if err != nil {
		return err
	}
	return merge(old, now, func(e entry) string { return e.name }, func(o, n entry) error {
		name := prefix + orElse(o.name, n.name)
		od, of := split(o)
		nd, nf := split(n)
		d.file(name, of, nf)
		return d.trees(od.hash, nd.hash, name+"/")
	})
}

// split tells a directory from a file; the other is empty.
func split(e entry) (dir, file entry) {
	if e.mode.kind() == ModeDir {
		return e, entry{}
	}
	return entry{}, e
}

// index compares a tree object with a directory of the index, whose place in
// the cache is given; -1 for none.
func (d *differ) index(tree hash, ix *index, cache int, prefix string, from int) error {
	if cache >= 0 {
		// The count guards against a cache that another program left behind.
		n := ix.cache[cache]
		if end := from + n.count; n.hash != "" && n.hash == tree && end <= len(ix.entries) && end == ix.end(prefix) {
			return nil
		}
	}
	children, _ := ix.children(prefix, from)
	old, err := readTree(d.objects, tree, d.hashSize)
	if err != nil {
		return err
	}
	return merge(old, children, func(c child) string { return c.name }, func(o entry, n child) error {
		name := prefix + orElse(o.name, n.name)
		od, of := split(o)
		_, nf := split(n.entry)
		d.file(name, of, nf)
		switch {
		case n.mode.kind() == ModeDir:
			return d.index(od.hash, ix, ix.subCache(cache, n.name), name+"/", n.from)
		case od.hash != "":
			return d.trees(od.hash, "", name+"/")
		}
		return nil
	})
}

// merge walks two lists that are sorted by name; what one of them lacks is zero.
func merge[T any](a []entry, b []T, name func(T) string, f func(entry, T) error) error {
	for len(a) > 0 || len(b) > 0 {
		var x entry
		var y T
		c := 0
		switch {
		case len(b) == 0:
			c = -1
		case len(a) == 0:
			c = 1
		default:
			c = strings.Compare(a[0].name, name(b[0]))
		}
		if c <= 0 {
			x, a = a[0], a[1:]
		}
		if c >= 0 {
			y, b = b[0], b[1:]
		}
		if err := f(x, y); err != nil {
			return err
		}
	}
	return nil
}
