package corpus

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// Readers tells which ports of a tree read a Makefile that is not their own: a
// slave its master's, a port a Makefile.common. A change there changes them too.
type Readers struct {
	tree *Tree
	once sync.Once
	// texts is the Makefile of each port that includes another one at all, by origin.
	texts map[string][]byte
	// files is what an evaluated port reads.
	files map[string][]string
}

// NewReaders looks at the tree when it is asked for the first time.
func NewReaders(t *Tree) *Readers {
	return &Readers{tree: t, texts: map[string][]byte{}, files: map[string][]string{}}
}

// Of is the origins of the ports that read a file, sorted. A port can only do
// so by naming the file's directory, or that of another port which does.
func (r *Readers) Of(name string) []string {
	if r.tree.Scripts {
		return nil
	}
	r.once.Do(r.scan)
	owner := path.Dir(name)
	found := map[string]bool{}
	if slices.Contains(r.filesOf(owner), name) {
		found[owner] = true
	}
	for queue := []string{owner}; len(queue) > 0; queue = queue[1:] {
		base := []byte(path.Base(queue[0]))
		for origin, text := range r.texts {
			if !found[origin] && bytes.Contains(text, base) && slices.Contains(r.filesOf(origin), name) {
				found[origin] = true
				queue = append(queue, origin)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// filesOf is what an evaluated port reads; nothing where it can't be evaluated.
func (r *Readers) filesOf(origin string) []string {
	files, ok := r.files[origin]
	if !ok {
		if p, err := makefile.Read(r.tree.FS, origin); err == nil {
			files = p.Files()
		}
		r.files[origin] = files
	}
	return files
}

// scan keeps the Makefiles that may include another port's.
func (r *Readers) scan() {
	names, err := fs.Glob(r.tree.FS, "*/*/Makefile")
	if err != nil {
		return
	}
	texts := make([][]byte, len(names))
	parallel(len(names), func(_, i int) {
		text, problem := r.tree.ReadFile(names[i])
		if problem == nil && (bytes.Contains(text, []byte("MASTERDIR")) || bytes.Contains(text, []byte("include \""))) {
			texts[i] = text
		}
	})
	for i, text := range texts {
		if text != nil {
			r.texts[path.Dir(names[i])] = text
		}
	}
}
