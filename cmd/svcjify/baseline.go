package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
)

func (c *Command) baselineCmd() *cobra.Command {
	var flags judgeFlags
	var out string
	cmd := &cobra.Command{
		Use:   "baseline [PATH...]",
		Short: "Record today's findings, so that lint shows only new ones",
		Long: `Record today's findings, so that svcjify lint --baseline FILE, or a configuration that
names the file, shows only new ones. The file has one line per finding: rule,
fingerprint, path. The fingerprint is made from the text of the source line and not from
its number: an edit elsewhere in the file makes no finding new. The baseline does not
change the state of a service.`,
		Example: `  svcjify baseline -o .svcjify-baseline /usr/ports
  svcjify lint --baseline .svcjify-baseline /usr/ports`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out != "" {
				if err := writable(out); err != nil {
					return fmt.Errorf("cannot write %s: %w", out, err)
				}
			}
			opts, err := c.options(&flags)
			if err != nil {
				return err
			}
			res, err := c.judgePaths(cmd.Context(), args, &flags, &opts)
			if err != nil {
				return err
			}
			if err := c.noneLeft(flags.found, res, &flags.narrow); err != nil {
				return err
			}
			c.progress.done()
			b := lint.NewBaseline(res.Findings)
			if out == "" {
				_, err := b.WriteTo(c.Stdout)
				return err
			}
			var text bytes.Buffer
			if _, err := b.WriteTo(&text); err != nil {
				return err
			}
			if text.Len() > lint.MaxBaseline {
				return hinted{fmt.Errorf("%s would have %d bytes, more than the %d that are read", out, text.Len(),
					lint.MaxBaseline), "record a part of the tree"}
			}
			if err := writeFile(out, text.Bytes()); err != nil {
				return err
			}
			if !c.global.quiet {
				fmt.Fprintf(c.Stderr, "findings recorded in %s: %d\n", out, len(res.Findings))
			}
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "`file` to write instead of standard output")
	return cmd
}
