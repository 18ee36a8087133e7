package patch

import (
	"fmt"
	"strings"
)

// statWidth is how wide git format-patch makes its table.
const statWidth = 72

// diffstat is the table of changed files as git format-patch writes it.
func (c *Change) diffstat() string {
	type row struct {
		name           string
		added, removed int
	}
	var rows []row
	most, nameWidth, added, removed := 0, 0, 0, 0
	for _, f := range c.Files {
		a, r := f.changed()
		name := quotePath(c.Tree.InRepository(f.Path))
		rows = append(rows, row{name, a, r})
		most, nameWidth = max(most, a+r), max(nameWidth, len(name))
		added, removed = added+a, removed+r
	}
	digits := len(fmt.Sprint(most))
	graph := most
	if nameWidth+digits+6+graph > statWidth {
		graph = min(graph, max(6, statWidth*3/8-digits-6))
		if room := statWidth - digits - 6 - graph; nameWidth > room {
			nameWidth = room
		} else {
			graph = statWidth - digits - 6 - nameWidth
		}
	}
	var b strings.Builder
	for _, r := range rows {
		a, d := scale(r.added, r.removed, graph, most)
		bar := strings.Repeat("+", a) + strings.Repeat("-", d)
		if bar != "" {
			bar = " " + bar
		}
		fmt.Fprintf(&b, " %-*s | %*d%s\n", nameWidth, cutFront(r.name, nameWidth), digits, r.added+r.removed, bar)
	}
	fmt.Fprintf(&b, " %d file%s changed", len(rows), plural(len(rows)))
	if added > 0 || removed == 0 {
		fmt.Fprintf(&b, ", %d insertion%s(+)", added, plural(added))
	}
	if removed > 0 || added == 0 {
		fmt.Fprintf(&b, ", %d deletion%s(-)", removed, plural(removed))
	}
	return b.String() + "\n"
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// scale fits the bar of one file into the graph.
func scale(added, removed, width, most int) (a, r int) {
	if width > most {
		return added, removed
	}
	fit := func(n int) int {
		if n == 0 {
			return 0
		}
		return 1 + n*(width-1)/most
	}
	total := fit(added + removed)
	if total < 2 && added > 0 && removed > 0 {
		total = 2
	}
	if added < removed {
		a = fit(added)
		return a, total - a
	}
	r = fit(removed)
	return total - r, r
}

// cutFront cuts a path at its front, at a slash where there is one.
func cutFront(name string, width int) string {
	if len(name) <= width {
		return name
	}
	name = name[len(name)-max(0, width-3):]
	if i := strings.IndexByte(name, '/'); i >= 0 {
		name = name[i:]
	}
	return "..." + name
}
