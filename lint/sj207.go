package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var sj207 = &Rule{
	Code: "SJ207", Slug: "start-needs-host", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the start or the stop itself does what a jail refuses",
		Text: `A start_cmd and a stop_cmd run inside the jail. Mounting, loading kernel modules, configuring
interfaces, setting sysctls and the like are refused there whatever the options say (jail(8);
sys/kern/kern_jail.c, prison_priv_check). In a start_precmd, a stop_postcmd, or by required_modules,
they run on the host.

| severity | when |
|---|---|
| error | it happens with the default rc.conf, or for each entry of a list whose entries are not known |
| warning | it depends on something else that is not known |
| info | it happens only with another setting of rc.conf; or it is a negative nice: a jail refuses that, and nice(1) starts the program anyway |`,
		Before: `start_cmd="foo_start"
foo_start()
{
	kldload foo
	/usr/local/sbin/food
}`,
		After: `required_modules="foo"
command="/usr/local/sbin/food"`,
	},
	Check: checkNeedsHost,
}

// A hostAct is a command of the jailed run that a jail refuses, and what it does.
type hostAct struct {
	act string
	cmd rcrun.Command
}

// hostActs finds them, each kind once.
func hostActs(reached []rcrun.Command) []hostAct {
	var out []hostAct
	for _, c := range reached {
		if !c.Inside || len(c.Argv) == 0 || removesJail(c) {
			continue
		}
		act, ok := infer.HostAct(c.Argv[0], c.Argv[1:])
		if ok && !slices.ContainsFunc(out, func(h hostAct) bool { return h.act == act }) {
			out = append(out, hostAct{act, c})
		}
	}
	return out
}

func checkNeedsHost(p *Pass) {
	if !p.simulated() || p.Verdict.Never() {
		return
	}
	told := map[string]bool{}
	say := func(sev Severity, doubt bool, list []hostAct, verb, where, when string) {
		for _, h := range list {
			if told[verb+h.act] {
				continue
			}
			told[verb+h.act] = true
			at := rcparse.Pos{Line: h.cmd.Line, Col: 1}
			if h.cmd.Line == 0 {
				at = p.Script.Name.Pos
			}
			report := p.doubt
			if !doubt {
				report = func(sev Severity, at rcparse.Pos, hint, format string, args ...any) {
					p.reportAs(sev, at, nil, hint, format, args...)
				}
			}
			base, act := path.Base(h.cmd.Argv[0]), h.act
			if a := undoing[base]; a != "" {
				act = a
			}
			report(sev, at, "do that in "+where+", which runs on the host",
				"%sthe %s runs %s inside the jail: it %s, and a jail may not do that", when, verb, base, act)
		}
	}
	say(Error, false, hostActs(p.Records.start().Jail.Reached), "start", "start_precmd", "")
	if p.Records.Stop != nil {
		say(Error, false, hostActs(p.Records.Stop.Jail.Reached), "stop", "stop_postcmd", "")
	}
	if o := p.Records.Other; o != nil {
		for _, h := range hostActs(o.Jail.Reached) {
			entries := rcrun.Unknowns(strings.Join(h.cmd.Argv, " "))
			if len(entries) > 0 {
				say(Error, false, []hostAct{h}, "start", "start_precmd",
					"for each entry in "+strings.TrimPrefix(entries[0], "what is in ")+", ")
			} else {
				say(Warning, true, []hostAct{h}, "start", "start_precmd", "depending on "+guessed(p.Records)+", ")
			}
		}
	}
	for _, t := range p.Records.Trials {
		say(Info, false, hostActs(t.Jail.Reached), "start", "start_precmd", t.setting()+", ")
	}
	for _, c := range p.Records.start().Jail.Starts {
		if strings.HasPrefix(c.Nice, "-") {
			p.reportAs(Info, p.Script.Name.Pos, nil, "",
				"%s starts with a nice of %s, which is refused in a jail: nice(1) prints a message and starts it with the usual priority",
				path.Base(c.Program[0]), c.Nice)
			break
		}
	}
}

// removesJail reports whether a command is rc.subr's own removal of the jail.
func removesJail(c rcrun.Command) bool {
	return len(c.Argv) == 3 && c.Argv[0] == "/usr/sbin/jail" && strings.HasPrefix(c.Argv[2], "svcj-")
}

// undoing is what the commands do whose act is the opposite of another's.
var undoing = map[string]string{"umount": "unmounts file systems", "kldunload": "unloads kernel modules"}

// guessed names what the simulation did not know.
func guessed(r *Records) string {
	for _, list := range [][]string{r.Host.Unknown, r.Jail.Unknown} {
		if len(list) > 0 {
			what, _, _ := strings.Cut(list[0], ": taken as")
			return what
		}
	}
	return "what is not known"
}
