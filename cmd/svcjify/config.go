package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) configCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration",
		Args:  onlyCommands,
		RunE:  func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [PATH]",
		Short: "Say which configuration is used, and what is wrong with it",
		Long: `Say which configuration is used for a path (without one, the current directory), and what
is wrong with it: every fault with its line. svcjify help configuration describes the
file.`,
		Example: `  svcjify config check
  svcjify --config my.toml config check /usr/ports`,
		Args: takes(0, 1, "at most one path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			paths := args
			if len(paths) == 0 {
				paths = []string{"."}
			}
			targets, err := c.find(cmd.Context(), paths)
			if err != nil {
				return err
			}
			if err := c.prepare(targets, paths); err != nil {
				return err
			}
			if err := c.config.LoadBaseline(); err != nil {
				return err
			}
			if c.config.Path == "" {
				_, err := fmt.Fprintf(c.Stdout,
					"no .svcjify.toml for %s: the defaults are used\n", report.OneLine(paths[0]))
				return err
			}
			for _, f := range c.config.Policy.Unmatched() {
				fmt.Fprintf(c.Stderr, "warning: %s:%d: no file matches %s\n", report.OneLine(c.config.Path), f.Line,
					report.OneLine(f.Path))
			}
			if c.global.quiet {
				return nil
			}
			p := c.config.Policy
			known := 0
			for _, n := range p.Baseline {
				known += n
			}
			_, err = fmt.Fprintf(c.Stdout, "%s: no fault (rules off: %d, severities: %d, ignores: %d, services: %d, findings in the baseline: %d)\n",
				report.OneLine(c.config.Path), len(p.Disabled), len(p.Severity), len(p.Ignores), len(p.Decisions),
				known)
			return err
		},
	})
	return cmd
}
