package corpus

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// dependsVars is the variables whose ports are there when a package is built, and
// so change it when they change (Porter's Handbook, "Dependencies"). The ports
// of TEST_DEPENDS are not.
var dependsVars = []string{"FETCH_DEPENDS", "EXTRACT_DEPENDS", "PATCH_DEPENDS", "BUILD_DEPENDS",
	"LIB_DEPENDS", "RUN_DEPENDS"}

// Dependents tells which ports of a tree name a port in their *_DEPENDS: when
// it gets a new PORTREVISION, a builder of packages builds them again as well.
// What USES adds is not seen, as Mk/Uses is not evaluated; options and flavours are
// the default ones.
type Dependents struct {
	ctx  context.Context // of the run that asks
	tree *Tree
	once sync.Once
	// direct is the ports that name an origin, sorted.
	direct map[string][]string
}

// NewDependents evaluates every port of the tree when it is asked for the first time.
func NewDependents(ctx context.Context, t *Tree) *Dependents { return &Dependents{ctx: ctx, tree: t} }

// Of is the ports that name an origin, sorted.
func (d *Dependents) Of(origin string) []string {
	d.once.Do(d.scan)
	return d.direct[origin]
}

// All is the ports that name one of the origins, or one that does, and so on,
// without the origins themselves, sorted.
func (d *Dependents) All(origins []string) []string {
	seen := map[string]bool{}
	for _, o := range origins {
		seen[o] = true
	}
	var out []string
	for todo := slices.Clone(origins); len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, o := range d.Of(next) {
			if !seen[o] {
				seen[o] = true
				out, todo = append(out, o), append(todo, o)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (d *Dependents) scan() {
	d.direct = map[string][]string{}
	if d.tree.Scripts {
		return
	}
	names, err := fs.Glob(d.tree.FS, "*/*/Makefile")
	if err != nil { // only for a bad pattern
		return
	}
	lists := make([][]string, len(names))
	ports := makefile.NewTree(d.tree.FS)
	seen := d.tree.survey()
	each(d.ctx, len(names), func(_, i int) {
		origin := path.Dir(names[i])
		if found, ok := seen.get(origin); ok {
			lists[i] = found
			return
		}
		if p, err := ports.Port(d.ctx, origin); err == nil {
			lists[i] = named(p, origin)
		}
	})
	for i, list := range lists {
		for _, o := range list {
			d.direct[o] = append(d.direct[o], path.Dir(names[i]))
		}
	}
	for _, list := range d.direct {
		slices.Sort(list)
	}
}

// named is the ports that a port names in its *_DEPENDS.
func named(p *makefile.Port, origin string) []string {
	var out []string
	for _, v := range dependsVars {
		for _, w := range p.Words(v) {
			if o := dependsOn(w.Text); w.Condition == "" && o != "" && o != origin && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// dependsOn is the origin in a word such as libfoo.so:devel/foo or
// foo>=1:${PORTSDIR}/devel/foo@py311:install; "" where there is none.
func dependsOn(word string) string {
	_, origin, ok := strings.Cut(word, ":")
	if !ok {
		return ""
	}
	origin, _, _ = strings.Cut(origin, ":")
	origin, _, _ = strings.Cut(origin, "@")
	parts := strings.Split(origin, "/")
	if n := len(parts); n >= 2 {
		origin = parts[n-2] + "/" + parts[n-1]
		if fs.ValidPath(origin) && !strings.Contains(origin, "$") {
			return origin
		}
	}
	return ""
}
