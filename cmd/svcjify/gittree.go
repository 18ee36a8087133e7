package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// gitFlags say that the tree is taken out of git.
type gitFlags struct {
	staged bool
	rev    string
}

func (f *gitFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.staged, "staged", false,
		"check the files that are staged; without a PATH, those of the services that the commit concerns")
	cmd.Flags().StringVar(&f.rev, "rev", "", "check the tree of a git `revision`; without a PATH, only the services that its commit concerns")
}

func (f *gitFlags) set() bool { return f.staged || f.rev != "" }

// A step is a state of a repository, and the one before it.
type step struct {
	repo *gitfs.Repository
	// files is the state; it counts what a partial clone lacks.
	files *gitfs.FS
	// at is the current directory in the repository.
	at string
	// before is the state before, published what others have (see lint.Before).
	before    *gitfs.FS
	published func() *gitfs.FS
	// changed is the paths that differ.
	changed []string
}

// close ends what the repository needed.
func (s *step) close() { s.repo.Close() }

// openStep opens the repository of the current directory.
func openStep(f gitFlags) (*step, error) {
	if f.staged && f.rev != "" {
		return nil, fmt.Errorf("%w: --staged and --rev are given, expected one of them", errUsage)
	}
	repo, err := gitfs.Open(".", gitfs.Options{})
	if err != nil {
		return nil, err
	}
	s := &step{repo: repo}
	if err := s.open(f); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *step) open(f gitFlags) error {
	var parents []*gitfs.Commit
	var changes func(*gitfs.Commit) ([]gitfs.Change, error)
	if f.staged {
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
		commit, err := s.repo.Commit(f.rev)
		if err != nil {
			return err
		}
		if commit == nil {
			return hinted{errors.New("there is no commit yet"), "--staged looks at what is staged"}
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
		if cwd, err := inside(s.repo.WorkTree, "."); err == nil {
			s.at = cwd
		}
	}
	return s.findChanges(parents, changes)
}

// inside is a path relative to a directory that holds it, links resolved.
func inside(dir, name string) (string, error) {
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
		return "", fmt.Errorf("%s is not in the repository of the current directory, %s", name, dir)
	}
	return filepath.ToSlash(rel), nil
}

// findChanges keeps what differs from every parent: what a merge only brings
// along was looked at when it was committed.
func (s *step) findChanges(parents []*gitfs.Commit, changes func(*gitfs.Commit) ([]gitfs.Change, error)) error {
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
// where that is HEAD or not known. An error here only costs the indulgence.
func (s *step) upstream(head *gitfs.Commit) *gitfs.FS {
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

// A stepTree is a tree in the repository and what of it is meant, as paths in it.
type stepTree struct {
	root    string
	scripts bool // a directory of rc.d scripts without ports
	parts   []string
	names   []string // what is no path
	target  *corpus.Target
}

// trees are the trees that paths lie in; without a path, those that the change
// concerns, in the ports tree around the current directory if that is one.
func (s *step) trees(ctx context.Context, paths []string) ([]*stepTree, error) {
	roots := corpus.NewRoots(s.files)
	var list []*stepTree
	add := func(root, name string, scripts bool) {
		if root != "." {
			name = strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		}
		i := slices.IndexFunc(list, func(t *stepTree) bool { return t.root == root && t.scripts == scripts })
		if i < 0 {
			i, list = len(list), append(list, &stepTree{root: root, scripts: scripts})
		}
		list[i].parts = append(list[i].parts, path.Clean(name))
	}
	named := func(root, name string) {
		i := slices.IndexFunc(list, func(t *stepTree) bool { return t.root == root && !t.scripts })
		if i < 0 {
			i, list = len(list), append(list, &stepTree{root: root})
		}
		list[i].names = append(list[i].names, name)
	}
	for _, p := range paths {
		rel, err := inside(s.repo.WorkTree, p)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		root := roots.In(rel)
		if _, err := fs.Lstat(s.files, rel); err != nil && !there(p) && !filepath.IsAbs(p) &&
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
	list = slices.DeleteFunc(list, func(t *stepTree) bool { return len(t.parts) == 0 })
	return list, s.targets(list)
}

// targets makes what is read of each tree.
func (s *step) targets(list []*stepTree) error {
	for _, t := range list {
		now, _, err := s.states(t)
		if err != nil {
			return err
		}
		t.target = s.target(t, now, t.parts)
		t.target.Names = t.names
	}
	return nil
}

// target is a tree of the repository in one of its states.
func (s *step) target(t *stepTree, state fs.FS, parts []string) *corpus.Target {
	tree := &corpus.Tree{Dir: s.dir(t), Repository: s.repo.WorkTree, Prefix: t.root, Inner: t.root, Scripts: t.scripts}
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
func (s *step) states(t *stepTree) (now fs.FS, before *lint.Before, err error) {
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

// dir is what to put before the paths of a tree in messages.
func (s *step) dir(t *stepTree) string {
	if up, err := filepath.Rel(s.at, t.root); err == nil {
		return up
	}
	return "."
}

// judge runs the rules on the trees. The configuration is the state's too; paths
// are what the person named.
func (s *step) judge(ctx context.Context, c *Command, trees []*stepTree, paths []string, f *judgeFlags,
	opts *lint.Options) (*lint.Result, error) {
	all := &lint.Result{}
	for _, t := range trees {
		_, before, err := s.states(t)
		if err != nil {
			return nil, err
		}
		named := paths
		if len(named) == 0 {
			named = []string{s.dir(t)}
		}
		state := []*corpus.Target{t.target}
		if err := c.prepare(state, named); err != nil {
			return nil, err
		}
		found, err := c.load(ctx, state, &f.narrow)
		if err != nil {
			return nil, err
		}
		if t.target.Tree.PortsDir != "" { // the state before stands on the same tree
			before.FS = t.target.In(before.FS).Tree.FS
			if published := before.Published; published != nil {
				before.Published = func() fs.FS {
					if f := published(); f != nil {
						return t.target.In(f).Tree.FS
					}
					return nil
				}
			}
		}
		o := *opts // each tree has a configuration of its own
		o.Before = before
		res, err := c.judge(ctx, found, f, &o)
		if res != nil {
			all.Subjects = append(all.Subjects, res.Subjects...)
			all.Findings = append(all.Findings, res.Findings...)
			all.Silenced = append(all.Silenced, res.Silenced...)
			all.Crashes = append(all.Crashes, res.Crashes...)
			all.Left += res.Left
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// judgeGit is judgePaths for trees in git.
func (c *Command) judgeGit(ctx context.Context, from gitFlags, paths []string, f *judgeFlags,
	opts *lint.Options) (*lint.Result, error) {
	if c.global.tree != "" {
		return nil, fmt.Errorf("%w: --tree and a state in git, expected one or the other: the tree is the repository of the current directory", errUsage)
	}
	s, err := openStep(from)
	if err != nil {
		return nil, err
	}
	defer s.close()
	trees, err := s.trees(ctx, paths)
	if err != nil {
		return nil, err
	}
	res, err := s.judge(ctx, c, trees, paths, f, opts)
	c.tellMissing(s.files)
	return res, err
}

// tellMissing says what was not looked at.
func (c *Command) tellMissing(f *gitfs.FS) {
	if n := f.Missing(); n > 0 {
		fmt.Fprintf(c.Stderr, "warning: %s not in this partial clone: ports among them that share a template were not seen\n", report.Plural(n, "file is", "files are"))
	}
}
