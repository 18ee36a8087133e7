package lint

var sj108 = &Rule{
	Code: "SJ108", Slug: "forced-on", Severity: Error,
	Doc: Doc{
		Title: "the script turns its own service jail on",
		Text: `Whether a service is jailed is the administrator's to say, in rc.conf or with
svcj_all_enable. A script declares what the service needs when it is jailed, or
that it can't be. A default of YES changes every machine on the next upgrade,
and releases without service jails never honour it.`,
		Before: `: ${foo_svcj:="YES"}
: ${foo_svcj_options="net_basic"}`,
		After: `: ${foo_svcj_options="net_basic"}`,
	},
	Check: func(p *Pass) {
		for _, d := range p.declarations() {
			if d.is("YES") && d.Func == "" {
				p.report(d.Pos, d.remove("leave it to rc.conf"), "declare the options and leave the switch to rc.conf",
					"%s is set to YES by the script itself", d.Var)
			}
		}
	},
}
