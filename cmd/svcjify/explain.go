package main

import (
	"context"
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
		Args:  takesNone(),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, r := range lint.Rules() {
				if _, err := fmt.Fprintf(c.Stdout, "%s  %-20s  %-7s  %s\n", r.Code, r.Slug, r.Severity,
					r.Doc.Title); err != nil {
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
	var flags judgeFlags
	cmd := &cobra.Command{
		Use:   "explain {RULE | ORIGIN | NAME | PATH}...",
		Short: "Explain a rule, or the verdict on a service",
		Example: `  svcjify explain SJ101
  svcjify explain databases/postgresql17-server`,
		ValidArgsFunction: cobra.FixedCompletions(ruleNames(), cobra.ShellCompDirectiveDefault),
		Args:              takes(1, anyNumber, "rules, origins, names or paths"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var rest []string
			for _, a := range args {
				r, ok := lint.RuleOf(a)
				switch {
				case ok:
					if _, err := fmt.Fprint(c.Stdout, r.Page()); err != nil {
						return err
					}
				case ruleCode.MatchString(a):
					return wrongRule("", strings.ToUpper(a))
				default:
					rest = append(rest, a)
				}
			}
			if len(rest) == 0 {
				return nil
			}
			return c.explain(cmd.Context(), rest, &flags)
		},
	}
	flags.add(cmd)
	return cmd
}

// explain says all that is known of services.
func (c *Command) explain(ctx context.Context, args []string, flags *judgeFlags) error {
	opts, err := c.options(flags)
	if err != nil {
		return err
	}
	found, err := c.open(ctx, args, &flags.narrow)
	if err != nil {
		return err
	}
	res, err := c.judge(ctx, found, flags, &opts)
	if err != nil {
		return err
	}
	c.progress.done()
	for i, s := range res.Subjects {
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		if s.Script == nil { // then the finding on its port says where the script comes from
			s.Findings = append(s.Findings, ofPort(res, s)...)
		}
		if err := report.Explain(c.Stdout, s); err != nil {
			return err
		}
	}
	if len(res.Subjects) == 0 && c.exit == exitClean {
		if err := noService(found, res, &flags.narrow); err != nil {
			return err
		}
		if err := c.noneLeft(found, res, &flags.narrow); err != nil {
			return err
		}
		return report.Text(c.Stdout, res, report.Options{})
	}
	return nil
}

// ofPort is the findings on a service's port that name no service.
func ofPort(res *lint.Result, s *lint.Subject) []lint.Finding {
	var out []lint.Finding
	for _, f := range res.Findings {
		if f.Tree == s.Service.Tree && f.Service == "" && f.Origin != "" && f.Origin == s.Origin() {
			out = append(out, f)
		}
	}
	return out
}
