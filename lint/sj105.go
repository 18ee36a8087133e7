package lint

import (
	"fmt"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj105 = &Rule{
	Code: "SJ105", Slug: "empty-override-lost", Severity: Info,
	Doc: Doc{
		Title: "an empty value in rc.conf has no effect",
		Text: "`foo_svcj_options=\"\"`" + ` in rc.conf is how an administrator denies a service the
network. ` + "`:=` and `:-`" + ` replace an empty value like an unset one. After
load_rc_config that line then has no effect; before load_rc_config it has none at boot. ` + "`=` and `-`" + `
replace only an unset value. Most declarations in the ports tree have the
colon, as in the article "Practical rc.d scripting in BSD", so the severity is info. To have it
fixed, name the rule: ` + "`svcjify patch --rule SJ105`" + `.`,
		Before: `: ${foo_svcj_options:="net_basic"}`,
		After:  `: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkEmptyOverrideLost,
}

func checkEmptyOverrideLost(p *Pass) {
	if p.opts.Operator == OperatorColon {
		return
	}
	for _, d := range p.options() {
		if !d.Op.IsDefault() || d.Op.KeepsEmpty() || d.Func != "" {
			continue
		}
		if v, ok := d.Static(); ok && v == "" {
			continue // an empty default loses nothing
		}
		when, ran := p.overridden(d.Prefix, Override.EmptyLost)
		switch {
		case ran && when == "":
			continue
		case ran:
		case p.Script.LastLoad() > d.Pos.Offset:
			when = "at boot"
		default:
			when = never
		}
		if gone, _ := p.overridden(d.Prefix, Override.ValueLost); gone != "" {
			continue // not only the empty value: SJ104
		}
		var fix *Fix
		if !d.Eval && d.ValueSpan.Start > d.Span.Start && (d.Op == rcparse.ColonEquals || d.Op == rcparse.ColonDash) {
			// The colon stands just before the = or - in front of the value.
			at := d.ValueSpan.Start - 2
			if at > 0 && p.Script.Src[at] == ':' {
				fix = &Fix{
					What: "let an empty value in rc.conf take effect", Certainty: infer.Certain,
					Edits: []Edit{{Span: rcparse.Span{Start: at, End: at + 1}}},
				}
			}
		}
		p.report(d.Pos, fix, "", "%s", fmt.Sprintf("an empty %s in rc.conf has no effect%s", p.shown(d.Var), not(when)))
	}
}
