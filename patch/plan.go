package patch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/parallel"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// A File is one file of a change with its text before and after.
type File struct {
	Path     string
	Old, New []byte
	// Executable is the file's mode, which git keeps.
	Executable bool
	// Revision says that what changes is a PORTREVISION, not a script.
	Revision bool
}

// A Change is one commit: the templates of the ports that hang together, and
// the Makefiles whose PORTREVISION rises because of it.
type Change struct {
	Tree *corpus.Tree
	// Origin is the port that the commit names; "" for a plain directory of scripts.
	Origin string
	// Ports is every port whose package changes, sorted.
	Ports []string
	// Rebuilt is the ports that install no changed script, but share the line
	// that sets PORTREVISION and so rise as well, sorted.
	Rebuilt []string
	// Subjects is the services that are changed, as they were before; Left those of the
	// same ports that are not ready and get no patch.
	Subjects, Left []*lint.Subject
	// Fixed is the findings that the change corrects.
	Fixed []lint.Finding
	// Files is sorted by path.
	Files []File
	// Certainty is that of the least certain fix.
	Certainty infer.Certainty
}

// A Withheld is a service that got no patch, and why.
type Withheld struct {
	Subject *lint.Subject
	Reason  string
}

// Options say which fixes are made.
type Options struct {
	// Certainty is the least that a fix must have.
	Certainty infer.Certainty
	// Rules, if any, are the only rules whose fixes are made. Without, every
	// fix of a finding that is at least a warning is.
	Rules []string
	// Ignored are rules whose fixes are not made.
	Ignored []string
	// Repair makes the repairs of SJ201 too, which change what the script does
	// and so are never more than likely to be what its maintainer wants.
	Repair bool
	// Lint is how the result was made, so that the proof looks the same way.
	Lint lint.Options
}

// Plan makes the changes for a result: one for each group of ports that hang
// together by a template. What can't be patched, or fails its proof, is
// withheld with the reason.
func Plan(ctx context.Context, res *lint.Result, opts Options) ([]*Change, []Withheld, error) {
	k, err := infer.Embedded()
	if err != nil {
		return nil, nil, err
	}
	all := groups(res.Subjects)
	readers := map[*corpus.Tree]*corpus.Readers{}
	for _, s := range res.Subjects {
		if tree := s.Service.Tree; readers[tree] == nil {
			readers[tree] = corpus.NewReaders(ctx, tree)
		}
	}
	made := make([]*Change, len(all))
	kept := make([][]Withheld, len(all))
	parallel.Each(ctx, len(all), parallel.Workers{Count: runtime.GOMAXPROCS(0)}, func(_, i int) {
		made[i], kept[i] = planGroup(ctx, all[i], readers, k, opts)
	})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	changes := slices.DeleteFunc(made, func(c *Change) bool { return c == nil })
	held := slices.Concat(kept...)
	slices.SortStableFunc(changes, func(a, b *Change) int {
		return cmp.Or(cmp.Compare(a.Tree.Dir, b.Tree.Dir), cmp.Compare(a.Origin, b.Origin),
			cmp.Compare(a.Files[0].Path, b.Files[0].Path))
	})
	return changes, held, nil
}

// planGroup makes the change of a group; nil where there is none.
func planGroup(ctx context.Context, group []*lint.Subject, readers map[*corpus.Tree]*corpus.Readers,
	k *infer.Knowledge, opts Options) (*Change, []Withheld) {
	var held []Withheld
	if opts.Lint.Simulate != nil { // all proofs of a group count against what one port may cost
		opts.Lint.Account = opts.Lint.Simulate.Account()
	}
	change := &Change{Certainty: infer.Certain}
	texts := map[string][]byte{}
	for _, s := range group {
		if reason := change.addSubject(ctx, s, texts, k, opts); reason != "" {
			held = append(held, Withheld{s, reason})
		}
		if s.State != lint.Ready && !slices.ContainsFunc(change.Subjects, func(x *lint.Subject) bool {
			return x.Service == s.Service
		}) {
			change.Left = append(change.Left, s)
		}
	}
	if len(change.Subjects) == 0 {
		return nil, held
	}
	if err := change.finish(readers[change.Subjects[0].Service.Tree], texts); err != nil {
		for _, s := range change.Subjects {
			held = append(held, Withheld{s, err.Error()})
		}
		return nil, held
	}
	return change, held
}

