package lint

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj301 = &Rule{
	Code: "SJ301", Slug: "option-missing", Severity: Error,
	Doc: Doc{
		Title: "the service needs an option that it does not declare",
		Text: `rc.subr permits the service jail what the option words say and nothing else. What is
missing is refused in the jail: a socket, System V IPC, locked memory, the clock. The rule
compares the declared words with those that the evidence supports. The severity is error if the
evidence is certain or confident, since the service would not work, and info if it is likely.
` + "`svcjify explain ORIGIN`" + ` shows the evidence.`,
		Before: `: ${chronyd_svcj_options="net_basic"}`,
		After:  `: ${chronyd_svcj_options="net_basic settime"}`,
	},
	Check: func(p *Pass) {
		d, declared, missing, _ := p.compare()
		if len(missing) > 0 {
			sev, needs := Info, "may need"
			if p.Verdict.Certainty >= infer.Confident {
				sev, needs = Error, "needs"
			}
			has, too := "declares "+wordList(declared), " as well"
			if len(declared) == 0 {
				has, too = "is empty", ""
			}
			p.reportAs(sev, d.Pos, p.rewriteTo(d, p.Verdict.Works()), p.setHint(d),
				"%s %s, but the service %s %q%s (%s)", p.shown(d.Var), has, needs, strings.Join(missing, " "), too,
				p.Verdict.Certainty)
		}
	},
}

var sj302 = &Rule{
	Code: "SJ302", Slug: "option-excess", Severity: Warning,
	Doc: Doc{
		Title: "the service declares an option that it does not need",
		Text: `Each option permits more. Declare the smallest set that works: an administrator can
add words in rc.conf, and seldom removes one. The severity is warning if the evidence is
certain or confident, and info if it is likely. A System V namespace of its own (sysvipcnew)
permits less than the host's (sysvipc).`,
		Before: `: ${foo_svcj_options="net_basic sysvipc"}`,
		After:  `: ${foo_svcj_options="net_basic"}`,
	},
	Check: func(p *Pass) {
		d, _, missing, excess := p.compare()
		if len(excess) > 0 {
			sev := Info
			if p.Verdict.Certainty >= infer.Confident {
				sev = Warning
			}
			var fix *Fix
			if len(missing) == 0 { // or else SJ301's does it
				fix = p.rewriteTo(d, p.Verdict.Works())
			}
			only := "only "
			if len(p.Verdict.Works()) == 0 {
				only = ""
			}
			p.reportAs(sev, d.Pos, fix, p.setHint(d),
				"%s declares %q, but the service needs %s%s (%s)", p.shown(d.Var), strings.Join(excess, " "), only,
				wordList(p.Verdict.Works()), p.Verdict.Certainty)
		}
	},
}

var sj303 = &Rule{
	Code: "SJ303", Slug: "unsuitable", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the service declares options, and no set of options makes it work",
		Text: `A jail refuses what it does, whatever the options say: jail(8) and
prison_priv_check in sys/kern/kern_jail.c have the list. Such a script sets ` + "`foo_svcj=\"NO\"`" + `, with
the reason in a comment. The severity is error if the evidence is certain or confident. If it is
likely, the severity is warning, and it is not known whether the service is ready. The same is true for
a default of NO that rc.conf can change. A service that works in a jail but should not be jailed by
default, such as a login service, gets a warning if that default is missing: svcj_all_enable
(docs/service-jails.md) would jail it.`,
		Before: `: ${foo_svcj_options="net_basic"}`,
		After: `# No service jail: it loads rules into the packet filter
foo_svcj="NO"`,
	},
	Check: func(p *Pass) {
		if !p.Verdict.OptOut || !p.Declared() || p.optedOut() || p.Verdict.Certainty < infer.Likely {
			return
		}
		d, _, options := p.declaredWords()
		soft, hasSoft := p.softNo()
		has := "declares options"
		switch {
		case options:
		case hasSoft && p.Verdict.Never():
			d, has = soft, "lets rc.conf change its NO"
		default:
			return
		}
		because, c, no := p.Verdict.Because(), p.Verdict.Certainty,
			"set "+p.RunName()+"_svcj=\"NO\" after load_rc_config, and say why"
		switch {
		case !p.Verdict.Never() && hasSoft: // options and a default of NO: all that there is to say
		case !p.Verdict.Never():
			p.reportAs(Warning, d.Pos, p.softFix(d), "",
				"the script declares options, but the service should not be jailed by default (%s): %s", c, because)
		case c >= infer.Confident:
			p.report(d.Pos, nil, no, "the script %s, but the service is unsuitable for a jail (%s): %s", has, c,
				because)
		default:
			p.doubt(Warning, d.Pos, "if so, "+no,
				"the script %s, but the service may be unsuitable for a jail (%s): %s", has, c, because)
		}
	},
}

