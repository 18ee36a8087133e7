package main

import (
	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) listCmd() *cobra.Command {
	var flags judgeFlags
	var format formatFlag
	var declared bool
	cmd := &cobra.Command{
		Use:   "list [PATH...]",
		Short: "List the services: name, origin, state, options, certainty",
		Long: `List the services, one a line: name, origin, state, options, certainty.

The states: ready, faulty (declared, and it won't work), patchable, unsuitable (it
must stay outside), blocked (a fault stands in the way), unknown (no evidence).
The options are what the evidence says, "none" for the empty set, NO for an opt-out.
--declared puts what the script itself declares beside them, in the same words, and "?"
where they can't be told; json and csv always have it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			outs, err := format.outputs()
			if err != nil {
				return err
			}
			opts, err := c.options(&flags)
			if err != nil {
				return err
			}
			found, err := c.open(cmd.Context(), args, &flags.narrow)
			if err != nil {
				return err
			}
			res, err := c.judge(cmd.Context(), found, &flags, &opts)
			if err = c.partial(res, err); err != nil {
				return err
			}
			c.progress.done()
			c.unlisted(found)
			if len(res.Subjects) == 0 && c.exit == exitClean {
				return noService(found, res, &flags.narrow)
			}
			return c.print(outs, res, report.Options{Declared: declared})
		},
	}
	flags.add(cmd)
	format.add(cmd, report.ListFormats())
	cmd.Flags().BoolVar(&declared, "declared", false, "show what the scripts declare beside what they need")
	return cmd
}
