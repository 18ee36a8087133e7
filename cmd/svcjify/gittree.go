package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/gitstate"
	"github.com/svcjify/svcjify/lint/report"
)

// gitFlags say that the tree is taken out of git.
type gitFlags struct {
	staged bool
	rev    string
}

func (f *gitFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.staged, "staged", false,
		"check the staged files; without a PATH, those of the services that the commit changes")
	cmd.Flags().StringVar(&f.rev, "rev", "", "check the tree of a git `revision`; without a PATH, only the services that its commit changes")
}

func (f *gitFlags) set() bool { return f.staged || f.rev != "" }

// open opens the state in the repository of the current directory.
func (f *gitFlags) open(ctx context.Context) (*gitstate.State, error) {
	switch {
	case f.staged && f.rev != "":
		return nil, fmt.Errorf("%w: --staged and --rev are given, expected one of them", errUsage)
	case f.staged:
		return gitstate.Staged(ctx, ".")
	}
	return gitstate.Revision(ctx, ".", f.rev)
}

// judgeGit is judgePaths for trees in git.
func (c *Command) judgeGit(ctx context.Context, from gitFlags, paths []string, f *judgeFlags,
	opts *lint.Options) (*lint.Result, error) {
	if c.global.tree != "" {
		return nil, fmt.Errorf("%w: --tree and a state in git, expected one or the other: the tree is the repository of the current directory", errUsage)
	}
	s, err := from.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	c.tellRefused(s)
	trees, err := s.Trees(ctx, paths)
	var outside *gitstate.OutsideError
	switch {
	case errors.As(err, &outside):
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	case err != nil:
		return nil, err
	}
	res, err := c.judgeState(ctx, s, trees, paths, f, opts)
	c.tellMissing(s)
	return res, err
}

// judgeState runs the rules on trees in git. The configuration is the state's too; paths
// are what the person named.
func (c *Command) judgeState(ctx context.Context, s *gitstate.State, trees []*gitstate.Tree, paths []string,
	f *judgeFlags, opts *lint.Options) (*lint.Result, error) {
	all := &lint.Result{}
	for _, t := range trees {
		named := paths
		if len(named) == 0 {
			named = []string{s.Dir(t)}
		}
		target := []*corpus.Target{t.Target}
		if err := c.prepare(target, named); err != nil {
			return nil, err
		}
		found, err := c.load(ctx, target, &f.narrow)
		if err != nil {
			return nil, err
		}
		o := *opts // each tree has a configuration of its own
		if o.Before, err = s.Before(t); err != nil {
			return nil, err
		}
		res, err := c.judge(ctx, found, f, &o)
		if res != nil {
			all.Add(res)
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// tellRefused says that git itself would not read a repository.
func (c *Command) tellRefused(s interface{ Refused() string }) {
	if why := s.Refused(); why != "" {
		fmt.Fprintf(c.Stderr, "note: %s; svcjify reads it, and runs nothing that it names\n", report.OneLine(why))
	}
}

// tellMissing says what was not looked at.
func (c *Command) tellMissing(s interface{ Missing() int }) {
	if n := s.Missing(); n > 0 {
		fmt.Fprintf(c.Stderr, "warning: %s not in this partial clone: ports among them that share a template were not seen\n", report.Plural(n, "file is", "files are"))
	}
}
