package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func (c *Command) runCmd() *cobra.Command {
	flags := judgeFlags{operator: "equals"}
	var svcj, boot, running, unknowns bool
	var conf []string
	cmd := &cobra.Command{
		Use:   "run {PATH | ORIGIN | NAME} [--svcj] [--rcconf 'x=y']... [VERB [ARG...]]",
		Short: "Show what rc(8) would start, in a simulation",
		Long: `Run the script of a port, or a script, in the simulated rc(8), and show what would be
started: the command line, user, directory, environment, and each command that was
reached, with its phase. With --svcj, the host and the service jail stand side by side,
and a star marks what differs. Nothing is executed. VERB is start by default; prefixes
(one, force, fast, quiet) work.`,
		Example: `  svcjify run --svcj dns/bind920
  svcjify run --rcconf 'named_flags=-4' --boot dns/bind920 start`,
		Args: takes(1, anyNumber, "a path, and a verb if it is not start"),
		RunE: func(cmd *cobra.Command, args []string) error {
			sc := rcrun.Scenario{Verb: "start", Boot: boot, Running: running, OtherAnswers: unknowns}
			if len(args) > 1 {
				sc.Verb, sc.Args = args[1], args[2:]
			}
			for _, line := range conf {
				name, value, ok := strings.Cut(line, "=")
				if !ok {
					return fmt.Errorf("%w: --rcconf is %q, expected name=value", errUsage, line)
				}
				sc.RCConf = append(sc.RCConf,
					rcrun.Setting{Name: strings.TrimSpace(name), Value: strings.Trim(value, `"'`)})
			}
			opts, err := c.options(&flags)
			if err != nil {
				return err
			}
			pool := opts.Simulate
			opts.Simulate = nil // the one scenario that was asked for is enough
			res, err := c.judgePaths(cmd.Context(), args[:1], &flags, &opts)
			if err != nil {
				return err
			}
			sc.Release = opts.Release.Name
			c.progress.done()
			shown := 0
			for _, s := range res.Subjects {
				if s.Script == nil {
					continue
				}
				if shown++; shown > 1 {
					fmt.Fprintln(c.Stdout)
				}
				if err := c.runOne(cmd, s, sc, svcj, pool); err != nil {
					return err
				}
			}
			if shown == 0 {
				return fmt.Errorf("%s: no script to run", args[0])
			}
			return nil
		},
	}
	flags.addRelease(cmd)
	cmd.Flags().BoolVar(&svcj, "svcj", false, "set NAME_svcj=YES, and show the host beside the jail")
	cmd.Flags().BoolVar(&boot, "boot", false,
		"as at boot, where rc.conf has been read before the script; default as service(8)")
	cmd.Flags().BoolVar(&unknowns, "unknowns", false,
		"show where what can't be known, such as the content of a file, goes: it stands between ‹ and ›")
	cmd.Flags().BoolVar(&running, "running", false, "the service's process is there already")
	cmd.Flags().StringArrayVar(&conf, "rcconf", nil, "a line of rc.conf; may be given several times")
	return cmd
}

// runOne prints the runs of one script.
func (c *Command) runOne(cmd *cobra.Command, s *lint.Subject, sc rcrun.Scenario, svcj bool, pool *rcrun.Pool) error {
	sc.InstalledAs = s.Service.Name
	list, titles := []rcrun.Scenario{sc}, []string{"host"}
	if svcj {
		jailed := sc
		jailed.Svcj = true
		list, titles = append(list, jailed), append(titles, "jail")
	}
	recs := pool.Run(cmd.Context(), []rcrun.Job{{Src: s.Script.Src, Subst: lint.Substitutions(s.Service),
		Scenarios: list}})[0]
	fmt.Fprintf(c.Stdout, "%s: %s\n", report.OneLine(s.Name()),
		report.OneLine(s.Service.Tree.Shown(s.Service.Template)))
	return report.Run(c.Stdout, titles, recs)
}
