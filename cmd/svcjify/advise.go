package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/advise/observe"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

const adviseHelp = `Say which services of an installed FreeBSD system can be started in a service jail today,
with which lines in rc.conf, what they lose, and how to undo it. It needs no ports tree.
Without NAME it judges the services that rc.conf enables.

The verdicts:
  one line   the script declares its options
  two lines  svcjify inferred the options
  with care  more lines set what a jailed start loses
  already    rc.conf jails it; the advice says whether its options are right
  not today  the script must be changed first, or too little is known
  never      no option makes it work

It reads below --root: rc.d, rc.conf(5), pkg(8)'s database, the programs and their
configuration files. rc.conf and the scripts are run in the simulated rc(8); nothing is
executed, and nothing below --root is written.`

// adviseFlags are what `advise` takes.
type adviseFlags struct {
	root, format, release string
	all, howTo            bool
	observed              []string
}

func (c *Command) adviseCmd() *cobra.Command {
	var f adviseFlags
	cmd := &cobra.Command{
		Use:   "advise [NAME...]",
		Short: "Say which services of this machine can be jailed",
		Long:  adviseHelp,
		Example: `  svcjify advise
  svcjify advise nginx redis
  svcjify advise --root /mnt --all --format json`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.advise(cmd, args, f) },
	}
	cmd.Flags().StringVar(&f.root, "root", "/", "`directory` in which the system is installed")
	cmd.Flags().StringVar(&f.format, "format", "text", "`format` to print: text, json or sh")
	cmd.Flags().BoolVar(&f.all, "all", false,
		"include services that rc.conf does not enable, and scripts that only run at boot")
	cmd.Flags().StringSliceVar(&f.observed, "observed", nil,
		"`file` captured on the running system: sockstat, ipcs, procstat -f, kdump, truss; may be given several times")
	cmd.Flags().BoolVar(&f.howTo, "how-to-observe", false,
		"print the commands that record what NAME does, and what each can show")
	cmd.Flags().StringVar(&f.release, "release", "",
		"`release` of the system's rc.subr (default: found from its /etc/rc.subr)")
	var names []string
	for _, x := range advise.Formats() {
		names = append(names, x.Name)
	}
	complete(cmd, "format", names...)
	return cmd
}

func (c *Command) advise(cmd *cobra.Command, names []string, f adviseFlags) error {
	print, err := adviceFormat(f.format)
	if err != nil {
		return err
	}
	if f.howTo && len(names) == 0 {
		return fmt.Errorf("%w: %w", errUsage,
			hinted{errors.New("--how-to-observe needs the name of a service"), "svcjify advise --how-to-observe nginx"})
	}
	captures, err := observations(f.observed)
	if err != nil {
		return err
	}
	o := advise.Options{}
	if f.release != "" {
		if o.Release, err = rcrun.ReleaseOf(f.release); err != nil {
			return fmt.Errorf("%w: --%w", errUsage, err)
		}
	}
	c.progress.say("reading the system", c.global.quiet)
	m, err := advise.Open(cmd.Context(), f.root, o)
	if err != nil {
		return hinted{err, "--root needs the directory that has the system's etc and usr"}
	}
	defer m.Close()
	c.progress.say("looking at the services", c.global.quiet)
	question := advise.Question{Names: names, All: f.all, Observed: captures, Progress: c.progress.named}
	var list []*advise.Advice
	var errs []error
	if c.judging != nil {
		list, errs = c.judging.Advise(cmd.Context(), m, question)
	} else {
		list, errs = m.Advise(cmd.Context(), question)
	}
	c.progress.done()
	c.crashed(m.Crashes)
	for _, o := range captures {
		c.sayCapture(o, advise.Tied(o, list))
	}
	for _, p := range m.Problems {
		c.sayProblem(p)
	}
	if err := cmd.Context().Err(); err != nil {
		return err
	}
	if f.howTo {
		print = howTo
	}
	if len(list) > 0 || len(errs) == 0 {
		if err := print(c.Stdout, list); err != nil {
			return err
		}
	}
	if len(errs) > 0 {
		return hinted{errors.Join(errs...), "svcjify advise --all lists what is installed"}
	}
	return nil
}

// howTo prints how to see what the services need.
func howTo(w io.Writer, list []*advise.Advice) error {
	for i, a := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := observe.HowTo(w, a.Process); err != nil {
			return err
		}
	}
	return nil
}

// observations reads what was captured.
func observations(names []string) (out []*observe.Capture, err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, hinted{fmt.Errorf("cannot read %s: %w", name, message.Reason(err)),
				"--observed takes files; svcjify advise --how-to-observe NAME says how to make them"}
		}
		c, err := observe.Read(name, f)
		f.Close()
		if err != nil {
			return nil, hinted{err, "svcjify advise --how-to-observe NAME says how to capture it"}
		}
		out = append(out, c)
	}
	return out, nil
}

// sayCapture says what became of a captured file.
func (c *Command) sayCapture(o *observe.Capture, tied int) {
	if c.global.quiet {
		return
	}
	unknown := ""
	if o.Unknown > 0 {
		unknown = fmt.Sprintf(", %d of them not known (the first: line %d)", o.Unknown, o.FirstUnknown)
	}
	fmt.Fprintf(c.Stderr, "%s: %s, %d lines%s; %d facts, %d of these services\n", report.OneLine(o.Name), o.Format,
		o.Lines, unknown, len(o.Facts), tied)
}

// sayProblem prints what could not be read, without ending the run.
func (c *Command) sayProblem(p corpus.Problem) {
	where := p.Path
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	fmt.Fprintf(c.Stderr, "warning: %s %s\n", report.OneLine(where), report.OneLine(p.Text))
	if p.Hint != "" {
		fmt.Fprintf(c.Stderr, "hint: %s\n", report.OneLine(p.Hint))
	}
}

// adviceFormat finds the printer.
func adviceFormat(name string) (func(io.Writer, []*advise.Advice) error, error) {
	var names []string
	for _, f := range advise.Formats() {
		if f.Name == name {
			return f.Print, nil
		}
		names = append(names, f.Name)
	}
	text := fmt.Sprintf("--format is %q, expected one of %s", name, strings.Join(names, ", "))
	if near := message.OnlyNearest(name, names); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, fmt.Errorf("%w: %s", errUsage, text)
}
