package lint

var sj108 = &Rule{
	Code: "SJ108", Slug: "forced-on", Severity: Error,
	Doc: Doc{
		Title: "the script turns its own service jail on",
		Text: `The administrator decides whether a service is jailed, in rc.conf: with foo_svcj, or
with svcj_all_enable (docs/service-jails.md). A script declares what the service needs when it
is jailed, or that it can't be jailed. A default of YES changes every machine on the next upgrade,
and releases without service jails ignore it.`,
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
