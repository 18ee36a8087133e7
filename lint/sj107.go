package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj107 = &Rule{
	Code: "SJ107", Slug: "wrong-variable", Severity: Error,
	Doc: Doc{
		Title: "a declaration that rc.subr never reads",
		Text: `rc.subr reads ` + "`${name}_svcj_options` and `${name}_svcj`" + `, with the value that name
has when run_rc_command is called, and at its beginning. A variable with any other prefix
is never read. The right variable is not read either if it is set later: after
run_rc_command, in a method or a precmd, or on a branch that is not taken. The service then starts
in a jail without its options, or is not kept out of the jail. The simulation shows the name, and
when it is read.

A misspelt name is looked for among all variables that the script sets and never reads. It has svcj
in it or differs in one letter (foo_svc_options, foo_svcj_opts, FOO_SVCJ_OPTIONS), or its value
consists of option words (foo_jail_options="net_basic"). A name with a dash is not a variable:
sh(1) runs foo-svcj_options="net_basic" as a command, and there is no such command.`,
		Before: `name=foo
: ${food_svcj_options="net_basic"}`,
		After: `name=foo
: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkWrongVariable,
}

func checkWrongVariable(p *Pass) {
	for _, d := range p.declarations() {
		if !p.wrongPrefix(d) {
			continue
		}
		name := p.RunName()
		suffix := strings.TrimPrefix(d.Var, d.Prefix)
		var fix *Fix
		if d.Kind != rcparse.SvcjCommand {
			fix = p.renamed(rcparse.Misnamed{Assign: d.Assign, Kind: d.Kind, Want: name + suffix})
		}
		p.report(d.Pos, fix, "", "%s is never read: name is %q, so rc.subr looks for %s", p.shown(d.Var), name,
			name+suffix)
	}
	for _, m := range p.Script.Misnamed() {
		fix := p.renamed(m)
		if m.NoVariable {
			p.report(m.Pos, fix, "", "%s sets no variable, since the name holds a dash: rc.subr looks for %s",
				p.shown(m.Var), p.shown(m.Want))
		} else {
			p.report(m.Pos, fix, "", "%s is set and never read: rc.subr looks for %s", p.shown(m.Var), p.shown(m.Want))
		}
	}
	unset := func(o Override) bool { _, set := o.Default(); return !set }
	for _, d := range p.options() {
		if when, _ := p.overridden(d.Prefix, unset); when != "" {
			for _, o := range p.Records.Overrides {
				if n := o.Unset.Name; n != d.Prefix {
					p.report(d.Pos, nil, "take the name from $_file: at boot, $0 is /etc/rc",
						"%s is not read %s: name is %q then", p.shown(d.Var), o.When, n)
					return
				}
			}
			p.report(d.Pos, nil, "set it at the top level, before run_rc_command",
				"%s is not set yet when run_rc_command reads it %s", p.shown(d.Var), when)
			return
		}
	}
}

// renamed is the fix that gives a declaration the name that is read; nil where the
// script sets that too, or where the statement is not one that can be told to do
// the same under another name. Options that are assigned become a default, and a
// default leaves an empty value alone.
func (p *Pass) renamed(m rcparse.Misnamed) *Fix {
	name, text := p.RunName(), string(p.Script.Src[m.Span.Start:m.Span.End])
	simple := p.Script.Name.Kind == rcparse.Literal && name == p.Script.Name.Text &&
		!strings.Contains(p.Script.Name.Raw, "%%")
	if !simple || m.Func != "" || m.Cond || len(p.Script.Get(m.Want)) > 0 {
		return nil
	}
	var out string
	switch old := strings.TrimPrefix(m.Var, name); {
	case m.Kind == rcparse.SvcjSwitch && (m.Op != rcparse.Plain || m.Pos.Offset < p.Script.LastLoad()):
		return nil // whether it holds depends on more than its name
	case m.Op == rcparse.Plain && !m.Eval && m.Kind == rcparse.SvcjOptions && m.Value != "" &&
		text == m.Var+"="+m.Value:
		out = fmt.Sprintf(": ${%s=%s}", m.Want, m.Value)
	case strings.Count(text, m.Var) == 1:
		out = strings.Replace(text, m.Var, m.Want, 1)
	case m.Op != rcparse.Plain && !m.Eval && strings.Count(text, m.Var) == 2: // x=${x-v}
		out = strings.ReplaceAll(text, m.Var, m.Want)
	case m.Eval && old != m.Var && strings.Count(text, old) == 1: // ${name} stands before it
		out = strings.Replace(text, old, strings.TrimPrefix(m.Want, name), 1)
	default:
		return nil
	}
	// or SJ105 is next
	if p.opts.Operator != OperatorColon && m.Kind == rcparse.SvcjOptions && strings.Trim(m.Value, `"'`) != "" {
		out = strings.NewReplacer("_svcj_options:=", "_svcj_options=", "_svcj_options:-", "_svcj_options-").Replace(out)
	}
	return &Fix{
		What: "give the variable the name that rc.subr reads", Certainty: infer.Certain,
		Edits: []Edit{{Span: m.Span, New: out}},
	}
}

// wrongPrefix reports whether a declaration is for none of the script's names.
func (p *Pass) wrongPrefix(d declaration) bool {
	names := p.Script.Names
	ran := p.Records != nil && p.Records.failed() == "" && p.Records.Host.Name != ""
	switch {
	case ran:
		names = slices.Concat(names, p.Records.Host.Names)
	case p.Script.Name.Kind != rcparse.Literal:
		return false // computed: only a run can tell
	default:
		names = append(slices.Clone(names), p.Script.Name.Text)
	}
	if d.Func != "" || strings.ContainsAny(d.Prefix, "${%") || slices.Contains(names, d.Prefix) {
		return false
	}
	return d.Kind != rcparse.SvcjCommand || !slices.ContainsFunc(names,
		func(n string) bool { return strings.HasPrefix(d.Prefix, n+"_") })
}
