package main

import (
	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) listCmd() *cobra.Command {
	var look lookFlags
	var format string
	cmd := &cobra.Command{
		Use:   "list [PATH...]",
		Short: "List the services: name, origin, state, options, certainty",
		Long: `List the services, one a line: name, origin, state, options, certainty.

The states: ready, faulty (declared, and it won't work), patchable, unsuitable (it
must stay outside), blocked (a fault stands in the way), unknown (no evidence).
The options are what the evidence says, "none" for the empty set, NO for an opt-out.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := c.options(&look)
			if err != nil {
				return err
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			res, err := c.look(cmd.Context(), args, &look, opts)
			if err != nil {
				return err
			}
			if format == "json" {
				return report.ListJSON(c.Stdout, res)
			}
			return report.List(c.Stdout, res)
		},
	}
	look.add(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}
