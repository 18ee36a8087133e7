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
		Title: "a declaration for another name",
		Text: `rc.subr reads ` + "`${name}_svcj_options` and `${name}_svcj`" + `, with the value that name
has when run_rc_command is called. A variable with any other prefix is never
read: the service starts in a jail without its options, or is not kept out.`,
		Before: `name=foo
: ${food_svcj_options="net_basic"}`,
		After: `name=foo
: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkWrongVariable,
}

func checkWrongVariable(p *Pass) {
	name := p.Script.Name
	if name.Kind != rcparse.Literal {
		return
	}
	for _, d := range p.declarations() {
		prefix := d.Prefix
		if d.Kind == rcparse.SvcjCommand {
			if strings.HasPrefix(prefix, name.Text+"_") {
				continue
			}
		}
		if prefix == name.Text || strings.ContainsAny(prefix, "${%") || slices.Contains(p.Script.Names, prefix) || d.Func != "" {
			continue
		}
		var fix *Fix
		text := string(p.Script.Src[d.Span.Start:d.Span.End])
		suffix := strings.TrimPrefix(d.Var, prefix)
		if !d.Eval && !d.Cond && d.Kind != rcparse.SvcjCommand && strings.Contains(text, d.Var) && !strings.Contains(name.Raw, "%%") {
			fix = &Fix{
				What: "name the variable after ${name}", Certainty: infer.Certain,
				Edits: []Edit{{Span: d.Span, New: strings.ReplaceAll(text, d.Var, name.Text+suffix)}},
			}
		}
		p.report(d.Pos, fix, "", "%s is never read: name is %q, so rc.subr looks for %s", d.Var, name.Text, name.Text+suffix)
	}
}
