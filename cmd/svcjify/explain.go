package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) rulesCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, r := range lint.Rules() {
				if _, err := fmt.Fprintf(c.Stdout, "%s  %-20s  %-7s  %s\n", r.Code, r.Slug, r.Severity, r.Doc.Title); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// ruleCode matches what can only be meant as a rule's code.
var ruleCode = regexp.MustCompile(`(?i)^SJ\d+$`)

func (c *Command) explainCmd() *cobra.Command {
	var look lookFlags
	cmd := &cobra.Command{
		Use:   "explain {RULE | ORIGIN | PATH}",
		Short: "Explain a rule, or the verdict on a service",
		Example: `  svcjify explain SJ101
  svcjify explain databases/postgresql17-server`,
		ValidArgsFunction: cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveDefault),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%w: explain takes one rule, origin or path, found %d", errUsage, len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if r, ok := lint.RuleOf(args[0]); ok {
				_, err := fmt.Fprint(c.Stdout, r.Page())
				return err
			}
			if ruleCode.MatchString(args[0]) {
				return fmt.Errorf("%w: %w", errUsage, hinted{fmt.Errorf("no rule %s", strings.ToUpper(args[0])), "svcjify rules lists them"})
			}
			opts, err := c.options(&look)
			if err != nil {
				return err
			}
			res, err := c.look(cmd.Context(), args, &look, &opts)
			if err != nil {
				return err
			}
			c.progress.done()
			for i, s := range res.Subjects {
				if i > 0 {
					fmt.Fprintln(c.Stdout)
				}
				if err := report.Explain(c.Stdout, s); err != nil {
					return err
				}
			}
			if len(res.Subjects) == 0 {
				return report.Text(c.Stdout, res, report.Options{})
			}
			return nil
		},
	}
	look.add(cmd)
	return cmd
}
