package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/patch/batch"
)

// planFlags are the flags of the commands that make changes.
type planFlags struct {
	judge     judgeFlags
	certainty string
	repair    bool
}

func (f *planFlags) add(cmd *cobra.Command) {
	f.judge.narrow.plan = true
	f.judge.add(cmd)
	cmd.Flags().StringVar(&f.certainty, "certainty", "confident",
		"write only changes with at least this certainty: certain, confident, likely, possible")
	cmd.Flags().BoolVar(&f.repair, "repair", false,
		"move settings from start_precmd to the top level of the script, if the simulation shows that the start on the host stays the same")
	complete(cmd, "certainty", certaintyWords...)
}

// certaintyWords is what --certainty takes.
var certaintyWords = []string{"certain", "confident", "likely", "possible"}

func (c *Command) planOptions(f *planFlags) (patch.Options, error) {
	opts, err := c.options(&f.judge)
	if err != nil {
		return patch.Options{}, err
	}
	least, err := infer.ParseCertainty(f.certainty)
	if err != nil || least == infer.Unknown {
		return patch.Options{}, wrongWord("--certainty", f.certainty, certaintyWords)
	}
	return patch.Options{Certainty: least, Rules: f.judge.narrow.rules, Ignored: f.judge.narrow.ignored,
		Repair: f.repair,
		Lint:   opts}, nil
}

// planned is what would be changed in the trees that were named.
type planned struct {
	found   *corpus.Corpus
	res     *lint.Result
	changes []*patch.Change
	held    []patch.Withheld
	// opts is how, the configuration's word included.
	opts patch.Options
}

// today is one of the trees as it is now: what a batch compares itself with.
func (p *planned) today(tree *corpus.Tree) batch.Today {
	var subjects []*lint.Subject
	for _, s := range p.res.Subjects {
		if s.Service.Tree == tree {
			subjects = append(subjects, s)
		}
	}
	return batch.Today{Tree: tree, Subjects: subjects, Changes: p.changes, Held: p.held, Least: p.opts.Certainty}
}

// plan looks and plans.
func (c *Command) plan(ctx context.Context, open func(context.Context) (*corpus.Corpus, error),
	f *planFlags) (*planned, error) {
	opts, err := c.planOptions(f)
	if err != nil {
		return nil, err
	}
	p := &planned{}
	if p.found, err = open(ctx); err != nil {
		return nil, err
	}
	if p.res, err = c.judge(ctx, p.found, &f.judge, &opts.Lint); err != nil {
		return nil, err
	}
	p.opts = opts
	c.progress.say("proving the changes", c.global.quiet)
	defer c.progress.done()
	p.changes, p.held, err = patch.Plan(ctx, p.res, opts)
	return p, err
}

func (c *Command) patchCmd() *cobra.Command {
	var f planFlags
	var send sendFlags
	var out string
	cmd := &cobra.Command{
		Use:   "patch [PATH...]",
		Short: "Print or write patches that make services ready",
		Long: `Print a unified diff that makes the services ready, or write a batch with -o.

A batch is a directory with SUMMARY.html (SUMMARY.md) to read first, and a directory for
each maintainer, or for each category of ports without one. These have one patch per port,
as git format-patch writes it, a report text for Bugzilla, and a letter to the maintainer.
Ports that share a template are one patch; ports of one maintainer with the same template
are a numbered series, and so are the ports of a category. --group says what gets one
report. Files in the directory that svcjify did not write, or that were changed since, are
not touched. svcjify batch says what to send next, and which patches were committed.

Each change is checked before it is written: the template is edited in memory, parsed and
simulated again, and PORTREVISION must have risen by one in every port that installs the
script. Services without a patch are listed on standard error, or in the summary,
with what a person can do about it.`,
		Example: `  svcjify patch dns/knot3 | git apply
  svcjify patch -o /tmp/batch --limit 5 /usr/ports`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := send.check(); err != nil {
				return err
			}
			p, err := c.plan(cmd.Context(), c.at(args, &f), &f)
			if err != nil {
				return err
			}
			if out != "" {
				return c.writeBatch(cmd.Context(), out, args, p, &f, &send)
			}
			c.withheld(p)
			if err := c.noneLeft(p.found, p.res, &f.judge.narrow); err != nil {
				return err
			}
			taken, _ := send.selection.Pick(c.oneRepository(p.changes))
			c.appliesHere(taken)
			for _, ch := range taken {
				if _, err := c.Stdout.Write(ch.Diff()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.add(cmd)
	send.add(cmd)
	send.addGroup(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "directory to write a batch to")
	return cmd
}

// withheld lists on standard error what got no patch, and why, as the summaries of a batch do.
// It gives their number.
func (c *Command) withheld(p *planned) int {
	c.finishing.Store(true)
	n := 0
	for _, tree := range p.found.Trees {
		for _, w := range p.today(tree).Withheld(tree.Shown) {
			fmt.Fprint(c.Stderr, w.Lines())
			n++
		}
	}
	return n
}

// oneRepository keeps the changes of the first repository: a diff has paths of
// one.
func (c *Command) oneRepository(changes []*patch.Change) []*patch.Change {
	var out []*patch.Change
	told := map[string]bool{}
	for _, ch := range changes {
		if ch.Tree.Repository == changes[0].Tree.Repository &&
			(ch.Tree.Repository != "" || ch.Tree == changes[0].Tree) {
			out = append(out, ch)
		} else if !told[ch.Tree.Dir] {
			told[ch.Tree.Dir] = true
			c.progress.done()
			fmt.Fprintf(c.Stderr, "withheld: %s is in another repository than %s: svcjify patch %s makes its diff\n",
				report.OneLine(ch.Tree.Dir), report.OneLine(changes[0].Tree.Dir), report.OneLine(ch.Tree.Dir))
		}
	}
	return out
}

// appliesHere warns where git apply, run in the current directory, would leave
// out files above it (git-apply(1)).
func (c *Command) appliesHere(changes []*patch.Change) {
	for _, ch := range changes {
		if ch.Tree.Repository == "" {
			continue
		}
		for _, f := range ch.Files {
			if shown := ch.Tree.Shown(f.Path); strings.HasPrefix(shown, "../") {
				fmt.Fprintf(c.Stderr, "note: git apply leaves out what is above the current directory, such as %s: run it in %s\n",
					report.OneLine(shown), report.OneLine(ch.Tree.Repository))
				return
			}
		}
	}
}

func (c *Command) fixCmd() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "fix [PATH...]",
		Short: "Make the changes of `svcjify patch` in place",
		Long: `Make the changes of svcjify patch in the tree itself. A file is replaced as a whole or
not at all, and keeps its mode and owner. Symlinks, files with more than one hard link, files
whose owner can't be kept, and files outside the tree are refused.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := c.plan(cmd.Context(), c.at(args, &f), &f)
			if err != nil {
				return err
			}
			c.withheld(p)
			if err := c.noneLeft(p.found, p.res, &f.judge.narrow); err != nil {
				return err
			}
			var failed error
			for _, ch := range p.changes {
				if err := ch.WriteTree(ch.Tree.Dir); err != nil {
					fmt.Fprintf(c.Stderr, "error: %s\n", err)
					failed = fmt.Errorf("some changes could not be written")
					continue
				}
				for _, file := range ch.Files {
					fmt.Fprintln(c.Stdout, report.OneLine(shownFile(ch.Tree, file.Path)))
				}
			}
			return failed
		},
	}
	f.add(cmd)
	return cmd
}
