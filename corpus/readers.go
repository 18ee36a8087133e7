package corpus

import (
	"bytes"
	"context"
	"path"
	"slices"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// Readers tells which ports of a tree read a Makefile that is not their own: a
// slave its master's, a port a Makefile.common. A change there changes them too.
type Readers struct {
	ctx  context.Context // of the run that asks
	tree *Tree
	once sync.Once
	// byFile is the directories of the ports that read a file, sorted.
	byFile map[string][]string
}

// NewReaders looks at the tree when it is asked for the first time.
func NewReaders(ctx context.Context, t *Tree) *Readers { return &Readers{ctx: ctx, tree: t} }

// Of is the directories of the ports that read a file, sorted. Those that can't be
// evaluated are not among them, and read nothing.
func (r *Readers) Of(name string) []string {
	r.once.Do(r.scan)
	return r.byFile[name]
}

// scan evaluates every port that includes another Makefile at all.
func (r *Readers) scan() {
	r.byFile = map[string][]string{}
	if r.tree.Scripts {
		return
	}
	l := newLoader(r.ctx, r.tree, guardFS(r.tree.FS))
	l.scanTree()
	var names []string
	for _, s := range l.scans {
		if s.err == nil {
			names = append(names, path.Join(s.dir, "Makefile"))
		}
	}
	read := make([][]string, len(names))
	seen := r.tree.survey()
	ports := makefile.NewTree(r.tree.FS)
	each(r.ctx, len(names), func(_, i int) {
		text, problem := r.tree.ReadFile(names[i])
		if problem != nil || !bytes.Contains(text, []byte("MASTERDIR")) && !bytes.Contains(text, []byte(`include "`)) {
			return
		}
		if p, err := ports.Port(r.ctx, path.Dir(names[i])); err == nil {
			read[i] = p.Files()
			seen.put(path.Dir(names[i]), named(p, path.Dir(names[i])))
		}
	})
	for i, files := range read {
		for _, f := range files {
			r.byFile[f] = append(r.byFile[f], path.Dir(names[i]))
		}
	}
	for _, list := range r.byFile {
		slices.Sort(list)
	}
}
