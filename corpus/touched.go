package corpus

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// Roots finds the trees of a repository: its top, and each ports tree with a
// framework below. What it found out is kept.
type Roots struct {
	g         *guarded
	framework map[string]bool
}

// NewRoots makes a Roots.
func NewRoots(fsys fs.FS) *Roots { return &Roots{g: guardFS(fsys), framework: map[string]bool{}} }

// In finds the top of the tree that a directory lies in.
func (r *Roots) In(dir string) string {
	for d := path.Clean(dir); d != "."; d = path.Dir(d) {
		is, known := r.framework[d]
		if !known {
			is = hasFramework(r.g, d)
			r.framework[d] = is
		}
		if is {
			return d
		}
	}
	return "."
}

// Of finds what a changed file belongs to: the tree around a port's file or a
// Makefile, or the directory of an rc.d script. Ok is false for other files.
func (r *Roots) Of(name string) (root string, scripts, ok bool) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if strings.HasPrefix(base, "Makefile") || strings.HasSuffix(base, ".mk") || portAround(r.g, dir) != "" {
		return r.In(dir), false, true
	}
	if notScript(base) {
		return "", false, false
	}
	text, err := r.g.ReadFile(name)
	return dir, true, err == nil && isScript(text)
}

// Touched gives the parts of a tree whose services a change concerns: a changed
// template, wherever it is installed from; a port whose Makefile changed, if it
// installs a service; a port that reads another changed Makefile that mentions
// rc scripts. Before is the tree as it was. The names are sorted. A change
// that concerns no service costs no more than the reading of what changed.
func Touched(ctx context.Context, now, before fs.FS, changed []string) []string {
	t := touchedParts{ctx: ctx, now: guardFS(now), before: guardFS(before), parts: map[string]bool{}}
	for _, name := range changed {
		t.path(name)
	}
	t.readers()
	return t.sorted()
}

type touchedParts struct {
	ctx         context.Context
	now, before *guarded
	ports       *makefile.Tree
	parts       map[string]bool
	shared      []string // Makefiles that others may read
}

func (t *touchedParts) sorted() []string {
	var list []string
	for p := range t.parts {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

func (t *touchedParts) path(name string) {
	dir, base := path.Dir(name), path.Base(name)
	port := portAround(t.now, dir)
	if port == "" {
		port = portAround(t.before, dir)
	}
	switch {
	case base == "Makefile" && dir == port:
		if t.installs(port) {
			t.parts[port] = true
			if !namesRCSubr(t.before, name) && namesRCSubr(t.now, name) {
				t.shared = append(t.shared, name)
			}
		}
	case strings.HasPrefix(base, "Makefile") || strings.HasSuffix(base, ".mk"):
		switch {
		case !namesRCSubr(t.now, name):
		case base == "Makefile.inc" && port == "" && dir != ".":
			t.parts[dir] = true
		default:
			t.shared = append(t.shared, name)
		}
	case port == "" || strings.HasPrefix(base, "patch-"):
	case base == "pkg-plist":
		if namesRCDir(t.now, name) || namesRCDir(t.before, name) {
			t.parts[port] = true
		}
	case strings.HasPrefix(base, "pkg-"):
	case strings.HasSuffix(base, ".in") || holdsScript(t.now, name) || holdsScript(t.before, name):
		if _, err := t.now.Lstat(name); err == nil {
			t.parts[name] = true
		}
		// SJ405, and a template that is gone, are the port's.
		if t.installs(port) {
			t.parts[port] = true
		}
	}
}

func namesRCDir(g *guarded, name string) bool {
	text, err := g.ReadFile(name)
	return err == nil && bytes.Contains(text, []byte(rcDir))
}

func holdsScript(g *guarded, name string) bool {
	text, err := g.ReadFile(name)
	return err == nil && isScript(text)
}

// namesRCSubr tells whether a file names USE_RC_SUBR.
func namesRCSubr(g *guarded, name string) bool {
	text, err := g.ReadFile(name)
	return err == nil && hasRCSubr(text)
}

// installs tells whether a port installs a service, or may; it evaluates the
// port only where its Makefile leaves that open.
func (t *touchedParts) installs(dir string) bool {
	text, err := t.now.ReadFile(path.Join(dir, "Makefile"))
	if err != nil {
		return false
	}
	g := outlineOf(text)
	switch {
	case g.rcSubr || g.rcDir:
		return true
	case g.master == "" && len(g.includes) == 0 && !namesRCSubr(t.now, path.Join(path.Dir(dir), "Makefile.inc")):
		return false
	}
	if t.ports == nil {
		t.ports = makefile.NewTree(t.now)
	}
	p, err := t.ports.Port(t.ctx, dir)
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
func (t *touchedParts) readers() {
	if len(t.shared) == 0 {
		return
	}
	r := NewReaders(t.ctx, &Tree{FS: t.now})
	for _, name := range t.shared {
		for _, dir := range r.Of(name) {
			t.parts[dir] = true
		}
	}
}
