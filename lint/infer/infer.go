package infer

import (
	"fmt"
	"slices"
	"strings"
)

// Infer weighs all evidence for a service. The rules, in order:
//
//  1. An entry of the knowledge table decides, with its certainty.
//  2. A start that itself does what no option permits, and leaves nothing
//     running, is an opt-out; so is a nojail keyword.
//  3. net_basic needs an address, a port, or two kinds of facts that agree.
//  4. Signs that something else is needed too hold the certainty down.
//  5. No evidence: unknown.
func Infer(in Input, k *Knowledge) Verdict {
	var ev []Evidence
	for _, source := range []func(Input) []Evidence{
		fromHeader, fromCommands, fromListen, fromDepends, fromCategory, fromText,
	} {
		ev = append(ev, source(in)...)
	}
	v := Verdict{Evidence: ev}
	if e := k.Lookup(in.Service, in.Script.Program(), in.Origins); e != nil {
		v.byEntry(e)
	} else {
		v.byEvidence()
	}
	order(v.Evidence, v.Answer())
	return v
}

// byEntry takes the answer from the table.
func (v *Verdict) byEntry(e *Entry) {
	fact := Evidence{
		Path: "knowledge/" + e.File, Line: e.Line, Kind: FromKnowledge, Strength: e.Certainty,
		Supports: strings.Join(e.Needs, " "), Fact: e.Why + " [" + e.Source + "]",
	}
	v.Certainty, v.Reason = e.Certainty, e.Why
	switch {
	case e.OptOut():
		v.OptOut, v.Comment = true, e.Comment
	case e.Needs[0] == Nothing:
		v.Options = []string{}
	default:
		v.Options = slices.Sorted(slices.Values(e.Needs))
	}
	if e.Limit != "" {
		v.Limits = append(v.Limits, e.Limit)
	}
	// One fact a word, so that each word shows its evidence.
	for _, w := range e.Needs {
		f := fact
		f.Supports = w
		v.Evidence = append([]Evidence{f}, v.Evidence...)
	}
	for _, x := range v.Evidence {
		if x.Kind == FromListen && x.Supports == "net_basic" && x.Strength >= Likely && !v.OptOut && len(v.Options) == 0 {
			v.Contradictions = append(v.Contradictions, fmt.Sprintf("%s:%d: %s, yet the table says it needs no network", x.Path, x.Line, x.Fact))
			v.Certainty = min(v.Certainty, Likely)
		}
	}
}

// byEvidence weighs the facts where the table has no entry.
func (v *Verdict) byEvidence() {
	best := func(word string, kinds ...Kind) (Evidence, bool) {
		var top Evidence
		for _, e := range v.Evidence {
			if e.Supports == word && (len(kinds) == 0 || slices.Contains(kinds, e.Kind)) && e.Strength > top.Strength {
				top = e
			}
		}
		return top, top.Strength > Unknown
	}
	if e, ok := best(OptOut, FromScript, FromKeyword, FromDepends); ok && e.Strength >= Likely {
		v.OptOut, v.Certainty, v.Reason = true, e.Strength, e.Fact
		if agree := v.kinds(OptOut); e.Strength == Likely && len(agree) > 1 {
			v.Certainty = Confident
		}
		v.Comment = commentOf(e)
		if n, ok := best("net_basic", FromListen); ok {
			v.Contradictions = append(v.Contradictions, fmt.Sprintf("%s:%d: %s", n.Path, n.Line, n.Fact))
			v.Certainty = min(v.Certainty, Likely)
		}
		return
	}
	kinds := v.kinds("net_basic")
	listen, listens := best("net_basic", FromListen)
	top, ok := best("net_basic")
	switch {
	case !ok:
		return
	case listens && listen.Strength >= Likely && len(kinds) >= 3:
		v.Certainty = Confident
	case listens && listen.Strength >= Likely, top.Strength >= Likely && len(kinds) >= 2, len(kinds) >= 3:
		v.Certainty = Likely
	case len(kinds) >= 2, top.Strength >= Likely:
		v.Certainty = Possible
	default:
		return // one weak sign is no evidence
	}
	v.Options = []string{"net_basic"}
	v.Reason = "It speaks IP: " + lowerFirst(top.Fact) + "."
	if listens {
		v.Reason = "It speaks IP: " + lowerFirst(listen.Fact) + "."
	}
	for _, e := range v.Evidence {
		if e.Supports == "" || e.Supports == "net_basic" {
			continue
		}
		if e.Kind == FromText || e.Kind == FromDepends || e.Kind == FromScript {
			v.Certainty = min(v.Certainty, Likely)
			v.Contradictions = append(v.Contradictions, fmt.Sprintf("%s:%d: %s: perhaps %s", e.Path, e.Line, e.Fact, e.Supports))
		}
	}
}

// kinds is the independent kinds of facts that speak for a word.
func (v *Verdict) kinds(word string) []Kind {
	var out []Kind
	for _, e := range v.Evidence {
		if e.Supports == word && !slices.Contains(out, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}

// commentOf makes the words for an opt-out's comment from the deciding fact.
func commentOf(e Evidence) string {
	if _, act, ok := strings.Cut(e.Fact, ": it "); ok {
		return act
	}
	if e.Kind == FromKeyword {
		return "must not run in a jail (see KEYWORD)"
	}
	return clip(e.Fact)
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
