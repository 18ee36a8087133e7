package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/report"
)

// hookVariable switches the hook off, or sets --fail-on, for one commit.
const hookVariable = "SVCJIFY_HOOK"

// hookOff is what switches it off, as a pattern of sh(1).
const hookOff = "off | 0 | no"

// goOn is how to commit all the same.
const goOn = "git commit --no-verify, or " + hookVariable + "=off in the environment"

// hookPrefix stands before each line, as in the ports tree's own hooks.
const hookPrefix = "[pre-commit] "

func (c *Command) hookCmd() *cobra.Command {
	var failOn string
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Check what is about to be committed; git calls it before a commit",
		Long: `Check the services that the staged change concerns: those whose template changed,
through whatever port it is installed, and those of a port whose Makefile changed.
A commit that concerns no service takes some hundredths of a second.

What blocks the commit, by default: a template that changed without a new version of the
package, a script that declares itself ready and won't work, and what sh or make would
refuse. A service that declares nothing yet is mentioned, and does not block, nor does a
fault that was there before in a script that did not change; with --fail-on warning they do.

` + hookVariable + ` in the environment overrides --fail-on; ` + hookVariable + `=off checks nothing.

Exit codes: 0 the commit may go on, 1 findings block it, 2 wrong usage, 3 svcjify could
not do its work, which blocks it too; to commit all the same: ` + goOn + `.`,
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, args []string) error {
			v := os.Getenv(hookVariable)
			if slices.Contains(strings.Split(hookOff, " | "), v) {
				return nil
			}
			if v != "" {
				failOn = v
			}
			limit, err := parseFailOn(failOn)
			if err != nil {
				return hinted{err, "set --fail-on or " + hookVariable + " to one of them; to commit all the same: " +
					goOn}
			}
			// It lives for a tenth of a second: collecting garbage is a tenth of that.
			defer debug.SetGCPercent(debug.SetGCPercent(400))
			return c.guard(func() error { return c.hook(cmd.Context(), limit) })
		},
	}
	cmd.Flags().StringVar(&failOn, "fail-on", "error",
		"least severity that blocks the commit: error, warning, info, never")
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
			err = hinted{fmt.Errorf("svcjify crashed, which is a fault of its own: %v", p),
				"to commit without the check: " + goOn}
		}
	}()
	if err := work(); err != nil {
		hint := "to commit without the check: " + goOn
		var several config.Errors // each of which has its own
		if h := hintOf(err); h != "" && !errors.As(err, &several) {
			hint = h + "; " + hint
		}
		return hinted{fmt.Errorf("the staged change could not be checked: %w", err), hint}
	}
	return nil
}

func (c *Command) hook(ctx context.Context, limit lint.Severity) error {
	s, err := openStep(gitFlags{staged: true})
	if err != nil {
		return err
	}
	defer s.close()
	trees, err := s.trees(ctx, nil)
	if err != nil || len(trees) == 0 {
		return err
	}
	flags := judgeFlags{known: func() error { return c.known("") }}
	opts, err := c.options(&flags)
	if err != nil {
		return err
	}
	res, err := s.judge(ctx, c, trees, nil, &flags, &opts)
	if err != nil {
		return err
	}
	c.tellMissing(s.files)
	type script struct {
		tree          *corpus.Tree
		path, service string
	}
	states := map[script]lint.State{}
	for _, sub := range res.Subjects {
		states[script{sub.Service.Tree, sub.Service.Template, sub.Service.Name}] = sub.State
	}
	stops := func(f lint.Finding) bool { return blocks(f, states[script{f.Tree, f.Path, f.Service}], limit) }
	old := func(lint.Finding) bool { return false }
	if limit >= lint.Error { // whoever asks for more wants old faults corrected too
		stop := slices.DeleteFunc(slices.Clone(res.Findings), func(f lint.Finding) bool { return !stops(f) })
		if old, err = s.faultsBefore(ctx, c, trees, res.Subjects, stop, opts); err != nil {
			return err
		}
	}
	blocking := 0
	for _, f := range res.Findings {
		word, more := "WARNING", ""
		switch {
		case stops(f) && old(f):
			more = " (as before this change)"
		case stops(f):
			word = "ERROR"
			blocking++
		case f.Severity == lint.Info && f.Code == "SJ401":
			word = "NOTE" // what can't be judged
		case f.Severity == lint.Info:
			continue // of no use to somebody who wants to commit
		}
		if err := c.hookLine("%s: %s%s", word, report.Line(f), more); err != nil {
			return err
		}
		if f.Hint != "" {
			if err := c.hookLine("%*s  hint: %s", len(word), "", report.OneLine(f.Hint)); err != nil {
				return err
			}
		}
	}
	if len(res.Crashes) > 0 {
		var names []string
		for _, crash := range res.Crashes {
			names = append(names, crash.Name())
		}
		return fmt.Errorf("svcjify failed at %s, and could not judge it", strings.Join(names, ", "))
	}
	if blocking == 0 {
		return nil
	}
	c.exit = exitFindings
	return c.hookLine("ERROR: %s; correct it, or commit all the same with %s",
		report.Plural(blocking, "finding blocks this commit", "findings block this commit"), goOn)
}

func (c *Command) hookLine(format string, args ...any) error {
	_, err := fmt.Fprintf(c.Stderr, hookPrefix+format+"\n", args...)
	return err
}

// blocks tells whether a finding stops the commit. An error of a script that
// declares nothing does not by default: it promises nothing, and who updates a
// port's version is not to be stopped by a name that never matched. What no
// sh(1) takes, what can't be read, and SJ401 always do.
func blocks(f lint.Finding, state lint.State, limit lint.Severity) bool {
	if f.Severity < limit {
		return false
	}
	undeclared := state == lint.Blocked || state == lint.Unknown || state == lint.Unsuitable || state == lint.Patchable
	return limit < lint.Error || !undeclared || f.Code >= "SJ4"
}
