package advise

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// maxReason is how much of a reason stands in the table, in bytes.
const maxReason = 90

// maxBoot is how many services of the base system that never go into a jail have
// a row of their own: a plain FreeBSD switches on thirty of them.
const maxBoot = 5

// Words is a verdict as a person reads it.
func (v Verdict) Words() string { return strings.ReplaceAll(string(v), "-", " ") }

// everyJail is what holds for every service jail, said once. See docs/administrators.md.
const everyJail = `In a service jail a service sees its own processes only; it can't mount, load kernel modules,
change interfaces, packet filters or sysctls, and has no System V IPC and no locked memory unless
an option grants it. The file system is the host's: only the user that it runs as keeps it from files.
`

// Text prints a table, and then each service: why, what it loses, how to try it
// and how to undo it.
func Text(w io.Writer, list []*Advice) error {
	var b strings.Builder
	if len(list) == 0 {
		b.WriteString("no service is enabled in rc.conf; --all shows those that are installed\n")
	} else {
		table(&b, list)
		if slices.ContainsFunc(list, func(a *Advice) bool { return a.Jails() || a.Verdict == Already }) {
			b.WriteString("\n" + everyJail)
		}
	}
	never := false
	for _, a := range byVerdict(list) {
		if a.Verdict == Never { // there is nothing to be done about these: a line each
			if !never {
				b.WriteByte('\n')
			}
			never = true
			fmt.Fprintf(&b, "%s (%s): never: %s\n", report.OneLine(a.Name), report.OneLine(a.from()),
				report.OneLine(strings.Join(a.Reasons, " ")))
			continue
		}
		b.WriteByte('\n')
		a.text(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// byVerdict is the advice in the order of Verdicts, by name in each.
func byVerdict(list []*Advice) []*Advice {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *Advice) int {
		return slices.Index(Verdicts, a.Verdict) - slices.Index(Verdicts, b.Verdict)
	})
	return out
}

// table is aligned columns.
func table(b *strings.Builder, list []*Advice) {
	rows := [][3]string{{"SERVICE", "VERDICT", "LINES FOR RC.CONF, OR WHY NOT"}}
	boot := 0
	for _, a := range list {
		if a.Verdict == Never && a.Base {
			boot++
		}
	}
	for _, a := range byVerdict(list) {
		if a.Verdict == Never && a.Base && boot > maxBoot {
			continue
		}
		rows = append(rows, [3]string{report.OneLine(a.Name), a.Verdict.Words(), a.short()})
	}
	if boot > maxBoot {
		rows = append(rows, [3]string{fmt.Sprintf("(%d more)", boot), Never.Words(),
			"of the base system, mostly steps of the boot: see the end"})
	}
	var wide [2]int
	for _, r := range rows {
		for i := range wide {
			wide[i] = max(wide[i], utf8.RuneCountInString(r[i]))
		}
	}
	for _, r := range rows {
		fmt.Fprintf(b, "%-*s  %-*s  %s\n", wide[0], r[0], wide[1], r[1], r[2])
	}
}

// short is the lines, or the first reason where there are none.
func (a *Advice) short() string {
	lines := report.OneLine(strings.Join(assignments(a.Lines), " "))
	switch {
	case a.Verdict == Already && lines != "":
		return "better: " + lines
	case lines != "":
		return lines
	case a.Verdict == Already && strings.HasPrefix(strings.Join(a.Reasons, " "), "Rightly"):
		return "rightly"
	}
	if len(a.Reasons) == 0 {
		return ""
	}
	return message.Clip(strings.TrimSuffix(report.OneLine(a.Reasons[0]), "."), maxReason)
}

func assignments(lines []rcrun.Setting) []string {
	out := []string{}
	for _, s := range lines {
		out = append(out, Assignment(s))
	}
	return out
}

// text is one service.
func (a *Advice) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s (%s): %s\n", report.OneLine(a.Name), report.OneLine(a.from()), a.Verdict.Words())
	for _, r := range a.Reasons {
		fmt.Fprintf(b, "  %s\n", report.OneLine(r))
	}
	if (a.Verdict == TwoLines || a.Verdict == WithCare) && a.Declared == nil {
		fmt.Fprintf(b, "  The script declares no options; these are svcjify's (%s).\n", a.Certainty)
	}
	row := func(label, text string) { fmt.Fprintf(b, "  %-8s %s\n", label, report.OneLine(text)) }
	rows := func(label string, texts []string) {
		for _, t := range texts {
			row(label, t)
			label = ""
		}
	}
	rows("loses", a.Losses)
	rows("doubt", a.Doubts)
	if len(a.Lines) > 0 {
		set := a.sysrc(a.Lines)
		row("to try", a.restarted(set))
		row("to see", fmt.Sprintf("jls -j svcj-%s; tail /var/log/svcj_%s_console.log", a.RunName, a.RunName))
		row("to undo", a.restarted(a.Undo()...))
	}
	for _, o := range a.Offers {
		row("stricter", strings.Join(assignments(o.Lines), " "))
		row("", o.Why)
	}
	if a.Port != "" {
		row("script", sentence("it would have to "+a.Port))
	}
}

// from says where the script comes from, and whether it is switched on.
func (a *Advice) from() string {
	from := a.Package
	switch {
	case from == "" && a.Base:
		from = "base system"
	case from == "":
		from = "package not known"
	}
	if !a.Enabled {
		from += ", not enabled"
	}
	return from
}

// restarted is commands between a stop and a start: NAME_svcj must not change
// while the service runs.
func (a *Advice) restarted(commands ...string) string {
	verb := ""
	if !a.Enabled {
		verb = "one"
	}
	all := slices.Concat([]string{"service " + word(a.Name) + " " + verb + "stop"}, commands,
		[]string{"service " + word(a.Name) + " " + verb + "start"})
	return strings.Join(all, "; ")
}
