package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var sj201 = &Rule{
	Code: "SJ201", Slug: "start-differs", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the jailed start is not the start on the host",
		Text: `Setup and precmd run on the host; then rc.subr makes the jail, and there the script
is sourced again in the clean environment of service(8), and only the start itself is
run. Whatever only a precmd sets (rc_flags, command_args, exported variables, the directory)
is lost. The simulation runs both and compares what would be started. If another finding,
such as SJ202, ends the jailed start before that, the simulation goes on as if that were corrected,
and the message says so.

| severity | when |
|---|---|
| error | privileges, configuration, data or the directory are lost; or status and stop find no process, since the pid file is lost in which rc.subr looks for it |
| warning | a detail is lost, such as a log file; or it is lost only with a setting of rc.conf that the script's defaults or comments mention |
| warning, no patch | it may be lost: what a precmd reads from a file or from the output of a command is not known. ` + "`--certainty likely`" + ` writes the patch anyway |
| info | it is lost only with a setting that every service has (rc.subr(8): flags, user, group, env, chdir) and the script does not mention |

What to do: set it at the top level, between load_rc_config and run_rc_command. For the directory,
set ${name}_chdir. If the precmd consists of nothing but assignments, exports and tests,
` + "`svcjify patch --repair`" + ` moves them there, provided that the simulation then shows the same start
on both sides and the host starts what it did before.`,
		Before: `start_precmd="foo_prestart"
foo_prestart()
{
	rc_flags="-u foo ${rc_flags}"
}`,
		After: `# rc.subr adds ${foo_flags} by itself
command_args="-u foo"`,
	},
	Check: checkStartDiffers,
}

func checkStartDiffers(p *Pass) {
	if !p.simulated() || !p.Declared() && p.Verdict.Never() {
		return
	}
	start, once := p.Records.start(), ""
	if m := p.Records.Corrected; m != nil {
		once = "after a correction of " + strings.Join(m.Codes, " and ") + ", "
	}
	if p.refusesJail() {
		p.report(p.startPos(), nil,
			"let it start in a service jail, or set "+p.RunName()+"_svcj=\"NO\" with that reason",
			"the script refuses to start in a jail: it asks whether it runs in one (security.jail.jailed)")
		once = "if it did not refuse, "
	}
	losses := start.losses()
	if !start.jailed() {
		losses = nil // SJ211 says what is wrong
	}
	if m := p.Records.Corrected; m != nil && slices.Contains(m.Codes, "SJ204") {
		// Each jail starts all instances, which is SJ204's fault.
		losses = slices.DeleteFunc(losses, func(l loss) bool { return l.kind == lostStart })
	}
	losses = togetherNotStarted(losses)
	for i, l := range losses {
		fix := p.Repair
		if i > 0 {
			fix = nil // one repair corrects all of them
		}
		text := "in a service jail " + p.effect(l)
		switch method, given := p.cause(l), p.assumed(l); {
		case len(given) > 0:
			text = p.under(given, method, p.effect(l))
		case method != "":
			text = method + " does not run inside a service jail: " + p.effect(l)
		}
		p.reportAs(l.severity, p.lossPos(l), fix, p.lossHint(l), "%s%s", once, text)
	}
	told := map[string]bool{} // several settings may lead to the same
	for _, t := range p.Records.Trials {
		if !t.jailed() || t.outside() != "" || len(t.Jail.Refused) > 0 {
			continue
		}
		list := slices.DeleteFunc(notCovered(t.losses(), losses), func(l loss) bool { return told[l.what] })
		fix := p.Repair
		if len(losses)+len(told) > 0 || !t.Told {
			fix = nil // one repair corrects all of them
		}
		if len(list) == 0 {
			continue
		}
		sev, whats := Info, []string{}
		for _, l := range list {
			told[l.what] = true
			whats = append(whats, p.effect(l))
			if t.Told {
				sev = max(sev, min(l.severity, Warning))
			}
		}
		p.reportAs(sev, p.lossPos(list[0]), fix, p.lossHint(list[0]), "%s",
			p.under(t.Conf, p.cause(list[0]), strings.Join(whats, "; ")))
	}
	for _, d := range p.mayLose() {
		p.doubt(Warning, p.lossPos(d.loss), topLevel, "%s", d.text)
	}
}

