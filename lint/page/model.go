// Package page makes the report that is read in a browser: one file, index.html, that
// needs no other and asks nobody for anything, and report.json with the same for programs.
package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// An Input is what a report is made of.
type Input struct {
	Result *lint.Result
	// Tree says what was looked at, Commit the revision that git has there; "" for none.
	Tree, Commit string
	// Release is the oldest rc.subr that the scripts must serve.
	Release string
	// Certainty is the least that a patch must have.
	Certainty infer.Certainty
	// Patches is the patches of the services that have one.
	Patches map[*corpus.Service]*Patch
	// Withheld says why a service that is not ready has none.
	Withheld map[*corpus.Service]Withheld
}

// A Patch is one change, which may be about several services.
type Patch struct {
	// Title is the subject of its commit message.
	Title     string          `json:"title"`
	Certainty infer.Certainty `json:"certainty"`
	// Diff is what git apply takes.
	Diff string `json:"diff"`
	// Service is the ID of the service that it is shown with.
	Service string `json:"service"`
	// After is the state of each service after it.
	After map[*corpus.Service]lint.State `json:"-"`
}

// Withheld is why a service has no patch, and what a person can do about it.
type Withheld struct {
	What string `json:"what"`
	Do   string `json:"do,omitempty"`
	More string `json:"more,omitempty"`
}

// A Report is what report.json holds, and what the page is made of.
type Report struct {
	MadeBy    string          `json:"made_by"`
	Tree      string          `json:"tree"`
	Commit    string          `json:"commit,omitempty"`
	Release   string          `json:"release"`
	Certainty infer.Certainty `json:"certainty"`
	// All counts every service.
	All Group `json:"all"`
	// Categories and Maintainers are sorted by number, then name.
	Categories  []Group   `json:"categories"`
	Maintainers []Group   `json:"maintainers"`
	Services    []Service `json:"services"`
	Patches     []*Patch  `json:"patches"`
	// Elsewhere is the findings that are of no service.
	Elsewhere []Finding `json:"elsewhere"`
}

// madeBy is how a report is known as one of ours.
const madeBy = "svcjify report"

// A Group is services counted by state.
type Group struct {
	Name   string             `json:"name,omitempty"`
	Number int                `json:"number"`
	States map[lint.State]int `json:"states"`
	// Landed is how many are ready once the patches of this report are committed.
	Landed int `json:"ready_if_landed"`
}

// In is the number in a state.
func (g Group) In(state string) int { return g.States[lint.State(state)] }

// A Service is all that is known of one.
type Service struct {
	report.Service
	// ID is the anchor of the service on the page.
	ID         string `json:"id"`
	Category   string `json:"category"`
	Maintainer string `json:"maintainer"`
	Comment    string `json:"comment,omitempty"`
	// Starts is the simulated start on the host and in the jail; nil where the script was not run.
	Starts *report.Sheet `json:"starts"`
	// Patch is the number in Patches, from 0; nil for none.
	Patch *int `json:"patch,omitempty"`
	// After is its state once the patch is committed.
	After    lint.State `json:"state_after,omitempty"`
	Withheld *Withheld  `json:"withheld,omitempty"`

	// Unshown is how many facts the page leaves out, since others of their kind say the same.
	Unshown int `json:"-"`

	subject *lint.Subject
	patch   *Patch
	facts   []Fact
	list    []Finding
}

// A Fact is evidence with its places.
type Fact struct{ Supports, Strength, Place, Text string }

