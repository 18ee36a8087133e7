package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// globalFlags are the flags of every command.
type globalFlags struct {
	config, color  string
	cache          string
	tree, portsdir string
	verbose, quiet bool
}

// noConfig is the --config that reads no file.
const noConfig = "none"

func (f *globalFlags) add(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&f.config, "config", "", "`file` to read instead of .svcjify.toml, or the word none (no file)")
	flags.StringVar(&f.tree, "tree", "", "top `directory` of the ports tree, if it is neither the top of a git repository nor the directory that has Mk/bsd.port.mk")
	flags.StringVar(&f.portsdir, "portsdir", "",
		"`directory` of the main ports tree, for an overlay: its masters, included files and Mk are looked for there; default $PORTSDIR")
	flags.StringVar(&f.cache, "cache", "", "`directory` for the results of earlier runs, or the word none (no cache), or the word verify (do all again and compare); default: svcjify in the user's cache directory")
	flags.StringVar(&f.color, "color", "auto", "`when` to use colours: auto, always, never")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "report on standard error what was read")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print only errors and findings")
	complete(root, "color", "auto", "always", "never")
}

// judgeFlags are the flags of every command that looks at services.
type judgeFlags struct {
	operator, release string
	programs          programFlags
	narrow            narrowFlags

	// These are no flags. One is for a run about one script, for which someone
	// waits; known reads the findings that are known, once the configuration
	// is, nil for none.
	one   bool
	known func() error
	// found is what was looked at, once it is.
	found *corpus.Corpus
}

func (f *judgeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.operator, "operator", "",
		"write defaults with = (`form` equals, the default: an empty value in rc.conf has its effect) or with := (form colon, which also turns SJ105 off)")
	complete(cmd, "operator", string(lint.OperatorEquals), string(lint.OperatorColon))
	f.addRelease(cmd)
	f.programs.add(cmd)
	f.narrow.add(cmd)
}

func (f *judgeFlags) addRelease(cmd *cobra.Command) {
	var names []string
	for _, r := range rcrun.Releases() {
		names = append(names, r.Name)
	}
	cmd.Flags().StringVar(&f.release, "release", "",
		"`release` of the oldest rc.subr that the scripts must work with: "+strings.Join(names, ", ")+" (default "+
			rcrun.DefaultRelease+"); svcjify help releases says which one a system has")
	complete(cmd, "release", names...)
}

// options checks the flags and starts the simulation, which Main ends. What no
// flag says is left open for the configuration.
func (c *Command) options(f *judgeFlags) (lint.Options, error) {
	o := lint.Options{Operator: lint.Operator(f.operator)}
	if err := f.narrow.check(); err != nil {
		return o, err
	}
	if o.Operator != "" && o.Operator != lint.OperatorEquals && o.Operator != lint.OperatorColon {
		return o, wrongWord("--operator", f.operator, []string{string(lint.OperatorEquals), string(lint.OperatorColon)})
	}
	var err error
	if f.release != "" {
		if o.Release, err = rcrun.ReleaseOf(f.release); err != nil {
			return o, fmt.Errorf("%w: --%w", errUsage, err)
		}
	}
	if o.Programs, err = f.programs.finder(); err != nil {
		return o, err
	}
	if _, err := c.color(); err != nil {
		return o, err
	}
	workers := runtime.GOMAXPROCS(0)
	if f.one {
		workers = 1 // starting another takes longer than the jobs of one script
	}
	c.openCache()
	pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: workers, Cache: c.kept()})
	if err != nil {
		return o, err
	}
	if !c.cache.Used() { // else the child may not be wanted at all
		pool.Warm()
	}
	go infer.Embedded() // the table is read while the tree is; lint.Run waits for it
	c.pool, o.Simulate = pool, pool
	return o, nil
}

// judgePaths opens what the arguments name and runs the rules. It completes the
// options by what the configuration says.
func (c *Command) judgePaths(ctx context.Context, args []string, f *judgeFlags,
	opts *lint.Options) (*lint.Result, error) {
	found, err := c.open(ctx, args, &f.narrow)
	if err != nil {
		return nil, err
	}
	return c.judge(ctx, found, f, opts)
}

// judge runs the rules on a corpus, for whose trees the configuration is known.
func (c *Command) judge(ctx context.Context, found *corpus.Corpus, f *judgeFlags,
	opts *lint.Options) (*lint.Result, error) {
	if err := f.programs.checkSources(found); err != nil {
		return nil, err
	}
	if f.known != nil {
		if err := f.known(); err != nil {
			return nil, err
		}
	}
	if opts.Operator == "" {
		opts.Operator = c.config.Operator
	}
	if opts.Release.Name == "" {
		opts.Release = c.config.Release
	}
	opts.Policy, opts.Progress = c.config.Policy, c.progress.service
	c.progress.say("looking at the services", c.global.quiet)
	run := lint.Run
	if c.judging != nil {
		run = c.judging.Run
	}
	res, err := run(ctx, found, *opts)
	if res != nil {
		f.found = found
		f.narrow.after(res)
		c.crashed(res.Crashes)
	}
	if err == nil && c.global.verbose {
		c.progress.done()
		c.tellJudged(found, res)
	}
	return res, err
}

// noConfiguration is what counts where there is none.
func noConfiguration() *config.Config { return &config.Config{Policy: &lint.Policy{}} }

// tellJudged says what was looked at.
func (c *Command) tellJudged(found *corpus.Corpus, res *lint.Result) {
	name := c.config.Path
	if name == "" {
		name = noConfig
	}
	fmt.Fprintf(c.Stderr, "configuration: %s\n", report.OneLine(name))
	for _, t := range found.Trees {
		what := "ports tree"
		if t.Scripts {
			what = "rc.d scripts"
		}
		fmt.Fprintf(c.Stderr, "%s: %s\n", what, report.OneLine(t.Dir))
		if t.PortsDir != "" {
			fmt.Fprintf(c.Stderr, "stands on: %s\n", report.OneLine(t.PortsDir))
		}
		for _, a := range t.Assumed() {
			fmt.Fprintf(c.Stderr, "assumed, since Mk/ of the tree does not say: %s=%s\n", a.Name, a.Value)
		}
	}
	for _, s := range res.Subjects {
		fmt.Fprintf(c.Stderr, "looked at %s (%s): %s: %s\n", report.OneLine(s.Service.Name), report.OneLine(s.Name()),
			report.OneLine(s.Service.Tree.Shown(s.Service.Template)), s.State)
	}
	for _, q := range res.Silenced {
		fmt.Fprintf(c.Stderr, "not shown: %s (%s: %s)\n", report.Line(q.Finding), q.By, report.OneLine(q.Reason))
	}
}

// color reports whether standard output is to be coloured.
func (c *Command) color() (bool, error) {
	switch c.global.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return autoColor(os.Getenv, isTerminal(c.Stdout)), nil
	}
	return false, wrongWord("--color", c.global.color, []string{"auto", "always", "never"})
}

// autoColor decides by the environment (no-color.org, force-color.org), and then
// by whether it goes to a terminal.
func autoColor(env func(string) string, terminal bool) bool {
	switch {
	case env("FORCE_COLOR") != "":
		return env("FORCE_COLOR") != "0"
	case env("NO_COLOR") != "", env("TERM") == "dumb":
		return false
	}
	return terminal
}
