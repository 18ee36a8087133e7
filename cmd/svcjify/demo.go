package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus/synth"
	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) demoCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "demo DIR",
		Short: "Write a small made-up ports tree to try svcjify on",
		Long: `Write a small made-up ports tree to try svcjify on, into a directory that is empty or does
not exist. It has a service for each state (ready, faulty, patchable, unsuitable,
blocked, unknown), and a git repository with three commits. Its README names commands to
try. None of its ports is real.`,
		Example: `  svcjify demo /tmp/demo
  svcjify lint /tmp/demo`,
		Args: takes(1, 1, "a directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := synth.Demo(args[0]); err != nil {
				return err
			}
			if c.global.quiet {
				return nil
			}
			dir := report.OneLine(args[0])
			_, err := fmt.Fprintf(c.Stdout, "made-up ports tree written to %s; read %[1]s/README\n", dir)
			return err
		},
	}
}
