package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Run prints one Record, or the host's and the jail's side by side. A line
// that differs is marked with a star.
func Run(w io.Writer, titles []string, recs []rcrun.Record) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, " \t\t%s\n", strings.Join(titles, "\t"))
	row := func(what string, value func(rcrun.Record) string) {
		var cells []string
		for _, r := range recs {
			cells = append(cells, OneLine(dash(value(r))))
		}
		mark := " "
		if len(slices.Compact(slices.Clone(cells))) > 1 {
			mark = "*"
		}
		if strings.Trim(strings.Join(cells, ""), "-") != "" {
			fmt.Fprintf(t, "%s\t%s\t%s\n", mark, what, strings.Join(cells, "\t"))
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
	row("jail", func(r rcrun.Record) string {
		var out []string
		for _, j := range r.Jails {
			out = append(out, j.Name)
			if !j.Found {
				out = append(out, "(service(8) does not find the script)")
			}
		}
		return strings.Join(out, " ")
	})
	row("skipped", func(r rcrun.Record) string { return strings.Join(r.Skipped, " ") })
	row("exit", func(r rcrun.Record) string { return fmt.Sprint(r.Exit) })
	row("remains", func(r rcrun.Record) string { return map[bool]string{true: "yes", false: "no"}[r.Remains] })
	row("failed", func(r rcrun.Record) string { return r.Failed })
	if err := t.Flush(); err != nil {
		return err
	}
	for i, r := range recs {
		for _, c := range r.Reached {
			where := "host"
			if c.Inside {
				where = "jail"
			}
			if _, err := fmt.Fprintf(w, "  %s: %s, %s: %s\n", titles[i], where, c.Phase, OneLine(strings.Join(c.Argv, " "))); err != nil {
				return err
			}
		}
		for _, u := range r.Unknown {
			if _, err := fmt.Fprintf(w, "  %s: unknown: %s\n", titles[i], OneLine(u)); err != nil {
				return err
			}
		}
	}
	return nil
}
