package lint

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj201 = &Rule{
	Code: "SJ201", Slug: "start-differs", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the jailed start is not the start on the host",
		Text: `Setup and precmd run on the host; then rc.subr makes the jail, and there the script
is sourced again in the clean environment of service(8), and only the start itself is
run. Whatever only a precmd sets (rc_flags, command_args, exported variables, the directory)
is lost. The simulation runs both and compares what would be started.

An error where privileges, configuration, data or the directory are lost; a warning for a detail
such as a log or a pid file; for information where it takes another setting in rc.conf than the
default (each that the start_precmd looks at is tried). What to do: set it at the top level,
between load_rc_config and run_rc_command, and for the directory ${name}_chdir. Where the
precmd's state is plain (assignments, exports and tests), ` + "`svcjify patch --repair`" + ` moves it
there, if the simulation then shows the same start on both sides and nothing else changed on the
host.`,
		Before: `start_precmd="foo_prestart"
foo_prestart()
{
	rc_flags="-u foo ${rc_flags}"
}`,
		After: `command_args="-u foo"`,
	},
	Check: func(p *Pass) {
		if !p.simulated() || !p.jailStarts() || !p.Declared() && p.Verdict.OptOut {
			return
		}
		hint := "set it at the top level, between load_rc_config and run_rc_command"
		if p.Repair != nil {
			hint += "; svcjify patch --repair does"
		}
		for i, l := range p.Records.losses() {
			fix := p.Repair
			if i > 0 {
				fix = nil // one repair mends all of them
			}
			hint := hint
			if slices.Contains(l.vars, "directory") {
				hint = "set " + p.RunName() + "_chdir: rc.subr goes there on the host and in the jail"
			}
			p.reportAs(l.severity, p.lossPos(l), fix, hint, "in the jail %s", l.what)
		}
		told := map[string]bool{} // several settings may lead to the same
		for _, v := range p.Records.Settings {
			for _, l := range (&Records{Host: v.Host, Jail: v.Jail}).losses() {
				if !told[l.what] {
					told[l.what] = true
					p.reportAs(Info, p.lossPos(l), nil, "", "with %s=%q in rc.conf, in the jail %s", v.Name, v.Value, l.what)
				}
			}
		}
	},
}

// simulated reports whether there are Records that can be relied on, and a
// jailed start is not ruled out anyway.
func (p *Pass) simulated() bool {
	return p.Records != nil && p.Records.failed() == "" && !p.optedOut()
}

// jailStarts reports whether service(8) finds the script in the jail at all;
// where it does not, that is SJ202's to say.
func (p *Pass) jailStarts() bool {
	return len(p.Records.Jail.Jails) > 0 && p.Records.Jail.Jails[0].Found
}

// lossPos is where a variable is set that the jailed start does not get: in a
// function, where the words that are lost stand if they do, or else the start_precmd.
func (p *Pass) lossPos(l loss) rcparse.Pos {
	best, most := rcparse.Pos{}, -1
	for _, a := range p.Script.Assigns {
		if a.Func == "" || !slices.Contains(l.vars, a.Var) && !(strings.HasSuffix(a.Var, "_flags") && slices.Contains(l.vars, "rc_flags")) {
			continue
		}
		n := 0
		value := rcparse.Words(rcparse.Unquote(a.Value))
		for _, w := range l.words {
			if slices.ContainsFunc(value, func(v string) bool { return v == w }) {
				n++
			}
		}
		if n > most {
			best, most = a.Pos, n
		}
	}
	if most >= 0 {
		return best
	}
	for _, method := range []string{"start_precmd", p.Script.Name.Text + "_setup", "start_cmd"} {
		if m, ok := p.Script.Method(method); ok {
			return m.Pos
		}
	}
	return p.Script.Name.Pos
}
