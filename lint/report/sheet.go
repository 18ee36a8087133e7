package report

import (
	"fmt"
	"slices"
	"strings"

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
	row("svcj options", func(r rcrun.Record) string { return r.SvcjOptions })
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
		row("  program", cmd(func(c rcrun.Command) string { return strings.Join(c.Program, " ") }))
		row("  user", cmd(func(c rcrun.Command) string { return c.User }))
		row("  group", cmd(func(c rcrun.Command) string { return strings.TrimSpace(c.Group + " " + c.Groups) }))
		row("  chroot", cmd(func(c rcrun.Command) string { return c.Chroot }))
		row("  directory", cmd(func(c rcrun.Command) string { return c.Dir }))
		row("  umask", cmd(func(c rcrun.Command) string { return c.Umask }))
		row("  limits", cmd(func(c rcrun.Command) string { return strings.TrimSpace(c.LoginClass + " " + c.Limits) }))
		row("  nice", cmd(func(c rcrun.Command) string { return c.Nice }))
		row("  fib", cmd(func(c rcrun.Command) string { return c.FIB }))
		row("  cpuset", cmd(func(c rcrun.Command) string { return c.CPUSet }))
		row("  environment", cmd(func(c rcrun.Command) string { return strings.Join(c.Env, " ") }))
	}
	row("jail", jails)
	row("skipped", func(r rcrun.Record) string { return strings.Join(r.Skipped, " ") })
	row("exit", func(r rcrun.Record) string { return fmt.Sprint(r.Exit) })
	row("remains", func(r rcrun.Record) string { return map[bool]string{true: "yes", false: "no"}[r.Remains] })
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

// notes is what a run reached, and what could not be known.
func notes(title string, r rcrun.Record) []string {
	var out []string
	for _, c := range r.Reached {
		where := "host"
		if c.Inside {
			where = "jail"
		}
		out = append(out, fmt.Sprintf("%s: %s, %s: %s", title, where, c.Phase, OneLine(strings.Join(c.Argv, " "))))
	}
	for _, u := range r.Unknown {
		out = append(out, fmt.Sprintf("%s: unknown: %s", title, OneLine(u)))
	}
	return out
}
