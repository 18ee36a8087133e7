package lint

import (
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
is never read, nor is the right one when it is set later: after run_rc_command, in a
method or a precmd, or on a branch that is not taken. The service starts in a jail without
its options, or is not kept out. The simulation tells name and the moment.`,
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
		var fix *Fix
		text := string(p.Script.Src[d.Span.Start:d.Span.End])
		suffix := strings.TrimPrefix(d.Var, d.Prefix)
		if p.Script.Name.Kind == rcparse.Literal && name == p.Script.Name.Text && !d.Eval && !d.Cond && d.Kind != rcparse.SvcjCommand &&
			strings.Contains(text, d.Var) && !strings.Contains(p.Script.Name.Raw, "%%") {
			fix = &Fix{
				What: "name the variable after ${name}", Certainty: infer.Certain,
				Edits: []Edit{{Span: d.Span, New: strings.ReplaceAll(text, d.Var, name+suffix)}},
			}
		}
		p.report(d.Pos, fix, "", "%s is never read: name is %q, so rc.subr looks for %s", d.Var, name, name+suffix)
	}
	unset := func(o Override) bool { _, set := o.Default(); return !set }
	for _, d := range p.options() {
		if when, _ := p.overridden(d.Prefix, unset); when != "" {
			for _, o := range p.Records.Overrides {
				if n := o.Unset.Name; n != d.Prefix {
					p.report(d.Pos, nil, "at boot $0 is /etc/rc; $_file is the script", "%s is not read %s: name is %q then", d.Var, o.When, n)
					return
				}
			}
			p.report(d.Pos, nil, "set it at the top level, before run_rc_command", "%s is not set when run_rc_command reads it %s", d.Var, when)
			return
		}
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
	return d.Kind != rcparse.SvcjCommand || !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(d.Prefix, n+"_") })
}
