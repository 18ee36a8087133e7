package main

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

func (c *Command) listCmd() *cobra.Command {
	var flags judgeFlags
	var format formatFlag
	var declared bool
	list := &cobra.Command{
		Use:   "list [PATH...]",
		Short: "List the services: name, origin, state, options, certainty",
		Long: `List the services, one line per service: name, origin, state, options, certainty.

States, and what to do:
  ready       the script declares what the service needs: nothing to do
  faulty      it declares options, and won't work in a jail: svcjify lint
  patchable   it declares nothing, and the options are known: svcjify patch
  unsuitable  the service can't work in a jail, or should not be jailed by
              default: svcjify patch
  blocked     a fault of the script must be corrected first: svcjify lint
  unknown     there is no evidence, or the simulation gave no result: svcjify
              explain

Options: the words that the evidence shows, "none" if the service needs no option, NO
for an unsuitable one. --declared adds what the script itself declares, in the same
words, and "?" if svcjify can't read it; json and csv always have it.

Certainty, from the most certain down:
  certain     the program's documentation or source says so
  confident   strong evidence; patches are written from here upwards
  likely      good evidence, but something else may be needed: check it
  possible    weak evidence
  unknown     no evidence`,
		RunE: c.remembered(func(command *cobra.Command, args []string) error {
			outs, err := format.outputs()
			if err != nil {
				return err
			}
			opts, err := c.options(&flags)
			if err != nil {
				return err
			}
			found, err := c.open(command.Context(), args, &flags.narrow)
			if err != nil {
				return err
			}
			res, err := c.judge(command.Context(), found, &flags, &opts)
			if err = c.partial(res, err); err != nil {
				return err
			}
			c.progress.done()
			c.unlisted(found)
			if len(res.Subjects) == 0 && c.exit == exitClean {
				if err := noService(found, res, &flags.narrow); err != nil {
					return err
				}
				if err := c.noneLeft(found, res, &flags.narrow); err != nil {
					return err
				}
			}
			slices.SortStableFunc(res.Subjects, func(a, b *lint.Subject) int {
				return cmp.Or(slices.Index(found.Trees, a.Service.Tree)-slices.Index(found.Trees, b.Service.Tree),
					cmp.Compare(a.Origin(), b.Origin()), cmp.Compare(a.Service.Name, b.Service.Name))
			})
			return c.print(outs, res, report.Options{Declared: declared})
		}),
	}
	flags.add(list)
	format.add(list, report.ListFormats())
	list.Flags().BoolVar(&declared, "declared", false, "show what the scripts declare beside what they need")
	return list
}
