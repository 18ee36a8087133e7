package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/inputs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/patch/batch"
	"github.com/svcjify/svcjify/patch/gitwrite"
)

// headOf is the commit that a tree's HEAD names; nil for a tree in no
// repository, or in one that can't be read: patches need none.
func headOf(ctx context.Context, dir string) (*gitwrite.Head, func()) {
	head, err := gitwrite.Open(ctx, dir)
	if err != nil {
		return nil, func() {}
	}
	return head, head.Close
}

// settings describes a batch of one tree.
func (c *Command) settings(tree *corpus.Tree, args []string, f *planFlags, opts lint.Options, send *sendFlags,
	env patch.Envelope, head *gitwrite.Head) (batch.Settings, error) {
	s := batch.Settings{Author: env.From.String(), Date: env.Date.Format(patch.MailDate), PR: env.PR}
	if s.Tree = tree.Root; tree.Root == "" {
		return s, errors.New("the tree is in no directory")
	}
	if len(args) == 0 {
		args = []string{"."}
		if c.global.tree != "" {
			args = []string{c.global.tree}
		}
	}
	for _, a := range args {
		if within, ok := tree.Rel(a); ok && there(a) {
			s.Paths = append(s.Paths, within)
		} else { // an origin or another name
			s.Paths = append(s.Paths, a)
		}
	}
	slices.Sort(s.Paths)
	s.Paths = slices.Compact(s.Paths)
	if head != nil {
		s.Base = head.Commit
	}
	s.Flags = slices.Concat(f.words(opts), send.words())
	if send.group != string(batch.ByMaintainer) {
		s.Flags = append(s.Flags, "group "+send.group)
	}
	switch name := c.global.config; name {
	case "":
	case noConfig:
		s.Flags = append(s.Flags, "config "+name)
	default:
		s.Flags = append(s.Flags, "config "+absolute(name))
	}
	if tree.PortsDir != "" {
		s.Flags = append(s.Flags, "portsdir "+absolute(tree.PortsDir))
	}
	slices.Sort(s.Flags)
	return s, nil
}

// there tells whether an argument is a path.
func there(name string) bool {
	inputs.Note(name)
	_, err := os.Lstat(name)
	return err == nil
}

// words is the flags as a batch file keeps them; opts has what the configuration
// says where no flag does.
func (f *planFlags) words(opts lint.Options) []string {
	out := []string{"certainty " + f.certainty}
	if opts.Operator != "" {
		out = append(out, "operator "+string(opts.Operator))
	}
	if opts.Release.Name != "" {
		out = append(out, "release "+opts.Release.Name)
	}
	for name, values := range map[string][]string{"rule": f.judge.narrow.rules, "ignore": f.judge.narrow.ignored,
		"only":     f.judge.narrow.only,
		"category": f.judge.narrow.categories, "maintainer": f.judge.narrow.maintainers,
		"state": f.judge.narrow.states} {
		for _, v := range values {
			out = append(out, name+" "+v)
		}
	}
	for _, dir := range f.judge.programs.packages {
		out = append(out, "packages "+absolute(dir))
	}
	for _, dir := range f.judge.programs.stage {
		out = append(out, "stage "+absolute(dir))
	}
	if dir := f.judge.programs.src; dir != "" {
		out = append(out, "src "+absolute(dir))
	}
	if f.repair {
		out = append(out, "repair true")
	}
	return out
}

// absolute is a path that means the same from everywhere.
func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

func (f *sendFlags) words() []string {
	var out []string
	if f.selection.Limit > 0 {
		out = append(out, fmt.Sprintf("limit %d", f.selection.Limit))
	}
	return out
}

// of keeps what is about one tree.
func (p *planned) of(tree *corpus.Tree) {
	p.res.Subjects = slices.DeleteFunc(p.res.Subjects, func(s *lint.Subject) bool { return s.Service.Tree != tree })
	p.changes = slices.DeleteFunc(p.changes, func(c *patch.Change) bool { return c.Tree != tree })
	p.held = slices.DeleteFunc(p.held, func(h patch.Withheld) bool { return h.Subject.Service.Tree != tree })
}

