package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Run prints one Record, or the host's and the jail's side by side. A line
// that differs is marked with a star.
func Run(w io.Writer, titles []string, recs []rcrun.Record) error {
	s := NewSheet(titles, recs)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, " \t\t%s\n", strings.Join(s.Titles, "\t"))
	for _, r := range s.Rows {
		mark, what := " ", r.What
		if r.Differs {
			mark = "*"
		}
		if r.Part {
			what = "  " + what
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", mark, what, strings.Join(r.Cells, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range s.Notes {
		if _, err := fmt.Fprintf(w, "  %s\n", n); err != nil {
			return err
		}
	}
	return nil
}
