package report

import (
	"encoding/xml"
	"io"

	"github.com/svcjify/svcjify/lint"
)

type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"` // of the form, as other tools write it
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// Checkstyle prints Checkstyle's XML, which many CI systems read. XML has no way to
// write most control characters, so they are made visible.
func Checkstyle(w io.Writer, res *lint.Result) error {
	r := checkstyleReport{Version: "4.3"}
	for i, f := range res.Findings {
		if i == 0 || f.StablePath() != res.Findings[i-1].StablePath() {
			r.Files = append(r.Files, checkstyleFile{Name: visible(f.StablePath())})
		}
		last := &r.Files[len(r.Files)-1]
		last.Errors = append(last.Errors, checkstyleError{
			Line: f.Line, Column: f.Col, Severity: f.Severity.String(), Message: visible(f.Message),
			Source: "svcjify." + f.Code,
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(r); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
