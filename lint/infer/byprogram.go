package infer

import (
	"slices"

	"github.com/svcjify/svcjify/lint/infer/program"
)

// byQuiet is the answer for a program of which everything was seen and that
// needs nothing: no socket but UNIX ones, no name lookup, no System V IPC, no
// locked memory, no clock, and nothing that no option permits, in none of its
// libraries. It is confident; likely only where the port says otherwise, or
// where the program makes requests of the kernel whose meaning is not seen.
func (v *Verdict) byQuiet(in Input) bool {
	for _, w := range append([]string{OptOut}, programWords...) {
		if !in.excluded(w) {
			return false
		}
	}
	p, fact, _, has := purposeOf(in)
	if has && p.answer == OptOut {
		return false // what it is for may take no call that is seen, such as kill(2)
	}
	v.Options, v.Certainty = []string{}, Confident
	v.Reason = "The program and its libraries hold no call that opens an IP socket, uses System V IPC, locks memory or sets the clock."
	if has && p.answer != Nothing {
		v.contradict(fact.with(": perhaps " + p.answer))
	}
	for _, r := range in.Reports {
		for _, act := range []program.Act{program.Controls, program.Kernel, program.Realtime, program.Processes} {
			if f, ok := r.Nearest(act); ok && f.How <= program.OwnLibrary {
				v.contradict(Evidence{Path: f.File, Line: f.Line, Fact: f.Seen + ": it " + string(act)})
				break
			}
		}
	}
	for _, e := range slices.Clone(v.Evidence) {
		if e.Kind != FromProgram && (e.Supports == OptOut || e.Supports == "net_basic" && e.Strength >= Likely) {
			v.contradict(e.with(": perhaps " + e.Supports))
		}
	}
	return true
}

// byProgram adds to an answer what the program's own calls show. Raw sockets
// are added where its own code opens them; System V IPC, the clock, locked
// memory, routes and bhyve only where the port mentions them as well, since
// many programs can and few do. Where only the one side speaks, the answer is
// likely at most.
func (v *Verdict) byProgram(in Input) {
	if v.OptOut {
		return
	}
	both := true // sides speak for each word that is added
	for _, w := range programWords[1:] {
		top, ok := v.strongest(w)
		if !ok || slices.ContainsFunc(v.Options, func(o string) bool { return grants(o, w) }) {
			continue
		}
		_, hinted := v.best(w, FromText, FromDepends, FromScript, FromSetting)
		own := top.Strength >= Likely
		switch {
		case w != "net_all" && hinted, own && w == "net_raw":
			v.Options = append(v.Options, w)
			v.Reason += " It needs " + w + ": " + reasonOf(top) + "."
			if !own || !hinted {
				v.Certainty, both = min(v.Certainty, Likely), false
			}
		case own:
			v.contradict(top.with(": perhaps " + w))
		}
	}
	slices.Sort(v.Options)
	if top, ok := v.strongest(OptOut); ok && top.Strength >= Likely {
		v.contradict(top.with(", which no option permits"))
	}
	if both && v.Certainty == Likely && len(v.Contradictions) == 0 && v.wholly(in) {
		v.Certainty = Confident
	}
}

// wholly reports whether all of the program was seen, does what the options are
// for, and nothing else that needs one.
func (v *Verdict) wholly(in Input) bool {
	if !in.excluded(OptOut) || len(v.Options) == 0 {
		return false
	}
	for _, o := range v.Options {
		top, ok := v.strongest(o)
		if !ok || top.Strength < Likely {
			return false
		}
	}
	return !slices.ContainsFunc(programWords,
		func(w string) bool { return !slices.Contains(v.Options, w) && !in.excluded(w) })
}
