package lint

import (
	"github.com/svcjify/svcjify/rcparse"
)

var sj205 = &Rule{
	Code: "SJ205", Slug: "method-skipped", Severity: Warning,
	Doc: Doc{
		Title: "a custom status or restart does nothing for the jailed service",
		Text: "For a service with `${name}_svcj=YES`, rc.subr does not run a custom status_cmd or\n" +
			`restart_cmd: precmd and postcmd run, the command does not, and the exit status is 0. So
"service foo restart" does nothing and reports success (warning), and monitoring that asks
for the status is told that the service runs (info). The default methods, with pidfile
and procname, work. The service itself works in the jail. With ` + "`--release 16`" + ` there
is no such finding: that rc.subr runs them in the jail.`,
		Before: `restart_cmd="foo_restart"`,
		After:  `pidfile="/var/run/foo.pid"	# and no restart_cmd: the default stops and starts`,
	},
	Check: func(p *Pass) {
		if p.optedOut() || p.opts.Release.RunsStatus() {
			return
		}
		name := p.RunName()
		for _, verb := range []string{"restart", "status"} {
			if a, ok := p.Script.Method(verb + "_cmd"); ok && a.Cond {
				p.reportAs(Info, a.Pos, nil, "see under which settings the script sets "+verb+"_cmd",
					"where the script sets %s_cmd, \"service %s %s\" does nothing for the jailed service and exits with 0", verb,
					name, verb)
			}
		}
		if a, ok := p.Script.Method("restart_cmd"); ok && !a.Cond {
			p.Skipped = append(p.Skipped, "restart")
			p.report(a.Pos, nil, "delete restart_cmd if it only stops and starts: that is the default; otherwise users must run stop, then start",
				"\"service %s restart\" does nothing for the jailed service and exits with 0: rc.subr does not run restart_cmd for it", name)
		}
		if a, ok := p.Script.Method("status_cmd"); ok && !a.Cond {
			p.Skipped = append(p.Skipped, "status")
			p.reportAs(Info, a.Pos, nil, "delete status_cmd if pidfile and procname tell the same",
				"\"service %s status\" prints nothing for the jailed service and exits with 0: rc.subr does not run status_cmd for it", name)
		}
	},
}

var sj208 = &Rule{
	Code: "SJ208", Slug: "no-daemon", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "nothing is left running",
		Text: `jail(8) removes a jail without persist when its last process ends. A service that only sets
something up leaves no process, so its jail is removed at once: such a script sets ` + "`foo_svcj=\"NO\"`" + `.`,
		Before: `start_cmd="foo_start"
foo_start()
{
	install -d /var/db/foo
}`,
		After: `load_rc_config $name
# No service jail: leaves no process running
foo_svcj="NO"`,
	},
	Check: func(p *Pass) {
		if p.simulated() && p.Records.start().jailed() && !p.Records.Host.Remains && p.Records.Host.Undecided == "" &&
			!p.Verdict.Never() {
			at := p.Script.Name.Pos
			if a, ok := p.Script.Method("start_cmd"); ok {
				at = a.Pos
			}
			p.report(at, nil, "set "+p.RunName()+"_svcj=\"NO\" after load_rc_config, with that reason",
				"the start leaves no process running: the jail would be removed at once")
		}
	},
}

var sj209 = &Rule{
	Code: "SJ209", Slug: "not-simulated", Severity: Error, Blocks: true, Doubt: true,
	Doc: Doc{
		Title: "the simulated start gives no answer",
		Text: `A simulated start shows whether the jailed service is the same service. If svcjify had to stop the
simulation, because of an endless loop, too much memory, or a construct that the interpreter lacks,
nothing is known, and there is no patch. The same is true for a start that leaves no process
although nothing shows that this is intended: it fails, a command does not exist, or it needs something in
rc.conf that svcjify could not guess. If it asked for a file, a device or a line in a file before
it gave up, the message names that; both answers were tried.

The runs of all services of a port share one budget. If it is spent after the start, the message says
what was not tried.`,
		Before: `while :; do :; done`,
		After:  `start_cmd="foo_start"	# put loops into start_cmd, and let them end`,
	},
	Check: func(p *Pass) {
		if p.Records == nil || p.Script.Err != nil || p.optedOut() || !p.callsRun() {
			return
		}
		const unknown = "; so it is not known whether the service works in a jail"
		hint := p.command("run", "", "shows the start")
		if why := p.Records.failed(); why != "" {
			at := rcparse.Pos{Line: max(p.Records.Host.Loop, p.Records.Jail.Loop, 1), Col: 1}
			p.report(at, nil, hint, "the simulated start was stopped: %s%s", why, unknown)
		} else if why := p.Records.Host.Undecided; why != "" && !p.Verdict.Never() && !p.badName() {
			at := p.Script.Name.Pos
			if line := p.Records.Host.UndecidedLine; line > 0 {
				at = rcparse.Pos{Line: line, Col: 1}
			}
			p.report(at, nil, hint, "the simulated start ends without a process: %s%s", why, unknown)
		}
		if why := p.Records.Cut; why != "" {
			p.report(p.Script.Name.Pos, nil, hint, "not all that the service does in a jail could be simulated: %s", why)
		} else if why := p.Records.Untried; why != "" {
			p.reportAs(Warning, p.Script.Name.Pos, nil, "", "not all settings of rc.conf could be tried; it is not known "+
				"what the jailed start loses with the others: %s", why)
			(*p.out)[len(*p.out)-1].doubt = false // the service works by default or not, whatever they do
		}
	},
}
