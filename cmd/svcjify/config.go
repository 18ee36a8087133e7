package main

import (
	"errors"
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
		Short: "Say which configuration counts for a path, and what is wrong with it",
		Long: `Say which configuration counts for a path (the current directory without one), and
what is wrong with it: every fault with file and line. The file is described in
svcjify help configuration.`,
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
				return hinted{errors.New("no configuration counts for " + paths[0]),
					"svcjify help configuration says where one may lie"}
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
