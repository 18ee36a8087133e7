package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/report"
)

// lintFlags are those of lint.
type lintFlags struct {
	judge                       judgeFlags
	git                         gitFlags
	format                      formatFlag
	failOn, baseline, stdinName string
}

func (c *Command) lintCmd() *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Say which services are not ready for service jails, and why",
		Long: `Say which services are not ready for service jails, and why.

With - as the only path, the script is read from standard input. --stdin-name FILE says
which file it is. If FILE is a template in a ports tree, svcjify checks standard input as
if it were that file, with its port. If not, it checks the script alone.`,
		Example: `  svcjify lint /usr/ports
  svcjify lint dns/knot3
  svcjify lint --staged
  svcjify lint --rev HEAD~3 dns/knot3
  svcjify lint --format sarif=svcjify.sarif,text .
  svcjify lint --stdin-name www/foo/files/foo.in - <buffer`,
		RunE: c.remembered(func(cmd *cobra.Command, args []string) error { return c.lint(cmd, args, &f) }),
	}
	f.judge.add(cmd)
	f.git.add(cmd)
	f.format.add(cmd, report.Formats())
	cmd.Flags().StringVar(&f.failOn, "fail-on", "",
		"lowest `severity` with exit code 1: error, warning (the default), info, never")
	cmd.Flags().StringVar(&f.baseline, "baseline", "",
		"`file` of known findings that svcjify baseline has written; only others are shown")
	cmd.Flags().StringVar(&f.stdinName, "stdin-name", "", "`path` that standard input stands for")
	complete(cmd, "fail-on", failOnWords...)
	return cmd
}

func (c *Command) lint(cmd *cobra.Command, args []string, f *lintFlags) error {
	limit, err := parseFailOn(f.failOn)
	if err != nil {
		return err
	}
	outs, err := f.format.outputs()
	if err != nil {
		return err
	}
	stdin := slices.Contains(args, "-")
	if stdin && len(args) > 1 {
		return fmt.Errorf("%w: standard input (-) and other paths, expected one or the other", errUsage)
	}
	if f.stdinName != "" && !stdin {
		return fmt.Errorf("%w: %w", errUsage,
			hinted{errors.New("--stdin-name without - for standard input"), "svcjify lint --stdin-name PATH -"})
	}
	if stdin && f.git.set() {
		return fmt.Errorf("%w: standard input (-) and a state in git, expected one or the other", errUsage)
	}
	f.judge.known = func() error { return c.known(f.baseline) }
	if f.judge.one = stdin; stdin {
		debug.SetGCPercent(stdinGC)
	}
	opts, err := c.options(&f.judge)
	if err != nil {
		return err
	}
	var res *lint.Result
	switch {
	case stdin:
		res, err = c.lintStdin(cmd.Context(), f.stdinName, &f.judge, &opts)
	case f.git.set():
		res, err = c.judgeGit(cmd.Context(), f.git, args, &f.judge, &opts)
	default:
		res, err = c.judgePaths(cmd.Context(), args, &f.judge, &opts)
	}
	if err = c.partial(res, err); err != nil {
		return err
	}
	if !stdin && !f.git.set() && res.Left == 0 {
		if err := c.noneLeft(f.judge.found, res, &f.judge.narrow); err != nil {
			return err
		}
	}
	if f.failOn == "" && c.config.FailOn != "" {
		if limit, err = parseFailOn(c.config.FailOn); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(res.Findings, func(f lint.Finding) bool { return f.Severity >= limit }) {
		c.exit = max(c.exit, exitFindings)
	}
	color, err := c.color()
	if err != nil {
		return err
	}
	return c.print(outs, res, report.Options{Color: color, Quiet: c.global.quiet, Least: limit})
}

// known reads the baseline that the flag names, or else the configuration.
func (c *Command) known(file string) (err error) {
	if file == "" {
		return c.config.LoadBaseline()
	}
	if c.config.Policy.Baseline, err = config.ReadBaseline(file); err != nil {
		return hinted{fmt.Errorf("%s: %w", file, message.Reason(err)), "svcjify baseline -o FILE writes it"}
	}
	return nil
}

// failOnWords is what --fail-on takes.
var failOnWords = []string{"error", "warning", "info", "never"}

// parseFailOn gives the least severity that fails, warning by default; never is
// above all of them.
func parseFailOn(s string) (lint.Severity, error) {
	switch s {
	case "":
		return lint.Warning, nil
	case "never":
		return lint.Error + 1, nil
	}
	sev, err := lint.ParseSeverity(s)
	if err != nil {
		return sev, wrongWord("--fail-on", s, failOnWords)
	}
	return sev, nil
}
