package report

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/svcjify/svcjify/lint"
)

// ListCSV prints the services as RFC 4180 has it, with a header; several ports
// or findings are separated by blanks. A cell that a spreadsheet would take for
// a formula gets an apostrophe in front.
func ListCSV(w io.Writer, res *lint.Result) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{"name", "origin", "template", "ports", "condition", "state", "declared", "options", "certainty",
		"reason", "findings"}}
	for _, s := range res.Subjects {
		var ports, codes []string
		for _, p := range s.Service.Ports {
			ports = append(ports, p.Origin)
		}
		for _, f := range s.Findings {
			codes = append(codes, f.Code)
		}
		rows = append(rows, []string{
			s.Service.Name, s.Origin(), stableTemplate(s), strings.Join(ports, " "),
			s.Service.Condition, string(s.State), s.Declaration().Answer(), s.Verdict.Answer(),
			s.Verdict.Certainty.String(), s.Verdict.Reason, strings.Join(codes, " "),
		})
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = OneLine(cell)
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				row[i] = "'" + row[i]
			}
		}
	}
	return out.WriteAll(rows)
}
