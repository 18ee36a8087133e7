package lint

import "slices"

// The 5xx rules are about what people tell svcjify: ignores in a script's
// comments, and in the configuration.

var sj501 = &Rule{
	Code: "SJ501", Slug: "unused-ignore", Severity: Warning,
	Doc: Doc{
		Title: "an ignore without a finding",
		Text: `A comment ` + "`# svcjify: ignore RULE reason`" + ` in the script, or an ` + "`[[ignore]]`" + ` of the
configuration, names a rule that finds nothing there (any more). It would hide
the next finding of that rule, which nobody has seen. Delete it. An ignore of the
configuration is checked only if a script that its path matches was examined, or if the
path has no wildcard and there is no such file.`,
		Before: `# svcjify: ignore SJ205 status is asked on the host only
pidfile="/var/run/foo.pid"`,
		After: `pidfile="/var/run/foo.pid"`,
	},
	Check: func(p *Pass) {
		for _, r := range p.remarks {
			found := slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Code == r.Rule })
			if r.Text == "" && !found {
				p.report(r.Pos, nil, "delete it", "%s finds nothing in this script: the ignore is not needed", r.Rule)
			}
		}
	},
}

var sj502 = &Rule{
	Code: "SJ502", Slug: "bad-ignore", Severity: Warning,
	Doc: Doc{
		Title: "a comment for svcjify that can't be understood",
		Text: `It is ` + "`# svcjify: ignore RULE reason`" + `, or ` +
			"`# svcjify: works RULE reason`" + `, on a line of
its own. The reason is required: the next person who reads the script must be able to tell
whether it still holds. *ignore* hides the finding, and the service stays
blocked by it; *works* also says that someone saw the service work in the jail,
and is only possible for a rule that blocks. A comment that can't be
understood hides no finding.`,
		Before: `# svcjify: ignore SJ205`,
		After:  `# svcjify: ignore SJ205 status is asked on the host only`,
	},
	Check: func(p *Pass) {
		for _, r := range p.remarks {
			if r.Text != "" {
				p.report(r.Pos, nil, r.Hint, "%s", r.Text)
			}
		}
	},
}
