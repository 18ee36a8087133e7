package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) lintCmd() *cobra.Command {
	var look lookFlags
	var fromGit gitFlags
	var format, failOn string
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Say which services are not ready for service jails, and why",
		Example: `  svcjify lint /usr/ports
  svcjify lint dns/knot3
  svcjify lint --staged
  svcjify lint --rev HEAD~3 dns/knot3
  svcjify lint --format json .`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := c.options(&look)
			if err != nil {
				return err
			}
			limit, err := parseFailOn(failOn)
			if err != nil {
				return err
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			var res *lint.Result
			if fromGit.set() {
				res, err = c.lookGit(cmd.Context(), fromGit, args, opts)
			} else {
				res, err = c.look(cmd.Context(), args, &look, opts)
			}
			if err != nil {
				return err
			}
			for _, f := range res.Findings {
				if f.Severity >= limit {
					c.exit = exitFindings
				}
			}
			if format == "json" {
				return report.JSON(c.Stdout, res)
			}
			return report.Text(c.Stdout, res)
		},
	}
	look.add(cmd)
	fromGit.add(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().StringVar(&failOn, "fail-on", "warning", "least severity that makes the exit code 1: error, warning, info, never")
	return cmd
}

// parseFailOn gives the least severity that fails; never is above all of them.
func parseFailOn(s string) (lint.Severity, error) {
	if s == "never" {
		return lint.Error + 1, nil
	}
	sev, err := lint.ParseSeverity(s)
	if err != nil {
		return sev, fmt.Errorf("%w: --fail-on is %q, expected error, warning, info or never", errUsage, s)
	}
	return sev, nil
}

// checkFormat is for the commands that print text or JSON.
func checkFormat(s string) error {
	if s != "text" && s != "json" {
		return fmt.Errorf("%w: --format is %q, expected text or json", errUsage, s)
	}
	return nil
}
