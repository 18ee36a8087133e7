package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// offers adds what is stricter than the advice and rests on this machine's own
// configuration: fewer options, and another user than root.
func (j *judgement) offers() {
	j.offerFamily()
	j.offerUser()
}

// families are the words by which a service has IP.
var families = []string{"net_basic", "net_all", "netv4", "netv6"}

// offerFamily offers one IP family, or none, where the configuration names only
// addresses of one family, or only UNIX sockets.
func (j *judgement) offerFamily() {
	if !slices.ContainsFunc(j.Options, func(w string) bool { return slices.Contains(families, w) }) {
		return
	}
	kind, why := j.seen.family()
	if kind == mixed && !j.seen.both() {
		kind, why = j.listens()
	}
	var word string
	switch kind {
	case onlyUNIX:
	case onlyIPv4:
		word = "netv4"
		why += " It makes no connection by IPv6 then."
	case onlyIPv6:
		word = "netv6"
		why += " It makes no connection by IPv4 then."
	default:
		return
	}
	options := slices.DeleteFunc(slices.Clone(j.Options), func(w string) bool { return slices.Contains(families, w) })
	if word != "" {
		options = append(options, word)
	} else {
		options = slices.DeleteFunc(options, func(w string) bool { return w == "net_raw" })
		why += " It makes no IP connection of its own then: log files, databases and lookups of names over the network included."
	}
	slices.Sort(options)
	if sameWords(options, j.Options) {
		return
	}
	j.offer(options, nil, why)
}

// offerUser offers to run as a plain user what only starts as root to open a port
// below 1024, where the kernel reserves none.
func (j *judgement) offerUser() {
	r := j.subject.Records
	if j.m.Sysctl["net.inet.ip.portrange.reservedhigh"] != "0" || len(r.Host.Starts) != 1 ||
		r.Host.Starts[0].User != "" {
		return
	}
	if len(j.script.Packages) == 0 || len(j.script.Packages[0].Users) != 1 || network(j.Options) == network(nil) {
		return
	}
	user := j.script.Packages[0].Users[0]
	set := rcrun.Setting{Name: j.RunName + "_user", Value: user}
	lines := withLines(j.Lines, set)
	if len(j.Lines) == 0 {
		lines = []rcrun.Setting{{Name: j.RunName + "_svcj", Value: "YES"}, set}
	}
	rec := j.run([]rcrun.Scenario{j.scenario(lines, false)})[0]
	if rec.Failed != "" || len(rec.Starts) != 1 || rec.Starts[0].User != user ||
		!slices.Equal(rec.Starts[0].Argv, r.Host.Starts[0].Argv) {
		return
	}
	if slices.ContainsFunc(rec.Starts[0].Argv,
		func(w string) bool { return w == "-u" || strings.HasPrefix(w, "--user") }) {
		return // it changes to a user by itself
	}
	j.Offers = append(j.Offers, Offer{Lines: []rcrun.Setting{set}, Options: j.Options, Why: fmt.Sprintf(
		"It is started as root, and net.inet.ip.portrange.reservedhigh=0 lets a plain user open ports below 1024. As %s, files are as safe from it as from that user. What it writes must belong to %s: logs, pid file, data, keys.", user, user)})
}

// offer adds other options if they are in force with the line.
func (j *judgement) offer(options []string, more []rcrun.Setting, why string) {
	name := j.RunName + "_svcj_options"
	// A default with := takes an empty value for none; a blank is not empty.
	for _, value := range []string{strings.Join(options, " "), strings.Join(options, " ") + " "} {
		set := rcrun.Setting{Name: name, Value: value}
		lines := withLines(j.Lines, set)
		if len(j.Lines) == 0 || lines[0].Name != j.RunName+"_svcj" {
			lines = append([]rcrun.Setting{{Name: j.RunName + "_svcj", Value: "YES"}}, lines...)
		}
		if j.prove(lines, options) == "" {
			if value == " " {
				why += fmt.Sprintf(" The blank is meant: the script takes an empty %s for none.", name)
			}
			j.Offers = append(j.Offers, Offer{Lines: append([]rcrun.Setting{set}, more...), Options: options, Why: why})
			return
		}
		if len(options) > 0 {
			return
		}
	}
}

// withLines is the lines with one of them set, or added.
func withLines(lines []rcrun.Setting, set rcrun.Setting) []rcrun.Setting {
	out := slices.Clone(lines)
	for i := range out {
		if out[i].Name == set.Name {
			out[i] = set
			return out
		}
	}
	return append(out, set)
}

// configuration is the files that the start names, and those that it requires.
func (j *judgement) configuration() []string {
	var out []string
	add := func(w string) {
		if i := strings.IndexByte(w, '='); i >= 0 && !strings.HasPrefix(w, "/") {
			w = w[i+1:]
		}
		if (strings.HasPrefix(w, "/usr/local/etc/") || strings.HasPrefix(w, "/etc/")) && !slices.Contains(out, w) &&
			len(out) < maxConfigs {
			out = append(out, w)
		}
	}
	for _, c := range j.subject.Records.Host.Starts {
		for _, w := range c.Argv[1:] {
			add(w)
		}
	}
	for _, a := range j.subject.Script.Get("required_files") {
		for w := range strings.FieldsSeq(j.subject.Script.Expand(rcparse.Unquote(a.Value))) {
			add(w)
		}
	}
	return out
}

// maxConfigs bounds how many configurations of one service are read.
const maxConfigs = 8
