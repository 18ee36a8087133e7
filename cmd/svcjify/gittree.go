package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
)

// gitFlags say that the tree is taken out of git.
type gitFlags struct {
	staged bool
	rev    string
}

func (f *gitFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.staged, "staged", false, "look at what is staged; without a path, at the services that the commit concerns")
	cmd.Flags().StringVar(&f.rev, "rev", "", "look at a git `revision`; without a path, at the services that its commit concerns")
}

func (f *gitFlags) set() bool { return f.staged || f.rev != "" }

// A step is a state of a tree in git, and the one before it.
type step struct {
	repo *gitfs.Repository
	// files is the state, with the ports tree at its root; raw counts what a partial clone lacks.
	files fs.FS
	raw   *gitfs.FS
	// dir is what to put before a path for the person who called.
	dir string
	// root is the ports tree's place in the repository.
	root string
	// before and what changed since; changed is in the ports tree.
	before  lint.Before
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
		parents = append(parents, head)
		merging, err := s.repo.Merging()
		if err != nil {
			return err
		}
		if merging != nil {
			parents = append(parents, merging)
		}
		changes = s.repo.StagedChanges
		if s.raw, err = s.repo.Staged(); err != nil {
			return err
		}
		s.before.Published = sync.OnceValue(func() fs.FS { return s.published(head) })
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
		s.raw = s.repo.FS(commit)
	}
	if err := s.place(); err != nil {
		return err
	}
	before, err := fs.Sub(s.repo.FS(parents[0]), s.root)
	if err != nil {
		return err
	}
	s.before.FS = before
	return s.findChanges(parents, changes)
}

// place finds the ports tree in the repository: around the current directory, else at the top.
func (s *step) place() error {
	cwd, err := os.Getwd()
	if err != nil {
		return err
	}
	at := "."
	if s.repo.WorkTree != "" {
		if at, err = inside(s.repo.WorkTree, cwd); err != nil {
			at = "."
		}
	}
	s.root = "."
	if root, ok := corpus.RootIn(s.raw, at); ok {
		s.root = root
	}
	s.dir = "."
	if up, err := filepath.Rel(at, s.root); err == nil {
		s.dir = up
	}
	s.files, err = fs.Sub(s.raw, s.root)
	return err
}

// inside is a path relative to a directory that holds it, links resolved.
func inside(dir, name string) (string, error) {
	real := func(p string) string {
		// The file itself may be gone from the work tree.
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
			name, ok := c.Path, true
			if s.root != "." {
				name, ok = strings.CutPrefix(c.Path, s.root+"/")
			}
			if !ok || !c.Text || count[name] != i {
				continue
			}
			if count[name]++; count[name] == len(parents) {
				s.changed = append(s.changed, name)
			}
		}
	}
	return nil
}

// published is the tree that the branch's upstream has in common with it; nil
// where that is HEAD or not known. An error here only costs the indulgence.
func (s *step) published(head *gitfs.Commit) fs.FS {
	up, err := s.repo.Upstream()
	if err != nil || up == nil || head == nil || up.String() == head.String() {
		return nil
	}
	fork, err := gitfs.ForkPoint(head, up)
	if err != nil || fork == nil || fork.String() == head.String() {
		return nil
	}
	sub, err := fs.Sub(s.repo.FS(fork), s.root)
	if err != nil {
		return nil
	}
	return sub
}

// parts are the paths in the ports tree that are meant; without one, what the change concerns.
func (s *step) parts(paths []string) ([]string, error) {
	if len(paths) == 0 {
		return corpus.Touched(s.files, s.before.FS, s.changed), nil
	}
	var list []string
	for _, p := range paths {
		rel, err := inside(s.repo.WorkTree, p)
		if err == nil && s.root != "." && rel != s.root {
			var ok bool
			if rel, ok = strings.CutPrefix(rel, s.root+"/"); !ok {
				err = fmt.Errorf("%s is not in the ports tree at %s", p, s.root)
			}
		} else if rel == s.root {
			rel = "."
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		list = append(list, path.Clean(rel))
	}
	return list, nil
}

// look runs the rules on parts of the state. The configuration is the state's
// too; paths are what the person named.
func (s *step) look(ctx context.Context, c *Command, parts, paths []string, f *lookFlags, opts *lint.Options) (*lint.Result, error) {
	if len(parts) == 0 {
		return &lint.Result{}, nil
	}
	found, err := corpus.OpenFS(s.files, s.dir, parts...)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		paths = []string{s.dir}
	}
	opts.Before = &s.before
	return c.judge(ctx, found, paths, f, opts)
}

// lookGit is look for a tree in git.
func (c *Command) lookGit(ctx context.Context, from gitFlags, paths []string, f *lookFlags, opts *lint.Options) (*lint.Result, error) {
	s, err := openStep(from)
	if err != nil {
		return nil, err
	}
	defer s.close()
	parts, err := s.parts(paths)
	if err != nil {
		return nil, err
	}
	res, err := s.look(ctx, c, parts, paths, f, opts)
	c.tellMissing(s.raw)
	return res, err
}

// tellMissing says what was not looked at.
func (c *Command) tellMissing(f *gitfs.FS) {
	if n := f.Missing(); n > 0 {
		fmt.Fprintf(c.Stderr, "warning: %d files are not in this partial clone: ports among them that share a template were not seen\n", n)
	}
}
