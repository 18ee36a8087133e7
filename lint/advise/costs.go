package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// costs says what is lost with the lines, beyond what every jailed service loses.
func (j *judgement) costs(lines []rcrun.Setting) {
	v, r := j.subject.Verdict, j.subject.Records
	j.lose("%s", network(j.Options))
	// and the script declares options, or works with some, all the same
	if v.OptOut && !slices.Contains(j.Reasons, sentence(v.Reason)) {
		j.lose("%s", sentence(v.Reason))
	}
	for _, l := range v.Limits {
		j.lose("%s", sentence(l))
	}
	for _, l := range lint.Losses(r.Host, r.Jail) {
		if l.Severity != lint.Error {
			j.lose("%s", sentence("In the jail, "+l.What))
		}
	}
	if !j.m.release.RunsStatus() {
		if _, ok := j.subject.Script.Method("restart_cmd"); ok {
			j.lose("`service %s restart` does nothing, with exit status 0: stop it, then start it.", j.Name)
		}
		if _, ok := j.subject.Script.Method("status_cmd"); ok {
			j.lose("`service %s status` tells nothing, with exit status 0: `jls -j svcj-%s` tells whether it runs.",
				j.Name, j.RunName)
		}
	}
	for _, f := range j.subject.Findings {
		if f.Code == "SJ206" {
			j.lose("%s", sentence(f.Message))
		}
	}
	if len(r.Jail.Starts) > 0 {
		start := r.Jail.Starts[0]
		if start.User != "" && !slices.ContainsFunc(lines,
			func(s rcrun.Setting) bool { return s.Name == j.RunName+"_user" }) {
			if _, own := j.subject.Script.Method("stop_cmd"); !own && !j.m.signalsInside() {
				j.lose("`service %s stop` signals as the user %s, which newer kernels refuse into a jail: `jail -r svcj-%s` stops it.", j.Name, start.User, j.RunName)
			}
		}
		if strings.HasPrefix(start.Nice, "-") {
			j.lose("%s_nice=%s has no effect: a jail may not raise a priority.", j.RunName, start.Nice)
		}
	}
	j.doubt()
}

// doubt adds what speaks against the options. A script that declares its options
// has been judged with its own KEYWORD in sight: that keeps it from starting at the
// boot of a jail, and a service jail does not boot.
func (j *judgement) doubt() {
	for _, c := range j.subject.Verdict.Contradictions {
		if j.Declared != nil && strings.Contains(c, ": KEYWORD nojail") {
			continue
		}
		// a package has no lines, and advise looks by itself
		c = strings.Replace(strings.TrimSuffix(c, "; look at it with --packages"), ":0: ", ": ", 1)
		c = strings.Replace(c, "yet the table", "while svcjify's table of programs", 1)
		if text := sentence(c); !slices.Contains(j.Doubts, text) {
			j.Doubts = append(j.Doubts, text)
		}
	}
}

func (j *judgement) lose(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" && !slices.Contains(j.Losses, text) {
		j.Losses = append(j.Losses, text)
	}
}

// signalsInside reports whether this rc.subr sends signals by jexec(8).
func (m *Machine) signalsInside() bool { return m.release.FindsByFile() }

// network says what of the network is left under the options.
func network(options []string) string {
	has := func(w string) bool { return slices.Contains(options, w) }
	v4, v6 := has("netv4") || has("net_basic") || has("net_all"), has("netv6") || has("net_basic") || has("net_all")
	switch {
	case !v4 && !v6:
		return "No IP network at all, not even 127.0.0.1: only UNIX sockets."
	case has("net_all"):
		return ""
	case has("net_raw"):
		return "It shares the host's addresses and ports."
	case !v6:
		return "No IPv6 and no raw sockets (ping); the host's IPv4 addresses and ports are shared."
	case !v4:
		return "No IPv4 and no raw sockets (ping); the host's IPv6 addresses and ports are shared."
	}
	return "No raw sockets (ping); the host's addresses and ports are shared."
}
