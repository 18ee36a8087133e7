package report

import (
	"encoding/json"
	"io"

	"github.com/svcjify/svcjify/lint"
)

// jsonLine is a finding of JSON with what else a program may want.
type jsonLine struct {
	jsonFinding
	Fingerprint string     `json:"fingerprint"`
	Edits       []jsonEdit `json:"edits,omitempty"`
}

// jsonEdit replaces a part of the file; places count from 1, columns in bytes.
type jsonEdit struct {
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	EndLine int    `json:"end_line"`
	EndCol  int    `json:"end_col"`
	New     string `json:"new"`
}

// JSONLines prints a finding a line, so that a long run can be read as it is.
func JSONLines(w io.Writer, res *lint.Result) error {
	texts, prints := scriptsOf(res), fingerprints(res.Findings)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i, f := range res.Findings {
		line := jsonLine{jsonFinding: finding(f), Fingerprint: prints[i]}
		for _, c := range texts.changes(f) {
			line.Edits = append(line.Edits, jsonEdit{c.start.Line, c.start.Col, c.end.Line, c.end.Col, c.New})
		}
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
