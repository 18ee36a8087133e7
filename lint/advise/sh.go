package advise

import (
	"fmt"
	"io"
	"strings"

	"github.com/svcjify/svcjify/lint/report"
)

// shHead stands above the script. sysrc(8) writes only what is not so already.
const shHead = `#!/bin/sh
# Service jails for this machine, as svcjify advises: see rc.conf(5), SERVICE JAILS.
# Read it before you run it, as root. It sets variables in rc.conf by sysrc(8) and does
# nothing else; run twice, it does the same as once. It starts and stops no service: stop
# each one before, and start it after.
set -eu
`

// Shell prints a script to review and keep, which sets what is advised. What is not
// to be set stands there as a comment, with its reason.
func Shell(w io.Writer, list []*Advice) error {
	var b strings.Builder
	b.WriteString(shHead)
	comment := func(format string, args ...any) {
		fmt.Fprintf(&b, "# %s\n", report.OneLine(fmt.Sprintf(format, args...)))
	}
	for _, a := range byVerdict(list) {
		b.WriteByte('\n')
		name := a.Name
		if a.Package != "" {
			name += " (" + a.Package + ")"
		}
		comment("%s: %s", name, a.Verdict.Words())
		for _, r := range a.Reasons {
			comment("  %s", r)
		}
		if len(a.Lines) == 0 {
			continue
		}
		for _, l := range a.Losses {
			comment("  loses: %s", l)
		}
		for _, d := range a.Doubts {
			comment("  doubt: %s", d)
		}
		for _, o := range a.Offers {
			comment("  stricter: %s", a.sysrc(o.Lines))
			comment("    %s", o.Why)
		}
		comment("  undo: %s", strings.Join(a.Undo(), "; "))
		if a.Verdict == Already { // what stands there was somebody's decision
			comment("%s", a.sysrc(a.Lines))
			continue
		}
		command := a.sysrc(a.Lines)
		if shown := report.OneLine(command); shown != command { // nobody could review it
			comment("not set, since it holds what can't be shown: %s", shown)
			continue
		}
		b.WriteString(command + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A Format prints advice.
type Format struct {
	Name, What string
	Print      func(io.Writer, []*Advice) error
}

// Formats is every format of advice.
func Formats() []Format {
	return []Format{
		{"text", "people: a table, then each service", Text},
		{"json", "programs: an array of objects", JSON},
		{"sh", "a script to review and keep, of sysrc(8) alone", Shell},
	}
}
