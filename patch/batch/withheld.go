package batch

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// A Withheld is a service that gets no patch though it is not ready: why, and
// what a person can do about it. The terminal and the summaries say the same.
type Withheld struct {
	Subject *lint.Subject
	// Cause is what all of a kind have in common; it is a heading.
	Cause string
	// What says why, in a line; Evidence is what that rests on.
	What, Evidence string
	// Do is what a person can do, More the command that shows more.
	Do, More string

	order int // of the cause
	// same is what services have in common that are withheld for one reason: the
	// line of a finding is each script's own, the evidence of an answer is not.
	same string
}

// The causes that are no rule's, in the order of the summary around the rules'.
const (
	onlyLikely = "The answer, or the patch, is less certain than asked for"
	notMade    = "The patch could not be made"
	notKnown   = "What the service needs is not known"
	notHere    = "The script has no template in the tree"
)

// Withheld is every service of today that is not ready and gets no patch, each
// once, by cause and then in the order of the tree. Shown is how the commands name
// a path of the tree; nil where a person runs them at its top.
func (t Today) Withheld(shown func(name string) string) []Withheld {
	if shown == nil {
		shown = func(name string) string { return name }
	}
	reasons := map[key]string{}
	for _, h := range t.Held {
		reasons[keyOf(h.Subject)] = h.Reason
	}
	patched := t.patched()
	var out []Withheld
	seen := map[key]bool{}
	for _, s := range t.Subjects {
		k := keyOf(s)
		if s.State == lint.Ready || patched[k] || seen[k] {
			continue
		}
		seen[k] = true
		out = append(out, t.explain(s, reasons[k], shown(whereOf(s))))
	}
	slices.SortStableFunc(out, func(a, b Withheld) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Cause, b.Cause))
	})
	return out
}

// A key tells a service from others, also after it was looked at again.
type key struct {
	tree                   *corpus.Tree
	template, name, origin string
}

func keyOf(s *lint.Subject) key {
	return key{s.Service.Tree, s.Service.Template, s.Service.Name, s.Origin()}
}

// patched is the services that a change of today is about.
func (t Today) patched() map[key]bool {
	out := map[key]bool{}
	for _, c := range t.Changes {
		for _, s := range c.Subjects {
			out[keyOf(s)] = true
		}
	}
	return out
}

// whereOf is the directory of a service's port, or the script of a service without one.
func whereOf(s *lint.Subject) string {
	for _, p := range s.Service.Ports {
		if p.Origin == s.Origin() {
			return p.Make.Dir()
		}
	}
	return s.Service.Template
}

// explain says why a service gets no patch. Reason is what patch.Plan said, "" for
// nothing; at is what the commands are to look at.
func (t Today) explain(s *lint.Subject, reason, at string) Withheld {
	w := Withheld{Subject: s, More: "svcjify lint " + at, Evidence: evidenceOf(s)}
	blockers := s.Blockers()
	fix := t.uncertain(s)
	switch {
	case s.Script == nil:
		w.Cause, w.order = notHere, 4
		w.What = "unknown: the port has no template of the script"
		w.Do = "look at where the port takes the script from: a patch must go there"
	case len(blockers) > 0:
		w.blocked(blockers, at)
	case fix != nil:
		w.Cause = onlyLikely
		w.What = fmt.Sprintf("the answer is only %s: %s", s.Verdict.Certainty, answerOf(s))
		if s.Verdict.Certainty >= t.Least {
			w.What = fmt.Sprintf("the answer is %s, the patch only %s: %s", s.Verdict.Certainty, fix.Certainty,
				findings(s.Doubts()))
		}
		w.Do = fmt.Sprintf("if that holds: svcjify patch --only %s --certainty %s %s", s.Service.Name,
			fix.Certainty, at)
	case !s.Verdict.Known():
		w.Cause, w.order = notKnown, 3
		w.What = "unknown: nothing in the script, the port or the table of programs says what it needs"
		w.Do = "find out what it needs, and write it into .svcjify.toml: a [[service]] with a reason"
		w.More = "svcjify explain " + at
	default:
		w.Cause, w.order = notMade, 2
		w.What = cmp.Or(reason, string(s.State)+": "+findings(errorsOf(s)))
		w.Do = "add by hand what svcjify lint says, and raise PORTREVISION"
		if i := slices.IndexFunc(errorsOf(s), func(f lint.Finding) bool { return f.Hint != "" }); i >= 0 {
			w.Do = errorsOf(s)[i].Hint
		}
	}
	w.same = w.What
	if len(blockers) == 0 {
		w.same += "\x00" + w.Evidence
	}
	w.What, w.Evidence, w.Do, w.More = report.OneLine(w.What), report.OneLine(w.Evidence), report.OneLine(w.Do),
		report.OneLine(w.More)
	return w
}

