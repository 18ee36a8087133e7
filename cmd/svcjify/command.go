package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// The exit codes.
const (
	exitClean    = 0 // nothing found at or above --fail-on
	exitFindings = 1 // something found
	exitUsage    = 2 // the command line is wrong
	exitFailed   = 3 // something could not be read or written
)

// A Command is one call of the program; tests make it without a process.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	exit  int
	crash func()      // a test's fault in the hook
	pool  *rcrun.Pool // the simulation's children; nil until something is looked at
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
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if c.pool != nil {
		c.pool.Close()
	}
	if err == nil {
		return c.exit
	}
	fmt.Fprintf(c.Stderr, "error: %s\n", strings.TrimPrefix(err.Error(), errUsage.Error()+": "))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(c.Stderr, "hint: %s\n", hint)
	}
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFailed
}

// hintOf is the advice that goes with an error; "" for none.
func hintOf(err error) string {
	var h hinted
	var open *corpus.OpenError
	var inGit *gitfs.Error
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &open):
		return open.Hint
	case errors.As(err, &inGit):
		return inGit.Hint
	}
	return ""
}

func (c *Command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "svcjify",
		Short: "Make rc.d scripts ready for FreeBSD's service jails",
		Long: `svcjify finds the rc.d services of a FreeBSD ports tree, says which of them are
ready for service jails and what the others need, and writes patches.

It reads Makefiles and scripts and runs nothing of them. PATH is a ports tree, a
category, a port, a template, or a directory of rc.d scripts; without one, the
current directory.

Exit codes: 0 nothing found at or above --fail-on, 1 findings, 2 wrong usage,
3 something could not be read or written.`,
		SilenceErrors: true, SilenceUsage: true,
		Version: version(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: unknown command %q", errUsage, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: %w", errUsage, hinted{err, cmd.CommandPath() + " --help"})
	})
	root.SetVersionTemplate("svcjify {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(c.lintCmd(), c.listCmd(), c.patchCmd(), c.fixCmd(), c.rulesCmd(), c.explainCmd(), c.runCmd(), c.hookCmd())
	return root
}

// version is the module's version and the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(v, s.Value[:min(12, len(s.Value))]) {
			v += " (" + s.Value + ")"
		}
	}
	return v
}

// lookFlags are the flags of every command that looks at services.
type lookFlags struct {
	operator, release string
	programs          programFlags
}

func (f *lookFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.operator, "operator", "equals", "form of the default that is written: equals (honours rc.conf's empty value) or colon (as the rc-scripting article has it)")
	f.addRelease(cmd)
	f.programs.add(cmd)
}

func (f *lookFlags) addRelease(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.release, "release", "", "oldest rc.subr that the scripts must serve: "+releaseNames()+" (default "+rcrun.DefaultRelease+")")
}

// releaseNames is the values of --release.
func releaseNames() string {
	var names []string
	for _, r := range rcrun.Releases() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// options checks the flags and starts the simulation, which Main ends.
func (c *Command) options(f *lookFlags) (lint.Options, error) {
	o := lint.Options{Operator: lint.Operator(f.operator)}
	if o.Operator != lint.OperatorEquals && o.Operator != lint.OperatorColon {
		return o, fmt.Errorf("%w: --operator is %q, expected equals or colon", errUsage, f.operator)
	}
	var err error
	if o.Release, err = rcrun.ReleaseOf(f.release); err != nil {
		return o, fmt.Errorf("%w: --%w", errUsage, err)
	}
	if o.Programs, err = f.programs.finder(); err != nil {
		return o, err
	}
	pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		return o, err
	}
	c.pool, o.Simulate = pool, pool
	return o, nil
}

// look opens the paths and runs the rules.
func (c *Command) look(ctx context.Context, paths []string, f *lookFlags, opts lint.Options) (*lint.Result, error) {
	found, err := corpus.Open(paths)
	if err != nil {
		return nil, err
	}
	if err := f.programs.checkSources(found); err != nil {
		return nil, err
	}
	return lint.Run(ctx, found, opts)
}
