package lint

import (
	"fmt"
	"slices"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var sj212 = &Rule{
	Code: "SJ212", Slug: "stop-differs", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the jailed stop is not the stop on the host",
		Text: `A stop_cmd runs inside the jail, in a script that is sourced again there: what only a
stop_precmd sets is lost to it, as with the start (SJ201). Then jail(8) removes the jail and the processes that are
left in it, without giving the program time to shut down.`,
		Before: `stop_precmd="foo_prestop"
stop_cmd="foo_stop"
foo_prestop() { how="--save"; }
foo_stop() { /usr/local/bin/fooctl stop ${how}; }`,
		After: `stop_cmd="foo_stop"
foo_stop() { /usr/local/bin/fooctl stop --save; }`,
	},
	Check: func(p *Pass) {
		if !p.simulated() || p.Records.Stop == nil || p.Verdict.Never() || len(p.Records.Stop.Host.Stops) == 0 {
			return
		}
		stop := p.Records.Stop
		inside := slices.DeleteFunc(slices.Clone(stop.Jail.Stops),
			func(c rcrun.Command) bool { return !c.Inside || removesJail(c) })
		if len(inside) == 0 && !slices.ContainsFunc(stop.Jail.Reached,
			func(c rcrun.Command) bool { return slices.Contains(c.Argv, "-j") }) {
			return // it does not come to the jail: SJ202, SJ211
		}
		at := p.Script.Name.Pos
		if a, ok := p.Script.Method("stop_cmd"); ok {
			at = a.Pos
		}
		var worst loss
		list := compareAll(stop.Host.Stops, inside, pidFile{})
		for _, l := range list {
			if worst.what == "" || l.severity > worst.severity {
				worst = l
			}
		}
		more := ""
		if n := len(list) - 1; n > 0 {
			more = fmt.Sprintf("; and %d more differences", n)
		}
		if worst.severity >= Warning {
			hint := topLevel
			if shows := p.command("run --svcj --running", "stop", "shows both stops"); shows != "" {
				hint += "; " + shows
			}
			p.reportAs(worst.severity, at, nil, hint, "\"service %s stop\" does something else in a service jail: %s%s",
				p.Service.Name, worst.what, more)
		}
	},
}
