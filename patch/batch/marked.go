package batch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
)

// marked says of the ports that they can't be built, or are to go: a committer does
// not bump those without need.
func marked(list []patch.Numbered) string {
	var lines []string
	for _, n := range list {
		for _, s := range n.Subjects {
			for _, p := range s.Service.Ports {
				var marks []string
				for _, v := range []string{"BROKEN", "FORBIDDEN", "IGNORE"} {
					marks = append(marks, markedWith(v, p.Make.Assignments(v))...)
				}
				if date := strings.TrimSpace(p.Make.Value("EXPIRATION_DATE")); date != "" {
					marks = append(marks, "expires on "+date)
				}
				if len(marks) == 0 {
					continue
				}
				line := fmt.Sprintf("%s %s.", report.OneLine(p.Origin), report.OneLine(strings.Join(marks, " and ")))
				if !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n" + patch.Paragraph("Mind: "+strings.Join(lines, " "))
}

// markedWith says under which conditions a mark is set.
func markedWith(mark string, list []makefile.Assignment) []string {
	var out []string
	for _, a := range list {
		switch {
		case a.Taken && a.Condition == "":
			return []string{"is marked " + mark}
		case a.Condition != "":
			out = addOnce(out, "is marked "+mark+" where the Makefile finds "+a.Condition)
		}
	}
	return out
}