// writeBatch makes or renews the batch in a directory.
func (c *Command) writeBatch(ctx context.Context, out string, args []string, p *planned, f *planFlags,
	send *sendFlags) error {
	if err := c.noneLeft(p.found, p.res, &f.judge.narrow); err != nil {
		return err
	}
	tree := p.found.Trees[0]
	for _, t := range p.found.Trees[1:] {
		if _, below := tree.Rel(t.Dir); !below || len(p.found.Services) == 0 || p.found.Services[0].Tree != tree {
			return hinted{fmt.Errorf("the paths lie in %d trees, and a batch holds the patches of one",
				len(p.found.Trees)), "run svcjify patch -o once for each tree"}
		}
		fmt.Fprintf(c.Stderr, "withheld: %s is a tree of its own: svcjify patch -o DIR %[1]s makes its batch\n",
			report.OneLine(t.Dir))
	}
	p.of(tree)
	head, done := headOf(ctx, tree.Root)
	defer done()
	env, known, err := c.envelope(ctx, tree.Root, head, send)
	if err != nil {
		return err
	}
	if !known {
		fmt.Fprintf(c.Stderr, "warning: git has no user.name and user.email, so the patches are from %s; give --author\n", env.From)
	}
	dir, err := batch.Create(out)
	if err != nil {
		return err
	}
	defer dir.Close()
	// another day does not make the patches others
	if b := dir.Batch; b != nil && head == nil && env.Date.Equal(today()) {
		if day, err := gitwrite.ParseDate(b.Settings.Date); err == nil {
			env.Date = day
		}
	}
	set, err := c.settings(tree, args, f, p.opts.Lint, send, env, head)
	if err != nil {
		return err
	}
	if b := dir.Batch; b != nil && (b.Settings.Tree != set.Tree || !slices.Equal(b.Settings.Paths, set.Paths) ||
		!slices.Equal(b.Settings.Flags, set.Flags)) {
		return hinted{fmt.Errorf("%s holds another batch: of %s (%s), made with %s", out, b.Settings.Tree,
			strings.Join(b.Settings.Paths, " "), strings.Join(b.Settings.Flags, ", ")),
			"give another directory, or run svcjify batch refresh " + out}
	}
	taken, later := send.selection.Pick(p.changes)
	in := batch.Input{Settings: set, Today: p.today(tree), Taken: patch.Order(taken), Later: later, Envelope: env,
		Before: dir.Batch}
	return c.make(ctx, out, dir, in, p, send)
}

// make lays a batch out and writes it.
func (c *Command) make(ctx context.Context, out string, dir *batch.Dir, in batch.Input, p *planned,
	send *sendFlags) error {
	var err error
	in.Group = batch.Grouping(send.group)
	in.Dependents = corpus.NewDependents(ctx, p.found.Trees[0])
	c.progress.say("looking at what another release would bring", c.global.quiet)
	if in.Freed, err = in.Today.Free(ctx, p.opts); err != nil {
		return err
	}
	c.progress.say("counting what is built again", c.global.quiet)
	b, texts, err := batch.Make(in)
	c.progress.done()
	if err != nil {
		return err
	}
	return c.put(ctx, out, dir, b, texts, in)
}

// put writes a batch and says what was kept.
func (c *Command) put(ctx context.Context, out string, dir *batch.Dir, b *batch.Batch, texts map[string][]byte,
	in batch.Input) error {
	c.finishing.Store(true)
	kept, err := dir.Write(ctx, b, texts)
	for _, k := range kept {
		fmt.Fprintf(c.Stderr, "kept: %s: %s\n", report.OneLine(filepath.Join(out, k.Name)), report.OneLine(k.Reason))
	}
	if err != nil {
		return hinted{err, "what is there is whole; the same command carries on"}
	}
	if c.global.quiet {
		return nil
	}
	fmt.Fprintf(c.Stderr, "%s in %s, no patch for %s; read %s first\n",
		counted(len(b.Patches), "patch", "patches"), out,
		counted(len(in.Today.Withheld(nil)), "service", "services"), filepath.Join(out, "SUMMARY.html"))
	if n := len(in.Freed.Subjects); n > 0 {
		fmt.Fprintf(c.Stderr, "with --release %s, %s would get a patch\n", in.Freed.Release,
			counted(n, "more service", "more services"))
	}
	return nil
}