// A Finding is a finding with its place.
type Finding struct {
	Code     string `json:"code"`
	Slug     string `json:"slug"`
	Severity string `json:"severity"`
	Place    string `json:"place"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Source   string `json:"source,omitempty"`
}

// noMaintainer stands for a script that no port installs.
const noMaintainer = "none"

// New puts a report together.
func New(in Input) *Report {
	r := &Report{MadeBy: madeBy, Tree: in.Tree, Commit: in.Commit, Release: in.Release, Certainty: in.Certainty,
		Services: []Service{}, Patches: []*Patch{}, Elsewhere: []Finding{}}
	ids := map[string]int{}
	numbers := map[*Patch]int{}
	of := map[string]bool{}
	list := slices.Clone(in.Result.Subjects)
	slices.SortStableFunc(list, func(a, b *lint.Subject) int {
		return cmp.Or(strings.Compare(a.Origin(), b.Origin()), strings.Compare(a.Service.Name, b.Service.Name))
	})
	for _, s := range list {
		x := newService(s, ids)
		if w, ok := in.Withheld[s.Service]; ok {
			x.Withheld = &w
		}
		if p := in.Patches[s.Service]; p != nil {
			n, ok := numbers[p]
			if !ok {
				n = len(r.Patches)
				numbers[p] = n
				shown := *p
				shown.Service = x.ID
				r.Patches = append(r.Patches, &shown)
			}
			x.Patch, x.patch, x.After, x.Withheld = &n, r.Patches[n], p.After[s.Service], nil
		}
		for _, f := range s.Findings {
			of[f.Fingerprint()+f.Service] = true
		}
		r.Services = append(r.Services, x)
	}
	for _, f := range in.Result.Findings {
		if !of[f.Fingerprint()+f.Service] {
			r.Elsewhere = append(r.Elsewhere, newFinding(f))
		}
	}
	r.count()
	return r
}

func newService(s *lint.Subject, ids map[string]int) Service {
	x := Service{Service: report.NewService(s), subject: s, Maintainer: noMaintainer}
	x.ID = anchor(s, ids)
	x.Category, _, _ = strings.Cut(s.Origin(), "/")
	x.Category = cmp.Or(x.Category, "none")
	if p := s.Service.Port(); p != nil {
		x.Maintainer = cmp.Or(strings.ToLower(strings.TrimSpace(p.Make.Value("MAINTAINER"))), noMaintainer)
		x.Comment = p.Make.Value("COMMENT")
	}
	if s.Records != nil && s.Records.Host.Name+s.Records.Host.Failed != "" {
		sheet := report.NewSheet([]string{"host", "jail"}, []rcrun.Record{s.Records.Host, s.Records.Jail})
		x.Starts = &sheet
	}
	var facts []report.Fact
	facts, x.Unshown = report.FewFacts(s.Verdict.Evidence)
	for _, f := range facts {
		x.facts = append(x.facts, Fact{Supports: f.Supports, Strength: f.Strength.String(),
			Place: place(s, f.Path) + f.At(), Text: report.OneLine(f.Fact)})
	}
	for _, f := range s.Findings {
		x.list = append(x.list, newFinding(f))
	}
	return x
}

// place is the path of a fact: that of a file of the tree as machines see it, since the
// report is read elsewhere.
func place(s *lint.Subject, name string) string {
	if t := s.Service.Tree; t != nil && t.FS != nil {
		if _, err := fs.Stat(t.FS, name); err == nil {
			return report.OneLine(t.Stable(name))
		}
	}
	return report.OneLine(name) // a package, or the table
}

func newFinding(f lint.Finding) Finding {
	out := Finding{Code: f.Code, Severity: f.Severity.String(), Place: report.OneLine(f.StablePath()),
		Message: report.OneLine(f.Message), Hint: report.OneLine(f.Hint),
		Source: report.OneLine(strings.TrimSpace(f.Source))}
	if f.Line > 0 {
		out.Place += fmt.Sprintf(":%d", f.Line)
		if f.Col > 0 {
			out.Place += fmt.Sprintf(":%d", f.Col)
		}
	}
	if r, ok := lint.RuleOf(f.Code); ok {
		out.Slug = r.Slug
	}
	return out
}

// anchor is an ID that no other service of the page has, of letters that need no escape.
func anchor(s *lint.Subject, ids map[string]int) string {
	text := "s-" + s.Service.Name
	if o := s.Origin(); o != "" {
		text = "s-" + o + "-" + s.Service.Name
	}
	id := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.", c) {
			return c
		}
		return '-'
	}, text[:min(len(text), 200)])
	for {
		ids[id]++
		if ids[id] == 1 {
			return id
		}
		id = fmt.Sprintf("%s-%d", id, ids[id])
	}
}

// count fills in the groups.
func (r *Report) count() {
	groups := []map[string]*Group{{}, {}, {}}
	for _, s := range r.Services {
		for i, name := range []string{"", s.Category, s.Maintainer} {
			g := groups[i][name]
			if g == nil {
				g = &Group{Name: name, States: map[lint.State]int{}}
				groups[i][name] = g
			}
			g.Number++
			g.States[s.State]++
			if s.State == lint.Ready || s.After == lint.Ready {
				g.Landed++
			}
		}
	}
	if all := groups[0][""]; all != nil {
		r.All = *all
	}
	r.Categories, r.Maintainers = sorted(groups[1]), sorted(groups[2])
}

func sorted(groups map[string]*Group) []Group {
	out := make([]Group, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Or(b.Number-a.Number, strings.Compare(a.Name, b.Name)) })
	return out
}

// JSON is report.json.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(r)
	return b.Bytes(), err
}
