package lint

import (
	"path"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj204 = &Rule{
	Code: "SJ204", Slug: "instances-collide", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "several instances would share one jail",
		Text: `The jail is named svcj-${name}. A script that starts several instances under one name
can make one jail only: the second jail(8) fails because the jail exists, and where the
script ends in ` + "`run_rc_command \"$1\"`" + ` the word that names the instance does not reach
the jailed run, which then starts all of them. An error where the simulation shows it with
the default rc.conf; for information where it is so with two profiles or instances in
rc.conf, or where it takes such and the simulation can't tell.`,
		Before: `for i in ${foo_instances}; do
	run_rc_command "$1"
done`,
		After: `# one rc.d script (or link) an instance, each with a name of its own
name=${0##*/}
run_rc_command "$@"`,
	},
	Check: func(p *Pass) {
		if p.optedOut() {
			return
		}
		if p.simulated() && len(p.Records.Jail.Refused) > 0 {
			p.report(p.Script.Name.Pos, nil, "give each instance a name of its own",
				"the jail %s is made for the first instance, and refused for the next", p.Records.Jail.Refused[0])
			return
		}
		v, at, ok := instancesOf(p.Script)
		if !ok {
			return
		}
		if p.simulated() && p.Records.Instances != nil && len(p.Records.Instances.Jail.Refused) > 0 {
			p.reportAs(Info, at, nil, "", "with %s=%q in rc.conf, the jail %s is made for the first instance, and refused for the next",
				v, p.Records.Instances.Value, p.Records.Instances.Jail.Refused[0])
			return
		}
		p.reportAs(Info, at, nil, "", "with %s set in rc.conf, the instances may share one jail; the simulated start does not tell", v)
	},
}

var sj205 = &Rule{
	Code: "SJ205", Slug: "method-skipped", Severity: Info,
	Doc: Doc{
		Title: "a custom status or restart does nothing for the jailed service",
		Text: "For a service with `${name}_svcj=YES`, rc.subr leaves a custom status_cmd and restart_cmd\n" +
			`out: precmd and postcmd run, the command does not, and the exit status is 0. Monitoring that
asks for the status is told that all is well. The default methods, with pidfile and procname,
work. It does not keep the service from working in the jail. With ` + "`--release 16`" + ` there is no such
finding: that rc.subr runs them inside.`,
		Before: `status_cmd="foo_status"`,
		After:  `pidfile="/var/run/foo.pid"`,
	},
	Check: func(p *Pass) {
		if p.optedOut() || p.opts.Release.RunsStatus() {
			return
		}
		for _, m := range []string{"status_cmd", "restart_cmd"} {
			if a, ok := p.Script.Method(m); ok {
				p.report(a.Pos, nil, "drop it where pidfile and procname do the same", "%s is not run for a jailed service, and the exit status is 0", m)
			}
		}
	},
}

var sj207 = &Rule{
	Code: "SJ207", Slug: "start-needs-host", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the start itself does what a jail refuses",
		Text: `A start_cmd runs inside the jail. Mounting, loading kernel modules, configuring interfaces,
setting sysctls and the like are refused there whatever the options say (jail(8); sys/kern/kern_jail.c,
prison_priv_check). In a start_precmd, or by required_modules, they run on the host.`,
		Before: `start_cmd="foo_start"
foo_start()
{
	kldload foo
	/usr/local/sbin/food
}`,
		After: `required_modules="foo"
command="/usr/local/sbin/food"`,
	},
	Check: func(p *Pass) {
		if !p.simulated() || p.Verdict.OptOut {
			return
		}
		seen := map[string]bool{}
		for _, c := range p.Records.Jail.Reached {
			if !c.Inside || len(c.Argv) == 0 {
				continue
			}
			act, ok := infer.HostAct(c.Argv[0], c.Argv[1:])
			if !ok || seen[act] {
				continue
			}
			seen[act] = true
			at := rcparse.Pos{Line: c.Line, Col: 1}
			if c.Line == 0 {
				at = p.Script.Name.Pos
			}
			p.report(at, nil, "do it in start_precmd, which runs on the host", "the jailed start runs %s: it %s, which a jail may not", path.Base(c.Argv[0]), act)
		}
	},
}

var sj208 = &Rule{
	Code: "SJ208", Slug: "no-daemon", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "nothing is left running",
		Text: `A jail without persist goes away with its last process. A service that only sets something
up leaves no process, so the jail is gone at once: such a script says NO.`,
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
		if p.simulated() && p.jailStarts() && !p.Records.Host.Remains && p.Records.Host.Untold == "" && !p.Verdict.OptOut {
			at := p.Script.Name.Pos
			if a, ok := p.Script.Method("start_cmd"); ok {
				at = a.Pos
			}
			p.report(at, nil, "", "the start leaves no process running, so the jail is gone at once")
		}
	},
}

var sj209 = &Rule{
	Code: "SJ209", Slug: "not-simulated", Severity: Error, Blocks: true, Doubt: true,
	Doc: Doc{
		Title: "the simulated start tells nothing",
		Text: `Whether the jailed service is the same service is decided by a simulated start. Where that
was ended, by a loop without end, too much memory, or a construct that the interpreter lacks,
nothing is known, and nothing is patched. The same goes for a start that comes to no process and
does not show that it means to: it fails, a command is not there, or it waits for something in
rc.conf that could not be guessed.`,
		Before: `while :; do :; done`,
		After:  `start_cmd="foo_start"	# loops belong into methods, and end`,
	},
	Check: func(p *Pass) {
		if p.Records == nil || p.Script.Err != nil || p.optedOut() {
			return
		}
		if why := p.Records.failed(); why != "" {
			p.report(rcparse.Pos{Line: 1, Col: 1}, nil, "svcjify can't tell whether the service works in a jail", "the simulated start was ended: %s", why)
		} else if why := p.Records.Host.Untold; why != "" && !p.Verdict.OptOut {
			p.report(p.Script.Name.Pos, nil, "svcjify can't tell whether the service works in a jail; `svcjify run` shows the start", "the simulated start comes to no process: %s", why)
		}
	},
}
