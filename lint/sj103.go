package lint

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj103 = &Rule{
	Code: "SJ103", Slug: "option-conflict", Severity: Error,
	Doc: Doc{
		Title: "options that exclude one another, or that say nothing new",
		Text: `rc.subr refuses to start a service that has both sysvipc and sysvipcnew.
netv4 together with netv6 is what net_basic is for; rc.conf(5) says not to
combine them. net_raw gives raw sockets but no address, so alone it is of no use.
A word that another one includes (netv4 beside net_basic) permits nothing more and
misleads the reader; that is only a warning.`,
		Before: `: ${foo_svcj_options="netv4 netv6"}`,
		After:  `: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkOptionConflict,
}

func checkOptionConflict(p *Pass) {
	for _, d := range p.options() {
		words, ok := d.words()
		if !ok {
			continue
		}
		has := func(w string) bool { return slices.Contains(words, w) }
		if has("sysvipc") && has("sysvipcnew") {
			p.report(d.Pos, nil, "keep sysvipcnew if the daemon shares with no program outside, else sysvipc",
				"sysvipc and sysvipcnew exclude one another: rc.subr refuses the start")
		}
		if has("netv4") && has("netv6") && !has("net_basic") && !has("net_all") {
			both := append([]string{"net_basic"}, replaceWord(replaceWord(words, "netv4", ""), "netv6", "")...)
			p.report(d.Pos, d.rewrite(both, "use net_basic"), "",
				"netv4 and netv6 together: net_basic is the option for both")
			continue
		}
		if has("net_raw") && !slices.ContainsFunc(words,
			func(w string) bool { return w == "net_basic" || w == "net_all" || w == "netv4" || w == "netv6" }) {
			p.report(d.Pos, d.rewrite(append([]string{"net_basic"}, words...), "add net_basic"), "",
				"net_raw without an address option: the jail has no IP address to use it with")
		}
		checkRedundant(p, d, words)
	}
}

// checkRedundant finds the words that say nothing new.
func checkRedundant(p *Pass, d declaration, words []string) {
	var keep, drop []string
	for i, w := range words {
		o, known := rcparse.OptionOf(w)
		redundant := slices.Index(words, w) < i
		for _, other := range words {
			big, ok := rcparse.OptionOf(other)
			redundant = redundant || known && ok && big.Includes(o)
		}
		if redundant {
			drop = append(drop, w)
		} else {
			keep = append(keep, w)
		}
	}
	if len(drop) > 0 {
		p.reportAs(Warning, d.Pos, d.rewrite(keep, "remove what adds nothing"), "",
			"%q adds nothing to the other options", strings.Join(drop, " "))
	}
}
