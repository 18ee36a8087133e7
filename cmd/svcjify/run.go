package main

import (
	"fmt"
	"os"
	"slices"
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
		Use:   "run {PATH | ORIGIN | NAME} [COMMAND [ARG...]]",
		Short: "Show what rc(8) would start, in a simulation",
		Long: `Run the script of a port, or a script, in the simulated rc(8), and show what
would be started: the command line, user, directory, environment, and each
command that was reached, with its phase. With --svcj, the start without a jail
(host) and the start with NAME_svcj=YES (jail) are both shown, and a star marks
what differs. COMMAND is start, stop, or another command of the script; without
one it is start. Prefixes (one, force, fast, quiet) work.

Nothing is executed: each command of the script succeeds in the simulation. A
command that a jail refuses is marked "refused in a jail", if svcjify knows it.
The exit code is 0 whatever the simulated exit status is.`,
		Example: `  svcjify run --svcj dns/bind920
  svcjify run --rcconf 'named_flags=-4' --boot dns/bind920
  svcjify run --running dns/bind920 stop`,
		Args: takes(1, anyNumber, "a path, and a command if it is not start"),
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
	cmd.Flags().BoolVar(&svcj, "svcj", false, "set NAME_svcj=YES, and show the start on the host and in the jail")
	cmd.Flags().BoolVar(&boot, "boot", false,
		"as at boot: rc.conf is read before the script; without it, as with service(8)")
	cmd.Flags().BoolVar(&unknowns, "unknowns", false,
		"put values that svcjify can't know between ‹ and ›")
	cmd.Flags().BoolVar(&running, "running", false, "simulate that the service is running already, as for stop or status")
	cmd.Flags().StringArrayVar(&conf, "rcconf", nil, "a line of rc.conf; may be given several times")
	return cmd
}

// runOne prints the runs of one script.
func (c *Command) runOne(cmd *cobra.Command, s *lint.Subject, sc rcrun.Scenario, svcj bool, pool *rcrun.Pool) error {
	if err := offers(s, sc.Verb); err != nil {
		return err
	}
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
	if err := report.Run(c.Stdout, titles, recs); err != nil {
		return err
	}
	if verb := plainVerb(sc.Verb); !sc.Running && needsProcess[verb] && recs[0].Exit != 0 && !c.global.quiet {
		fmt.Fprintf(c.Stderr, "note: no process of %s is running in the simulation: --running simulates one\n",
			report.OneLine(s.Service.Name))
	}
	return nil
}

// standardVerbs is the commands that rc.subr(8) gives every script.
var standardVerbs = []string{"start", "stop", "restart", "rcvar", "enable", "disable", "delete", "enabled", "describe",
	"extracommands", "status", "poll"}

// needsProcess is those that do nothing where the service does not run.
var needsProcess = map[string]bool{"stop": true, "status": true, "reload": true, "poll": true}

// plainVerb is a command without its prefix.
func plainVerb(verb string) string {
	for _, prefix := range []string{"fast", "force", "one", "quiet"} {
		if rest, ok := strings.CutPrefix(verb, prefix); ok && rest != "" {
			return rest
		}
	}
	return verb
}

// offers refuses a command that the script does not have; rc.subr would print its usage.
func offers(s *lint.Subject, verb string) error {
	offered, known := s.Script.Offers(plainVerb(verb))
	if offered || !known || !s.Script.UsesRcSubr() || slices.Contains(standardVerbs, plainVerb(verb)) {
		return nil
	}
	if _, err := os.Stat(verb); err == nil || strings.Contains(verb, "/") {
		return fmt.Errorf("%w: %w", errUsage, hinted{
			fmt.Errorf("svcjify run takes one path, and %q is not a command of %s", verb, s.Name()),
			"run svcjify once for each path",
		})
	}
	return fmt.Errorf("%w: %w", errUsage, hinted{fmt.Errorf("%q is not a command of %s", verb, s.Name()),
		"commands are " + strings.Join(standardVerbs, ", ") + " and those of extra_commands"})
}