// blocked fills in what findings that stand in the way say.
func (w *Withheld) blocked(blockers []lint.Finding, at string) {
	s, f := w.Subject, blockers[0]
	w.Cause, w.order = f.Code, 1
	if r, ok := lint.RuleOf(f.Code); ok {
		w.Cause += ": " + r.Doc.Title
	}
	w.What = fmt.Sprintf("%s: %s", s.State, findings(blockers))
	if f.Line > 0 {
		w.Evidence = fmt.Sprintf("%s:%d: %s", f.Path, f.Line, strings.TrimSpace(f.Source))
	}
	var hints []string
	for _, b := range blockers {
		if b.Hint != "" && !slices.Contains(hints, b.Hint) {
			hints = append(hints, b.Hint)
		}
	}
	w.Do = strings.Join(hints, "; ")
	if s.Repair != nil && !strings.Contains(w.Do, "--repair") {
		w.Do = strings.TrimPrefix(w.Do+"; or try svcjify patch --repair "+at, "; or ")
	}
	switch f.Code {
	case "SJ201":
		w.More = "svcjify run --svcj " + at
	case "SJ209":
		w.More = "svcjify run " + at
		w.Do = "find out what the start waits for; where it was seen to work in a jail, write into .svcjify.toml an ignore with rule, reason and works = true"
	case "SJ403":
		w.Do = "correct the script; sh -n shows where it ends too early"
	case "SJ212":
		w.More = "svcjify run --svcj --running " + at + " stop"
	}
}

// uncertain is a fix that was not made because it is less certain than asked for.
func (t Today) uncertain(s *lint.Subject) *lint.Fix {
	for _, f := range s.Findings {
		if f.Fix != nil && f.Fix != s.Repair && f.Severity >= lint.Warning && f.Fix.Certainty < t.Least {
			return f.Fix
		}
	}
	return nil
}

// errorsOf is the findings that say what is wrong, the worst first.
func errorsOf(s *lint.Subject) []lint.Finding {
	out := slices.Clone(s.Findings)
	slices.SortStableFunc(out, func(a, b lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return out[:min(1, len(out))]
}

// findings is findings in a sentence.
func findings(list []lint.Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Message+" ["+f.Code+"]")
	}
	return strings.Join(out, "; ")
}

// evidenceOf is the first thing that an answer rests on, in a line: what the table
// says as far as it is true of this script, with its source.
func evidenceOf(s *lint.Subject) string {
	v := s.Verdict
	if len(v.Evidence) == 0 {
		if !v.Known() {
			return "" // nothing that an answer could rest on
		}
		return report.OneLine(patch.Reason(s))
	}
	e := v.Evidence[0]
	if e.Kind == infer.FromKnowledge && strings.HasPrefix(e.Fact, v.Reason) {
		return report.OneLine(patch.Reason(s) + strings.TrimPrefix(e.Fact, v.Reason))
	}
	fact := report.OneLine(e.Fact)
	if e.Line > 0 && e.Kind != infer.FromKnowledge {
		fact = fmt.Sprintf("%s (%s:%d)", fact, path.Base(e.Path), e.Line)
	}
	return fact
}

// Lines is the service as the terminal shows it.
func (w Withheld) Lines() string {
	text := fmt.Sprintf("withheld: %s (%s): %s\n", report.OneLine(w.Subject.Service.Name),
		report.OneLine(w.Subject.Name()), w.What)
	if w.Evidence != "" {
		text += "  evidence: " + w.Evidence + "\n"
	}
	if w.Do != "" {
		text += "  to do: " + w.Do + "\n"
	}
	return text + "  more: " + w.More + "\n"
}
