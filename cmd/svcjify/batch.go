package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch/batch"
)

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c *Command) batchCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "batch",
		Short: "Say which patches of a batch to send, and which were committed",
		Long: `Work with the patches that svcjify patch -o wrote: which to send next, which were sent,
which are committed in today's tree, which still apply, which must be written again. DIR
is the directory of the batch; without it, the current directory.

To leave out a port or a maintainer permanently, add three lines at the end of
svcjify.batch in the directory, which is TOML:

  [[skip]]
  what = "www/nginx"
  because = "the maintainer does it himself, PR 123456"`,
		Example: `  svcjify batch next 5 /tmp/batch
  svcjify batch sent www/nginx --pr 123456 /tmp/batch
  svcjify batch status /tmp/batch`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.batchNextCmd(), c.batchSentCmd(), c.batchStatusCmd(), c.batchRefreshCmd())
	return cmd
}

// upTo checks the number of arguments of a command on a batch: what it needs,
// and perhaps the directory.
func upTo(needs ...string) cobra.PositionalArgs {
	return takes(len(needs), len(needs)+1, strings.Join(append(slices.Clone(needs),
		"the directory of svcjify patch -o (without it, the current one)"), " and "))
}

// dirOf is the directory of the batch: the argument after those that are needed.
func dirOf(args []string, needs ...string) string {
	if len(args) > len(needs) {
		return args[len(needs)]
	}
	return "."
}

func (c *Command) batchStatusCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "status [DIR]",
		Short: "Compare a batch with today's tree; exit 1 unless all apply",
		Args:  upTo(),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := batch.OpenReadOnly(dirOf(args))
			if err != nil {
				return err
			}
			defer dir.Close()
			_, states, _, err := c.states(cmd.Context(), dir)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(c.Stdout, 0, 8, 2, ' ', 0)
			count := map[batch.Status]int{}
			for _, s := range states {
				count[s.Status]++
				if s.Status != batch.Applies {
					c.exit = exitFindings
				}
				fmt.Fprintf(t, "%s\t%s\t%s\n", s.Status, report.OneLine(s.Entry.Change),
					report.OneLine(said(dir.Batch, s)))
			}
			if err := t.Flush(); err != nil {
				return err
			}
			var words []string
			for _, s := range batch.Statuses {
				if count[s] > 0 {
					words = append(words, fmt.Sprintf("%d %s", count[s], s))
				}
			}
			if len(words) > 0 {
				words = []string{": " + strings.Join(words, ", ")}
			}
			_, err = fmt.Fprintf(c.Stdout, "%s%s\n", counted(len(states), "patch", "patches"), strings.Join(words, ""))
			return err
		},
	}
}

func (c *Command) batchRefreshCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh [DIR]",
		Short: "Rewrite patches that no longer apply, remove committed ones",
		Long: `Write again the patches of a batch that do not apply to today's tree or would now
change something else. Remove those that are committed or no longer needed, whose port
is gone, or that svcjify.batch skips. A patch that still applies is not touched. New
patches are not added: run svcjify patch -o again for those.`,
		Args: upTo(),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := batch.Open(dirOf(args))
			if err != nil {
				return err
			}
			defer dir.Close()
			p, states, send, err := c.states(cmd.Context(), dir)
			if err != nil {
				return err
			}
			head, done := headOf(cmd.Context(), p.found.Trees[0].Root)
			defer done()
			set := dir.Batch.Settings
			if set.Base = ""; head != nil {
				set.Base = head.Commit
			}
			env, _, err := c.envelope(cmd.Context(), p.found.Trees[0].Root, head, send)
			if err != nil {
				return err
			}
			in := batch.Refresh(dir.Batch, states)
			in.Settings, in.Today, in.Envelope = set, p.today(p.found.Trees[0]), env
			for _, s := range states {
				if s.Status != batch.Applies {
					fmt.Fprintf(c.Stdout, "%s: %s\n", report.OneLine(s.Entry.Change),
						report.OneLine(strings.TrimSuffix(string(s.Status)+", "+s.Detail, ", ")))
				}
			}
			return c.make(cmd.Context(), dirOf(args), dir, in, p, send)
		},
	}
}

// said is the details of a patch: what became of it, and when it was sent.
func said(b *batch.Batch, s batch.State) string {
	sent, ok := b.SentOf(s.Entry.Change)
	if !ok {
		return s.Detail
	}
	text := sent.String()
	if sent.Sum != "" && sent.Sum != s.Entry.Sum {
		text += " (made again since)"
	}
	if s.Detail != "" {
		text += "; " + s.Detail
	}
	return text
}

// states looks at the tree of a batch as it is today.
func (c *Command) states(ctx context.Context, dir *batch.Dir) (*planned, []batch.State, *sendFlags, error) {
	set := dir.Batch.Settings
	f, send, err := c.parseWords(set)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := c.plan(ctx, func(ctx context.Context) (*corpus.Corpus,
		error) {
		return c.openAgain(ctx, set, &f.judge.narrow)
	}, f)
	if err != nil {
		return nil, nil, nil, err
	}
	p.of(p.found.Trees[0])
	return p, dir.Batch.States(p.today(p.found.Trees[0]), dir.Read), send, nil
}

// openAgain opens what a batch was made from. A part of the tree that is gone
// by now is left out, so that the rest can be told from it.
func (c *Command) openAgain(ctx context.Context, set batch.Settings, narrow *narrowFlags) (*corpus.Corpus, error) {
	var paths, gone []string
	for _, p := range set.Paths {
		full := filepath.Join(set.Tree, filepath.FromSlash(p))
		switch _, wrong := corpus.Find(ctx, corpus.Query{Args: []string{p}, Tree: set.Tree}); {
		case there(full):
			paths = append(paths, full)
		case len(wrong) == 0: // a name
			paths = append(paths, p)
		default:
			gone = append(gone, p)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("nothing of what the batch was made from is there: %s", strings.Join(gone, ", "))
	}
	targets, wrong := corpus.Find(ctx, corpus.Query{Args: paths, Tree: set.Tree})
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	if err := c.prepare(targets, paths); err != nil {
		return nil, err
	}
	found, err := corpus.Load(ctx, targets, narrow.narrow())
	if err != nil { // the ports are gone: the tree tells what became of them
		if targets, wrong = corpus.Find(ctx, corpus.Query{Tree: set.Tree}); len(wrong) > 0 {
			return nil, err
		}
		return corpus.Load(ctx, targets, narrow.narrow())
	}
	return found, nil
}

// parseWords turns a batch file's flags back into the command line's.
func (c *Command) parseWords(set batch.Settings) (*planFlags, *sendFlags, error) {
	f, send := &planFlags{}, &sendFlags{author: set.Author, date: set.Date, pr: set.PR}
	cmd := &cobra.Command{}
	f.add(cmd)
	send.addGroup(cmd)
	(&sendFlags{}).add(cmd)
	for _, w := range set.Flags {
		name, value, _ := strings.Cut(w, " ")
		switch name {
		case "config":
			c.global.config = value
			continue
		case "portsdir":
			c.global.portsdir = value
			continue
		}
		if err := cmd.Flags().Set(name, value); err != nil {
			return nil, nil, fmt.Errorf("%s: flag %q: %w", batch.FileName, w, err)
		}
	}
	return f, send, send.check()
}
