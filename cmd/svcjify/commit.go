package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/patch/gitwrite"
)

func (c *Command) commitCmd() *cobra.Command {
	var f planFlags
	var send sendFlags
	var branch string
	var force, allowDirty bool
	cmd := &cobra.Command{
		Use:   "commit --branch NAME [PATH...]",
		Short: "Commit the changes of `svcjify patch` to a new branch",
		Long: `Make the commits of svcjify patch -o on top of HEAD, in the repository itself. The work
tree and the index are not changed: svcjify only checks which files there differ from
HEAD.

It reads and changes the files as they are in HEAD. A change of a file that differs in
the work tree is left out, unless --allow-dirty is given. The branch must not exist yet;
--force replaces it, and git reflog keeps the old one.`,
		Example: `  svcjify commit --branch svcj /usr/ports
  git log -p main..svcj`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if branch == "" {
				return fmt.Errorf("%w: --branch NAME is missing", errUsage)
			}
			if err := send.check(); err != nil {
				return err
			}
			ctx := cmd.Context()
			target, err := c.oneTree(ctx, args)
			if err != nil {
				return err
			}
			root := target.Tree.Root
			head, err := gitwrite.Open(ctx, root)
			if err != nil {
				return err
			}
			defer head.Close()
			if err := head.Writable(); err != nil {
				return err
			}
			p, err := c.plan(ctx, func(ctx context.Context) (*corpus.Corpus, error) {
				state := []*corpus.Target{target.In(head.FS)}
				if err := c.prepare(state, args); err != nil {
					return nil, err
				}
				return c.load(ctx, state, &f.judge.narrow)
			}, &f)
			if err != nil {
				return err
			}
			if err := c.noneLeft(p.found, p.res, &f.judge.narrow); err != nil {
				return err
			}
			author, committer, err := c.signatures(ctx, root, head, &send)
			if err != nil {
				return err
			}
			c.tellMissing(head.Whole)
			held := c.withheld(p)
			taken, later := send.selection.Pick(p.changes)
			if !allowDirty {
				taken = c.clean(head, target.Tree, taken)
			}
			var commits []gitwrite.Commit
			for _, n := range patch.Order(taken) {
				files := map[string][]byte{}
				for _, file := range n.Files {
					files[headPath(target.Tree, n.Tree, file.Path)] = file.New
				}
				commits = append(commits, gitwrite.Commit{Author: author, Committer: committer,
					Message: n.Message(send.pr), Files: files})
			}
			if len(commits) == 0 {
				fmt.Fprintf(c.Stderr, "nothing to commit; no patch for %s\n", counted(held, "service", "services"))
				return nil
			}
			chain, err := head.Build(ctx, commits)
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			c.finishing.Store(true)
			if err := chain.Write(branch, force); err != nil {
				return err
			}
			if c.global.quiet {
				return nil
			}
			fmt.Fprintf(c.Stderr, "%s on branch %s, from %s; no patch for %s, %s left for later\n",
				counted(len(commits), "commit", "commits"), branch,
				head.Commit[:12], counted(held, "service", "services"), counted(len(later), "patch", "patches"))
			return nil
		},
	}
	f.add(cmd)
	send.add(cmd)
	cmd.Flags().StringVar(&branch, "branch", "", "name of the new branch")
	cmd.Flags().BoolVar(&force, "force", false, "replace the branch if it exists")
	cmd.Flags().BoolVar(&allowDirty, "allow-dirty", false,
		"also commit changes of files that differ from HEAD in the work tree; the commit is based on HEAD")
	return cmd
}

// oneTree finds the one ports tree that the arguments lie in.
func (c *Command) oneTree(ctx context.Context, args []string) (*corpus.Target, error) {
	targets, err := c.find(ctx, args)
	switch {
	case err != nil:
		return nil, err
	case len(targets) > 1:
		return nil, hinted{fmt.Errorf("the paths lie in %d trees, such as %s and %s: expected one", len(targets),
			targets[0].Tree.Dir, targets[1].Tree.Dir),
			"run svcjify once for each tree"}
	case targets[0].Tree.Scripts:
		return nil, hinted{fmt.Errorf("%s is a directory of scripts: expected a ports tree or a part of one",
			targets[0].Tree.Dir),
			"name the top of a ports tree, a category, or a port"}
	}
	return targets[0], nil
}

// signatures is who the commits are from and by. The committer's date is the
// author's, so that the same tree gives the same commits.
func (c *Command) signatures(ctx context.Context, root string, head *gitwrite.Head, send *sendFlags) (author,
	committer gitwrite.Signature, err error) {
	env, known, err := c.envelope(ctx, root, head, send)
	if err != nil {
		return author, committer, err
	}
	if !known {
		return author, committer, hinted{fmt.Errorf("there is no author: git has no user.name and user.email"),
			"git config user.name and user.email, or give --author 'Name <address>'"}
	}
	author = gitwrite.Signature{Name: env.From.Name, Email: env.From.Email, When: env.Date}
	committer = author
	if name, email := gitwrite.Identity(ctx, root, "COMMITTER"); name != "" && email != "" {
		by, err := patch.NewPerson(name, email)
		if err != nil {
			return author, committer, err
		}
		committer.Name, committer.Email = by.Name, by.Email
	}
	return author, committer, nil
}

// headPath is a file's path below the directory that the commits are made in; a
// tree within that tree has paths of its own.
func headPath(top, tree *corpus.Tree, name string) string {
	if tree.Prefix == top.Prefix {
		return name
	}
	return strings.TrimPrefix(strings.TrimPrefix(tree.Stable(name), top.Prefix), "/")
}

// clean leaves out changes to files that a person is working on.
func (c *Command) clean(head *gitwrite.Head, top *corpus.Tree, changes []*patch.Change) []*patch.Change {
	var out []*patch.Change
	for _, ch := range changes {
		dirty := ""
		for _, file := range ch.Files {
			if why := head.Dirty(headPath(top, ch.Tree, file.Path)); why != "" {
				dirty = ch.Tree.Shown(file.Path) + " " + why
				break
			}
		}
		if dirty == "" {
			out = append(out, ch)
			continue
		}
		fmt.Fprintf(c.Stderr, "skipped: %s: %s; --allow-dirty commits it anyway, based on HEAD\n",
			report.OneLine(ch.Name()), report.OneLine(dirty))
	}
	return out
}