// A doubtful is what may be lost, in a sentence.
type doubtful struct {
	text string
	loss loss
}

// mayLose is what the jailed start may lose of what the simulation can't know:
// the content of a file that a precmd reads, or the output of a command.
func (p *Pass) mayLose() []doubtful {
	r := p.Records
	if r == nil || r.Other == nil || !r.Other.jailed() {
		return nil
	}
	var out []doubtful
	told := map[string]bool{}
	for _, l := range notCovered(r.Other.losses(), r.start().losses()) {
		if l.kind == moreWords && len(l.unknowns()) == 0 {
			continue // the other side of what is lost
		}
		texts := l.unknowns()
		for i, u := range texts {
			texts[i] = "the jailed start may lose " + u
		}
		if len(texts) == 0 {
			guess := r.Host.Unknown[0]
			if len(r.Host.Unknown) > 1 {
				guess += ", and more"
			}
			texts = []string{"it is not known whether in a service jail " + l.what + "; that depends on " + guess}
		}
		for _, t := range texts {
			if !told[t] {
				told[t] = true
				out = append(out, doubtful{t, l})
			}
		}
	}
	return out
}

// under says what is lost with settings in rc.conf, and the method because of which it is.
func (p *Pass) under(conf []rcrun.Setting, method, what string) string {
	setting := Trial{Conf: conf}.setting()
	if method == "" {
		return setting + ", in a service jail " + what
	}
	return setting + ", " + what + ", since " + method + " does not run inside a service jail"
}

// assumed is the settings that a plain start was given because it wants them, where
// their values are in what is lost.
func (p *Pass) assumed(l loss) []rcrun.Setting {
	var in []rcrun.Setting
	for _, v := range p.Records.Host.Assumed {
		if v.Value != "" && slices.ContainsFunc(l.words, func(w string) bool { return strings.Contains(w, v.Value) }) {
			in = append(in, v)
		}
	}
	return in
}

// cause is the method because of which something is lost, "" where that is not known.
func (p *Pass) cause(l loss) string {
	for _, method := range []string{"start_precmd", p.Script.Name.Text + "_setup"} {
		a, ok := p.Script.Method(method)
		if !ok {
			continue
		}
		reached := p.Script.Reach(method)
		in := func(f string) bool {
			return f != "" && (slices.Contains(rcparse.Words(p.Script.Expand(rcparse.Unquote(a.Value))), f) ||
				slices.ContainsFunc(reached, func(c rcparse.Call) bool { return c.Name == f }))
		}
		set := p.setIn(l)
		goes := l.kind == lostDir && slices.ContainsFunc(reached, func(c rcparse.Call) bool { return c.Name == "cd" })
		if set != nil && in(set.Func) || goes {
			return method
		}
	}
	return ""
}

// effect is what the start lacks, in words: that the program would start as root
// where it is the argument naming its user that is lost.
func (p *Pass) effect(l loss) string {
	l.what = p.unknownPlaceholders(l.what)
	if l.kind != lostWords && l.kind != lostPID {
		return l.what
	}
	for i, w := range l.words {
		option, user, joined := strings.Cut(w, "=")
		if !joined && i+1 < len(l.words) {
			user = l.words[i+1]
		}
		if names := []string{"-u", "-U", "--user", "-user"}; slices.Contains(names, option) && p.namesUser(user) {
			return strings.Replace(l.what, " would start ", " would start as root, ", 1)
		}
	}
	return l.what
}

// quotation is words that a message takes from the script.
var quotation = regexp.MustCompile(`"[^"]*"`)

