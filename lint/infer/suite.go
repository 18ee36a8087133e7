package infer

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

// suite reports whether the port installs several rc.d scripts. What such a
// port says of itself is true of one of them, and nobody says of which.
func (in Input) suite() bool { return len(in.Port.Services) > 1 }

// portKinds are the facts that are the port's and not the script's.
var portKinds = []Kind{FromText, FromDepends, FromCategory, FromMessage, FromConf, FromPackage}

// share takes the weight off what a suite's port says of itself: it makes an
// answer possible at most. What names this service is its own: a sentence of
// pkg-descr, a configuration that is called like it.
func share(in Input, facts []Evidence) []Evidence {
	if !in.suite() {
		return facts
	}
	for i, e := range facts {
		if !slices.Contains(portKinds, e.Kind) || e.Strength <= Possible || e.own || names(e.Path, in) {
			continue
		}
		facts[i].Strength = Possible
		facts[i].Fact += ", which is said of the whole port"
	}
	return facts
}

// names reports whether a file is called like the service or its program.
func names(file string, in Input) bool {
	base := strings.ToLower(path.Base(file))
	for _, n := range append(in.Programs(), in.Service) {
		if n := strings.ToLower(n); len(n) > 2 && strings.HasPrefix(base, n) {
			return true
		}
	}
	return false
}

// serves is how servers are called, which talk to others than their own suite.
var serves = lazyregexp.New(`(?i)(serverd?|ctld|dbd|master|restd|httpd|ftpd|rsyncd|smtpd|imapd?|pop3d?|dns|gateway|proxy|broker|director|sched(uler)?|api|web|dashboard|exporter)$|^(named|slapd)$`)

// local is how programs are called that work for others on the same host: they
// read logs, hold locks, look users up.
var local = lazyregexp.New(`(?i)(logd?|ncsa|hist|stat|lockd?|tasks|unixd|authd(aemond)?|cache-?gc|cacheclean|watch(er)?)$`)

// helper reports whether the script is one of a suite that only serves the
// others: it starts before or after another of the same port or is called after
// it, is called like a local helper, and neither it nor its command line has an
// address.
func (in Input) helper() (rcparse.Word, bool) {
	if !in.suite() || !local.MatchString(in.Service) || slices.ContainsFunc(in.Programs(), serves.MatchString) {
		return rcparse.Word{}, false
	}
	h := in.Script.Header
	for _, w := range slices.Concat(h.Require, h.Before) {
		for _, s := range in.Port.Services {
			if s = strings.TrimSuffix(s, ".sh"); s != in.Service && same(s, w.Text) {
				return w, true
			}
		}
	}
	for _, s := range in.Port.Services { // spamlogd is of spamd, varnishlog of varnishd
		stem := strings.TrimSuffix(strings.TrimSuffix(s, ".sh"), "d")
		if s != in.Service && len(stem) > 2 && strings.HasPrefix(in.Service, stem) {
			return rcparse.Word{Text: s, Pos: in.Script.Name.Pos}, true
		}
	}
	return rcparse.Word{}, false
}

// networked reports whether the script asks rcorder(8) for the network, or has an address.
func (in Input) networked() bool {
	return len(fromListen(in)) > 0 || slices.ContainsFunc(fromHeader(in),
		func(e Evidence) bool { return e.Supports == "net_basic" })
}

// same compares rc.d names, in which people mix up dash and underscore.
func same(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", "_"), strings.ReplaceAll(b, "-", "_"))
}

// hosts is what a program is called that runs other people's applications: what
// those speak to, its own socket does not tell.
var hosts = re(`[AW]SGI( application)? (server|gateway|container)|(application|app) servers?|servlet (container|engine)`)

// hostsApplications reports whether the program runs applications of others.
func (in Input) hostsApplications() bool {
	return slices.ContainsFunc(sentences(in), func(s sentence) bool { return hosts.MatchString(s.text) })
}
