package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// Gather finds the facts that the texts hold: the script's and the port's. The
// simulated start and the programs play no part, so it need not wait for them.
func Gather(in Input) []Evidence {
	var facts []Evidence
	for _, source := range []func(Input) []Evidence{
		fromHeader, fromCommands, fromSettings, fromListen, fromNames, fromDepends, fromModules, fromOptions,
		fromCategory, fromText, fromFiles, fromComments,
	} {
		facts = append(facts, source(in)...)
	}
	return share(in, facts)
}

// Infer weighs all evidence for a service. The rules, in order:
//
//  1. What the start itself does and no option permits is an opt-out, whatever
//     the table says of the program: the script decides, not the program's name.
//  2. An entry of the table of programs decides, with its certainty, less what
//     is in doubt: whether it is the same program, whether a condition holds.
//  3. A start that leaves nothing running is an opt-out; so is a nojail keyword.
//  4. What it is said to be for makes an answer possible, and likely where a
//     fact of another kind agrees.
//  5. net_basic is confident where it listens and three kinds of facts agree,
//     unless it is a program in C that may know IPv4 only; likely where it listens
//     or two kinds do, and possible by one.
//  6. Signs that something else is needed too hold the certainty down, unless
//     all of the program was seen and does not do it. What the program's own
//     calls add is in byProgram, and in docs/evidence.md.
//  7. No evidence: unknown.
//
// The facts are those of Gather.
func Infer(in Input, facts []Evidence, k *Knowledge) Verdict {
	v := Verdict{Evidence: slices.Concat(facts, fromRun(in), fromPrograms(in))}
	m := k.Lookup(in)
	act, acts := v.startActs()
	switch {
	case m != nil && acts && !m.Entry.OptOut():
		v.byAct(act)
		v.contradict(Evidence{Path: "knowledge/" + m.Entry.File, Line: m.Entry.Line,
			Fact: "the table says " + strings.Join(m.Entry.Needs, " ") + " of this program: " + m.Entry.Why})
	case m != nil:
		v.byEntry(m)
		v.checkEntry(m.Entry, in)
		if _, keyword := v.best(OptOut, FromKeyword); acts || keyword { // then it is not policy alone
			v.Lifted = nil
		}
	default:
		v.byEvidence(in)
		v.holdBack(in)
	}
	order(v.Evidence, v.Answer())
	v.listNotFound(in, m)
	return v
}

// startActs is the strongest fact that the start itself, in the jail, does what
// no option permits, without being asked to by a setting.
func (v *Verdict) startActs() (Evidence, bool) {
	e, ok := v.best(OptOut, FromScript)
	return e, ok && e.Strength >= Likely
}

// byAct makes an opt-out of a fact.
func (v *Verdict) byAct(e Evidence) {
	v.OptOut, v.Certainty, v.Reason, v.Comment = true, e.Strength, actSentence(e.Fact), commentOf(e)
}

// actSentence is a fact that makes an opt-out as a whole sentence.
func actSentence(fact string) string {
	if text, ok := sentenceOf(fact); ok {
		return text
	}
	return "It must not be jailed: " + fact + "."
}

// sentenceOf is a fact as a whole sentence that begins with what is done: "It
// mounts file systems (start_cmd runs mount)." It is false where the fact does not
// say what the program does.
func sentenceOf(fact string) (string, bool) {
	before, act, found := strings.Cut(fact, ": it")
	switch {
	case found && (strings.HasPrefix(act, " ") || strings.HasPrefix(act, "s ")): // it, its
		return "It" + act + " (" + before + ").", true
	case strings.HasPrefix(fact, "it ") || strings.HasPrefix(fact, "its "):
		return "I" + fact[1:] + ".", true
	}
	return fact + ".", false
}

