package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/svcjify/svcjify/lint"
)

// Text prints a finding a line, `path:line:col: severity: message [SJ101]`,
// each hint on a line of its own, and the summary.
func Text(w io.Writer, res *lint.Result) error {
	for _, f := range res.Findings {
		if _, err := fmt.Fprintln(w, Line(f)); err != nil {
			return err
		}
		if f.Hint != "" {
			if _, err := fmt.Fprintf(w, "\thint: %s\n", OneLine(f.Hint)); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintln(w, Summary(res))
	return err
}

// Line is a finding on one line.
func Line(f lint.Finding) string {
	var b strings.Builder
	b.WriteString(OneLine(f.Location()))
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Col > 0 {
			fmt.Fprintf(&b, ":%d", f.Col)
		}
	}
	fmt.Fprintf(&b, ": %s: %s [%s]", f.Severity, OneLine(f.Message), f.Code)
	return b.String()
}

// OneLine keeps hostile names from breaking the line or driving the terminal.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}

// List prints a service a line: name, origin, state, options, certainty.
func List(w io.Writer, res *lint.Result) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, s := range res.Subjects {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", OneLine(s.Service.Name), dash(OneLine(s.Origin())), s.State, dash(s.Verdict.Answer()), s.Verdict.Certainty)
	}
	return t.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
