package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Sheet is simulated runs side by side: what Run prints.
type Sheet struct {
	// Titles says what each column is: host, jail.
	Titles []string   `json:"titles"`
	Rows   []SheetRow `json:"rows"`
	// Notes is the commands that were reached, and what could not be known, a line each.
	Notes []string `json:"notes,omitempty"`
}

// A SheetRow is one property of the runs. Its texts are safe to print.
type SheetRow struct {
	// Differs says that the cells are not all the same.
	Differs bool `json:"differs,omitempty"`
	// What names the property; Part says that it is one of the command in the rows above.
	What string `json:"what"`
	Part bool   `json:"part,omitempty"`
	// Cells has a text for each title; "-" for nothing.
	Cells []string `json:"cells"`
}

// NewSheet puts Records side by side. Properties that none of them has are left out.
func NewSheet(titles []string, recs []rcrun.Record) Sheet {
	s := Sheet{Titles: titles}
	row := func(what string, value func(rcrun.Record) string) {
		r := SheetRow{What: strings.TrimLeft(what, " ")}
		r.Part = r.What != what
		for _, rec := range recs {
			r.Cells = append(r.Cells, OneLine(dash(value(rec))))
		}
		r.Differs = len(slices.Compact(slices.Clone(r.Cells))) > 1
		if strings.Trim(strings.Join(r.Cells, ""), "-") != "" {
			s.Rows = append(s.Rows, r)
		}
	}
	row("name", func(r rcrun.Record) string { return r.Name })
	row("rcvar", func(r rcrun.Record) string { return r.RCVar })
	row("options", func(r rcrun.Record) string {
		if r.SvcjOptions == "" && len(r.Jails) > 0 {
			return "none: no network"
		}
		return r.SvcjOptions
	})
	n := 0
	for _, r := range recs {
		n = max(n, len(r.Starts))
	}
	for i := range n {
		cmd := func(f func(rcrun.Command) string) func(rcrun.Record) string {
			return func(r rcrun.Record) string {
				if i >= len(r.Starts) {
					return ""
				}
				return f(r.Starts[i])
			}
		}
		row("command", cmd(func(c rcrun.Command) string { return strings.Join(c.Argv, " ") }))
		row("  refused", func(r rcrun.Record) string {
			if i >= len(r.Starts) {
				return ""
			}
			return refused(r, r.Starts[i])
		})
		row("  program", cmd(func(c rcrun.Command) string {
			if slices.Equal(c.Program, c.Argv) {
				return ""
			}
			return strings.Join(c.Program, " ")
		}))
		row("  user", cmd(func(c rcrun.Command) string { return c.User }))
		row("  group", cmd(func(c rcrun.Command) string { return strings.TrimSpace(c.Group + " " + c.Groups) }))
		row("  chroot", cmd(func(c rcrun.Command) string { return c.Chroot }))
		row("  directory", cmd(func(c rcrun.Command) string { return c.Dir }))
		row("  umask", cmd(func(c rcrun.Command) string { return c.Umask }))
		row("  login class", cmd(func(c rcrun.Command) string { return c.LoginClass }))
		row("  limits", cmd(func(c rcrun.Command) string { return c.Limits }))
		row("  nice", cmd(func(c rcrun.Command) string { return c.Nice }))
		row("  fib", cmd(func(c rcrun.Command) string { return c.FIB }))
		row("  cpuset", cmd(func(c rcrun.Command) string { return c.CPUSet }))
		row("  environment", cmd(func(c rcrun.Command) string { return strings.Join(c.Env, " ") }))
	}
	row("jail", jails)
	row("skipped", func(r rcrun.Record) string { return strings.Join(r.Skipped, " ") })
	row("exit", func(r rcrun.Record) string { return fmt.Sprint(r.Exit) })
	row("process left", func(r rcrun.Record) string { return map[bool]string{true: "yes", false: "no"}[r.Remains] })
	row("failed", func(r rcrun.Record) string { return r.Failed })
	for i, r := range recs {
		s.Notes = append(s.Notes, notes(titles[i], r)...)
	}
	return s
}

// jails is the jails of a run, and whether service(8) finds the script in each.
func jails(r rcrun.Record) string {
	var out []string
	for _, j := range r.Jails {
		out = append(out, j.Name)
		if !j.Found {
			out = append(out, "(service(8) does not find the script)")
		}
	}
	return strings.Join(out, " ")
}

// withoutExec is a call of jail(8) without the long parameters that are the same for every service.
func withoutExec(argv []string) []string {
	if len(argv) < 2 || argv[0] != "/usr/sbin/jail" || argv[1] != "-c" {
		return argv
	}
	short := slices.DeleteFunc(slices.Clone(argv), func(w string) bool { return strings.HasPrefix(w, "exec.") })
	return append(short, "exec.*=...")
}

// refused says that a jail refuses a command, and why, where the table of such commands
// knows it: the simulation itself lets every command succeed. It is "" on the host.
func refused(r rcrun.Record, c rcrun.Command) string {
	if !c.Inside || len(c.Argv) == 0 {
		return ""
	}
	act, known := infer.HostAct(c.Argv[0], c.Argv[1:])
	routes := path.Base(c.Argv[0]) == "route" && slices.Contains(strings.Fields(r.SvcjOptions), "routing")
	switch {
	case known && !routes:
		return "refused in a jail: it " + act
	case strings.HasPrefix(c.Nice, "-"):
		return "its nice of " + c.Nice + " is refused in a jail: nice(1) starts it anyway"
	}
	return ""
}

// notes is what a run reached, and what could not be known.
func notes(title string, r rcrun.Record) []string {
	var out []string
	for _, n := range reached(r) {
		out = append(out, title+": "+n)
	}
	return out
}

// reached is the commands of a run in order, and what could not be known, a line each.
func reached(r rcrun.Record) []string {
	var out []string
	for _, c := range r.Reached {
		where := "on the host"
		if c.Inside {
			where = "in the jail"
		}
		line := fmt.Sprintf("%s, %s: %s", where, c.Phase, OneLine(strings.Join(withoutExec(c.Argv), " ")))
		if why := refused(r, c); why != "" {
			line += " (" + why + ")"
		}
		out = append(out, line)
	}
	for _, u := range r.Unknown {
		out = append(out, "not known: "+OneLine(u))
	}
	return out
}
