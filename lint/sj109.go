package lint

var sj109 = &Rule{
	Code: "SJ109", Slug: "contradictory", Severity: Warning,
	Doc: Doc{
		Title: "options and an opt-out in the same script",
		Text: `Options say what the service needs in a jail. A plain assignment ` + "`foo_svcj=\"NO\"`" + `, which
rc.conf can't change, says that it never runs in one. Options that have no effect mislead readers who
look for them with grep(1), as the Handbook says. Base does this for nfsd and rtadvd, as
a note for later; a comment is better. A person must decide which of the two is right.`,
		Before: `: ${foo_svcj_options="net_basic"}
load_rc_config $name
foo_svcj="NO"`,
		After: `load_rc_config $name
# foo changes the routing table of the host
foo_svcj="NO"`,
	},
	Check: func(p *Pass) {
		opts := p.options()
		if len(opts) == 0 {
			return
		}
		for _, d := range p.declarations() {
			if d.hardNo() && d.Func == "" {
				p.report(d.Pos, nil, "keep one of the two", "%s is NO, but line %d declares options", p.shown(d.Var),
					opts[0].Pos.Line)
			}
		}
	},
}
