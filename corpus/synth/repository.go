package synth

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/format/objfile"
)

// mainBranch is the branch that the commits are on.
const mainBranch = "refs/heads/main"

// A repository is a new git repository, gitrepository-layout(5). The package git of go-git
// would do the same in one call, and would bring its network protocols into the program.
type repository struct {
	dir string // the directory .git
	// blobs are the files of the last commit, by their path.
	blobs map[string]plumbing.Hash
	last  plumbing.Hash
}

func newRepository(dir string) (*repository, error) {
	r := &repository{dir: dir, blobs: map[string]plumbing.Hash{}}
	return r, write(dir, map[string]string{
		"HEAD": "ref: " + mainBranch + "\n",
		"config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n" +
			// so that git commit works for somebody who has told git no name yet
			"[user]\n\tname = A. Committer\n\temail = committer@example.org\n",
	})
}

// commit makes a commit that adds or changes files, and an index that equals it.
func (r *repository) commit(subject string, when time.Time, files map[string]string) error {
	for name, text := range files {
		var err error
		if r.blobs[name], err = r.put(plumbing.BlobObject, []byte(text)); err != nil {
			return err
		}
	}
	tree, err := r.tree("")
	if err != nil {
		return err
	}
	who := fmt.Sprintf("A. Committer <committer@example.org> %d +0000", when.Unix())
	text := fmt.Sprintf("tree %s\n", tree)
	if r.last != plumbing.ZeroHash {
		text += fmt.Sprintf("parent %s\n", r.last)
	}
	text += fmt.Sprintf("author %s\ncommitter %[1]s\n\n%s\n", who, subject)
	if r.last, err = r.put(plumbing.CommitObject, []byte(text)); err != nil {
		return err
	}
	listed, err := r.index()
	if err != nil {
		return err
	}
	return write(r.dir, map[string]string{mainBranch: r.last.String() + "\n", "index": listed})
}

// tree writes the tree of a directory, "" or a path that ends in a slash.
func (r *repository) tree(dir string) (plumbing.Hash, error) {
	entries := map[string]string{} // git sorts a directory as if its name ended in a slash
	for name, blob := range r.blobs {
		rest, inside := strings.CutPrefix(name, dir)
		if !inside {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		switch {
		case !deeper:
			entries[first] = "100644 " + first + "\x00" + string(blob[:])
		case entries[first+"/"] == "":
			sub, err := r.tree(dir + first + "/")
			if err != nil {
				return plumbing.ZeroHash, err
			}
			entries[first+"/"] = "40000 " + first + "\x00" + string(sub[:])
		}
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		text.WriteString(entries[name])
	}
	return r.put(plumbing.TreeObject, []byte(text.String()))
}

// index names the files of the last commit. It has no times, so that git compares the
// texts when it is asked first, and writes the times then.
func (r *repository) index() (string, error) {
	list := &index.Index{Version: 2}
	for _, name := range slices.Sorted(maps.Keys(r.blobs)) {
		list.Entries = append(list.Entries, &index.Entry{Name: name, Mode: filemode.Regular, Hash: r.blobs[name]})
	}
	var text bytes.Buffer
	err := index.NewEncoder(&text).Encode(list)
	return text.String(), err
}

// put writes a loose object.
func (r *repository) put(kind plumbing.ObjectType, content []byte) (plumbing.Hash, error) {
	var packed bytes.Buffer
	w := objfile.NewWriter(&packed)
	if err := w.WriteHeader(kind, int64(len(content))); err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(content); err != nil {
		return plumbing.ZeroHash, err
	}
	hash := w.Hash()
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	name := hash.String()
	full := filepath.Join(r.dir, "objects", name[:2], name[2:])
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return plumbing.ZeroHash, err
	}
	return hash, os.WriteFile(full, packed.Bytes(), 0o644)
}
