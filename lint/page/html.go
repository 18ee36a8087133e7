package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
)

//go:embed assets
var assets embed.FS

// A view is what the template reads.
type view struct {
	*Report
	Policy     string
	Style      template.CSS
	Script     template.JS
	Stack      Bar
	Categories []Bar
	// Maintainers is the bars of those with most services; the table has all.
	Maintainers []Bar
	Sets        []Set
	Matrix      []Bar
	Filters     []Filter
	States      []lint.State
}

// maxBars is how many maintainers get a bar.
const maxBars = 25

// A Filter is one of the fields to choose by.
type Filter struct {
	Key, Label string
	Values     []string
}

// HTML is index.html.
func (r *Report) HTML() ([]byte, error) {
	style, err := assets.ReadFile("assets/page.css")
	if err != nil {
		return nil, err
	}
	script, err := assets.ReadFile("assets/page.js")
	if err != nil {
		return nil, err
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"percent": percent, "diff": diffLines, "join": join, "filter": fragment,
	}).ParseFS(assets, "assets/page.html", "assets/service.html")
	if err != nil {
		return nil, err
	}
	v := &view{Report: r, Style: template.CSS(style), Script: template.JS(script), States: lint.States,
		Stack: stacked(r.All, max(r.All.Number, 1), ""), Categories: bars(r.Categories, "category"),
		Maintainers: bars(r.Maintainers[:min(len(r.Maintainers), maxBars)], "maintainer"), Filters: r.filters()}
	v.Sets = r.sets()
	v.Matrix = matrix(v.Sets)
	// Nothing is loaded, nothing runs but the script, nothing is sent: see Content Security Policy Level 3.
	v.Policy = fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		source(script), source(style))
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, err
	}
	return visible(b.Bytes()), nil
}

// source is how a policy names a text that is in the page.
func source(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// visible shows what can't be seen, or changes how what stands around it is read, as Go
// writes it: \x1b, \u202e. It is the last thing that is done, so that no text is forgotten.
func visible(page []byte) []byte {
	plain := func(r rune) bool {
		return r == '\n' || r == '\t' || r != utf8.RuneError && unicode.IsPrint(r)
	}
	if bytes.IndexFunc(page, func(r rune) bool { return !plain(r) }) < 0 {
		return page
	}
	out := make([]byte, 0, len(page)+len(page)/16)
	for len(page) > 0 {
		r, n := utf8.DecodeRune(page)
		if plain(r) {
			out = append(out, page[:n]...)
		} else {
			quoted := strconv.QuoteToASCII(string(page[:n]))
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		page = page[n:]
	}
	return out
}

// filters is what the list can be narrowed by, with the values that occur.
func (r *Report) filters() []Filter {
	values := func(of func(Service) []string) []string {
		var all []string
		for _, s := range r.Services {
			all = append(all, of(s)...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	var states, certainties []string
	for _, s := range lint.States {
		states = append(states, string(s))
	}
	for c := infer.Certain; c >= infer.Unknown; c-- {
		certainties = append(certainties, c.String())
	}
	return []Filter{
		{"state", "State", states},
		{"certainty", "Certainty", certainties},
		{"word", "Option word", r.filterWords()},
		{"category", "Category", values(func(s Service) []string { return []string{s.Category} })},
		{"maintainer", "Maintainer", values(func(s Service) []string { return []string{s.Maintainer} })},
		{"rule", "Rule", values(Service.Codes)},
	}
}

// Codes is the rules that found something, each once.
func (s Service) Codes() []string {
	var out []string
	for _, f := range s.list {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Facts is the evidence, Problems the findings of a service.
func (s Service) Facts() []Fact { return s.facts }

// Problems is the findings of a service.
func (s Service) Problems() []Finding { return s.list }

// Change is the patch that the service is in; nil for none.
func (s Service) Change() *Patch { return s.patch }

// Because is the reason of the answer, in a line.
func (s Service) Because() string { return report.OneLine(s.Reason) }

// NotFound and WouldChange are the ends of the argument.
func (s Service) NotFound() []string    { return s.subject.Verdict.NotFound }
func (s Service) WouldChange() []string { return s.subject.Verdict.WouldChange }

// Words is the words by which a service is found, separated by blanks.
func (s Service) Words() string { return strings.Join(s.filterWords(), " ") }

// Says is what the script declares, in words.
func (s Service) Says() string {
	if s.subject.Script == nil {
		return "nothing: there is no script in the tree"
	}
	return report.Declares(s.subject.Declaration())
}

func join(list []string) string { return report.OneLine(strings.Join(list, " ")) }

// fragment is what the script of the page reads: key=value, as in a query.
func fragment(key, value string) string { return url.Values{key: {value}}.Encode() }

// percent is a share in words.
func percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	if p := 100 * float64(n) / float64(of); n > 0 && p < 10 {
		return fmt.Sprintf("%.1f %%", p)
	}
	return fmt.Sprintf("%d %%", (200*n+of)/(2*of))
}

// A DiffLine is a line of a patch and what it is.
type DiffLine struct{ Class, Text string }

// diffLines tells the lines of a unified diff apart.
func diffLines(text string) []DiffLine {
	var out []DiffLine
	left, right := 0, 0 // lines that the hunk still has, so that `--- x` in one is a line of it
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		class := ""
		switch {
		case left+right > 0 && strings.HasPrefix(line, "+"):
			class, right = "add", right-1
		case left+right > 0 && strings.HasPrefix(line, "-"):
			class, left = "del", left-1
		case left+right > 0 && !strings.HasPrefix(line, `\`):
			left, right = left-1, right-1
		case strings.HasPrefix(line, "@@ "):
			class = "hunk"
			left, right = hunkSize(line)
		default:
			class = "head"
		}
		out = append(out, DiffLine{class, line})
	}
	return out
}

// hunkSize reads `@@ -17,6 +17,7 @@`.
func hunkSize(line string) (left, right int) {
	size := func(s string) int {
		_, n, ok := strings.Cut(s, ",")
		if !ok {
			return 1
		}
		v, err := strconv.Atoi(n)
		if err != nil {
			return 0
		}
		return v
	}
	if f := strings.Fields(line); len(f) > 2 {
		return size(f[1]), size(f[2])
	}
	return 0, 0
}
