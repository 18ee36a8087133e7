package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/gitstate"
	"github.com/svcjify/svcjify/lint/history"
	"github.com/svcjify/svcjify/lint/report"
)

// historyKeep is how many bytes of git objects are kept: those of a ports tree's Makefiles
// and directories are some 60 MB.
const historyKeep = 256 << 20

// historyFlags are the flags of the commands that look at revisions.
type historyFlags struct {
	judge    judgeFlags
	simulate bool
}

func (f *historyFlags) add(cmd *cobra.Command) {
	f.judge.addRelease(cmd)
	cmd.Flags().StringSliceVar(&f.judge.narrow.only, "only", nil,
		"only ports or services that match these patterns, such as www/* or nginx")
	cmd.Flags().BoolVar(&f.simulate, "simulate", true,
		"run the scripts in the simulation, which finds what blocks a service; with =false, only read them (faster, and misses faults)")
}

func (c *Command) historyCmd() *cobra.Command {
	var f historyFlags
	var format formatFlag
	var since, rev, every string
	h := &history.History{}
	cmd := &cobra.Command{
		Use:   "history [--since DATE | --rev A..B] [--every 30d] [PATH]",
		Short: "Show how many services were ready over time, from git",
		Long: `Show the states of a ports tree's services over its git history. Revisions are read out of
the repository around PATH, by default the current directory; nothing is checked out. They are
followed along first parents, so each revision was once the tip of the branch. A service
is judged again only if a file changed that its verdict depends on.

tsv has one line per revision, json is one object, svg a picture with dates on the axis
and the tags of the repository marked as releases. A note says where there was no ports
tree, or where objects are missing.`,
		Example: `  svcjify history --since 2024-01-01 --format tsv=r.tsv,svg=r.svg /usr/ports
  svcjify history --rev 2025Q1..main --every 7d /usr/ports`,
		Args: takes(0, 1, "at most one path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			outs, err := format.outputs()
			if err != nil {
				return err
			}
			step, err := history.Days(every)
			if err != nil {
				return fmt.Errorf("%w: --every: %w", errUsage, err)
			}
			j, err := c.openHistory(cmd.Context(), args, &f)
			if err != nil {
				return err
			}
			defer j.Repository.Close()
			line, from, err := history.Span(cmd.Context(), j.Repository, rev, since)
			if err != nil {
				return wrongSpan(err)
			}
			if line.Ends != "" {
				fmt.Fprintf(c.Stderr, "note: %s\n", report.OneLine(line.Ends))
			}
			tip := line.Commits[0]
			if err := c.judgeAt(j, tip, args, &f); err != nil {
				return err
			}
			c.progress.say("looking at revisions", c.global.quiet)
			h.Points, err = j.Points(cmd.Context(), line.Every(step, from), func(done, all int, at *gitfs.Commit) {
				c.progress.named(done, all, at.When().Format(time.DateOnly))
			})
			c.progress.done()
			c.crashed(j.Crashes)
			if err != nil {
				return err
			}
			if err := f.matched(j); err != nil {
				return err
			}
			h.Title, h.Simulated = "Services by state: "+historyName(j), f.simulate
			tags, err := j.Repository.Tags()
			if err != nil {
				return err
			}
			h.Mark(tags)
			if c.global.verbose {
				fmt.Fprintf(c.Stderr, "%d services looked at, %d known from another revision\n", j.Judged, j.Known)
			}
			return c.print(outs, nil, report.Options{})
		},
	}
	f.add(cmd)
	format.add(cmd, historyFormats(h))
	text := cmd.Flags().Lookup("format")
	text.Usage, text.DefValue, format.text = "`format` to print: tsv, json or svg, or several as in tsv=FILE,svg=FILE",
		"tsv", "tsv"
	cmd.Flags().StringVar(&since, "since", "",
		"first `date`, such as 2024-01-31 or 90d (ago); default two years before the last commit")
	cmd.Flags().StringVar(&rev, "rev", "", "`revisions`: A..B, or the last one only; default HEAD")
	cmd.Flags().StringVar(&every, "every", "30d", "`time` between revisions, such as 30d, 4w or 1y")
	cmd.MarkFlagsMutuallyExclusive("since", "rev")
	return cmd
}

// historyFormats is what history can print. It is asked for before there is anything in h.
func historyFormats(h *history.History) []report.Format {
	format := func(name, what string, print func(io.Writer) error) report.Format {
		return report.Format{Name: name, What: what,
			Print: func(w io.Writer, _ *lint.Result, _ report.Options) error { return print(w) }}
	}
	return []report.Format{
		format("tsv", "programs and spreadsheets: a line a revision, with a header", h.TSV),
		format("json", "programs: an object, with the repository's tags", h.JSON),
		format("svg", "people: a picture, the states stacked over time", h.SVG),
	}
}

