package report

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// Explain prints the whole argument for a service.
func Explain(w io.Writer, s *lint.Subject) error {
	var b strings.Builder
	v := s.Verdict
	fmt.Fprintf(&b, "%s", OneLine(s.Service.Name))
	if o := s.Origin(); o != "" {
		fmt.Fprintf(&b, " (%s)", OneLine(o))
	}
	fmt.Fprintf(&b, ": %s\n", s.State)
	if s.Service.Template != "" {
		fmt.Fprintf(&b, "  script     %s\n", OneLine(s.Service.Tree.Shown(s.Service.Template)))
	}
	if s.Script != nil {
		if len(s.Programs) > 0 {
			fmt.Fprintf(&b, "  program    %s\n", OneLine(strings.Join(s.Programs, " ")))
		}
	}
	if len(s.Service.Ports) > 1 {
		var names []string
		for _, p := range s.Service.Ports {
			names = append(names, p.Origin)
		}
		fmt.Fprintf(&b, "  ports      %s\n", strings.Join(names, " "))
	}
	if s.Service.Condition != "" {
		fmt.Fprintf(&b, "  condition  %s\n", OneLine(s.Service.Condition))
	}
	if s.Script != nil {
		fmt.Fprintf(&b, "  declares   %s\n", OneLine(Declares(s.Declaration())))
	}
	switch {
	case !v.Known():
		b.WriteString("  needs      unknown" + unknownWhy(s) + "\n")
	case v.OptOut && !v.Never():
		fmt.Fprintf(&b, "  needs      NO by default (%s): %s\n", v.Certainty, v.Because())
		fmt.Fprintf(&b, "  with YES   in rc.conf it needs %s\n", cmp.Or(strings.Join(v.Lifted, " "), noOption))
	case v.OptOut:
		fmt.Fprintf(&b, "  needs      NO, it is unsuitable for a jail (%s): %s\n", v.Certainty, v.Because())
	case len(v.Options) == 0:
		fmt.Fprintf(&b, "  needs      %s (%s)\n", noOption, v.Certainty)
	default:
		fmt.Fprintf(&b, "  needs      %s (%s)\n", strings.Join(v.Options, " "), v.Certainty)
	}
	if v.Reason != "" {
		fmt.Fprintf(&b, "  because    %s\n", OneLine(v.Reason))
	}
	if v.FoundBy != "" {
		fmt.Fprintf(&b, "  known      %s\n", OneLine(v.FoundBy))
	}
	if v.Open != "" {
		fmt.Fprintf(&b, "  open       %s\n", OneLine(v.Open))
	}
	for _, l := range v.Limits {
		fmt.Fprintf(&b, "  loses      %s\n", OneLine(l))
	}
	for _, c := range v.Contradictions {
		fmt.Fprintf(&b, "  against    %s\n", OneLine(c))
	}
	if len(v.Evidence) > 0 {
		b.WriteString("\nevidence\n")
	}
	facts, rest := FewFacts(v.Evidence)
	wide := 10
	for _, e := range facts {
		wide = max(wide, len(OneLine(e.Supports)))
	}
	for _, e := range facts {
		path := e.Path
		if t := s.Service.Tree; t != nil && t.FS != nil { // a package or the table is no file of the tree
			if _, err := fs.Stat(t.FS, path); err == nil {
				path = t.Shown(path)
			}
		}
		word := OneLine(e.Supports)
		if word == "" {
			word = "note"
		}
		fmt.Fprintf(&b, "  %-*s %-9s %s: %s\n", wide, word, e.Strength, OneLine(path+e.At()), OneLine(e.Fact))
	}
	if rest > 0 {
		fmt.Fprintf(&b, "  and %d more of the same kinds (list --format json has all)\n", rest)
	}
	var notFound, notExamined []string
	for _, l := range v.NotFound {
		if what, ok := strings.CutPrefix(l, "not examined: "); ok {
			notExamined = append(notExamined, what)
		} else {
			notFound = append(notFound, l)
		}
	}
	for _, list := range []struct {
		title string
		lines []string
	}{{"not found", notFound}, {"not examined", notExamined}, {"would change the answer", v.WouldChange}} {
		if len(list.lines) > 0 {
			b.WriteString("\n" + list.title + "\n")
		}
		for _, l := range list.lines {
			fmt.Fprintf(&b, "  %s\n", OneLine(l))
		}
	}
	if len(s.Findings) > 0 {
		b.WriteString("\nfindings\n")
	}
	hint := ""
	for _, f := range s.Findings {
		fmt.Fprintf(&b, "  %s\n", Line(f))
		if f.Hint != "" && f.Hint != hint {
			fmt.Fprintf(&b, "      hint: %s\n", OneLine(f.Hint))
		}
		hint = f.Hint
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// noOption is the empty set of options in a sentence.
const noOption = "no option"

// unknownWhy is why a service without evidence has none; the facts below say it where
// there are some.
func unknownWhy(s *lint.Subject) string {
	switch {
	case s.Script == nil:
		return ": there is no script to examine; the finding says where it comes from"
	case len(s.Verdict.Evidence) == 0:
		return ": there is no evidence"
	}
	return ": the evidence below is not enough"
}

// Declares is what a script declares, in a few words.
func Declares(d lint.Declaration) string {
	out := d.Answer()
	switch {
	case out == infer.Nothing:
		out = noOption
	case out == "?":
		out = "options that can't be told without running it"
	case out == "":
		out = "nothing"
	}
	if d.Switch != "" && !d.OptOut {
		out += fmt.Sprintf(", and %q as the default of NAME_svcj, which rc.conf can change", d.Switch)
	}
	if d.Line > 0 {
		out += fmt.Sprintf(" (line %d)", d.Line)
	}
	if len(d.Unread) > 0 {
		out += "; rc.subr does not read " + strings.Join(d.Unread, ", ")
	}
	return out
}
