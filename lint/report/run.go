package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Run prints one Record, or the host's and the jail's. What is the same in both stands
// there once; what differs has a star, and a line for each, so that the
// long command lines of two columns do not run into one another.
func Run(w io.Writer, titles []string, recs []rcrun.Record) error {
	s := NewSheet(titles, recs)
	wide, wideTitle := 0, 0
	for _, r := range s.Rows {
		wide = max(wide, len(indented(r)))
	}
	for _, t := range titles {
		wideTitle = max(wideTitle, len(t))
	}
	var b strings.Builder
	for _, r := range s.Rows {
		if !r.Differs {
			fmt.Fprintf(&b, "  %-*s  %s\n", wide, indented(r), r.Cells[0])
			continue
		}
		mark, what := "*", indented(r)
		for i, cell := range r.Cells {
			fmt.Fprintf(&b, "%s %-*s  %-*s %s\n", mark, wide, what, wideTitle+1, titles[i]+":", cell)
			mark, what = " ", ""
		}
	}
	marked := false
	for i, r := range recs {
		lines := reached(r)
		if len(lines) == 0 {
			continue
		}
		heading := "commands"
		if len(recs) > 1 {
			heading += ", " + titles[i]
		}
		fmt.Fprintf(&b, "%s:\n", heading)
		for _, l := range lines {
			fmt.Fprintf(&b, "  %s\n", l)
		}
		marked = marked || slices.ContainsFunc(r.Reached, func(c rcrun.Command) bool { return refused(r, c) != "" })
	}
	if marked {
		b.WriteString("No command is run: in this simulation each one succeeds, also one that a jail refuses.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// indented is what a row is about, further in where it is a part of the row above.
func indented(r SheetRow) string {
	if r.Part {
		return "  " + r.What
	}
	return r.What
}