// wants reports whether a finding's fix is to be made.
func (o Options) wants(f lint.Finding) bool {
	is := func(name string) bool {
		r, ok := lint.RuleOf(name)
		return ok && r.Code == f.Code
	}
	switch {
	case slices.ContainsFunc(o.Ignored, is):
		return false
	case len(o.Rules) > 0:
		return slices.ContainsFunc(o.Rules, is)
	}
	return f.Severity >= lint.Warning
}

// addSubject edits one service's template. It returns why it did not, or ""
// where it did, or where there is nothing to do.
func (c *Change) addSubject(ctx context.Context, s *lint.Subject, texts map[string][]byte, k *infer.Knowledge,
	opts Options) string {
	if s.Script == nil {
		return ""
	}
	s, repairs, err := repaired(ctx, s, k, opts)
	if err != nil {
		return err.Error()
	}
	var edits []lint.Edit
	var fixed []lint.Finding
	reason := ""
	for _, f := range s.Findings {
		switch {
		case !opts.wants(f) || f.Fix != nil && f.Fix == s.Repair:
			continue
		case f.Fix == nil:
			if f.Code == "SJ101" {
				reason = f.Message
			}
			continue
		case f.Code == "SJ101" && (s.State == lint.Blocked || s.State == lint.Unknown):
			reason = string(s.State) + ": " + named(s.Blockers())
			continue
		case f.Fix.Certainty < opts.Certainty:
			reason = fmt.Sprintf("the answer is only %s: %s", f.Fix.Certainty, s.Verdict.Answer())
			if s.Verdict.Certainty >= opts.Certainty {
				reason = "only " + f.Fix.Certainty.String() + ": " + named(s.Doubts())
			}
			continue
		}
		if overlaps(edits, f.Fix.Edits) { // a second run will make it
			continue
		}
		edits = append(edits, f.Fix.Edits...)
		fixed = append(fixed, f)
	}
	if s.Repair != nil && len(edits) == 0 { // it was not asked for
		return cmp.Or(reason, "faulty: "+named(s.Blockers())) + "; --repair may correct it"
	}
	if len(edits) == 0 && (len(repairs) == 0 || reason != "") {
		return reason
	}
	if t := s.Service.Tree; t.Elsewhere(s.Service.Template) {
		return "the script is in the ports tree that this one stands on, " + t.PortsDir + ": svcjify patch --tree " +
			t.PortsDir + " makes the patch"
	}
	if done, ok := texts[s.Service.Template]; ok { // another name of the same template
		if want, err := Apply(s.Script.Src, edits); err != nil || !bytes.Equal(want, done) {
			return "another service of the same template needs other edits"
		}
	} else {
		text, err := Apply(s.Script.Src, edits)
		if err != nil {
			return err.Error()
		}
		if len(edits) > 0 {
			if err := prove(ctx, s, fixed, text, k, opts); err != nil {
				return "proof failed: " + err.Error()
			}
		}
		texts[s.Service.Template] = text
	}
	fixed = append(repairs, fixed...)
	c.Subjects = append(c.Subjects, s)
	c.Fixed = append(c.Fixed, fixed...)
	for _, f := range fixed {
		c.Certainty = min(c.Certainty, f.Fix.Certainty)
	}
	return ""
}

func overlaps(have, more []lint.Edit) bool {
	for _, a := range have {
		for _, b := range more {
			if a.Start < b.End && b.Start < a.End || a.Start == b.Start {
				return true
			}
		}
	}
	return false
}

// named is findings in a sentence.
func named(list []lint.Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Message+" ["+f.Code+"]")
	}
	return strings.Join(out, "; ")
}