// byEntry takes the answer from the table.
func (v *Verdict) byEntry(m *Match) {
	e := m.Entry
	fact := Evidence{
		Path: "knowledge/" + e.File, Line: e.Line, Kind: FromKnowledge, Strength: e.Certainty,
		Supports: strings.Join(e.Needs, " "), Fact: e.Why + " [" + e.Source + "]",
	}
	v.Certainty, v.Reason, v.Open = e.Certainty, e.Why, e.Open
	switch {
	case e.OptOut():
		v.OptOut, v.Comment, v.Lifted = true, e.Comment, inOrder(e.Lifted)
		v.Policy = v.Lifted != nil
	default:
		v.Options = inOrder(e.Needs)
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
	for _, d := range m.Doubts {
		v.contradict(Evidence{Path: fact.Path, Line: fact.Line, Fact: d})
	}
	v.againstEntry(e)
}

// inOrder is an entry's option words in the order of rc.conf(5): nil for no
// answer, and empty for the empty set.
func inOrder(of []string) []string {
	switch {
	case len(of) == 0:
		return nil
	case of[0] == Nothing:
		return []string{}
	}
	return slices.Sorted(slices.Values(of))
}

// againstEntry shows what the script itself says against an answer of the table:
// it is nearer to the service than what is known of the program in general.
func (v *Verdict) againstEntry(e *Entry) {
	if v.OptOut {
		return
	}
	// A keyword from before there were options for it says nothing against them.
	newer := slices.ContainsFunc(v.Options, func(w string) bool {
		return slices.Contains([]string{"settime", "routing", "vmm", "nfsd"}, w)
	})
	seen := map[string]bool{}
	for _, x := range slices.Clone(v.Evidence) {
		tolerated := slices.ContainsFunc(e.Tolerates, func(o string) bool { return grants(o, x.Supports) })
		switch {
		case seen[x.Supports] || x.Strength < Likely && !x.always || tolerated:
			continue
		case x.always:
			v.contradict(x.with(", which a precmd could do on the host; the table says " + v.Answer()))
		case x.Kind == FromMessage && slices.Contains(programWords, x.Supports) &&
			!slices.ContainsFunc(v.Options, func(o string) bool { return grants(o, x.Supports) }):
			v.contradict(x.with(", yet the table does not name " + x.Supports))
		case x.Kind == FromListen && x.Supports == "net_basic" && len(v.Options) == 0:
			v.contradict(x.with(", yet the table says it needs no network"))
		case newer && x.Kind == FromKeyword:
			continue
		case (x.Kind == FromSetting || x.Kind == FromStart || x.Kind == FromKeyword) && x.Supports == OptOut:
			v.contradict(x.with(", yet the table says " + v.Answer()))
		case x.Kind == FromSetting && x.Supports != Nothing && x.Supports != "" &&
			!slices.ContainsFunc(v.Options, func(o string) bool { return grants(o, x.Supports) }):
			v.contradict(x.with(", yet the table does not name " + x.Supports))
		default:
			continue
		}
		seen[x.Supports] = true
	}
}

// byEvidence weighs the facts where the table has no entry.
func (v *Verdict) byEvidence(in Input) {
	if e, ok := v.best(OptOut, FromScript, FromStart, FromKeyword, FromSetting, FromDepends); ok &&
		e.Strength >= Likely && !lifted(e, in) {
		v.byAct(e)
		if e.Strength == Likely && e.Kind != FromDepends && v.agrees(e.Kind) {
			v.Certainty = Confident
		}
		if n, ok := v.best("net_basic", FromListen); ok {
			v.contradict(n)
			if e.Kind == FromDepends && n.Strength >= Likely { // it can, and by default does something else
				v.Certainty = Possible
			}
		}
		return
	}
	if v.byQuiet(in) {
		return
	}
	if _, _, own, has := purposeOf(in); (!has || !own) && v.byHelper(in) {
		return // what is said of the whole suite is said of its servers
	}
	if v.byPurpose(in) {
		v.further()
		v.byProgram(in)
		return
	}
	if v.byOnce() {
		return
	}
	v.byNetwork(in)
	v.further()
	if v.Known() {
		v.byProgram(in)
		v.hints(in)
	}
}

// agrees reports whether another fact of the script, or of what the port
// installs, speaks for an opt-out too. Words in descriptions do not count.
func (v *Verdict) agrees(with Kind) bool {
	return slices.ContainsFunc(v.kinds(OptOut), func(k Kind) bool {
		return k != with && slices.Contains([]Kind{FromScript, FromStart, FromKeyword, FromSetting, FromDepends,
			FromPackage}, k)
	})
}

// byHelper answers for a script that only serves the others of its suite.
func (v *Verdict) byHelper(in Input) bool {
	other, ok := in.helper()
	if !ok {
		return false
	}
	if _, ok := v.best("net_basic", FromListen, FromComment); ok {
		return false
	}
	for _, e := range v.Evidence {
		if e.own && e.Supports == "net_basic" {
			return false
		}
	}
	fact := Evidence{
		Path: in.Template, Line: other.Pos.Line, Kind: FromKeyword, Supports: Nothing, Strength: Possible, own: true,
		Fact: fmt.Sprintf("it goes with %s of the same port, by its name or by REQUIRE and BEFORE, and has no address of its own: a helper that talks to it on this host", other.Text),
	}
	v.Evidence = append(v.Evidence, fact)
	v.Options, v.Certainty, v.Reason = []string{}, Possible,
		"It serves "+other.Text+" of the same port and has no address of its own."
	return true
}

// byOnce answers for a start that seems to leave nothing running, where nothing
// speaks for a server.
func (v *Verdict) byOnce() bool {
	e, ok := v.best(OptOut, FromStart)
	if _, listens := v.best("net_basic", FromListen, FromConf); !ok || listens {
		return false
	}
	v.byAct(e)
	v.Comment = "leaves no process running, as far as is to be seen"
	return true
}

// lifted reports whether a nojail keyword says no more than that jails could not
// do, before there were options for it, what the program is for.
func lifted(e Evidence, in Input) bool {
	p, _, _, ok := purposeOf(in)
	// Nor does it say more than that ordinary jails have no devices, where it works with one.
	return ok && e.Kind == FromKeyword && (p.answer == Nothing || strings.Contains(p.answer, "settime") ||
		strings.Contains(p.answer, "routing"))
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
		if e.Supports == word && !e.faint && !slices.Contains(out, e.Kind) &&
			(e.Kind != FromProgram || e.Strength >= Likely && word != OptOut) {
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
	if e.Kind == FromKeyword && strings.HasPrefix(e.Fact, "KEYWORD") {
		return "must not run in a jail (see KEYWORD)"
	}
	return message.ClipLine(e.Fact, 60)
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
