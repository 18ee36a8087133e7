package lint

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj101 = &Rule{
	Code: "SJ101", Slug: "undeclared", Severity: Warning,
	Doc: Doc{
		Title: "the script says nothing about service jails",
		Text: `A service without ` + "`${name}_svcj_options`" + ` can be put into a service jail, but the
jail then has no network, no System V IPC and no locked memory: most daemons fail in
it. The script is the place to say what the service needs, so that the administrator
writes one line in rc.conf (` + "`foo_svcj=YES`" + `) and not two.

The fix adds the smallest set of options that the evidence supports, with ` + "`=`" + `
and not ` + "`:=`" + `: an empty value in rc.conf, which denies the network, then has its effect.
If the service needs no option, the empty set is written too: it says that someone looked. A service
that no set of options can make work gets ` + "`foo_svcj=\"NO\"`" + ` after load_rc_config, below a comment
with the reason. A service that works in a jail but should not be jailed by default, such as a login
service, gets its options and the default ` + "`: ${foo_svcj=\"NO\"}`" + `, which rc.conf can change to YES:
base does the same for sshd. Without evidence there is no fix; see ` + "`svcjify explain ORIGIN`" + `.`,
		Before: `load_rc_config $name

: ${foo_enable:="NO"}
: ${foo_user:="foo"}`,
		After: `load_rc_config $name

: ${foo_enable:="NO"}
: ${foo_user:="foo"}
: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkUndeclared,
}

func checkUndeclared(p *Pass) {
	if p.Declared() || !p.callsRun() {
		return
	}
	at, v := p.undeclaredAt(), p.Verdict
	what := p.shown("${name}_svcj_options")
	if v.OptOut {
		what = p.shown("${name}_svcj")
	}
	if !v.Known() {
		p.reportAs(Info, at, nil, p.command("explain", "", "shows what was examined"),
			"%s is not declared, and no evidence tells what the service needs", what)
		return
	}
	fix, err := declareFix(p.Script, v, p.opts.Operator)
	if fix != nil && len(p.mayLose()) > 0 { // SJ201 says what: whoever asks for less than confident has read it
		fix.Certainty = min(fix.Certainty, infer.Likely)
	}
	if p.Records != nil && len(p.Records.Host.Names) > 1 { // one line would serve one of them
		fix, err = nil, errSeveral
	}
	if err != nil {
		p.report(at, nil, p.byHand(err), "%s is not declared; the service %s, but svcjify can add no line: %s", what,
			describe(v), err)
		return
	}
	p.report(at, fix, "", "%s is not declared; the service %s", what, describe(v))
}

// undeclaredAt is where a declaration is missed.
func (p *Pass) undeclaredAt() rcparse.Pos {
	if e, ok := p.Script.EnableDefault(); ok {
		return e.Pos
	}
	if len(p.Script.Loads) > 0 {
		return p.Script.Loads[0].Pos
	}
	return rcparse.Pos{Line: 1, Col: 1}
}

// declareFix is the edit that adds a verdict's declaration.
func declareFix(s *rcparse.Script, v infer.Verdict, op Operator) (*Fix, error) {
	if v.OptOut && !v.Never() {
		e, err := DeclareSoftOptOut(s, v.Lifted, v.Comment, op)
		if err != nil {
			return nil, err
		}
		return &Fix{What: "declare its options, and keep it out of service jails by default", Edits: []Edit{e},
			Certainty: v.Certainty}, nil
	}
	if v.OptOut {
		e, err := DeclareOptOut(s, v.Comment)
		if err != nil {
			return nil, err
		}
		return &Fix{What: "keep it out of service jails", Edits: []Edit{e}, Certainty: v.Certainty}, nil
	}
	e, err := DeclareOptions(s, v.Options, op)
	if err != nil {
		return nil, err
	}
	return &Fix{What: "declare its service jail options", Edits: []Edit{e}, Certainty: v.Certainty}, nil
}

// byHand says where the lines go that svcjify does not write.
func (p *Pass) byHand(why error) string {
	variable, value := "_svcj_options", strings.Join(p.Verdict.Options, " ")
	if p.Verdict.OptOut {
		variable, value = "_svcj", infer.OptOut
	}
	name := p.RunName()
	if !syntax.ValidName(name) {
		name = "NAME"
	}
	line := name + variable + "=\"" + value + "\""
	if errors.Is(why, errSeveral) {
		return "write a line for each name after load_rc_config, such as " + line
	}
	return "write it by hand, before run_rc_command: " + line
}

// describe is what a verdict says, after "the service".
func describe(v infer.Verdict) string {
	switch {
	case v.OptOut && !v.Never():
		return "needs " + wordList(v.Lifted) + " and should not be jailed by default (" + v.Certainty.String() + "): " +
			v.Because()
	case v.OptOut:
		return "is unsuitable for a jail (" + v.Certainty.String() + "): " + v.Because()
	}
	return "needs " + wordList(v.Options) + " (" + v.Certainty.String() + ")"
}
