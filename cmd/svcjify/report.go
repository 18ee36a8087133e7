package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/page"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func (c *Command) reportCmd() *cobra.Command {
	var f planFlags
	var out string
	cmd := &cobra.Command{
		Use:   "report -o DIR [PATH...]",
		Short: "Write a report to read in a browser",
		Long: `Write index.html and report.json into a directory. The page is one file: it loads
nothing, sends nothing, and can be put on any web server or mailed. It shows how many
services are ready, by category and by maintainer, and how many would be ready if the
patches were committed. For each service it has the verdict with its evidence, the
simulated start on the host and in the jail, the findings, and the patch.

The URL holds the search and the filters, so you can send it as a link:
index.html#maintainer=me@example.org. Each service has its own anchor. report.json has
the same data for programs.

If one of the two files exists and svcjify report did not write it, it stays as it is.
Other files in the directory are not touched.`,
		Example: `  svcjify report -o /tmp/report /usr/ports
  svcjify report -o /tmp/mine --maintainer me@example.org /usr/ports`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return fmt.Errorf("%w: %w", errUsage,
					hinted{fmt.Errorf("-o DIR is missing, the directory to write to"),
						"svcjify report -o DIR [PATH...]"})
			}
			if err := page.Check(out); err != nil {
				return err
			}
			p, err := c.plan(cmd.Context(), c.at(args, &f), &f)
			if err != nil {
				return err
			}
			if err := c.noneLeft(p.found, p.res, &f.judge.narrow); err != nil {
				return err
			}
			in, err := c.reportInput(cmd.Context(), p)
			if err != nil {
				return err
			}
			r := page.New(*in)
			if err := r.Write(out); err != nil {
				return err
			}
			if !c.global.quiet {
				fmt.Fprintf(c.Stderr, "%s in %s, %d ready, %s; open %s\n", counted(r.All.Number, "service", "services"),
					out,
					r.All.States[lint.Ready], counted(len(r.Patches), "patch", "patches"),
					filepath.Join(out, "index.html"))
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "`directory` to write to")
	return cmd
}

// reportInput is a plan as a page wants it.
func (c *Command) reportInput(ctx context.Context, p *planned) (*page.Input, error) {
	in := &page.Input{Result: p.res, Release: p.opts.Lint.Release.Name, Certainty: p.opts.Certainty,
		Patches: map[*corpus.Service]*page.Patch{}, Withheld: map[*corpus.Service]page.Withheld{}}
	if in.Release == "" {
		in.Release = rcrun.DefaultRelease
	}
	for i, t := range p.found.Trees {
		if i > 0 {
			in.Tree += ", "
		}
		in.Tree += report.OneLine(t.Dir)
	}
	if len(p.found.Trees) == 1 && p.found.Trees[0].Root != "" {
		head, done := headOf(ctx, p.found.Trees[0].Root)
		if head != nil {
			in.Commit = head.Commit
		}
		done()
	}
	c.progress.say("looking at what the patches would bring", c.global.quiet)
	defer c.progress.done()
	for _, ch := range p.changes {
		x := &page.Patch{Title: ch.Subject(), Certainty: ch.Certainty, Diff: string(ch.Diff()),
			After: map[*corpus.Service]lint.State{}}
		for _, s := range ch.Subjects {
			after, err := ch.StateAfter(ctx, s, p.opts)
			if err != nil {
				return nil, err
			}
			in.Patches[s.Service], x.After[s.Service] = x, after
		}
	}
	for _, tree := range p.found.Trees {
		for _, w := range p.today(tree).Withheld(tree.Stable) {
			in.Withheld[w.Subject.Service] = page.Withheld{What: w.What, Do: w.Do, More: w.More}
		}
	}
	return in, nil
}
