package infer

import (
	"fmt"
	"slices"
	"strings"
)

// A Decision is a person's answer for a service, with the reason for it.
type Decision struct {
	// Options is the set; empty where the empty set is the answer.
	Options []string
	// OptOut is true where the service must not be jailed, for the short reason Comment.
	OptOut  bool
	Comment string
	// Soft goes with OptOut: with Options it works, and an administrator can have it in a
	// jail, but it is not jailed by default.
	Soft bool
	// Reason is one sentence.
	Reason string
}

// Decide puts a person's answer in place of the one that was inferred. It is
// certain because a person answers for it; where the evidence says otherwise,
// that is kept as a contradiction.
func (v *Verdict) Decide(d Decision, path string, line int) {
	was := *v
	v.Options, v.OptOut, v.Comment = slices.Sorted(slices.Values(d.Options)), d.OptOut, d.Comment
	v.Lifted, v.Policy = nil, d.Soft
	if v.Options == nil && (!d.OptOut || d.Soft) {
		v.Options = []string{}
	}
	if d.Soft {
		v.Options, v.Lifted = nil, v.Options
	}
	v.Certainty, v.Reason = Certain, d.Reason
	if was.Known() && was.Answer() != v.Answer() {
		v.Contradictions = append(v.Contradictions,
			fmt.Sprintf("%s:%d: the maintainer says %s, yet the evidence says %s (%s)",
				path, line, v.Answer(), was.Answer(), was.Certainty))
	}
	var facts []Evidence
	for _, w := range strings.Fields(v.Answer()) { // one fact a word, as with the table
		facts = append(facts, Evidence{Path: path, Line: line, Kind: FromPerson, Supports: w, Strength: Certain,
			Fact: "the maintainer says " + v.Answer() + ": " + d.Reason})
	}
	v.Evidence = append(facts, v.Evidence...)
	order(v.Evidence, v.Answer())
}
