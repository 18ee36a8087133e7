package report

import (
	"io"
	"net/url"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
)

// The types hold what of SARIF 2.1.0 (OASIS Standard, 27 March 2020) is used
// here; the names are the standard's.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string      `json:"id"`
	Name                 string      `json:"name"`
	ShortDescription     sarifText   `json:"shortDescription"`
	FullDescription      sarifText   `json:"fullDescription"`
	Help                 sarifText   `json:"help"`
	HelpURI              string      `json:"helpUri"`
	DefaultConfiguration sarifConfig `json:"defaultConfiguration"`
}

type sarifConfig struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifResult struct {
	RuleID              string             `json:"ruleId"`
	RuleIndex           int                `json:"ruleIndex"`
	Level               string             `json:"level"`
	Message             sarifText          `json:"message"`
	Locations           []sarifLocation    `json:"locations"`
	PartialFingerprints map[string]string  `json:"partialFingerprints"`
	Fixes               []sarifFix         `json:"fixes,omitempty"`
	Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	PhysicalLocation sarifPhysical  `json:"physicalLocation"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

type sarifLogical struct {
	Name               string `json:"name,omitempty"`
	FullyQualifiedName string `json:"fullyQualifiedName,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

// sarifRegion counts from 1, columns in code points as columnKind says.
type sarifRegion struct {
	StartLine   int        `json:"startLine"`
	StartColumn int        `json:"startColumn,omitempty"`
	EndLine     int        `json:"endLine,omitempty"`
	EndColumn   int        `json:"endColumn,omitempty"`
	Snippet     *sarifText `json:"snippet,omitempty"`
}

type sarifFix struct {
	Description     sarifText     `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion `json:"deletedRegion"`
	InsertedContent sarifText   `json:"insertedContent"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// sarifSchema is where the standard's schema lies.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// maxSnippet is the longest source line that is quoted, in bytes.
const maxSnippet = 1000

// SARIF prints the findings and what is ignored, as suppressed results
// with their reason, so that a service that tracks them sees them closed and not gone.
func SARIF(w io.Writer, res *lint.Result) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "svcjify", InformationURI: projectURL, Rules: []sarifRule{}}
	all := append([]lint.Finding{}, res.Findings...)
	for _, s := range res.Silenced {
		all = append(all, s.Finding)
	}
	index := map[string]int{}
	for _, r := range lint.Rules() { // only those that found something
		if !slices.ContainsFunc(all, func(f lint.Finding) bool { return f.Code == r.Code }) {
			continue
		}
		index[r.Code] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: r.Code, Name: r.Slug, HelpURI: ruleURL(r.Code),
			ShortDescription: sarifText{Text: r.Doc.Title}, FullDescription: sarifText{Text: r.Doc.Text},
			Help:                 sarifText{Text: r.Doc.Text, Markdown: r.Page()},
			DefaultConfiguration: sarifConfig{sarifLevel(r.Severity)},
		})
	}
	texts, prints := scriptsOf(res), fingerprints(all)
	for i, f := range all {
		r := texts.sarif(f)
		r.RuleIndex = index[f.Code]
		r.PartialFingerprints = map[string]string{"svcjifyLine/v1": prints[i]}
		if n := i - len(res.Findings); n >= 0 {
			s := res.Silenced[n]
			kind := "external"
			if s.By == lint.ByComment {
				kind = "inSource"
			}
			r.Suppressions = []sarifSuppression{{kind, s.Reason}}
		}
		run.Results = append(run.Results, r)
	}
	return EncodeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifLevel(s lint.Severity) string {
	return map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "note"}[s]
}

// sarif is a finding without what depends on the others.
func (s scripts) sarif(f lint.Finding) sarifResult {
	file := sarifArtifact{sarifURI(f.StablePath())}
	loc := sarifLocation{PhysicalLocation: sarifPhysical{ArtifactLocation: file}}
	if f.Line > 0 {
		region := &sarifRegion{StartLine: f.Line, StartColumn: f.Col}
		if f.Col > 0 && f.Col <= len(f.Source) {
			region.StartColumn = 1 + utf8.RuneCountInString(f.Source[:f.Col-1])
		}
		if f.Source != "" && len(f.Source) <= maxSnippet {
			region.Snippet = &sarifText{Text: f.Source}
		}
		loc.PhysicalLocation.Region = region
	}
	if f.Service != "" {
		full := f.Service
		if f.Origin != "" {
			full = f.Origin + "/" + f.Service
		}
		loc.LogicalLocations = []sarifLogical{{Name: f.Service, FullyQualifiedName: full}}
	}
	out := sarifResult{RuleID: f.Code, Level: sarifLevel(f.Severity), Message: sarifText{Text: f.Message},
		Locations: []sarifLocation{loc}}
	if f.Hint != "" {
		out.Message.Text += "\nhint: " + f.Hint
	}
	change := sarifChange{ArtifactLocation: file}
	for _, c := range s.changes(f) {
		change.Replacements = append(change.Replacements, sarifReplacement{
			DeletedRegion: sarifRegion{
				StartLine: c.start.Line, StartColumn: s.column(f, c.start), EndLine: c.end.Line,
				EndColumn: s.column(f, c.end),
			},
			InsertedContent: sarifText{Text: c.New},
		})
	}
	if len(change.Replacements) > 0 {
		out.Fixes = []sarifFix{{sarifText{Text: f.Fix.What}, []sarifChange{change}}}
	}
	return out
}

// column counts code points instead of bytes.
func (s scripts) column(f lint.Finding, p rcparse.Pos) int {
	return 1 + utf8.RuneCount(s[scriptKey{f.StablePath(), f.Service}].Script.Src[p.Offset-(p.Col-1):p.Offset])
}

// sarifURI is a path as a URI reference: percent-encoded, and relative where the path is.
func sarifURI(name string) string {
	if path.IsAbs(name) {
		return (&url.URL{Scheme: "file", Path: name}).String()
	}
	return (&url.URL{Path: name}).String()
}
