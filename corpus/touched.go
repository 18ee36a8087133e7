package corpus

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// Roots finds the trees of a file system: the top of a repository need not be
// one, and several may stand side by side. What it found out is kept.
type Roots struct {
	g *guarded
	// framework and shape are the directories that were looked at, by how a tree is told.
	framework, shape map[string]bool
}

// NewRoots makes a Roots.
func NewRoots(fsys fs.FS) *Roots {
	return &Roots{g: guardFS(fsys), framework: map[string]bool{}, shape: map[string]bool{}}
}

// In finds the top of the ports tree that a directory lies in; ok is false
// where there is none.
func (r *Roots) In(dir string) (root string, ok bool) {
	for _, test := range []struct {
		is    func(*guarded, string) bool
		known map[string]bool
	}{{hasFramework, r.framework}, {isRoot, r.shape}} {
		for d := path.Clean(dir); ; d = path.Dir(d) {
			if _, known := test.known[d]; !known {
				test.known[d] = test.is(r.g, d)
			}
			if test.known[d] {
				return d, true
			}
			if d == "." {
				break
			}
		}
	}
	return "", false
}

// Of finds what a changed file belongs to: the ports tree around a Makefile or
// a template, the directory of an rc.d script.
func (r *Roots) Of(name string) (root string, ok bool) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if strings.HasPrefix(base, "Makefile") || strings.HasSuffix(base, ".mk") || strings.HasSuffix(base, ".in") {
		if root, ok := r.In(dir); ok {
			return root, true
		}
	}
	if notScript(base) {
		return "", false
	}
	text, err := r.g.ReadFile(name)
	return dir, err == nil && isScript(text)
}

// Touched gives the parts of a tree, for OpenFS, whose services a change
// concerns: a changed template, wherever it is installed from; a port whose
// Makefile changed, if it installs a service; a port that reads another changed
// Makefile which speaks of rc scripts. Before is the tree as it was. The names
// are sorted. A change that concerns no service costs no more than the reading
// of what changed.
func Touched(now, before fs.FS, changed []string) []string {
	t := toucher{now: guardFS(now), before: guardFS(before), parts: map[string]bool{}}
	if _, ok := NewRoots(t.now).In("."); !ok {
		for _, name := range changed {
			if text, err := t.now.ReadFile(name); err == nil && !strings.Contains(name, "/") && !notScript(name) && isScript(text) {
				t.parts[name] = true
			}
		}
		return t.sorted()
	}
	for _, name := range changed {
		t.path(name)
	}
	t.readers()
	return t.sorted()
}

type toucher struct {
	now, before *guarded
	ports       *makefile.Tree
	parts       map[string]bool
	shared      []string // Makefiles that others may read
}

func (t *toucher) sorted() []string {
	var list []string
	for p := range t.parts {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

func (t *toucher) path(name string) {
	category, rest, _ := strings.Cut(name, "/")
	port, file, inPort := strings.Cut(rest, "/")
	base := path.Base(name)
	if notCategories[category] || strings.HasPrefix(category, ".") || strings.HasPrefix(port, ".") {
		return
	}
	origin := category + "/" + port
	switch {
	case !inPort:
		if base == "Makefile.inc" && speaks(t.now, name) {
			t.parts[category] = true
		}
	case strings.HasSuffix(base, ".in"):
		if strings.HasPrefix(base, "pkg-") || strings.HasPrefix(base, "patch-") {
			return
		}
		if _, err := t.now.Lstat(name); err == nil {
			t.parts[name] = true
		}
		// SJ405, and a template that is gone, are the port's.
		if t.installs(origin) {
			t.parts[origin] = true
		}
	case file == "Makefile":
		if t.installs(origin) {
			t.parts[origin] = true
			if !speaks(t.before, name) && speaks(t.now, name) {
				t.shared = append(t.shared, name)
			}
		}
	case strings.HasPrefix(base, "Makefile") || strings.HasSuffix(base, ".mk"):
		if speaks(t.now, name) {
			t.shared = append(t.shared, name)
		}
	}
}

// speaks tells whether a file names USE_RC_SUBR.
func speaks(g *guarded, name string) bool {
	text, err := g.ReadFile(name)
	return err == nil && hasRCSubr(text)
}

// installs tells whether a port installs a service, or may; it evaluates the
// port only where its Makefile leaves that open.
func (t *toucher) installs(origin string) bool {
	text, err := t.now.ReadFile(origin + "/Makefile")
	if err != nil {
		return false
	}
	g := look(text)
	switch {
	case g.rcSubr || g.rcDir:
		return true
	case g.master == "" && len(g.includes) == 0 && !speaks(t.now, path.Dir(origin)+"/Makefile.inc"):
		return false
	}
	if t.ports == nil {
		t.ports = makefile.NewTree(t.now)
	}
	p, err := t.ports.Port(origin)
	if err != nil || p.Defined("USE_RC_SUBR") {
		return true
	}
	return slices.ContainsFunc(p.Files(), func(f string) bool {
		text, err := t.now.ReadFile(f)
		return err == nil && bytes.Contains(text, []byte("rc.d"))
	})
}

// readers adds the ports that read a shared Makefile. It looks at every port
// that includes anything, which is seldom called for.
func (t *toucher) readers() {
	if len(t.shared) == 0 {
		return
	}
	r := NewReaders(&Tree{FS: t.now})
	for _, name := range t.shared {
		for _, origin := range r.Of(name) {
			t.parts[origin] = true
		}
	}
}
