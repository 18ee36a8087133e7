package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/patch/batch"
	"github.com/svcjify/svcjify/patch/gitwrite"
)

// headOf is the commit that a tree's HEAD names; nil for a tree in no
// repository, or in one that can't be read: patches need none.
func headOf(dir string) (*gitwrite.Head, func()) {
	head, err := gitwrite.Open(dir)
	if err != nil {
		return nil, func() {}
	}
	return head, head.Close
}

// settings describes a batch of one tree.
func (c *Command) settings(tree *corpus.Tree, args []string, f *planFlags, look lint.Options, send *sendFlags, env patch.Envelope, head *gitwrite.Head) (batch.Settings, error) {
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
	s.Flags = slices.Concat(f.words(look), send.words())
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
	_, err := os.Lstat(name)
	return err == nil
}

// words is the flags as a batch file keeps them; look has what the configuration
// says where no flag does.
func (f *planFlags) words(look lint.Options) []string {
	out := []string{"certainty " + f.certainty}
	if look.Operator != "" {
		out = append(out, "operator "+string(look.Operator))
	}
	if look.Release.Name != "" {
		out = append(out, "release "+look.Release.Name)
	}
	for name, values := range map[string][]string{"rule": f.look.narrow.rules, "ignore": f.look.narrow.ignored, "only": f.look.narrow.only,
		"category": f.look.narrow.categories, "maintainer": f.look.narrow.maintainers, "state": f.look.narrow.states} {
		for _, v := range values {
			out = append(out, name+" "+v)
		}
	}
	for _, dir := range f.look.programs.packages {
		out = append(out, "packages "+absolute(dir))
	}
	for _, dir := range f.look.programs.stage {
		out = append(out, "stage "+absolute(dir))
	}
	if dir := f.look.programs.src; dir != "" {
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
func (c *Command) writeBatch(ctx context.Context, out string, args []string, p *planned, f *planFlags, send *sendFlags) error {
	tree := p.found.Trees[0]
	for _, t := range p.found.Trees[1:] {
		if _, below := tree.Rel(t.Dir); !below || len(p.found.Services) == 0 || p.found.Services[0].Tree != tree {
			return hinted{fmt.Errorf("the paths lie in %d trees, and a batch holds the patches of one", len(p.found.Trees)), "run svcjify patch -o once for each tree"}
		}
		fmt.Fprintf(c.Stderr, "withheld: %s is a tree of its own: svcjify patch -o DIR %[1]s makes its batch\n", report.OneLine(t.Dir))
	}
	p.of(tree)
	head, done := headOf(tree.Root)
	defer done()
	env, known, err := c.envelope(ctx, tree.Root, head, send)
	if err != nil {
		return err
	}
	if !known {
		fmt.Fprintf(c.Stderr, "warning: git has no user.name and user.email, so the patches are from %s; give --author\n", env.From)
	}
	set, err := c.settings(tree, args, f, p.lint, send, env, head)
	if err != nil {
		return err
	}
	dir, err := batch.Create(out)
	if err != nil {
		return err
	}
	defer dir.Close()
	if b := dir.Batch; b != nil && (b.Settings.Tree != set.Tree || !slices.Equal(b.Settings.Paths, set.Paths) || !slices.Equal(b.Settings.Flags, set.Flags)) {
		return hinted{fmt.Errorf("%s holds another batch: of %s (%s), made with %s", out, b.Settings.Tree, strings.Join(b.Settings.Paths, " "), strings.Join(b.Settings.Flags, ", ")),
			"give another directory, or run svcjify batch refresh " + out}
	}
	taken, later := send.selection.Pick(p.changes)
	b, texts, err := batch.Make(batch.Input{Settings: set, Today: p.today(), Taken: patch.Order(taken), Later: later, Envelope: env, Before: dir.Batch})
	if err != nil {
		return err
	}
	return c.put(ctx, out, dir, b, texts, len(p.held))
}

// put writes a batch and says what was kept.
func (c *Command) put(ctx context.Context, out string, dir *batch.Dir, b *batch.Batch, texts map[string][]byte, held int) error {
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
	fmt.Fprintf(c.Stderr, "%s in %s, %s withheld; read %s first\n", counted(len(b.Patches), "patch", "patches"), out, counted(held, "service", "services"), filepath.Join(out, "SUMMARY.md"))
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c *Command) batchCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "batch",
		Short: "Follow a batch of patches: what became of each",
		Long: `Follow the patches that svcjify patch -o wrote: what has landed in the tree of today,
what still applies, what must be made anew.

To leave a port or a maintainer out for good, add two lines to svcjify.batch in the
directory, with an empty line before and after:

  skip: www/nginx
  because: the maintainer does it himself, PR 123456`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.batchStatusCmd(), c.batchRefreshCmd())
	return cmd
}

// oneDir is the argument of the commands on a batch.
func oneDir(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%w: %s takes one directory, that of svcjify patch -o", errUsage, cmd.CommandPath())
	}
	return nil
}

