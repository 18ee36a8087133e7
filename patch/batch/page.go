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

// A page is what the summaries say.
type page struct {
	Settings Settings
	Patches  int
	Services int
	// Stand is where the services stand in the summary: their numbers add up to Services.
	Stand      []count
	Categories []category
	To         []section
	Cost       cost
	Held       []cause
	Freed      Freed
	FreedRows  []row
	Later      []row
	Closed     []Closed
	Skips      []Skip
	Sent       []Sent
	Simulated  bool // every script that is changed was run in the simulation
}

type count struct {
	What, Anchor string
	N            int
}

// A category is a line of the table of categories.
type category struct {
	Name                    string
	Patches, Services, Held int
}

// A section is what goes to one recipient.
type section struct {
	To, Anchor, Dir string
	// Report and Letter are files; "" where there is none of that name.
	Report, Letter    string
	Patches, Services int
	Rows              []row
}

// A row is services of which the same is said.
type row struct {
	Links                       []link
	Services                    []string
	Answer, Certainty, Evidence string
	// Lost is what "service NAME" does not do in the jail, in words.
	Lost string
}

// A link is one patch in a row.
type link struct {
	Text, File, Series string
	// Report is the patch's own report; "" where the section has one.
	Report string
}

// A cause is the withheld services of one kind.
type cause struct {
	Title, Anchor string
	Services      int
	Rows          []heldRow
}

// A heldRow is services that are withheld for the same reason.
type heldRow struct {
	Ports, Services    []string
	Answer, Certainty  string
	What               string
	Evidence, Do, More []string

	same string
}

func newPage(in Input, b *Batch, to []*recipient) *page {
	p := &page{Settings: in.Settings, Closed: b.Closed, Skips: b.Skips, Sent: b.Sent, Simulated: true,
		Services: len(in.Today.Subjects), Freed: in.Freed}
	for i, r := range to {
		p.To = append(p.To, p.section(fmt.Sprintf("to-%d", i+1), r))
	}
	for _, s := range in.Freed.Subjects {
		p.FreedRows = addRow(p.FreedRows, rowOf(s), link{Text: report.OneLine(s.Name())})
	}
	held := in.Today.Withheld(nil)
	p.Held = causes(held)
	p.Cost = costOf(in.Dependents, to)
	p.count(in, to, held)
	return p
}

// section is what one recipient gets.
func (p *page) section(anchor string, r *recipient) section {
	s := section{To: report.OneLine(r.title()), Anchor: anchor, Dir: r.dir, Patches: len(r.patches)}
	if r.dir != scriptsDir && !r.each {
		s.Report = path.Join(r.dir, "REPORT.txt")
	}
	if r.address != "" {
		s.Letter = path.Join(r.dir, "COVER.txt")
	}
	seen := map[key]bool{}
	for _, n := range r.patches {
		p.Patches++
		l := link{Text: report.OneLine(n.Name()), File: r.places[n.Name()]}
		if n.Total > 0 {
			l.Series = fmt.Sprintf("%d/%d", n.Number, n.Total)
		}
		if n.Certainty < leastOf(n) { // what the answers' column does not say
			l.Series = strings.TrimSpace(l.Series + " (the patch is only " + n.Certainty.String() + ")")
		}
		if r.each {
			l.Report = r.reportOf(n)
		}
		for _, x := range n.Subjects {
			p.Simulated = p.Simulated && x.Records != nil
			if !seen[keyOf(x)] {
				seen[keyOf(x)] = true
				s.Services++
			}
			s.Rows = addRow(s.Rows, rowOf(x), l)
		}
	}
	return s
}

// leastOf is the certainty of the least certain of a patch's answers.
func leastOf(n patch.Numbered) infer.Certainty {
	least := infer.Certain
	for _, s := range n.Subjects {
		least = min(least, s.Verdict.Certainty)
	}
	return least
}

// addRow adds a service to the row that says the same of others, if there is one.
func addRow(rows []row, r row, l link) []row {
	i := slices.IndexFunc(rows, func(x row) bool {
		return x.Answer == r.Answer && x.Certainty == r.Certainty && x.Evidence == r.Evidence && x.Lost == r.Lost
	})
	if i < 0 {
		rows = append(rows, row{Answer: r.Answer, Certainty: r.Certainty, Evidence: r.Evidence, Lost: r.Lost})
		i = len(rows) - 1
	}
	rows[i].Links = addOnce(rows[i].Links, l)
	for _, s := range r.Services {
		rows[i].Services = addOnce(rows[i].Services, s)
	}
	return rows
}

