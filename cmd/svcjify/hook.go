package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/hook"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/gitstate"
	"github.com/svcjify/svcjify/lint/report"
)

// hookPrefix stands before each line, as in the ports tree's own hooks.
const hookPrefix = "[pre-commit] "

func (c *Command) hookCmd() *cobra.Command {
	var failOn string
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Check what is about to be committed; git runs it",
		Long: `Check the services that the staged change affects: those whose template changed, in every
port that installs it, and those of a port whose Makefile changed. A commit that affects
no service takes some hundredths of a second.

By default these block the commit: a template that changed without a new version of the
package, a script that declares itself ready and won't work, and what sh or make would
refuse. These are shown and block only with --fail-on warning: a service that declares
nothing yet, and a fault that was there before, in a script that did not change.

` + hook.Variable + ` in the environment overrides --fail-on; ` + hook.Variable + `=off checks nothing.

Exit codes:
  0  the commit goes on
  1  findings block it
  2  wrong usage
  3  svcjify failed, which blocks it too

To commit anyway: ` + hook.GoOn + `.`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, args []string) error {
			v := os.Getenv(hook.Variable)
			if hook.Off(v) {
				return nil
			}
			if v != "" {
				failOn = v
			}
			limit, err := parseFailOn(failOn)
			if err != nil {
				return hinted{err, "set --fail-on or " + hook.Variable + " to one of them; to commit anyway: " +
					hook.GoOn}
			}
			// It lives for a tenth of a second: collecting garbage is a tenth of that.
			defer debug.SetGCPercent(debug.SetGCPercent(400))
			return c.guard(func() error { return c.hook(cmd.Context(), limit) })
		},
	}
	cmd.Flags().StringVar(&failOn, "fail-on", "error",
		"lowest severity that blocks the commit: error, warning, info, never")
	complete(cmd, "fail-on", failOnWords...)
	cmd.AddCommand(c.hookInstallCmd(), c.hookUninstallCmd())
	return cmd
}

// guard runs the hook's work. A fault of ours blocks the commit, since nobody
// knows what it hides, and says how to go on.
func (c *Command) guard(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(c.Stderr, "%s\n", debug.Stack())
			err = hinted{fmt.Errorf("svcjify itself failed: %v", p),
				"to commit without the check: " + hook.GoOn}
		}
	}()
	if err := work(); err != nil {
		hint := "to commit without the check: " + hook.GoOn
		var several config.Errors // each of which has its own
		if h := hintOf(err); h != "" && !errors.As(err, &several) {
			hint = h + "; " + hint
		}
		return hinted{fmt.Errorf("the staged change could not be checked: %w", err), hint}
	}
	return nil
}

func (c *Command) hook(ctx context.Context, limit lint.Severity) error {
	s, err := gitstate.Staged(ctx, ".")
	if err != nil {
		return err
	}
	defer s.Close()
	trees, err := s.Trees(ctx, nil)
	if err != nil || len(trees) == 0 {
		return err
	}
	flags := judgeFlags{known: func() error { return c.known("") }}
	opts, err := c.options(&flags)
	if err != nil {
		return err
	}
	res, err := c.judgeState(ctx, s, trees, nil, &flags, &opts)
	if err != nil {
		return err
	}
	c.tellMissing(s)
	stops := hook.Stops(res, limit)
	var before func(lint.Finding) bool
	if !hook.OldFaultsCount(limit) {
		if opts.Release.Name == "" {
			opts.Release = c.config.Release
		}
		if before, err = s.FaultsBefore(ctx, trees, res, stops, opts); err != nil {
			return err
		}
	}
	d := hook.Decide(res, stops, before)
	for _, l := range d.Lines {
		if err := c.hookFinding(l); err != nil {
			return err
		}
	}
	if err := hook.Unjudged(res.Crashes); err != nil || d.Blocking == 0 {
		return err
	}
	c.exit = exitFindings
	return c.hookLine("ERROR: %s; correct it, or commit anyway with %s",
		report.Plural(d.Blocking, "finding blocks this commit", "findings block this commit"), hook.GoOn)
}

// hookFinding prints one finding, and what to do.
func (c *Command) hookFinding(l hook.Line) error {
	more := ""
	if l.AsBefore {
		more = " (as before this change)"
	}
	word := l.Word()
	if err := c.hookLine("%s: %s%s", word, report.Line(l.Finding), more); err != nil || l.Finding.Hint == "" {
		return err
	}
	return c.hookLine("%*s  hint: %s", len(word), "", report.OneLine(l.Finding.Hint))
}

func (c *Command) hookLine(format string, args ...any) error {
	_, err := fmt.Fprintf(c.Stderr, hookPrefix+format+"\n", args...)
	return err
}
