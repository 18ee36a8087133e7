package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// planFlags are the flags of the commands that make changes.
type planFlags struct {
	look      lookFlags
	certainty string
	rules     []string
	repair    bool
}

func (f *planFlags) add(cmd *cobra.Command) {
	f.look.add(cmd)
	cmd.Flags().StringVar(&f.certainty, "certainty", "confident", "least certainty of what is written: certain, confident, likely, possible")
	cmd.Flags().BoolVar(&f.repair, "repair", false, "move what only a start_precmd sets, and the jailed start needs, to the top level, where the simulation proves it")
	cmd.Flags().StringSliceVar(&f.rules, "rule", nil, "only the fixes of these rules, info ones too")
	complete(cmd, "certainty", "certain", "confident", "likely", "possible")
	complete(cmd, "rule", ruleNames()...)
}

func (c *Command) planOptions(f *planFlags) (patch.Options, error) {
	opts, err := c.options(&f.look)
	if err != nil {
		return patch.Options{}, err
	}
	least, err := infer.ParseCertainty(f.certainty)
	if err != nil || least == infer.Unknown {
		return patch.Options{}, fmt.Errorf("%w: --certainty is %q, expected certain, confident, likely or possible", errUsage, f.certainty)
	}
	for _, r := range f.rules {
		if _, ok := lint.RuleOf(r); !ok {
			return patch.Options{}, fmt.Errorf("%w: --rule: no rule %q", errUsage, r)
		}
	}
	return patch.Options{Certainty: least, Rules: f.rules, Repair: f.repair, Lint: opts}, nil
}

// plan looks and plans.
func (c *Command) plan(cmd *cobra.Command, paths []string, f *planFlags) ([]*patch.Change, []patch.Withheld, error) {
	opts, err := c.planOptions(f)
	if err != nil {
		return nil, nil, err
	}
	res, err := c.look(cmd.Context(), paths, &f.look, &opts.Lint)
	if err != nil {
		return nil, nil, err
	}
	c.progress.say("proving the changes", c.global.quiet)
	defer c.progress.done()
	return patch.Plan(cmd.Context(), res, opts)
}

func (c *Command) patchCmd() *cobra.Command {
	var f planFlags
	var out string
	var author patch.Author
	cmd := &cobra.Command{
		Use:   "patch [PATH...]",
		Short: "Print or write patches that make services ready",
		Long: `Print a unified diff that makes the services ready, or write one file a port with -o.

Each change is proved before it is written: the template is edited in memory, parsed
and looked at again, and PORTREVISION must have risen by one in every port that
installs the script and in no other. What is withheld is listed on standard error.`,
		Example: `  svcjify patch dns/knot3 | git apply
  svcjify patch -o /tmp/patches --author 'Jane Doe <jane@example.org>' /usr/ports`,
		RunE: func(cmd *cobra.Command, args []string) error {
			changes, held, err := c.plan(cmd, args, &f)
			if err != nil {
				return err
			}
			c.withheld(held)
			if author.Name == "" {
				author.Name = c.config.Author
			}
			if out == "" {
				for _, ch := range changes {
					diff, err := ch.Diff()
					if err != nil {
						return err
					}
					if _, err := c.Stdout.Write(diff); err != nil {
						return err
					}
				}
				return nil
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			taken := map[string]bool{}
			for _, ch := range changes {
				mail, err := ch.Mail(author)
				if err != nil {
					return err
				}
				// Two trees may hold the same port, two directories the same script.
				name := ch.FileName()
				for n := 2; taken[name]; n++ {
					name = fmt.Sprintf("%d_%s", n, ch.FileName())
				}
				taken[name] = true
				if err := patch.WriteFile(out, name, mail); err != nil {
					return err
				}
			}
			if c.global.quiet {
				return nil
			}
			fmt.Fprintf(c.Stderr, "%d patches written to %s, %d services withheld\n", len(changes), out, len(held))
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVarP(&out, "output", "o", "", "directory to write one file a port to")
	cmd.Flags().StringVar(&author.Name, "author", "", "who the patches are from, as 'Name <address>'; git am needs it")
	cmd.Flags().StringVar(&author.Date, "date", "", "date of the patches, as git format-patch writes it")
	return cmd
}

// withheld lists on standard error what got no patch, and why.
func (c *Command) withheld(held []patch.Withheld) {
	for _, h := range held {
		fmt.Fprintf(c.Stderr, "withheld: %s (%s): %s\n", report.OneLine(h.Subject.Service.Name), report.OneLine(h.Subject.Name()), report.OneLine(h.Reason))
	}
}

func (c *Command) fixCmd() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "fix [PATH...]",
		Short: "Make the changes of `svcjify patch` in place",
		Long: `Make the changes of svcjify patch in the tree itself. A file is replaced as a whole or
not at all; symlinks and files outside the tree are refused.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			changes, held, err := c.plan(cmd, args, &f)
			if err != nil {
				return err
			}
			c.withheld(held)
			var failed error
			for _, ch := range changes {
				if err := ch.WriteTree(ch.Tree.Dir); err != nil {
					fmt.Fprintf(c.Stderr, "error: %s\n", err)
					failed = fmt.Errorf("some changes could not be written")
					continue
				}
				for _, file := range ch.Files {
					fmt.Fprintln(c.Stdout, report.OneLine(filepath.Join(ch.Tree.Dir, filepath.FromSlash(file.Path))))
				}
			}
			return failed
		},
	}
	f.add(cmd)
	return cmd
}
