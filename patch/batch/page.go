package batch

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// A page is what the summaries and the reports say.
type page struct {
	Settings  Settings
	Patches   int
	Services  int
	States    []count
	To        []section
	Held      []row // no patch, though something is to be said
	Later     []row
	Unknown   []row
	Closed    []Closed
	Skips     []Skip
	Simulated bool // every script that is changed was run in the simulation
}

type count struct {
	What string
	N    int
}

// A section is what goes to one maintainer.
type section struct {
	To      string
	Dir     string
	Nobody  bool
	Patches []row
}

// A row is one service.
type row struct {
	Port, Service, Answer, Certainty, Evidence string
	// Lost is what "service NAME" does not do in the jail, in words.
	Lost string
	// File is the patch's; Series its place, such as 2/5; Reason why there is no patch.
	File, Series, Reason string
}

func newPage(in Input, b *Batch, to []*recipient) *page {
	p := &page{Settings: in.Settings, Closed: b.Closed, Skips: b.Skips, Simulated: true, Services: len(in.Today.Subjects)}
	for _, s := range lint.States {
		n := 0
		for _, x := range in.Today.Subjects {
			if x.State == s {
				n++
			}
		}
		p.States = append(p.States, count{string(s), n})
	}
	for _, r := range to {
		s := section{To: cmp.Or(r.address, "nobody"), Dir: r.dir, Nobody: r.nobody}
		for _, n := range r.patches {
			p.Patches++
			for _, x := range n.Subjects {
				line := rowOf(x)
				line.File = path.Join(r.dir, n.FileName())
				line.Port = n.Name()
				if n.Total > 0 {
					line.Series = fmt.Sprintf("%d/%d", n.Number, n.Total)
				}
				if !slices.Contains(s.Patches, line) { // copies of one script in several ports
					s.Patches = append(s.Patches, line)
				}
				p.Simulated = p.Simulated && x.Records != nil
			}
		}
		p.To = append(p.To, s)
	}
	said := map[*lint.Subject]bool{}
	for _, h := range in.Today.Held {
		line := rowOf(h.Subject)
		line.Reason = report.OneLine(h.Reason)
		p.Held = append(p.Held, line)
		said[h.Subject] = true
	}
	for _, c := range in.Later {
		for _, x := range c.Subjects {
			p.Later = append(p.Later, rowOf(x))
		}
	}
	for _, c := range in.Today.Changes {
		for _, x := range c.Subjects {
			said[x] = true
		}
	}
	for _, x := range in.Today.Subjects {
		switch {
		case said[x] || x.State == lint.Ready:
		case x.State == lint.Unknown:
			line := rowOf(x)
			switch {
			case x.Script == nil:
				line.Reason = "the port has no template of it"
			case x.Verdict.Known():
				line.Reason = worst(x)
			default:
				line.Reason = "nothing in the script, the port or the table of programs says what it needs"
			}
			p.Unknown = append(p.Unknown, line)
		case x.State != lint.Patchable && x.State != lint.Unsuitable:
			line := rowOf(x)
			line.Reason = worst(x)
			p.Held = append(p.Held, line)
		}
	}
	return p
}

// worst is the finding that stands in the way.
func worst(s *lint.Subject) string {
	if len(s.Findings) == 0 {
		return string(s.State)
	}
	f := slices.MaxFunc(s.Findings, func(a, b lint.Finding) int { return cmp.Compare(a.Severity, b.Severity) })
	return report.OneLine(f.Message) + " [" + f.Code + "]"
}

func rowOf(s *lint.Subject) row {
	v := s.Verdict
	r := row{Port: report.OneLine(s.Name()), Service: report.OneLine(s.Service.Name), Answer: v.Answer(), Certainty: v.Certainty.String()}
	if len(s.Skipped) > 0 && !v.OptOut {
		r.Lost = strings.Join(s.Skipped, ", ")
	}
	switch {
	case len(v.Evidence) > 0:
		e := v.Evidence[0]
		r.Evidence = report.OneLine(e.Fact)
		if e.Line > 0 && e.Kind != infer.FromKnowledge {
			r.Evidence = fmt.Sprintf("%s (%s:%d)", r.Evidence, path.Base(e.Path), e.Line)
		}
	case v.Reason != "":
		r.Evidence = report.OneLine(v.Reason)
	}
	return r
}

// answerOf is a service's answer in words.
func answerOf(s *lint.Subject) string {
	switch a := s.Verdict.Answer(); {
	case s.Declared():
		return "repairs of what it declares"
	case s.Verdict.OptOut:
		return "stays outside (" + patch.ServiceName(s) + "_svcj=\"NO\")"
	case a == "none":
		return "no option"
	default:
		return a
	}
}

// origins is the names of patches in a sentence.
func origins(list []patch.Numbered) string {
	var out []string
	for _, n := range list {
		out = append(out, n.Name())
	}
	return strings.Join(out, ", ")
}
