package makefile

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// A Tree reads ports of one ports tree. Files that many ports include are
// read and parsed once. It may be used by several goroutines.
type Tree struct {
	platform platform
	// hasBase: the tree that this one stands on is there, at BaseDir. whole: one
	// of the two is a ports tree with its framework, so that nothing is elsewhere.
	hasBase, whole bool
	fsys           fs.FS
	sources        *bmake.Files

	mu    sync.Mutex
	there map[string][]string

	large []*Port // those whose evaluations take much memory, the newest last

	framework framework
}

// A platform is the system for which ports are evaluated.
type platform struct{ opsys, osversion, osrel string }

// NewTree reads ports of the tree whose top is the root of fsys.
func NewTree(fsys fs.FS) *Tree {
	t := &Tree{fsys: fsys, sources: bmake.NewFiles(fsys), there: make(map[string][]string),
		platform: platform{"FreeBSD", "1500068", "15.0"}}
	t.hasBase = t.exists(BaseDir + "/Mk")
	for _, top := range []string{"", BaseDir + "/"} {
		if t.exists(top + "Mk/bsd.mport.mk") {
			t.platform, t.whole = platform{"MidnightBSD", "400002", "4.0"}, true
		}
		t.whole = t.whole || t.exists(top+"Mk/bsd.port.mk")
	}
	return t
}

// local lists the files in a directory whose names start with "Makefile.";
// the framework reads some of them where they exist, and many ports ask for the same.
func (t *Tree) local(dir string) []string {
	t.mu.Lock()
	names, ok := t.there[dir]
	t.mu.Unlock()
	if ok {
		return names
	}
	entries, _ := fs.ReadDir(t.fsys, dir)
	for _, d := range entries {
		if strings.HasPrefix(d.Name(), "Makefile.") {
			names = append(names, d.Name())
		}
	}
	t.mu.Lock()
	t.there[dir] = names
	t.mu.Unlock()
	return names
}

// Port evaluates the port in a directory of the tree, such as "dns/knot3", at
// default options and flavour. The error is an *Error when the Makefile cannot
// be read or evaluated.
//
// When the context ends, so does the reading, and the error is the context's.
func (t *Tree) Port(ctx context.Context, dir string) (*Port, error) {
	dir = path.Clean(dir)
	if !fs.ValidPath(dir) {
		return nil, &Error{Path: dir, Text: "found a path that leaves the tree: expected category/port"}
	}
	e := newEvaluation(ctx, t, dir, choice{})
	if err := e.run(); err != nil {
		if err.Err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t.sources.Forget(path.Join(dir, "Makefile")) // in a tree that means harm, each would be kept to the end
		return nil, err
	}
	e.Finish()
	return newPort(e), nil
}

// keep drops the evaluation of the large port that was looked at longest ago, where
// there are too many.
func (t *Tree) keep(p *Port) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.large = append(t.large, p)
	if len(t.large) > maxLarge {
		t.sources.Forget(path.Join(t.large[0].dir, "Makefile"))
		t.large[0].read.Store(nil)
		t.large = slices.Delete(t.large, 0, 1)
	}
}

// Read evaluates one port; for many ports of one tree, NewTree is cheaper.
func Read(fsys fs.FS, dir string) (*Port, error) {
	return NewTree(fsys).Port(context.Background(), dir)
}

// Preload gives the text of a file that was read already.
func (t *Tree) Preload(name, data string) { t.sources.Preload(name, data) }
