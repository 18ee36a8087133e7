package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj206 = &Rule{
	Code: "SJ206", Slug: "command-outside", Severity: Warning,
	Doc: Doc{
		Title: "an extra command runs on the host though it must see the jail",
		Text: `For a jailed service rc.subr runs start and stop in the jail, and every other command that has a
method on the host, unless the script says ` + "`foo_CMD_svcj_enable=YES`" + `. Files, UNIX
sockets and inherited addresses are the same on both sides, and the host sees the jail's processes:
most commands work there. Two do not. One that uses System V IPC does not if the service
has its own namespace for it (sysvipcnew). One that starts the daemon itself starts it outside the jail.

Only the commands in extra_commands are checked, not every variable that ends in _cmd. A command
starts the daemon if it runs daemon(8), or the service's command with the flags of a start and no
other argument, or with them and the process ID of the running one, which the new process replaces.`,
		Before: `extra_commands="reload"
reload_cmd="foo_reload"
foo_reload()
{
	pkill foo
	${command} ${foo_flags}
}`,
		After: `extra_commands="reload"
foo_reload_svcj_enable="YES"`,
	},
	Check: checkCommandOutside,
}

func checkCommandOutside(p *Pass) {
	if p.optedOut() || p.Script.Err != nil {
		return
	}
	enabled := map[string]bool{}
	for _, d := range p.declarations() {
		if v, _ := d.Static(); strings.HasSuffix(d.Var, "_svcj_enable") && strings.EqualFold(v, "YES") {
			enabled[strings.TrimSuffix(d.Var, "_svcj_enable")] = true
		}
	}
	name := p.shown("${name}")
	for _, m := range p.Script.Methods() {
		verb, ok := strings.CutSuffix(m, "_cmd")
		if !ok || slices.Contains([]string{"start", "stop", "status", "restart", "poll", "rcvar"}, verb) ||
			enabled[p.RunName()+"_"+verb] {
			continue
		}
		a, set := p.Script.Method(m)
		if offered, known := p.Script.Offers(verb); !set || known && !offered { // another variable that ends in _cmd
			continue
		}
		if call, ok := p.startsDaemon(m); ok {
			p.report(a.Pos, nil, "use run_rc_command to stop and start, or set "+name+"_"+verb+"_svcj_enable=YES",
				"%s starts %s on the host, outside the jail", m, path.Base(call))
		} else if slices.Contains(p.Verdict.Options, "sysvipcnew") {
			p.reportAs(Info, a.Pos, nil, "set "+name+"_"+verb+"_svcj_enable=YES if it uses System V IPC",
				"%s runs on the host, and the System V IPC of the jail is not visible there", m)
		}
	}
}

// startsDaemon reports whether a method runs the service's command as its
// start does: with its flags and nothing else, or through daemon(8). With a word
// of its own, such as -t or reload, it does something else; so it does where the
// function has put such a word into the variable that it passes. With the process ID of
// the running one, it replaces that (haproxy's -sf).
func (p *Pass) startsDaemon(method string) (string, bool) {
	for _, c := range p.Script.Reach(method) {
		name := strings.Trim(c.Name, `"'`)
		isCommand := name == "$command" || name == "${command}"
		own := slices.ContainsFunc(c.Args, func(a string) bool { return !isFlags(a) || p.setsIn(c.Func, a) })
		replaces := slices.ContainsFunc(c.Args, isFlags) && slices.ContainsFunc(c.Args, runningPID.MatchString)
		if path.Base(name) == "daemon" || isCommand && len(c.Args) > 0 && (!own || replaces) {
			return p.Script.Expand(name), true
		}
	}
	return "", false
}

// setsIn reports whether a function puts a word of its own into the variable that a
// word of its commands expands.
func (p *Pass) setsIn(function, word string) bool {
	name := strings.Trim(word, `"${}`)
	return function != "" && slices.ContainsFunc(p.Script.Assigns, func(a rcparse.Assign) bool {
		return a.Func == function && a.Var == name && slices.ContainsFunc(rcparse.Words(rcparse.Unquote(a.Value)),
			func(w string) bool { return !isFlags(w) })
	})
}

// flagsWord matches the variables that hold a start's arguments.
var flagsWord = regexp.MustCompile(`^"?\$\{?(rc_flags|command_args|[A-Za-z0-9_{}$]*_flags)\}?"?$`)

func isFlags(word string) bool { return flagsWord.MatchString(word) }

// runningPID matches the process ID of the running service.
var runningPID = regexp.MustCompile(`^"?(\$\((cat |<) *"?\$\{?pidfile\}?"?\)|\x60cat "?\$\{?pidfile\}?"?\x60|` +
	`\$\{?rc_pid\}?)"?$`)
