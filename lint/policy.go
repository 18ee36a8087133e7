package lint

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
)

// A Policy is what people have decided, apart from the rules: which of them
// count, which findings are to be ignored and why, what a service needs.
// Package config reads it from a file. A nil Policy decides nothing.
//
// Nothing in it makes a service ready that a rule says won't work, but for one
// thing: an Ignore that says so in as many words (Works). A rule that is
// switched off, a milder severity, a baseline: each keeps a finding from being
// shown or from failing the run, and the service's state is what it would be
// without. A state is a statement about the service, not about the report.
type Policy struct {
	// Path is the file it comes from, for findings about it.
	Path string
	// Tree is the tree whose paths it names; nil for every tree.
	Tree *corpus.Tree
	// Dir is the directory of that tree that its paths are relative to, "." for the top.
	Dir string
	// Disabled holds the codes of rules that report nothing.
	Disabled map[string]bool
	// Severity is by code; a finding that is milder than its rule stays so.
	Severity map[string]Severity
	Ignores  []Ignore
	// Decisions are looked through in order; the first that names a service counts.
	Decisions []Decision
	// Baseline is the findings that are known; nil for none.
	Baseline Baseline
}

// An Ignore hides the findings of one rule in the files that match.
type Ignore struct {
	// Path is a glob, Rule a code.
	Path, Rule string
	// Reason is why; it is never empty.
	Reason string
	// Works says that the service works in the jail in spite of the finding, so
	// that the finding doesn't block it.
	Works bool
	// Line is where it stands: in the policy's file, or in the script.
	Line int
}

// A Decision is a person's answer for a service.
type Decision struct {
	// Service is a glob of installed names, Port one of origins; an empty one matches all.
	Service, Port string
	infer.Decision
	Line int
}

// Silenced is a finding that is ignored, and why.
type Silenced struct {
	Finding
	By     Silencer
	Reason string
	// Works is Ignore's.
	Works bool
}

// A Silencer says what passed a finding over.
type Silencer string

const (
	ByDisabled Silencer = "disabled" // the rule is switched off
	ByConfig   Silencer = "config"   // an ignore in the configuration
	ByComment  Silencer = "comment"  // an ignore in the script
	ByBaseline Silencer = "baseline" // it was known before
)

// decide gives the verdict that a person made for a service, if there is one.
func (p *Policy) decide(svc *corpus.Service, v *infer.Verdict) {
	if !p.covers(svc.Tree) {
		return
	}
	for _, d := range p.Decisions {
		if !matchGlob(d.Service, svc.Name) {
			continue
		}
		named := d.Port == "" || slices.ContainsFunc(svc.Ports,
			func(q *corpus.Port) bool { return matchGlob(d.Port, q.Origin) })
		if named {
			v.Decide(d.Decision, p.Path, d.Line)
			return
		}
	}
}

func (p *Policy) covers(t *corpus.Tree) bool { return p != nil && (p.Tree == nil || p.Tree == t) }

// split tells which findings are shown, and which are ignored. The ignores
// in a script's comments count whatever the policy is.
func (p *Policy) split(list []Finding, comments []Ignore) (shown []Finding, silenced []Silenced) {
	for _, f := range list {
		if s, ok := p.silence(f, comments); ok {
			silenced = append(silenced, s)
			continue
		}
		if p.covers(f.Tree) {
			if sev, ok := p.Severity[f.Code]; ok {
				rule, _ := RuleOf(f.Code)
				// what is milder than its rule was graded by what is lost
				if f.Severity == rule.Severity || sev < f.Severity {
					f.Severity = sev
				}
			}
		}
		shown = append(shown, f)
	}
	return shown, silenced
}

// silence says whether a finding is ignored. Where several ignores match,
// one that says that the service works comes first.
func (p *Policy) silence(f Finding, comments []Ignore) (Silenced, bool) {
	var best Silenced
	take := func(by Silencer, list []Ignore, dir string) {
		for _, g := range list {
			if g.Rule == f.Code && matchGlob(path.Join(dir, g.Path), f.Path) &&
				(best.By == "" || g.Works && !best.Works) {
				best = Silenced{Finding: f, By: by, Reason: g.Reason, Works: g.Works}
			}
		}
	}
	take(ByComment, comments, "")
	if p.covers(f.Tree) {
		take(ByConfig, p.Ignores, p.Dir)
		if best.By == "" && p.Disabled[f.Code] {
			best = Silenced{Finding: f, By: ByDisabled, Reason: "the rule is disabled in " + p.Path}
		}
	}
	return best, best.By != ""
}