func (c *Command) batchStatusCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "status DIR",
		Short: "Compare a batch with the tree of today; exit 1 if one has moved",
		Args:  oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := batch.Look(args[0])
			if err != nil {
				return err
			}
			defer dir.Close()
			_, states, _, err := c.states(cmd.Context(), dir)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(c.Stdout, 0, 8, 2, ' ', 0)
			count := map[batch.Status]int{}
			for _, s := range states {
				count[s.Status]++
				if s.Status != batch.Applies {
					c.exit = exitFindings
				}
				fmt.Fprintf(t, "%s\t%s\t%s\n", s.Status, report.OneLine(s.Entry.Change), report.OneLine(s.Detail))
			}
			if err := t.Flush(); err != nil {
				return err
			}
			var words []string
			for _, s := range batch.Statuses {
				if count[s] > 0 {
					words = append(words, fmt.Sprintf("%d %s", count[s], s))
				}
			}
			if len(words) > 0 {
				words = []string{": " + strings.Join(words, ", ")}
			}
			_, err = fmt.Fprintf(c.Stdout, "%s%s\n", counted(len(states), "patch", "patches"), strings.Join(words, ""))
			return err
		},
	}
}

func (c *Command) batchRefreshCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh DIR",
		Short: "Make anew what must be, and take out what has landed",
		Long: `Make anew the patches of a batch that do not apply to the tree of today or bring
something else, and take out those that have landed, are superseded, whose port is gone,
or that svcjify.batch skips. A patch that still applies is not touched. Patches that the
batch did not have are not added: run svcjify patch -o again for those.`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := batch.Open(args[0])
			if err != nil {
				return err
			}
			defer dir.Close()
			p, states, send, err := c.states(cmd.Context(), dir)
			if err != nil {
				return err
			}
			head, done := headOf(p.found.Trees[0].Root)
			defer done()
			set := dir.Batch.Settings
			if set.Base = ""; head != nil {
				set.Base = head.Commit
			}
			env, _, err := c.envelope(cmd.Context(), p.found.Trees[0].Root, head, send)
			if err != nil {
				return err
			}
			in := batch.Refresh(dir.Batch, states)
			in.Settings, in.Today, in.Envelope = set, p.today(), env
			b, texts, err := batch.Make(in)
			if err != nil {
				return err
			}
			for _, s := range states {
				if s.Status != batch.Applies {
					fmt.Fprintf(c.Stdout, "%s: %s\n", report.OneLine(s.Entry.Change), report.OneLine(strings.TrimSuffix(string(s.Status)+", "+s.Detail, ", ")))
				}
			}
			return c.put(cmd.Context(), args[0], dir, b, texts, len(p.held))
		},
	}
}

// states looks at the tree of a batch as it is today.
func (c *Command) states(ctx context.Context, dir *batch.Dir) (*planned, []batch.State, *sendFlags, error) {
	set := dir.Batch.Settings
	f, send, err := c.parseWords(set)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := c.plan(ctx, func(context.Context) (*corpus.Corpus, error) { return c.openAgain(set, &f.look.narrow) }, f)
	if err != nil {
		return nil, nil, nil, err
	}
	p.of(p.found.Trees[0])
	return p, dir.Batch.States(p.today(), dir.Read), send, nil
}

// openAgain opens what a batch was made from. A part of the tree that is gone
// by now is left out, so that the rest can be told from it.
func (c *Command) openAgain(set batch.Settings, narrow *narrowFlags) (*corpus.Corpus, error) {
	var paths, gone []string
	for _, p := range set.Paths {
		full := filepath.Join(set.Tree, filepath.FromSlash(p))
		switch _, wrong := corpus.Find(corpus.Query{Args: []string{p}, Tree: set.Tree}); {
		case there(full):
			paths = append(paths, full)
		case len(wrong) == 0: // a name
			paths = append(paths, p)
		default:
			gone = append(gone, p)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("nothing of what the batch was made from is there: %s", strings.Join(gone, ", "))
	}
	targets, wrong := corpus.Find(corpus.Query{Args: paths, Tree: set.Tree})
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	if err := c.prepare(targets, paths); err != nil {
		return nil, err
	}
	found, err := corpus.Load(targets, narrow.narrow())
	if err != nil { // the ports are gone: the tree tells what became of them
		if targets, wrong = corpus.Find(corpus.Query{Tree: set.Tree}); len(wrong) > 0 {
			return nil, err
		}
		return corpus.Load(targets, narrow.narrow())
	}
	return found, nil
}

// parseWords turns a batch file's flags back into the command line's.
func (c *Command) parseWords(set batch.Settings) (*planFlags, *sendFlags, error) {
	f, send := &planFlags{}, &sendFlags{author: set.Author, date: set.Date, pr: set.PR}
	cmd := &cobra.Command{}
	f.add(cmd)
	(&sendFlags{}).add(cmd)
	for _, w := range set.Flags {
		name, value, _ := strings.Cut(w, " ")
		switch name {
		case "config":
			c.global.config = value
			continue
		case "portsdir":
			c.global.portsdir = value
			continue
		}
		if err := cmd.Flags().Set(name, value); err != nil {
			return nil, nil, fmt.Errorf("%s: flag %q: %w", batch.FileName, w, err)
		}
	}
	return f, send, send.check()
}