// unknownPlaceholders writes %%NAME%% again for what the simulation takes in its
// place where the port does not say what it stands for: the name in lower case.
func (p *Pass) unknownPlaceholders(text string) string {
	_, names := rcparse.Render(p.Script.Src, Substitutions(p.Service))
	for _, name := range names {
		stand := regexp.MustCompile(`\b` + regexp.QuoteMeta(strings.ToLower(name)) + `\b`)
		text = quotation.ReplaceAllStringFunc(text, func(quoted string) string {
			return stand.ReplaceAllLiteralString(quoted, "%%"+name+"%%")
		})
	}
	return text
}

// namesUser reports whether the script calls a word a user: one of its variables
// that end in user or uid has it as its value.
func (p *Pass) namesUser(word string) bool {
	return word != "" && word != "root" && slices.ContainsFunc(p.Script.Assigns, func(a rcparse.Assign) bool {
		value, _ := a.Static()
		return value == word && (strings.HasSuffix(a.Var, "user") || strings.HasSuffix(a.Var, "uid"))
	})
}

// refusesJail reports whether it is the script itself that does not start in a jail.
func (p *Pass) refusesJail() bool {
	r := p.Records
	return r.Corrected != nil && r.Jail.AskedJailed && len(r.Corrected.Jail.Starts) > len(r.Jail.Starts) &&
		r.Pair.jailed()
}

// topLevel is what to do about a loss in general.
const topLevel = "set it at the top level of the script, between load_rc_config and run_rc_command"

// lossHint says what to do about a loss.
func (p *Pass) lossHint(l loss) string {
	name := p.RunName()
	top := topLevel
	if a := p.setIn(l); a != nil {
		top = "move this line out of " + a.Func + "(), to a place between load_rc_config and run_rc_command"
	}
	if p.Repair != nil {
		top += "; " + p.command("patch --repair", "", "does that")
	}
	switch l.kind {
	case lostDir:
		return "set " + name + "_chdir: rc.subr changes to that directory on the host and in the jail"
	case lostStart:
		return p.command("run --svcj", "", "shows both starts")
	case lostEnv:
		return "export it at the top level, between load_rc_config and run_rc_command, or set " + name + "_env"
	case moreWords:
		if slices.Contains(l.words, name+"_flags") ||
			slices.ContainsFunc(p.Script.Assigns,
				func(a rcparse.Assign) bool { return a.Func != "" && a.Var == "rc_flags" }) {
			return "at the top level, put ${" + name + "_flags} into command_args and then set " + name +
				"_flags=\"\": what a precmd does to rc_flags is lost in the jail"
		}
	}
	return top
}

// simulated reports whether there are Records that can be relied on, and a
// jailed start is not ruled out anyway.
func (p *Pass) simulated() bool {
	return p.Records != nil && p.Records.failed() == "" && !p.optedOut()
}

// lossPos is where a variable is set that the jailed start does not get, or else
// the start_precmd.
func (p *Pass) lossPos(l loss) rcparse.Pos {
	if a := p.setIn(l); a != nil {
		return a.Pos
	}
	return p.startPos()
}

// setIn is the assignment in a function that sets what the jailed start does not
// get: of several, the one with most of the words that are lost; nil for none.
func (p *Pass) setIn(l loss) *rcparse.Assign {
	var best *rcparse.Assign
	most := -1
	for i := range p.Script.Assigns {
		a := &p.Script.Assigns[i]
		flags := strings.HasSuffix(a.Var, "_flags") && slices.Contains(l.vars, "rc_flags")
		if a.Func == "" || !slices.Contains(l.vars, a.Var) && !flags {
			continue
		}
		n := 0
		value := rcparse.Words(rcparse.Unquote(a.Value))
		for _, w := range l.words {
			if slices.Contains(value, w) {
				n++
			}
		}
		if n > most {
			best, most = a, n
		}
	}
	return best
}

// startPos is where the script says how it starts.
func (p *Pass) startPos() rcparse.Pos {
	for _, method := range []string{"start_precmd", p.Script.Name.Text + "_setup", "start_cmd"} {
		if m, ok := p.Script.Method(method); ok {
			return m.Pos
		}
	}
	return p.Script.Name.Pos
}
