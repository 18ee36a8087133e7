// Package gitstate takes ports trees out of a git repository, as they are staged or in a
// revision, together with the state before, so that a change can be judged: which
// services it concerns, what is wrong with them, and what was wrong before.
package gitstate

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
)

// A State is what is staged or committed in a repository, and the state before it.
type State struct {
	repo  *gitfs.Repository
	files *gitfs.FS
	// at is the current directory in the repository.
	at  string
	dir string // that it was opened from
	// before is the state before, published what others have (see lint.Before).
	before    *gitfs.FS
	published func() *gitfs.FS
	// changed is the paths that differ.
	changed []string
}

// Close ends what the repository needed.
func (s *State) Close() { s.repo.Close() }

// Missing is how many files a partial clone lacks, of those that were asked for so far.
func (s *State) Missing() int { return s.files.Missing() }

// Refused says why git itself would not read the repository, "" where it would.
func (s *State) Refused() string { return s.repo.Refused() }

// Staged opens the index of the repository that a directory lies in; the state before
// is HEAD.
func Staged(ctx context.Context, dir string) (*State, error) { return open(ctx, dir, "") }

// Revision opens a revision of the repository; the state before is its parents'.
func Revision(ctx context.Context, dir, rev string) (*State, error) { return open(ctx, dir, rev) }

