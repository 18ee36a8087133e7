package report

import (
	"io"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
)

// The form is that of reviewdog's proto/rdf/reviewdog.proto, DiagnosticResult.
type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition  `json:"start"`
	End   *rdPosition `json:"end,omitempty"`
}

// rdPosition counts from 1, columns in bytes of UTF-8.
type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

// RDJSON prints reviewdog's Diagnostic Format; fixes are suggestions.
func RDJSON(w io.Writer, res *lint.Result) error {
	out := rdResult{Source: rdSource{"svcjify", projectURL}, Diagnostics: []rdDiagnostic{}}
	texts := scriptsOf(res)
	for _, f := range res.Findings {
		d := rdDiagnostic{
			Message: f.Message, Severity: strings.ToUpper(f.Severity.String()),
			Location: rdLocation{Path: f.StablePath()}, Code: rdCode{f.Code, ruleURL(f.Code)},
		}
		if f.Hint != "" {
			d.Message += "\nhint: " + f.Hint
		}
		if f.Line > 0 {
			d.Location.Range = &rdRange{Start: rdPosition{f.Line, f.Col}}
		}
		for _, c := range texts.changes(f) {
			d.Suggestions = append(d.Suggestions, rdSuggestion{rdRange{rdPlace(c.start), ref(rdPlace(c.end))}, c.New})
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return EncodeJSON(w, out)
}

func rdPlace(p rcparse.Pos) rdPosition { return rdPosition{p.Line, p.Col} }

func ref[T any](v T) *T { return &v }

// Where the project and its rules are described.
const projectURL = "https://github.com/svcjify/svcjify"

func ruleURL(code string) string { return projectURL + "/blob/main/docs/rules/" + code + ".md" }