var sj304 = &Rule{
	Code: "SJ304", Slug: "opt-out-without-reason", Severity: Info,
	Doc: Doc{
		Title: "the script opts out of service jails, and does not say why",
		Text: `Without the reason nobody can check an opt-out again when new options are added, such as
settime and routing. A comment above the line, or at its end, is enough. If the
evidence shows with certainty confident that the service would work, the severity is warning.`,
		Before: `foo_svcj="NO"`,
		After: `# No service jail: it mounts file systems
foo_svcj="NO"`,
	},
	Check: func(p *Pass) {
		for _, d := range p.declarations() {
			if !d.hardNo() {
				continue
			}
			if !p.Verdict.OptOut && p.Verdict.Certainty >= infer.Confident {
				p.reportAs(Warning, d.Pos, nil, p.command("explain", "", "shows the evidence"),
					"%s=NO, but the service works with %s (%s)", p.shown(d.Var), wordList(p.Verdict.Options),
					p.Verdict.Certainty)
			} else if !hasReason(p.Script.Src, d.Span) {
				p.report(d.Pos, nil, "say why in a comment above it", "%s=NO has no reason beside it", p.shown(d.Var))
			}
		}
	},
}

// softNo is the default of NO that rc.conf can lift, if there is one.
func (p *Pass) softNo() (declaration, bool) {
	for _, d := range p.declarations() {
		if d.softNo() && !p.wrongPrefix(d) {
			return d, true
		}
	}
	return declaration{}, false
}

// softFix is the fix that adds a default of NO below the options, or nil where
// they do not stand on lines of their own.
func (p *Pass) softFix(d declaration) *Fix {
	sp, ok := wholeLine(p.Script, d.Span)
	line, _, err := defaultLine(p.Script, "_svcj", infer.OptOut, p.opts.Operator)
	if !ok || err != nil || d.Func != "" || d.Cond {
		return nil
	}
	indent := p.Script.Indent(d.Span.Start)
	e, err := insertLine(p.Script, sp.End,
		indent+"# No service jail by default: "+p.Verdict.Comment+"\n"+indent+line+"\n")
	if err != nil {
		return nil
	}
	return &Fix{What: "keep it out of service jails by default", Edits: []Edit{e}, Certainty: p.Verdict.Certainty}
}

// setHint is the line that declares what the service works with, and why.
func (p *Pass) setHint(d declaration) string {
	hint := "set " + p.shown(d.Var) + "=\"" + strings.Join(p.Verdict.Works(), " ") + "\""
	if p.Verdict.Reason == "" {
		return hint
	}
	return hint + ". Why: " + p.Verdict.Reason
}

// compare compares the declared words with the verdict's: what is missing, and
// what would not be needed. Both are empty where one of the two is not known.
func (p *Pass) compare() (d declaration, declared, missing, excess []string) {
	d, declared, ok := p.declaredWords()
	misspelt := slices.ContainsFunc(declared, func(w string) bool { // SJ102's to say, and what was meant is not known
		_, known := rcparse.OptionOf(w)
		return !known
	})
	if !ok || misspelt || p.Verdict.Never() || p.Verdict.Certainty < infer.Likely {
		return d, declared, nil, nil
	}
	for _, w := range p.Verdict.Works() {
		if !slices.ContainsFunc(declared, func(have string) bool { return gives(have, w) }) && !together(declared, w) {
			missing = append(missing, w)
		}
	}
	for _, w := range declared {
		if !slices.Contains(p.Verdict.Works(), w) && !together(p.Verdict.Works(), w) {
			excess = append(excess, w)
		}
	}
	return d, declared, missing, excess
}

// declaredWords is the one statement of options and its words, those that the
// simulated start had in force where there was one; not ok where there is none,
// or the words can't be told.
func (p *Pass) declaredWords() (d declaration, words []string, ok bool) {
	list := p.options()
	if len(list) != 1 || p.wrongPrefix(list[0]) {
		return d, nil, false
	}
	d = list[0]
	if p.simulated() && p.Records.Host.SvcjOptionsSet {
		return d, strings.Fields(p.Records.Host.SvcjOptions), true
	}
	words, ok = d.words()
	return d, words, ok
}

// rewriteTo is the fix that declares other words, as certain as the verdict.
func (p *Pass) rewriteTo(d declaration, words []string) *Fix {
	fix := d.rewrite(words, "declare what the evidence supports")
	if fix != nil {
		fix.Certainty = p.Verdict.Certainty
	}
	return fix
}

// gives reports whether a declared word grants what another would.
func gives(have, want string) bool {
	h, known := rcparse.OptionOf(have)
	w, _ := rcparse.OptionOf(want)
	return known && h.Serves(w)
}

// together reports whether several words grant what another would: netv4 and
// netv6 are net_basic.
func together(have []string, want string) bool {
	var params []string
	for _, h := range have {
		o, _ := rcparse.OptionOf(h)
		params = append(params, o.Params...)
	}
	w, known := rcparse.OptionOf(want)
	return known && !slices.ContainsFunc(w.Params, func(p string) bool { return !slices.Contains(params, p) })
}

// wordList names a set of words in a sentence.
func wordList(words []string) string {
	if len(words) == 0 {
		return "no option"
	}
	return `"` + strings.Join(words, " ") + `"`
}

// hasReason reports whether a comment stands on the line of a statement or on the one before.
func hasReason(src []byte, at rcparse.Span) bool {
	line := func(from, to int) string { return string(src[max(from, 0):min(to, len(src))]) }
	start := strings.LastIndexByte(string(src[:at.Start]), '\n') + 1
	end := at.End + strings.IndexByte(string(src[at.End:])+"\n", '\n')
	before := strings.LastIndexByte(string(src[:max(start-1, 0)]), '\n') + 1
	if _, text, ok := strings.Cut(line(at.End, end), "#"); ok && strings.TrimSpace(text) != "" {
		return true
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(line(before, start)), "#")
	return ok && strings.TrimSpace(text) != ""
}
