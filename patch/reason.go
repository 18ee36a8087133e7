package patch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var (
	// namedPorts is the ports that a reason names: "on TCP 6081", "on UDP ports 67 and 68", "HTTP on 8042".
	namedPorts = regexp.MustCompile(`\b(TCP and UDP|TCP or UDP|UDP and TCP|TCP|UDP|HTTPS?|gRPC|Raft|RTSP|RTMP)((?: ports?)?) \d{2,5}(?:(?:, | and | or | to )\d{2,5})*\b`)
	number     = regexp.MustCompile(`\d{2,5}`)
	// heldAddress and givenSetting are what svcjify found in the script, and not what the program does.
	heldAddress  = regexp.MustCompile(`^It speaks IP: (\w+) holds an address: ("[^"]*")\.`)
	givenSetting = regexp.MustCompile(`^It speaks IP: (\w+="[^"]*")\.`)
	word         = regexp.MustCompile(`[A-Za-z0-9_]+`)
	// givenPort is a port in the words of a start or a configuration: 127.0.0.1:8080, --port=8080, listen_port 8080.
	givenPort = regexp.MustCompile(`(?i)(?::|port"?\s*[=: ]\s*"?)(\d{2,5})(?:$|[\s/,"'])`)
	// sentenceEnd parts a reason into its sentences.
	sentenceEnd = regexp.MustCompile(`\. [A-Z]`)
	// flagWord is a flag that a reason mentions: "only with -k", "(-l /var/run/x.sock)", "--mlock is off by default".
	flagWord = regexp.MustCompile(`(?:^|[ (])(--?[A-Za-z][\w-]*)`)
	// notGiven marks a flag that the reason says not to be given, given one that it says the script gives.
	notGiven = regexp.MustCompile(`only with|off by default|not the default|leaves out|asked for with|only if asked`)
	given    = regexp.MustCompile(`the script (names|starts|gives|passes)|on its command line`)
)

// Reason is why a service needs what it declares, or is not jailed, as far as
// that is true of this script: what the table says of the program in general is
// left out, sentence by sentence, where the script that was read says otherwise.
func Reason(s *lint.Subject) string {
	var kept []string
	// how svcjify knows it
	for i, text := range sentences(strings.ReplaceAll(s.Verdict.Reason, " (the simulated start)", "")) {
		if text = withoutOptions(s, text, i == 0); text != "" && holds(s, text) {
			kept = append(kept, text)
		}
	}
	text := portsOf(s, strings.Join(kept, " "))
	text = heldAddress.ReplaceAllString(text, `It uses the network: the script sets $1=$2.`)
	return givenSetting.ReplaceAllString(text, `It uses the network: the script sets $1.`)
}

// ordinary is options whose names are words that a sentence has without meaning them.
var ordinary = []string{"server", "client", "daemon", "core", "jail", "network", "socket", "database", "proxy", "agent",
	"http", "https", "tcp", "udp", "dns", "smtp", "file", "files", "user", "users", "local", "remote", "tools"}

// withoutOptions is a sentence without the clauses that speak of what the port builds
// only with an option which is off by default. What the program is for, its first
// clause, stays.
func withoutOptions(s *lint.Subject, text string, first bool) string {
	off := optionsOff(s)
	var kept []string
	for i, clause := range strings.Split(text, "; ") {
		names := word.FindAllString(clause, -1)
		speaks := slices.ContainsFunc(names, func(w string) bool {
			return off[w] || off[strings.ToUpper(w)] && !slices.Contains(ordinary, strings.ToLower(w))
		})
		if first && i == 0 || !speaks {
			kept = append(kept, clause)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return stop(strings.Join(kept, "; "))
}

// optionsOff is the options of the service's port that are off by default.
func optionsOff(s *lint.Subject) map[string]bool {
	off := map[string]bool{}
	if s.Service == nil || len(s.Service.Ports) == 0 || s.Service.Ports[0].Make == nil {
		return off
	}
	p := s.Service.Ports[0].Make
	for _, o := range p.Options() {
		off[o] = true
	}
	for _, w := range p.Words("OPTIONS_DEFAULT") { // under whatever condition
		delete(off, w.Text)
	}
	return off
}

// sentences parts a text, each with its full stop.
func sentences(text string) []string {
	var out []string
	for {
		at := sentenceEnd.FindStringIndex(text)
		if at == nil {
			return append(out, text)
		}
		out, text = append(out, text[:at[0]+1]), text[at[1]-1:]
	}
}

// holds reports whether nothing in the script contradicts a sentence: a flag on
// its command line, a method, a keyword, a setting.
func holds(s *lint.Subject, text string) bool {
	script := s.Script
	if script == nil {
		return true
	}
	keyword := script.Header.Has("nojail") || script.Header.Has("nojailvnet")
	switch {
	case strings.Contains(text, "KEYWORD is nojail") || strings.Contains(text, "KEYWORD nojail"):
		return keyword
	case strings.Contains(text, "required_modules"):
		return len(script.Get("required_modules")) > 0
	case strings.Contains(text, "in its precmd"):
		_, own := script.Method("start_precmd")
		return own
	}
	if s.Records == nil || len(s.Records.Host.Starts) == 0 {
		return true
	}
	for _, m := range flagWord.FindAllStringSubmatch(text, -1) {
		has := slices.ContainsFunc(s.Records.Host.Starts, func(c rcrun.Command) bool {
			return slices.ContainsFunc(c.Argv[min(1, len(c.Argv)):],
				func(w string) bool { return w == m[1] || strings.HasPrefix(w, m[1]+"=") })
		})
		if has && notGiven.MatchString(text) || !has && given.MatchString(text) {
			return false
		}
	}
	return true
}

// portsOf leaves the ports of the program's own default out of a reason where
// the script's command line, or a configuration of the port, names others.
func portsOf(s *lint.Subject, reason string) string {
	var seen []string
	look := func(text string) {
		for _, m := range givenPort.FindAllStringSubmatch(text, -1) {
			seen = append(seen, m[1])
		}
	}
	if s.Records != nil {
		for _, c := range s.Records.Host.Starts {
			look(strings.Join(append(slices.Clone(c.Argv), c.Env...), " "))
		}
	}
	for _, e := range s.Verdict.Evidence {
		if e.Kind == infer.FromListen || e.Kind == infer.FromConf {
			look(e.Fact)
		}
	}
	if len(seen) == 0 {
		return reason
	}
	for _, text := range namedPorts.FindAllString(reason, -1) {
		if slices.ContainsFunc(number.FindAllString(text, -1),
			func(n string) bool { return slices.Contains(seen, n) }) {
			return reason // it is the program's, and others may stand beside it
		}
	}
	return namedPorts.ReplaceAllString(reason, "$1")
}