// open opens a revision, or what is staged where it is "".
func open(ctx context.Context, dir, rev string) (*State, error) {
	repo, err := gitfs.Open(dir, gitfs.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	s := &State{repo: repo, dir: dir}
	if err := s.open(rev); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *State) open(rev string) error {
	var parents []*gitfs.Commit
	var changes func(*gitfs.Commit) ([]gitfs.Change, error)
	if rev == "" {
		head, err := s.repo.Commit("HEAD")
		if err != nil {
			return err
		}
		merging, err := s.repo.Merging()
		if err != nil {
			return err
		}
		parents = append([]*gitfs.Commit{head}, merging...)
		changes = s.repo.StagedChanges
		if s.files, err = s.repo.Staged(); err != nil {
			return err
		}
		s.published = sync.OnceValue(func() *gitfs.FS { return s.upstream(head) })
	} else {
		commit, err := s.repo.Commit(rev)
		if err != nil {
			return err
		}
		if commit == nil {
			return &gitfs.Error{Text: "there is no commit yet", Hint: "--staged checks what is staged"}
		}
		if parents, err = commit.Parents(); err != nil {
			return err
		}
		if len(parents) == 0 {
			parents = append(parents, nil)
		}
		changes = func(c *gitfs.Commit) ([]gitfs.Change, error) { return s.repo.CommitChanges(c, commit) }
		s.files = s.repo.FS(commit)
	}
	s.before = s.repo.FS(parents[0])
	s.at = "."
	if s.repo.WorkTree != "" {
		if cwd, err := Inside(s.repo.WorkTree, s.dir); err == nil {
			s.at = cwd
		}
	}
	return s.findChanges(parents, changes)
}

// An OutsideError is a path that is not in the repository.
type OutsideError struct{ Path, WorkTree string }

func (e *OutsideError) Error() string {
	return fmt.Sprintf("%s is not in the repository of the current directory, %s", e.Path, e.WorkTree)
}

// onDisk is a path as a person gave it, from the current directory.
func (s *State) onDisk(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

func there(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// Inside is a path relative to a directory that holds it, links resolved.
func Inside(dir, name string) (string, error) {
	real := func(p string) string {
		if full, err := filepath.EvalSymlinks(p); err == nil {
			if info, err := os.Stat(full); err == nil && info.IsDir() {
				return full
			}
		}
		// The file itself may be gone from the work tree, or be a link.
		if d, err := filepath.EvalSymlinks(filepath.Dir(p)); err == nil {
			return filepath.Join(d, filepath.Base(p))
		}
		return p
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if full, err := filepath.EvalSymlinks(dir); err == nil {
		dir = full
	}
	rel, err := filepath.Rel(dir, real(abs))
	if err != nil || !filepath.IsLocal(rel) {
		return "", &OutsideError{name, dir}
	}
	return filepath.ToSlash(rel), nil
}

// findChanges keeps what differs from every parent: what a merge only brings
// along was looked at when it was committed.
func (s *State) findChanges(parents []*gitfs.Commit, changes func(*gitfs.Commit) ([]gitfs.Change, error)) error {
	count := map[string]int{}
	for i, p := range parents {
		list, err := changes(p)
		if err != nil {
			return err
		}
		for _, c := range list {
			if name := c.Path; c.Text && count[name] == i {
				if count[name]++; count[name] == len(parents) {
					s.changed = append(s.changed, name)
				}
			}
		}
	}
	return nil
}

// upstream is the state that the branch's upstream has in common with it; nil
// where that is HEAD or not known, also after an error: then what was committed counts as published.
func (s *State) upstream(head *gitfs.Commit) *gitfs.FS {
	up, err := s.repo.Upstream()
	if err != nil || up == nil || head == nil || up.String() == head.String() {
		return nil
	}
	fork, err := gitfs.ForkPoint(head, up)
	if err != nil || fork == nil || fork.String() == head.String() {
		return nil
	}
	return s.repo.FS(fork)
}

// A Tree is a tree in the repository and what of it is meant, as paths in it.
type Tree struct {
	root    string
	scripts bool // a directory of rc.d scripts without ports
	parts   []string
	names   []string // what is no path
	// Target is what is read of it.
	Target *corpus.Target
}

// Trees are the trees that paths lie in; without a path, those that the change
// concerns, in the ports tree around the current directory if that is one.
func (s *State) Trees(ctx context.Context, paths []string) ([]*Tree, error) {
	roots := corpus.NewRoots(s.files)
	var list []*Tree
	add := func(root, name string, scripts bool) {
		if root != "." {
			name = strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		}
		i := slices.IndexFunc(list, func(t *Tree) bool { return t.root == root && t.scripts == scripts })
		if i < 0 {
			i, list = len(list), append(list, &Tree{root: root, scripts: scripts})
		}
		list[i].parts = append(list[i].parts, path.Clean(name))
	}
	named := func(root, name string) {
		i := slices.IndexFunc(list, func(t *Tree) bool { return t.root == root && !t.scripts })
		if i < 0 {
			i, list = len(list), append(list, &Tree{root: root})
		}
		list[i].names = append(list[i].names, name)
	}
	for _, p := range paths {
		given := s.onDisk(p)
		rel, err := Inside(s.repo.WorkTree, given)
		if err != nil {
			return nil, err
		}
		root := roots.In(rel)
		if _, err := fs.Lstat(s.files, rel); err != nil && !there(given) && !filepath.IsAbs(p) &&
			!strings.HasPrefix(p, ".") {
			around := roots.In(s.at)
			if _, err := fs.Lstat(s.files, path.Join(around, p)); err != nil {
				named(around, p)
				continue
			}
			rel, root = path.Join(around, p), around // an origin
		}
		if of, scripts, ok := roots.Of(rel); ok && scripts {
			add(of, rel, true)
			continue
		}
		add(root, rel, false)
	}
	if len(paths) > 0 {
		return list, s.targets(list)
	}
	around := roots.In(s.at)
	for _, name := range s.changed {
		if around != "." && !strings.HasPrefix(name, around+"/") {
			continue
		}
		if root, scripts, ok := roots.Of(name); ok {
			add(root, name, scripts)
		}
	}
	for _, t := range list {
		now, before, err := s.states(t)
		if err != nil {
			return nil, err
		}
		if !t.scripts {
			t.parts = corpus.Touched(ctx, now, before.FS, t.parts)
		}
	}
	list = slices.DeleteFunc(list, func(t *Tree) bool { return len(t.parts) == 0 })
	return list, s.targets(list)
}

// targets makes what is read of each tree.
func (s *State) targets(list []*Tree) error {
	for _, t := range list {
		now, _, err := s.states(t)
		if err != nil {
			return err
		}
		t.Target = s.target(t, now, t.parts)
		t.Target.Names = t.names
	}
	return nil
}

// target is a tree of the repository in one of its states.
func (s *State) target(t *Tree, state fs.FS, parts []string) *corpus.Target {
	tree := &corpus.Tree{Dir: s.Dir(t), Repository: s.repo.WorkTree, Prefix: t.root, Inner: t.root, Scripts: t.scripts}
	if s.repo.WorkTree != "" {
		tree.Root = filepath.Join(s.repo.WorkTree, filepath.FromSlash(t.root))
	}
	if rel, err := filepath.Rel(filepath.FromSlash(t.root), filepath.FromSlash(s.at)); err == nil &&
		filepath.IsLocal(rel) {
		tree.At = filepath.ToSlash(rel)
	}
	x := &corpus.Target{Tree: tree, Parts: parts}
	return x.In(state)
}

// states are the tree now and before.
func (s *State) states(t *Tree) (now fs.FS, before *lint.Before, err error) {
	if now, err = fs.Sub(s.files, t.root); err != nil {
		return nil, nil, err
	}
	before = &lint.Before{}
	if before.FS, err = fs.Sub(s.before, t.root); err != nil || s.published == nil {
		return now, before, err
	}
	before.Published = func() fs.FS {
		if f := s.published(); f != nil {
			if sub, err := fs.Sub(f, t.root); err == nil {
				return sub
			}
		}
		return nil
	}
	return now, before, nil
}

// Dir is what to put before the paths of a tree in messages.
func (s *State) Dir(t *Tree) string {
	if up, err := filepath.Rel(s.at, t.root); err == nil {
		return up
	}
	return "."
}

// Before is the state before of a tree. Where the tree stands on another, that one does too.
func (s *State) Before(t *Tree) (*lint.Before, error) {
	_, before, err := s.states(t)
	if err != nil || t.Target.Tree.PortsDir == "" {
		return before, err
	}
	before.FS = t.Target.In(before.FS).Tree.FS
	if published := before.Published; published != nil {
		before.Published = func() fs.FS {
			if f := published(); f != nil {
				return t.Target.In(f).Tree.FS
			}
			return nil
		}
	}
	return before, nil
}