// finish raises PORTREVISION and puts the files together.
func (c *Change) finish(readers *corpus.Readers, texts map[string][]byte) error {
	c.Tree = c.Subjects[0].Service.Tree
	c.Origin = c.Subjects[0].Origin()
	ports, dirs := c.packages()
	for _, p := range ports {
		c.Ports = append(c.Ports, p.Origin)
	}
	slices.Sort(c.Ports)
	changed, err := bump(c.Tree, ports, false)
	if errors.Is(err, errElsewhere) { // a default of the other tree, which a line of the port's own is stronger than
		if alone, ownErr := bump(c.Tree, ports, true); ownErr == nil {
			changed, err = alone, nil
		}
	}
	if err != nil {
		return err
	}
	if c.Rebuilt, err = rebuilt(c.Tree, readers, changed, dirs); err != nil || len(c.Rebuilt) > 0 {
		// Perhaps the ports that install the script can rise alone.
		alone, ownErr := bump(c.Tree, ports, true)
		if ownErr == nil {
			if others, otherErr := rebuilt(c.Tree, readers, alone, dirs); otherErr == nil && len(others) == 0 {
				changed, c.Rebuilt, err = alone, nil, nil
			}
		}
	}
	if err != nil {
		return err
	}
	maps.Copy(texts, changed)
	for name, text := range texts {
		if link := linkIn(c.Tree.FS, name); link != "" { // git am does not write through one
			return fmt.Errorf("%s: %s is a symlink; what it points to must be changed instead", name, link)
		}
		old, problem := c.Tree.ReadFile(name)
		if problem != nil {
			return errors.New(problem.Path + ": " + problem.Text)
		}
		info, err := fs.Stat(c.Tree.FS, name)
		if err != nil {
			return err
		}
		_, rises := changed[name]
		c.Files = append(c.Files, File{name, old, text, info.Mode()&0o111 != 0, rises})
	}
	slices.SortFunc(c.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// packages are the ports that install a changed script, sorted by directory.
func (c *Change) packages() (ports []packaged, dirs []string) {
	byDir := map[string]*packaged{}
	for _, s := range c.Subjects {
		for i, p := range s.Service.Ports {
			q := byDir[p.Dir]
			if q == nil {
				q = &packaged{Port: p, condition: s.Service.Conditions[i]}
				byDir[p.Dir] = q
			}
			q.scripts = append(q.scripts, s.Service.Name)
			if s.Service.Conditions[i] == "" {
				q.condition = ""
			}
		}
	}
	dirs = slices.Sorted(maps.Keys(byDir))
	for _, dir := range dirs {
		ports = append(ports, *byDir[dir])
	}
	return ports, dirs
}

// linkIn is the first symbolic link on the way to a file, "" where there is none.
func linkIn(fsys fs.FS, name string) string {
	for i := range len(name) + 1 {
		if i == len(name) || name[i] == '/' {
			if info, err := fs.Lstat(fsys, name[:i]); err == nil && info.Mode()&fs.ModeSymlink != 0 {
				return name[:i]
			}
		}
	}
	return ""
}

// groups puts together the subjects whose ports hang together by a template or
// by the Makefile that sets PORTREVISION, so that a port's PORTREVISION rises
// once however many of its scripts change.
func groups(subjects []*lint.Subject) [][]*lint.Subject {
	parent := map[string]string{}
	var root func(string) string
	root = func(x string) string {
		if p, ok := parent[x]; ok && p != x {
			r := root(p)
			parent[x] = r
			return r
		}
		parent[x] = x
		return x
	}
	key := func(s *lint.Subject) string { return s.Service.Tree.Dir + "\x00" + s.Service.Template }
	for _, s := range subjects {
		for _, p := range s.Service.Ports {
			parent[root(s.Service.Tree.Dir+"\x00"+p.Dir+"/")] = root(key(s))
			// Two changes of one Makefile would not apply one after the other.
			sites, _ := sitesOf(p.Make, "PORTREVISION", 0) // of another variable perhaps
			for _, a := range append(sites, p.Make.Assignments("PORTREVISION")...) {
				parent[root(s.Service.Tree.Dir+"\x00"+a.File)] = root(key(s))
			}
		}
	}
	var order []string
	byRoot := map[string][]*lint.Subject{}
	for _, s := range subjects {
		r := root(key(s))
		if byRoot[r] == nil {
			order = append(order, r)
		}
		byRoot[r] = append(byRoot[r], s)
	}
	var out [][]*lint.Subject
	for _, r := range order {
		out = append(out, byRoot[r])
	}
	return out
}
