package infer

import (
	"fmt"
	"slices"
	"strings"
)

// Gather finds the facts that the texts hold: the script's and the port's. The
// simulated start and the programs play no part, so it need not wait for them.
func Gather(in Input) []Evidence {
	var facts []Evidence
	for _, source := range []func(Input) []Evidence{
		fromHeader, fromCommands, fromListen, fromDepends, fromOptions, fromCategory, fromText, fromFiles, fromComments,
	} {
		facts = append(facts, source(in)...)
	}
	return facts
}

// Infer weighs all evidence for a service. The rules, in order:
//
//  1. An entry of the knowledge table decides, with its certainty.
//  2. A start that itself does what no option permits, and leaves nothing
//     running, is an opt-out; so is a nojail keyword.
//  3. What its COMMENT says that it is for makes an answer possible, and likely
//     where a fact of another kind agrees.
//  4. net_basic is confident where it listens and three kinds of facts agree,
//     likely where it listens or two do, and possible by one.
//  5. Signs that something else is needed too hold the certainty down, unless
//     all of the program was seen and does not do it. What the program's own
//     calls say besides is in byProgram, and in docs/evidence.md.
//  6. No evidence: unknown.
//
// The facts are those of Gather.
func Infer(in Input, facts []Evidence, k *Knowledge) Verdict {
	v := Verdict{Evidence: slices.Concat(facts, fromRun(in), fromPrograms(in))}
	if e := k.Lookup(in.Service, in.Programs(), in.Origins); e != nil {
		v.byEntry(e)
		v.checkEntry(e, in)
	} else {
		v.byEvidence(in)
	}
	order(v.Evidence, v.Answer())
	v.look(in)
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
			v.contradict(x.with(", yet the table says it needs no network"))
		}
	}
}

// byEvidence weighs the facts where the table has no entry.
func (v *Verdict) byEvidence(in Input) {
	if e, ok := v.best(OptOut, FromScript, FromStart, FromKeyword, FromDepends); ok && e.Strength >= Likely && !lifted(e, in) {
		v.OptOut, v.Certainty, v.Reason = true, e.Strength, e.Fact
		if agree := v.kinds(OptOut); e.Strength == Likely && len(agree) > 1 {
			v.Certainty = Confident
		}
		v.Comment = commentOf(e)
		if n, ok := v.best("net_basic", FromListen); ok {
			v.contradict(n)
		}
		return
	}
	if v.byQuiet(in) {
		return
	}
	if v.byPurpose(in) {
		v.further()
		v.byProgram(in)
		return
	}
	v.byNetwork()
	v.further()
	if v.Known() {
		v.byProgram(in)
		v.hints(in)
	}
}

// lifted reports whether a nojail keyword says no more than that jails could not
// do, before there were options for it, what the program is for.
func lifted(e Evidence, in Input) bool {
	p, _, ok := purposeOf(in)
	return ok && e.Kind == FromKeyword && (strings.Contains(p.answer, "settime") || strings.Contains(p.answer, "routing"))
}

// byNetwork looks for signs that it speaks IP. One alone makes the answer
// possible: three of four services do.
func (v *Verdict) byNetwork() {
	kinds := v.kinds("net_basic")
	listen, listens := v.best("net_basic", FromListen, FromConf)
	top, ok := v.best("net_basic")
	socket, local := v.best(Nothing, FromListen, FromConf)
	switch {
	case local && !listens && top.Strength < Likely:
		v.Options, v.Certainty = []string{}, Possible
		v.Reason = "It has a UNIX socket: " + lowerFirst(socket.Fact) + "."
		if ok {
			v.contradict(top)
		}
		return
	case !ok:
		return
	case listens && listen.Strength >= Likely && len(kinds) >= 3:
		v.Certainty = Confident
	case listens && listen.Strength >= Likely, top.Strength >= Likely && len(kinds) >= 2, len(kinds) >= 3:
		v.Certainty = Likely
	default:
		v.Certainty = Possible
	}
	v.Options = []string{"net_basic"}
	v.Reason = "It speaks IP: " + reasonOf(top) + "."
	if listens {
		v.Reason = "It speaks IP: " + reasonOf(listen) + "."
	}
}

// further adds the words that the port itself tells people to grant in a jail,
// and those that its runtime can't do without.
func (v *Verdict) further() {
	for _, e := range v.Evidence {
		if e.Strength < Likely || e.Kind != FromMessage && e.Kind != FromDepends || v.OptOut {
			continue
		}
		if e.Supports == "" || e.Supports == OptOut || e.Supports == Nothing || e.Supports == "net_basic" || slices.Contains(v.Options, e.Supports) {
			continue
		}
		v.Options = append(v.Options, e.Supports)
		slices.Sort(v.Options)
		v.Certainty = max(v.Certainty, Possible)
		v.Reason = strings.TrimSpace(v.Reason + " " + e.Fact + ".")
	}
}

// hints lets the signs that something else is needed hold the certainty down.
func (v *Verdict) hints(in Input) {
	for _, e := range slices.Clone(v.Evidence) {
		if e.Supports == "" || v.has(e.Supports) {
			continue
		}
		if !slices.Contains([]Kind{FromText, FromDepends, FromScript, FromMessage, FromPackage}, e.Kind) {
			continue
		}
		if slices.Contains(programWords, e.Supports) && in.excluded(e.Supports) {
			v.Evidence = append(v.Evidence, Evidence{
				Path: in.Reports[0].File, Kind: FromProgram, Strength: Possible,
				Fact: fmt.Sprintf("%s, yet all of the program was seen, and nothing in it needs %s", e.Fact, e.Supports),
			})
			continue
		}
		v.contradict(e.with(": perhaps " + e.Supports))
	}
}

// has reports whether the answer holds a word already; the words of IP stand for each other.
func (v *Verdict) has(word string) bool {
	return slices.Contains(v.Options, word) || word == "net_basic" && len(v.Options) > 0
}

// contradict notes a fact that speaks against the answer.
func (v *Verdict) contradict(e Evidence) {
	where := e.Path
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	v.Contradictions = append(v.Contradictions, where+": "+e.Fact)
	v.Certainty = min(v.Certainty, Likely)
}

// best is the strongest fact for a word, of the kinds given or of any.
func (v *Verdict) best(word string, kinds ...Kind) (Evidence, bool) {
	var top Evidence
	for _, e := range v.Evidence {
		if e.Supports == word && (len(kinds) == 0 || slices.Contains(kinds, e.Kind)) && e.Strength > top.Strength {
			top = e
		}
	}
	return top, top.Strength > Unknown
}

// kinds is the independent kinds of facts that speak for a word. A library
// that could do it, which weighs less than likely, is no kind of its own: half
// of all programs are linked with one that opens sockets. Nor does the program
// confirm an opt-out: that it calls fuse_main(3) is no news once it is linked with libfuse.
func (v *Verdict) kinds(word string) []Kind {
	var out []Kind
	for _, e := range v.Evidence {
		if e.Supports == word && !slices.Contains(out, e.Kind) && (e.Kind != FromProgram || e.Strength >= Likely && word != OptOut) {
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

// with is the fact with more words behind it.
func (e Evidence) with(more string) Evidence {
	e.Fact += more
	return e
}

// reasonOf is a fact in a sentence that has said what it is about.
func reasonOf(e Evidence) string {
	fact, _, _ := strings.Cut(e.Fact, ": it ")
	return lowerFirst(fact)
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
