package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/svcjify/svcjify/cache"
	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/hook"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/page"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// The exit codes.
const (
	exitClean    = 0 // nothing found at or above --fail-on
	exitFindings = 1 // something found
	exitUsage    = 2 // the command line is wrong
	exitFailed   = 3 // something could not be read or written, svcjify failed, or it was interrupted
)

// exitCodes says in words what each of them means.
var exitCodes = [...]string{
	exitClean:    "done; lint and hook: nothing found at or above --fail-on",
	exitFindings: "lint and hook: findings; batch status: not every patch still applies",
	exitUsage:    "wrong usage or a faulty configuration",
	exitFailed:   "a path or name matches nothing, a file could not be read or written, svcjify failed, or it was interrupted",
}

func exitHelp() string {
	var b strings.Builder
	for code, what := range exitCodes {
		if cut := strings.LastIndexByte(what[:min(len(what), 75)], ' '); len(what) > 75 { // a second line
			what = what[:cut] + "\n    " + what[cut:]
		}
		fmt.Fprintf(&b, "  %d  %s\n", code, what)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const rootHelp = `svcjify finds the rc.d services of a FreeBSD ports tree, says which of them are
ready for service jails and what the others need, and writes patches.

It reads Makefiles and scripts and runs nothing of them. PATH is a ports tree, a
category, a port, a template, or a directory of rc.d scripts; without one, the
current directory. If there is no such file, PATH is an origin (net/socat), the
name of a port or a service, or a glob of these, in the tree around the current
directory.

The top of the tree is what --tree says, else the nearest directory upwards that is
the top of a git repository or has Mk/bsd.port.mk. Ports may be at any depth in it.`

// A Command is one call of the program; tests make it without a process.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	exit int
	// judging looks at the services; nil for lint.Run and Machine.Advise.
	judging judge
	// finishing: the result is being written. An interrupt waits for it.
	finishing atomic.Bool

	global      globalFlags
	cache       *cache.Dir     // nil for none
	cacheOpened bool           // or could not be
	pool        *rcrun.Pool    // the simulation's children; nil until something is looked at
	config      *config.Config // an empty one until something is looked at
	progress    *progress
}

// A judge looks at services and says what is wrong with them.
type judge interface {
	Run(context.Context, *corpus.Corpus, lint.Options) (*lint.Result, error)
	Advise(context.Context, *advise.Machine, advise.Question) ([]*advise.Advice, []error)
}

// A hinted error says what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// errUsage marks what is wrong with the command line.
var errUsage = errors.New("usage")

// Main runs the command and returns the exit code.
func (c *Command) Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends what the first could not
	c.progress, c.config = newProgress(c.Stderr), noConfiguration()
	c.Stdout, c.Stderr = &overheard{to: c.Stdout}, &overheard{to: c.Stderr}
	defer c.progress.watch()()
	root := c.root()
	root.SetArgs(args)
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = c.interrupted(done)
	}
	c.progress.done()
	if c.pool != nil {
		c.pool.Close()
	}
	if wrong := c.closeCache(); wrong && err == nil {
		return exitFailed
	}
	if err == nil {
		return c.exit
	}
	return c.fail(err)
}

// promptly is how long an interrupted command has to end by itself.
const promptly = 150 * time.Millisecond

// errInterrupted: somebody pressed Ctrl-C.
var errInterrupted = fmt.Errorf("before there was a result: %w", context.Canceled)

// interrupted waits for a command whose context has ended. What does not look at
// the context, such as a read of a slow disk, is not waited for, but a result that is
// being written is.
func (c *Command) interrupted(done <-chan error) error {
	timer := time.NewTimer(promptly)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
	}
	if c.finishing.Load() {
		return <-done
	}
	return errInterrupted
}

// partial lets an interrupted run print what was found so far, and says that it is partial.
func (c *Command) partial(res *lint.Result, err error) error {
	if res == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	c.finishing.Store(true)
	c.progress.done()
	c.exit = exitFailed
	fmt.Fprintf(c.Stderr, "error: interrupted: %d of %s examined; the output is not complete\n",
		len(res.Subjects), report.Plural(len(res.Subjects)+res.Left, "service was", "services were"))
	return nil
}

