package lint

var sj110 = &Rule{
	Code: "SJ110", Slug: "duplicate", Severity: Warning,
	Doc: Doc{
		Title: "the same variable is declared twice",
		Text: `Of two defaults the first is used, of two assignments the last. Who changes the other one
changes nothing. Declarations in different branches of an if or
case do not count. If both say the same, the fix removes the second.`,
		Before: `: ${foo_svcj_options="net_basic"}
: ${foo_user="foo"}
: ${foo_svcj_options="net_basic"}`,
		After: `: ${foo_svcj_options="net_basic"}
: ${foo_user="foo"}`,
	},
	Check: func(p *Pass) {
		first := map[string]declaration{}
		for _, d := range p.declarations() {
			if d.Cond || d.Func != "" {
				continue
			}
			f, twice := first[d.Var]
			if !twice {
				first[d.Var] = d
				continue
			}
			var fix *Fix
			a, okA := f.Static()
			b, okB := d.Static()
			if okA && okB && a == b && f.Op == d.Op {
				fix = d.remove("drop the second declaration")
			}
			p.report(d.Pos, fix, "", "%s is already declared in line %d", p.shown(d.Var), f.Pos.Line)
		}
	},
}