func addOnce[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

func rowOf(s *lint.Subject) row {
	v := s.Verdict
	r := row{Services: []string{report.OneLine(s.Service.Name)}, Answer: answerOf(s), Certainty: v.Certainty.String(),
		Evidence: evidenceOf(s)}
	if len(s.Skipped) > 0 && !v.Never() {
		r.Lost = strings.Join(s.Skipped, ", ")
	}
	return r
}

// answerOf is a service's answer in words.
func answerOf(s *lint.Subject) string {
	switch a := s.Verdict.Answer(); {
	case s.Verdict.OptOut && !s.Verdict.Never():
		return cmp.Or(strings.Join(s.Verdict.Lifted, " "), "no option") + ", and " + patch.ServiceName(s) +
			"_svcj=\"NO\" by default"
	case s.Verdict.OptOut:
		return patch.ServiceName(s) + "_svcj=\"NO\""
	case a == "none":
		return "no option"
	default:
		return cmp.Or(a, "not known")
	}
}

// causes puts what is withheld together by cause, and what has the same reason into one row.
func causes(held []Withheld) []cause {
	var out []cause
	for _, w := range held {
		if len(out) == 0 || out[len(out)-1].Title != w.Cause {
			out = append(out, cause{Title: w.Cause, Anchor: fmt.Sprintf("withheld-%d", len(out)+1)})
		}
		c := &out[len(out)-1]
		c.Services++
		r := heldRow{Ports: []string{report.OneLine(w.Subject.Name())},
			Services: []string{report.OneLine(w.Subject.Service.Name)},
			Answer:   answerOf(w.Subject), Certainty: w.Subject.Verdict.Certainty.String(),
			What: w.What, same: w.same}
		i := slices.IndexFunc(c.Rows, func(x heldRow) bool {
			return x.same == r.same && x.Answer == r.Answer && x.Certainty == r.Certainty
		})
		if i < 0 {
			c.Rows = append(c.Rows, r)
			i = len(c.Rows) - 1
		}
		x := &c.Rows[i]
		x.Evidence = addOnce(x.Evidence, w.Evidence)
		x.Ports, x.Services = addOnce(x.Ports, r.Ports[0]), addOnce(x.Services, r.Services[0])
		x.Do, x.More = addOnce(x.Do, w.Do), addOnce(x.More, w.More)
	}
	return out
}

// count says where each service stands, in one place only, and counts by category.
func (p *page) count(in Input, to []*recipient, held []Withheld) {
	place := map[key]string{}
	put := func(s *lint.Subject, what string) {
		if place[keyOf(s)] == "" {
			place[keyOf(s)] = what
		}
	}
	patches := map[string]int{}
	for _, r := range to {
		for _, n := range r.patches {
			c, _, _ := strings.Cut(n.Name(), "/")
			patches[c]++
			for _, s := range n.Subjects {
				put(s, "patches")
			}
		}
	}
	for _, c := range in.Later {
		for _, s := range c.Subjects {
			if place[keyOf(s)] == "" {
				p.Later = addRow(p.Later, rowOf(s), link{Text: report.OneLine(s.Name())})
			}
			put(s, "later")
		}
	}
	for _, w := range held {
		put(w.Subject, "withheld")
	}
	for _, n := range in.Taken { // in no section: a skip
		for _, s := range n.Subjects {
			put(s, "skipped")
		}
	}
	stand := map[string]int{}
	byCategory := map[string]*category{}
	for _, s := range in.Today.Subjects {
		if s.State == lint.Ready {
			put(s, "ready")
		}
		where := place[keyOf(s)]
		stand[where]++
		name, _, _ := strings.Cut(s.Name(), "/")
		c := byCategory[name]
		if c == nil {
			c = &category{Name: report.OneLine(name), Patches: patches[name]}
			byCategory[name] = c
		}
		switch where {
		case "patches":
			c.Services++
		case "withheld":
			c.Held++
		}
	}
	for _, c := range byCategory {
		if c.Patches+c.Services+c.Held > 0 {
			p.Categories = append(p.Categories, *c)
		}
	}
	slices.SortFunc(p.Categories, func(a, b category) int { return strings.Compare(a.Name, b.Name) })
	for _, x := range []struct{ where, one, many, anchor string }{
		{"patches", "gets a patch", "get a patch", "patches"}, {"later", "is left for later", "are left for later", "later"},
		{"withheld", "is withheld", "are withheld", "withheld"}, {"skipped", "is skipped by hand", "are skipped by hand", "skipped"},
		{"ready", "is ready", "are ready", ""}} {
		if n := stand[x.where]; n > 0 {
			p.Stand = append(p.Stand, count{verb(n, x.one, x.many), x.anchor, n})
		}
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