// crashed tells of faults of our own: the stack is for whoever corrects them.
func (c *Command) crashed(list []lint.Crash) {
	for _, crash := range list {
		c.progress.done()
		c.exit = exitFailed
		fmt.Fprintf(c.Stderr, "internal error at %s: %s\n%s\nhint: report it at %s, with this stack and the script\n",
			report.OneLine(crash.Name()), report.OneLine(crash.What), report.Lines(crash.Stack), lint.ReportTo)
	}
}

// fail prints an error as `error:` and `hint:` lines, and gives the exit code.
func (c *Command) fail(err error) int {
	say := func(text, hint string) {
		fmt.Fprintf(c.Stderr, "error: %s\n", report.OneLine(strings.TrimPrefix(text, errUsage.Error()+": ")))
		if hint != "" {
			fmt.Fprintf(c.Stderr, "hint: %s\n", report.OneLine(hint))
		}
	}
	var h hinted
	var one *config.Error
	var several config.Errors
	if errors.As(err, &several) {
		for _, e := range several {
			say(e.Error(), e.Hint)
		}
		if errors.As(err, &h) {
			fmt.Fprintf(c.Stderr, "hint: %s\n", report.OneLine(h.hint))
		}
		return exitUsage
	}
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "interrupted: " + strings.TrimSuffix(strings.TrimSuffix(text, context.Canceled.Error()), ": ")
	}
	say(strings.TrimSuffix(text, ": "), hintOf(err))
	if errors.Is(err, errUsage) || errors.As(err, &one) {
		return exitUsage
	}
	return exitFailed
}

// hintOf is the advice that goes with an error; "" for none.
func hintOf(err error) string {
	var h hinted
	var open *corpus.OpenError
	var inGit *gitfs.Error
	var conf *config.Error
	var several config.Errors
	var dir *page.DirError
	var foreign *hook.ForeignError
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &open):
		return open.Hint
	case errors.As(err, &inGit):
		return inGit.Hint
	case errors.As(err, &dir):
		return dir.Hint
	case errors.As(err, &foreign):
		return foreign.Hint
	case errors.As(err, &several): // each has its own
	case errors.As(err, &conf):
		return conf.Hint
	}
	return ""
}

func (c *Command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "svcjify",
		Short:         "Make rc.d scripts ready for FreeBSD's service jails",
		Long:          rootHelp + "\n\nExit codes:\n" + exitHelp(),
		SilenceErrors: true, SilenceUsage: true,
		Version: version(),
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: %w", errUsage, hinted{err,
			nearestFlag(cmd, err) + cmd.CommandPath() + " --help lists the flags"})
	})
	root.SetVersionTemplate("svcjify {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetUsageTemplate(usageTemplate)
	c.global.add(root)
	root.AddCommand(c.demoCmd(), c.lintCmd(), c.listCmd(), c.patchCmd(), c.reportCmd(), c.historyCmd(), c.diffCmd(),
		c.fixCmd(), c.batchCmd(), c.commitCmd(), c.rulesCmd(), c.explainCmd(), c.runCmd(), c.hookCmd(),
		c.baselineCmd(), c.configCmd(), c.adviseCmd(), completionCmd(), manCmd())
	root.AddCommand(topics()...)
	walk(root, func(cmd *cobra.Command) { cmd.Long = wrapped(cmd.Long) })
	return root
}

// unknownCommand is a subcommand that is none.
func unknownCommand(cmd *cobra.Command, name string) error {
	var known []string
	for _, sub := range cmd.Commands() {
		known = append(known, sub.Name())
	}
	hint := cmd.CommandPath() + " --help lists the commands"
	if near := didYouMean(cmd.CommandPath()+" ", name, known); near != "" {
		hint = near
	}
	return fmt.Errorf("%w: %w", errUsage, hinted{fmt.Errorf("unknown command %q",
		strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name())+" "+name)), hint})
}

// nearestFlag is the flag that an unknown one may stand for, as a part of a hint.
func nearestFlag(cmd *cobra.Command, err error) string {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return ""
	}
	var known []string
	add := func(f *pflag.Flag) { known = append(known, f.Name) }
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	if near := didYouMean("--", name, known); near != "" {
		return near + " "
	}
	return ""
}

// version is the module's version and the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, commit, modified := info.Main.Version, "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	if commit == "" {
		return v
	}
	return v + " (commit " + commit + modified + ")"
}
