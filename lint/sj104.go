package lint

import (
	"fmt"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj104 = &Rule{
	Code: "SJ104", Slug: "not-overridable", Severity: Error,
	Doc: Doc{
		Title: "rc.conf can't change the options",
		Text: `A plain assignment replaces the value of rc.conf. After load_rc_config it always does
so. Before load_rc_config it depends: service(8) reads rc.conf later, so the value of
rc.conf is used. At boot rc(8) has read rc.conf already (rc.subr keeps _rc_conf_loaded),
so the value of the script is used. The simulation starts the script in both ways with a
value in rc.conf, and sees which value is in force. The options are the administrator's to restrict; write a default.`,
		Before: `foo_svcj_options="net_basic"`,
		After:  `: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkNotOverridable,
}

func checkNotOverridable(p *Pass) {
	lost := false
	for _, d := range p.declarations() {
		if d.Kind != rcparse.SvcjOptions && d.Kind != rcparse.SvcjIPAddrs || d.Op != rcparse.Plain || d.Func != "" {
			continue
		}
		when, ran := p.overridden(d.Prefix, Override.ValueLost)
		switch {
		case ran && d.Kind == rcparse.SvcjOptions:
			if when == "" {
				continue
			}
		case p.Script.LastLoad() > d.Pos.Offset:
			when = "at boot"
		default:
			when = never
		}
		lost = true
		var fix *Fix
		if !d.Eval && !d.Cond && d.ValueSpan.End > d.ValueSpan.Start {
			name := string(p.Script.Src[d.Span.Start : d.ValueSpan.Start-1])
			value := string(p.Script.Src[d.ValueSpan.Start:d.ValueSpan.End])
			if _, ok := d.Static(); ok && d.Span.End == d.ValueSpan.End {
				fix = &Fix{
					What: "make it a default",
					Edits: []Edit{{Span: d.Span,
						New: fmt.Sprintf(": ${%s%s%s}", name, p.opts.Operator.sign(), value)}},
					Certainty: infer.Certain,
				}
			}
		}
		p.report(d.Pos, fix, "", "%s is assigned, so rc.conf can't change it%s", p.shown(d.Var), not(when))
	}
	if lost {
		return
	}
	// No plain assignment does it, and yet the options are not rc.conf's.
	for _, d := range p.options() {
		if when, _ := p.overridden(d.Prefix, Override.ValueLost); when != "" {
			p.report(d.Pos, nil, "set it once, as a default: `: ${"+p.shown(d.Var)+"=...}`",
				"rc.conf can't change %s%s", p.shown(d.Var), not(when))
			return
		}
	}
}
