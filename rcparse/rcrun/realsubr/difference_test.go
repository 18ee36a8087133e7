package realsubr

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A difference is one variable in which a Record is not what was observed.
type difference struct {
	script, scenario, variable string
	observed, simulated        string
}

func (d difference) String() string {
	return fmt.Sprintf("%s [%s] %s:\n\tobserved  %s\n\tsimulated %s", d.script, d.scenario, d.variable, d.observed,
		d.simulated)
}

// compare holds a Record against what was observed, variable by variable.
func compare(ob Observed, rec rcrun.Record) []difference {
	var out []difference
	differ := func(variable string, observed, simulated any) {
		if a, b := fmt.Sprint(observed), fmt.Sprint(simulated); a != b {
			out = append(out, difference{variable: variable, observed: a, simulated: b})
		}
	}
	differ("failed", ob.Failed != "", rec.Failed != "")
	if ob.Failed != "" || rec.Failed != "" {
		if len(out) > 0 {
			out[0].observed, out[0].simulated = fmt.Sprintf("%q", ob.Failed), fmt.Sprintf("%q", rec.Failed)
		}
		return out
	}
	differ("name", ob.Name, rec.Name)
	differ("rcvar", ob.RCVar, rec.RCVar)
	differ("svcj", ob.Svcj, rec.Svcj)
	differ("svcj_options", ob.SvcjOptions, rec.SvcjOptions)
	differ("svcj_options set", ob.SvcjOptionsSet, rec.SvcjOptionsSet)
	differ("exit", ob.Exit, rec.Exit)
	differ("inner exit", ob.Inner, rec.Inner)
	differ("skipped", ob.Skipped, rec.Skipped)
	differ("jails", fmt.Sprintf("%q", jailWords(ob.Jails)), fmt.Sprintf("%q", jailWords(rec.Jails)))
	a, b := acts(ob.Commands), acts(rec.Reached)
	unorder(a, b)
	for i := range b {
		b[i].Background = false
	}
	if !slices.EqualFunc(a, b, func(x, y rcrun.Command) bool { return slices.Equal(x.Argv, y.Argv) }) {
		x, y := outline(a), outline(b)
		for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
			x, y = x[1:], y[1:]
		}
		out = append(out, difference{variable: "commands", observed: strings.Join(head(x), "; "),
			simulated: strings.Join(head(y), "; ")})
		return out
	}
	seen := map[string]bool{}
	for i := range a {
		x, y := reflect.ValueOf(a[i]), reflect.ValueOf(b[i])
		for f := range x.NumField() {
			name := x.Type().Field(f).Name
			if u, v := fmt.Sprintf("%q", x.Field(f)), fmt.Sprintf("%q", y.Field(f)); u != v && !seen[name] {
				seen[name] = true
				out = append(out, difference{
					variable:  strings.ToLower(name),
					observed:  u + " of " + strings.Join(a[i].Argv, " "),
					simulated: v + " of " + strings.Join(b[i].Argv, " "),
				})
			}
		}
	}
	return out
}

// unorder puts a into b's order where a real shell has none: the sides of a pipe
// run at the same time, and so does what is started with &, which the
// simulation marks.
func unorder(a, b []rcrun.Command) {
	same := func(x, y rcrun.Command) bool { return slices.Equal(x.Argv, y.Argv) }
	background := func(x rcrun.Command) bool {
		return slices.ContainsFunc(b, func(y rcrun.Command) bool { return y.Background && same(x, y) })
	}
	for i := 0; i < len(a) && i < len(b); i++ {
		if same(a[i], b[i]) {
			continue
		}
		j := i + 1
		for j < len(a) && !same(a[j], b[i]) {
			j++
		}
		pipe := j == i+1 && j < len(a) && j < len(b) && same(a[i], b[j])
		if j == len(a) || !pipe && !b[i].Background && !background(a[i]) {
			return
		}
		moved := a[j]
		copy(a[i+1:j+1], a[i:j])
		a[i] = moved
	}
}

func head(list []string) []string {
	if len(list) > 6 {
		return append(slices.Clip(list[:6]), fmt.Sprintf("and %d more", len(list)-6))
	}
	return list
}

// jailWords is the jails as one list of words; jail(8) takes any white space.
func jailWords(jails []rcrun.Jail) []string {
	var out []string
	for _, j := range jails {
		out = append(out, fmt.Sprintf("%s found=%t", j.Name, j.Found))
		for _, p := range j.Params {
			out = append(out, strings.Join(strings.Fields(p), " "))
		}
	}
	return out
}

// acts is the commands that do something, with what only one side knows taken out.
func acts(list []rcrun.Command) []rcrun.Command {
	var out []rcrun.Command
	for _, c := range list {
		if len(c.Argv) == 0 || reads(c.Argv) {
			continue
		}
		c.Program, c.Line = nil, 0
		c.Argv = slices.Clone(c.Argv)
		if isJail(c.Argv) {
			for i := range c.Argv {
				c.Argv[i] = strings.Join(strings.Fields(c.Argv[i]), " ")
			}
		}
		c.Env = slices.DeleteFunc(slices.Clone(c.Env), ordinary)
		out = append(out, c)
	}
	return out
}

// outline is a line for each command.
func outline(list []rcrun.Command) []string {
	var out []string
	for _, c := range list {
		where := string(c.Phase)
		if c.Inside {
			where += " in the jail"
		}
		out = append(out, fmt.Sprintf("%s: %q", where, c.Argv))
	}
	return out
}
