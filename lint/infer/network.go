package infer

import (
	"fmt"
	"slices"
	"strings"
)

// byNetwork looks for signs that it speaks IP. One alone makes the answer
// possible: three of four services do.
func (v *Verdict) byNetwork(in Input) {
	kinds := v.kinds("net_basic")
	listen, listens := v.best("net_basic", FromListen, FromConf)
	top, ok := v.best("net_basic")
	socket, local := v.best(Nothing, FromListen, FromConf)
	device, drives := v.best(Nothing, FromSetting, FromDepends)
	switch {
	case local && !listens && top.Strength < Likely && !(ok && in.hostsApplications()):
		v.Options, v.Certainty = []string{}, Possible
		v.Reason = "It has a UNIX socket: " + strings.TrimSuffix(lowerFirst(socket.Fact), ": a UNIX socket") + "."
		if ok {
			v.contradict(top)
		}
		return
	case drives && !listens && top.Strength < Likely && !slices.Contains(kinds, FromCategory) &&
		(device.Kind == FromSetting || !slices.Contains(kinds, FromText)):
		v.Options, v.Certainty = []string{}, Possible
		v.Reason = "It works with a device: " + lowerFirst(device.Fact) + "."
		if ok {
			v.contradict(top)
		}
		return
	case !ok:
		return
	case listens && listen.Strength >= Likely && len(kinds) >= 3 && !in.perhapsIPv4():
		v.Certainty = Confident
	case listens && listen.Strength >= Likely, top.Strength >= Likely && len(kinds) >= 2, len(kinds) >= 3:
		v.Certainty = Likely
	default:
		v.Certainty = Possible
	}
	v.Options = []string{"net_basic"}
	v.Reason = "It speaks IP: " + reasonOf(top) + "."
	if e, ok := v.best("netv4", FromListen); ok {
		text, _ := sentenceOf(e.Fact)
		v.Options, v.Certainty, v.Reason = []string{"netv4"}, min(v.Certainty, Likely), text
		return
	}
	if listens {
		v.Reason = "It speaks IP: " + reasonOf(listen) + "."
	}
}

// further adds the words that the port itself tells people to grant in a jail,
// and those that its runtime can't do without.
func (v *Verdict) further() {
	for _, e := range v.Evidence {
		if e.Strength < Likely || e.Kind != FromMessage && e.Kind != FromDepends && e.Kind != FromSetting || v.OptOut {
			continue
		}
		if e.Supports == "" || e.Supports == OptOut || e.Supports == Nothing || e.Supports == "net_basic" ||
			slices.Contains(v.Options, e.Supports) {
			continue
		}
		v.Options = append(v.Options, e.Supports)
		slices.Sort(v.Options)
		v.Certainty = max(v.Certainty, Possible)
		if e.Kind == FromDepends { // the answer is no surer than the word that was added
			v.Certainty = min(v.Certainty, e.Strength)
		}
		text, _ := sentenceOf(e.Fact)
		v.Reason = strings.TrimSpace(v.Reason + " " + strings.ToUpper(text[:1]) + text[1:])
	}
}

// hints lets the signs that something else is needed hold the certainty down.
func (v *Verdict) hints(in Input) {
	for _, e := range slices.Clone(v.Evidence) {
		if e.Supports == "" || v.has(e.Supports) {
			continue
		}
		if !slices.Contains([]Kind{FromText, FromDepends, FromScript, FromSetting, FromMessage, FromPackage}, e.Kind) {
			continue
		}
		if slices.Contains(programWords, e.Supports) && in.excluded(e.Supports) {
			v.Evidence = append(v.Evidence, Evidence{
				Path: in.Reports[0].File, Kind: FromProgram, Strength: Possible,
				Fact: fmt.Sprintf("%s, yet all of the program was seen, and nothing in it needs %s", e.Fact,
					e.Supports),
			})
			continue
		}
		v.contradict(e.with(": perhaps " + e.Supports))
	}
}