// unused is a finding for each ignore that passes nothing over, where what it
// names was looked at or isn't there at all.
func (p *Policy) unused(subjects []*Subject, silenced []Silenced) []Finding {
	if p == nil || p.Disabled[sj501.Code] {
		return nil
	}
	var out []Finding
	for _, g := range p.Ignores {
		glob := path.Join(p.Dir, g.Path)
		matches := func(t *corpus.Tree, name string) bool { return p.covers(t) && matchGlob(glob, name) }
		if slices.ContainsFunc(silenced, func(s Silenced) bool { return s.Code == g.Rule && matches(s.Tree, s.Path) }) {
			continue
		}
		text := ""
		switch {
		case slices.ContainsFunc(subjects, func(s *Subject) bool {
			return matches(s.Service.Tree, s.Service.Template)
		}):
			text = fmt.Sprintf("%s finds nothing in %s: the ignore is not needed", g.Rule, g.Path)
		case p.gone(glob, subjects):
			text = fmt.Sprintf("there is no %s: the ignore of %s is not needed", g.Path, g.Rule)
		default:
			continue
		}
		f := Finding{Code: sj501.Code, Severity: sj501.Severity, Path: p.Path, Line: g.Line, Col: 1,
			Message: text, Hint: "take it out"}
		if sev, ok := p.Severity[sj501.Code]; ok {
			f.Severity = sev
		}
		out = append(out, f)
	}
	return out
}

// Unmatched is the ignores whose path matches no file of the policy's tree.
func (p *Policy) Unmatched() []Ignore {
	if p.Tree == nil {
		return nil
	}
	left := slices.Clone(p.Ignores)
	_ = fs.WalkDir(p.Tree.FS, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case len(left) == 0:
			return fs.SkipAll
		case err != nil:
			return nil // what can't be read is not matched
		}
		left = slices.DeleteFunc(left, func(g Ignore) bool { return matchGlob(path.Join(p.Dir, g.Path), name) })
		return nil
	})
	return left
}

// gone reports whether a path without wildcards names no file of the policy's tree,
// where that was looked at. A tree without files, as a script on standard input
// has it, tells nothing.
func (p *Policy) gone(name string, subjects []*Subject) bool {
	if p.Tree == nil || strings.ContainsAny(name, `*?[\`) {
		return false
	}
	looked := slices.ContainsFunc(subjects, func(s *Subject) bool { return s.Service.Tree == p.Tree })
	return looked && exists(p.Tree, ".") && !exists(p.Tree, name)
}

// matchGlob matches a slash-separated name; `**` stands for any directories,
// and an empty pattern for everything. Its time is the product of the lengths:
// both may be hostile.
func matchGlob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(name, "/")
	at := make([]bool, len(parts)+1) // whether the pattern so far matches so many parts
	at[0] = true
	for p := range strings.SplitSeq(pattern, "/") {
		next := make([]bool, len(at))
		for i := range at {
			switch {
			case p == "**":
				next[i] = at[i] || i > 0 && next[i-1]
			case i > 0 && at[i-1]:
				next[i], _ = path.Match(p, parts[i-1])
			}
		}
		at = next
	}
	return at[len(parts)]
}

// exists reports whether a file of a tree is there, whatever it is.
func exists(t *corpus.Tree, name string) bool {
	_, err := fs.Stat(t.FS, name)
	return err == nil
}

// CheckGlob says what is wrong with a glob, nil where nothing is.
func CheckGlob(pattern string) error {
	if len(pattern) > 500 {
		return fmt.Errorf("has %d bytes, more than the 500 that a glob may have", len(pattern))
	}
	for part := range strings.SplitSeq(pattern, "/") {
		if part == ".." {
			return fmt.Errorf("leads upwards: expected a path below")
		}
		if _, err := path.Match(part, ""); err != nil {
			return fmt.Errorf("is not a glob: %w", err)
		}
	}
	return nil
}
