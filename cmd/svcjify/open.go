package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/config"
	"github.com/svcjify/svcjify/lint/report"
)

// portsDirVariable names the ports tree, as it does for make(1).
const portsDirVariable = "PORTSDIR"

// find finds the trees that the arguments are about. A
// wrong argument among others is told and makes the exit code 3; where all are
// wrong, the first is the error.
func (c *Command) find(ctx context.Context, args []string) ([]*corpus.Target, error) {
	q := corpus.Query{Args: args, Tree: c.global.tree, PortsDir: c.portsDir()}
	targets, wrong := corpus.Find(ctx, q)
	if err := c.tell(wrong, len(targets) == 0); err != nil {
		return nil, err
	}
	return targets, nil
}

// tell prints errors about some of the arguments; where they are all there is,
// it gives the last one instead.
func (c *Command) tell(wrong []error, all bool) error {
	for i, err := range wrong {
		if all && i == len(wrong)-1 {
			return err
		}
		c.progress.done()
		c.exit = max(c.exit, c.fail(err))
	}
	return nil
}

// prepare reads the configuration of trees, and names the ports tree that they
// stand on.
func (c *Command) prepare(targets []*corpus.Target, args []string) error {
	var trees []*corpus.Tree
	for _, x := range targets {
		trees = append(trees, x.Tree)
	}
	var paths []string
	for _, a := range args { // a name says nothing of a place
		if there(a) {
			paths = append(paths, a)
		}
	}
	if len(paths) == 0 && c.global.tree != "" {
		paths = []string{c.global.tree}
	}
	if err := c.configure(trees, paths); err != nil {
		return err
	}
	dir, named := c.portsDir(), c.global.portsdir != ""
	if dir == "" && c.config.PortsDir != "" {
		dir, named = c.config.PortsDir, true
	}
	for _, t := range trees {
		if dir == "" || !named && t.Whole() { // for its own make, the variable may say what it likes
			continue
		}
		if err := t.StandOn(dir); err != nil {
			if !named { // the variable is there for make, too
				err = fmt.Errorf("%s in the environment: %w", portsDirVariable, err)
			}
			return err
		}
	}
	return nil
}

// portsDir is what the flag or the environment says.
func (c *Command) portsDir() string {
	if c.global.portsdir != "" {
		return c.global.portsdir
	}
	return os.Getenv(portsDirVariable)
}

// open finds and reads what the arguments name.
func (c *Command) open(ctx context.Context, args []string, narrow *narrowFlags) (*corpus.Corpus, error) {
	c.progress.say("reading the tree", c.global.quiet)
	targets, err := c.find(ctx, args)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(targets, args); err != nil {
		return nil, err
	}
	return c.load(ctx, targets, narrow)
}

// load reads what was found.
func (c *Command) load(ctx context.Context, targets []*corpus.Target, narrow *narrowFlags) (*corpus.Corpus, error) {
	found, err := corpus.Load(ctx, targets, narrow.narrow())
	if err != nil {
		return nil, err
	}
	return found, c.tell(found.Wrong, len(found.Services) == 0 && len(found.Problems) == 0 && found.Ports == 0)
}

// configure finds the configuration; where there is none, an empty one counts.
func (c *Command) configure(trees []*corpus.Tree, paths []string) (err error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	switch {
	case c.global.config == noConfig:
	case c.global.config != "":
		c.config, err = config.Load(c.global.config, trees[0])
		if err == nil && len(trees) == 1 { // it is about this tree, and not about all that a person has
			c.config.Policy.Tree = trees[0]
		}
	default:
		c.config, err = config.FindAll(trees, paths)
	}
	if c.config == nil {
		c.config = noConfiguration()
	}
	return err
}

// errNoService: there are ports, and no script.
var errNoService = errors.New("no service")

// noService says what was examined where there is no service, so that an empty
// answer is not taken for a good one; nil where there is one, or where there are some and none is left by
// --state or --rule.
func noService(found *corpus.Corpus, res *lint.Result, f *narrowFlags) error {
	if len(res.Subjects) > 0 || len(res.Findings) > 0 || len(found.Services) > 0 {
		return nil
	}
	ports := report.Plural(found.Ports, "port was", "ports were")
	switch {
	case f.names() != "":
		return hinted{fmt.Errorf("%w matches %s: %s examined", errNoService, f.names(), ports),
			"svcjify list without flags shows all services"}
	case len(found.Problems) > 0:
		return hinted{fmt.Errorf("%w: %s examined, and not all could be read", errNoService, ports),
			"svcjify lint says what is wrong"}
	}
	return hinted{fmt.Errorf("%w: %s examined, and none installs an rc.d script", errNoService, ports),
		"name another part of the tree, or its top"}
}

// noneLeft is an error where --only, --category or --maintainer match no service. A part of the tree
// that holds no service, or where --state or --rule leave none, is fine, and is said on standard error.
func (c *Command) noneLeft(found *corpus.Corpus, res *lint.Result, f *narrowFlags) error {
	err := noService(found, res, f)
	if err != nil && f.names() != "" {
		return err
	}
	if err == nil && len(res.Subjects) == 0 && len(res.Findings) == 0 {
		err = fmt.Errorf("no service is left by %s: %s examined", f.afterwards(),
			report.Plural(len(found.Services), "service was", "services were"))
	}
	if err != nil && !c.global.quiet {
		c.progress.done()
		fmt.Fprintf(c.Stderr, "note: %s\n", report.OneLine(err.Error()))
	}
	return nil
}

// at opens what the command line names, for plan.
func (c *Command) at(args []string, f *planFlags) func(context.Context) (*corpus.Corpus, error) {
	return func(ctx context.Context) (*corpus.Corpus, error) { return c.open(ctx, args, &f.judge.narrow) }
}

// shownFile is a file of a tree as people see it.
func shownFile(t *corpus.Tree, name string) string { return filepath.FromSlash(t.Shown(name)) }