func (c *Command) diffCmd() *cobra.Command {
	var f historyFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff REV1 REV2 [PATH]",
		Short: "Show which services changed state between two revisions",
		Long: `Show the services whose state in REV2 is not that in REV1, those that are new and those
that are gone, each with the commit that made the difference, along first parents. The
repository is the one around PATH, by default the current directory; nothing is checked out.`,
		Example: `  svcjify diff 2025Q1 main
  svcjify diff HEAD~100 HEAD /usr/ports/www`,
		Args: takes(2, 3, "two revisions and perhaps a path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := c.openHistory(cmd.Context(), args[2:], &f)
			if err != nil {
				return err
			}
			defer j.Repository.Close()
			var commits [2]*gitfs.Commit
			for i := range commits {
				if commits[i], err = history.CommitOf(j.Repository, args[i]); err != nil {
					return err
				}
			}
			if err := c.judgeAt(j, commits[1], args[2:], &f); err != nil {
				return err
			}
			c.progress.say("looking at revisions", c.global.quiet)
			changes, notes, err := j.Compare(cmd.Context(), commits[0], commits[1])
			c.progress.done()
			c.crashed(j.Crashes)
			if err != nil {
				return err
			}
			if err := f.matched(j); err != nil {
				return err
			}
			for _, n := range notes {
				fmt.Fprintf(c.Stderr, "note: %s\n", report.OneLine(n))
			}
			if asJSON {
				if changes == nil {
					changes = []history.Change{}
				}
				return report.EncodeJSON(c.Stdout, changes)
			}
			if len(changes) == 0 && !c.global.quiet {
				fmt.Fprintln(c.Stderr, "no service changed its state")
			}
			return history.Print(c.Stdout, changes)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an array of objects")
	return cmd
}

// matched is an error where --only matched no service of any revision.
func (f *historyFlags) matched(j *history.Judge) error {
	if names := f.judge.narrow.names(); names != "" && j.Judged+j.Known == 0 {
		return hinted{fmt.Errorf("%w matches %s in any of these revisions", errNoService, names),
			"svcjify list shows the services of today"}
	}
	return nil
}

// openHistory opens the repository around a path.
func (c *Command) openHistory(ctx context.Context, args []string, f *historyFlags) (*history.Judge, error) {
	if c.global.tree != "" {
		return nil, fmt.Errorf("%w: --tree and a state in git, expected one or the other: PATH says which repository",
			errUsage)
	}
	repo, err := gitfs.Open(historyPath(args), gitfs.Options{Context: ctx, Keep: historyKeep})
	if err != nil {
		return nil, err
	}
	c.tellRefused(repo)
	opts, err := c.options(&f.judge)
	if err != nil {
		repo.Close()
		return nil, err
	}
	if !f.simulate {
		opts.Simulate = nil
	}
	j := &history.Judge{Repository: repo, Root: ".", Parts: []string{"."}, Lint: opts,
		Narrow: f.judge.narrow.narrow()}
	if c.judging != nil {
		j.Run = c.judging.Run
	}
	return j, nil
}

// wrongSpan marks an error of what --since says as one of the command line.
func wrongSpan(err error) error {
	if bad := (*history.SpanError)(nil); errors.As(err, &bad) {
		return fmt.Errorf("%w: --since: %w", errUsage, err)
	}
	return err
}

// historyPath is the directory that a path is, or is in.
func historyPath(args []string) string {
	if len(args) == 0 {
		return "."
	}
	if info, err := os.Stat(args[0]); err == nil && !info.IsDir() {
		return filepath.Dir(args[0])
	}
	return args[0]
}

// judgeAt finds the tree and the part of it that a path means, as they are in a revision.
func (c *Command) judgeAt(j *history.Judge, at *gitfs.Commit, args []string, f *historyFlags) error {
	name := "."
	if len(args) > 0 {
		name = args[0]
	}
	files := j.Repository.FS(at)
	if j.Repository.WorkTree != "" {
		rel, err := gitstate.Inside(j.Repository.WorkTree, name)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		j.Root = corpus.NewRoots(files).In(rel)
		part := strings.TrimPrefix(strings.TrimPrefix(rel, j.Root), "/")
		if j.Root == "." {
			part = rel
		}
		if part == "" {
			part = "."
		}
		j.Parts = []string{part}
	}
	sub, err := fs.Sub(files, j.Root)
	if err != nil {
		return err
	}
	tree := &corpus.Tree{Dir: name, Repository: j.Repository.WorkTree, Inner: j.Root, Prefix: j.Root}
	if tree.Repository != "" {
		tree.Root = filepath.Join(tree.Repository, filepath.FromSlash(j.Root))
		tree.Dir = tree.Root
	}
	tree = (&corpus.Target{Tree: tree}).In(sub).Tree
	if err := c.configure([]*corpus.Tree{tree}, []string{historyPath(args)}); err != nil {
		return err
	}
	if j.Lint.Operator == "" {
		j.Lint.Operator = c.config.Operator
	}
	if j.Lint.Release.Name == "" {
		j.Lint.Release = c.config.Release
	}
	policy := *c.config.Policy
	policy.Tree = nil // it counts for the trees of all revisions
	j.Lint.Policy = &policy
	return nil
}

// historyName is what the history is of.
func historyName(j *history.Judge) string {
	name := j.Repository.WorkTree
	if name == "" {
		name = j.Repository.GitDir
	}
	name = filepath.Base(name)
	if j.Root != "." {
		name += "/" + j.Root
	}
	if j.Parts[0] != "." {
		name += "/" + j.Parts[0]
	}
	return name
}
