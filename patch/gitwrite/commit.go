package gitwrite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"
)

// A Signature is who made a commit, and when.
type Signature struct {
	Name, Email string
	When        time.Time
}

// String is the form of commits and of a branch's log.
func (s Signature) String() string {
	return fmt.Sprintf("%s <%s> %d %s", s.Name, s.Email, s.When.Unix(), s.When.Format("-0700"))
}

// A Commit is what one commit changes: files that are there, no others.
type Commit struct {
	Author, Committer Signature
	Message           string
	// Files maps paths in the Head's directory to their new texts.
	Files map[string][]byte
}

// A Chain is commits that are made, one on top of the other, and not yet
// anywhere but in memory.
type Chain struct {
	// Commits is their ids in order.
	Commits []plumbing.Hash

	head   *Head
	by     Signature                // of the last
	trees  map[plumbing.Hash][]byte // the new ones
	store  *memory.Storage
	hashes []plumbing.Hash // of all new objects
}

// Build makes the commits on top of HEAD. Only the trees on the paths of
// changed files are read and made again.
func (h *Head) Build(ctx context.Context, commits []Commit) (*Chain, error) {
	if err := h.Writable(); err != nil {
		return nil, err
	}
	c := &Chain{head: h, store: memory.NewStorage(), trees: map[plumbing.Hash][]byte{}}
	parent, root := plumbing.NewHash(h.Commit), plumbing.NewHash(h.root)
	for _, one := range commits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		edits := map[string][]byte{}
		for name, text := range one.Files {
			edits[path.Join(h.prefix, name)] = text
		}
		next, err := c.rewrite(root, edits)
		if err != nil {
			return nil, err
		}
		if next == root {
			return nil, errors.New("a commit that changes nothing")
		}
		text := fmt.Sprintf("tree %s\nparent %s\nauthor %s\ncommitter %s\n\n%s", next, parent, one.Author,
			one.Committer, one.Message)
		if parent, err = c.add(plumbing.CommitObject, []byte(text)); err != nil {
			return nil, err
		}
		c.Commits, c.by = append(c.Commits, parent), one.Committer
		root = next
	}
	return c, nil
}

// add keeps an object that is not there yet.
func (c *Chain) add(kind plumbing.ObjectType, data []byte) (plumbing.Hash, error) {
	o := &plumbing.MemoryObject{}
	o.SetType(kind)
	if _, err := o.Write(data); err != nil {
		return plumbing.ZeroHash, err
	}
	if h := o.Hash(); c.store.HasEncodedObject(h) == nil {
		return h, nil
	}
	c.hashes = append(c.hashes, o.Hash())
	return c.store.SetEncodedObject(o)
}

// tree is a copy of a tree object's text, of a new one or one of the repository.
func (c *Chain) tree(h plumbing.Hash) ([]byte, error) {
	if text, ok := c.trees[h]; ok {
		return bytes.Clone(text), nil
	}
	kind, data, err := c.head.repo.Object(h.String())
	if err == nil && kind != "tree" {
		err = fmt.Errorf("is a %s, expected a tree", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", h, err)
	}
	return bytes.Clone(data), nil
}

// rewrite makes a tree with some files changed, each keeping its mode. A tree's
// text is entries of `mode SP name NUL id`, and only ids are exchanged.
func (c *Chain) rewrite(root plumbing.Hash, edits map[string][]byte) (plumbing.Hash, error) {
	data, err := c.tree(root)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	below := map[string]map[string][]byte{}
	for name, text := range edits {
		first, rest, _ := strings.Cut(name, "/")
		if below[first] == nil {
			below[first] = map[string][]byte{}
		}
		below[first][rest] = text
	}
	for rest := data; len(rest) > 0; {
		head, tail, ok := bytes.Cut(rest, []byte{0})
		mode, name, ok2 := strings.Cut(string(head), " ")
		if !ok || !ok2 || len(tail) < len(root) {
			return plumbing.ZeroHash, fmt.Errorf("tree %s is damaged: see git fsck", root)
		}
		id := tail[:len(root)]
		rest = tail[len(root):]
		want, ok := below[name]
		if !ok {
			continue
		}
		delete(below, name)
		text, isFile := want[""]
		var made plumbing.Hash
		switch {
		case isFile && len(want) == 1 && strings.HasPrefix(mode, "100"):
			made, err = c.add(plumbing.BlobObject, text)
		case !isFile && mode == "40000":
			made, err = c.rewrite(plumbing.Hash(id), want)
		default:
			err = fmt.Errorf("%s is neither the file nor the directory in HEAD that it should be: its mode is %s; a symlink must be edited where it points to", name, mode)
		}
		if err != nil {
			return plumbing.ZeroHash, err
		}
		copy(id, made[:])
	}
	for name := range below {
		return plumbing.ZeroHash, fmt.Errorf("%s is not in HEAD", name)
	}
	made, err := c.add(plumbing.TreeObject, data)
	c.trees[made] = data
	return made, err
}
