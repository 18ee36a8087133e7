package infer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/program"
	"github.com/svcjify/svcjify/rcparse"
)

// A weight says which answer an act of the program speaks for, and how
// strongly, by how near to the program it was seen: with arguments, direct, in
// a library or module of its own package, in another package's library, as text.
type weight struct {
	word     string
	strength [5]Certainty
}

// weights follows facts about jails: what each word grants is in rc.conf(5) and
// jail(8). A call that is there is one that the program can make. Whether it
// does by default is plain for a socket, which a program does not bring along
// for nothing; of eight daemons of testdata/debian.tsv with System V IPC in their
// own code, five use it on request; memory is locked on request in most; and
// what a library can do its user seldom does.
var weights = map[program.Act]weight{
	program.Inet:       {"net_basic", [5]Certainty{Likely, Likely, Likely, Possible, Possible}},
	program.Sockets:    {"net_basic", [5]Certainty{Possible, Possible, Possible, Unknown, Unknown}},
	program.Resolves:   {"net_basic", [5]Certainty{Possible, Possible, Possible, Unknown, Unknown}},
	program.Local:      {Nothing, [5]Certainty{Possible, Possible, Possible, Unknown, Unknown}},
	program.Raw:        {"net_raw", [5]Certainty{Likely, Likely, Possible, Possible, Possible}},
	program.OtherAF:    {"net_all", [5]Certainty{Likely, Possible, Possible, Possible, Possible}},
	program.SysV:       {"sysvipcnew", [5]Certainty{Likely, Likely, Likely, Possible, Possible}},
	program.Locks:      {"mlock", [5]Certainty{Possible, Possible, Possible, Possible, Unknown}},
	program.Clock:      {"settime", [5]Certainty{Likely, Likely, Possible, Possible, Possible}},
	program.ClockState: {"settime", [5]Certainty{Possible, Possible, Possible, Possible, Unknown}},
	program.Routes:     {"routing", [5]Certainty{Possible, Possible, Possible, Unknown, Unknown}},
	program.Bhyve:      {"vmm", [5]Certainty{Likely, Likely, Possible, Possible, Possible}},
	// What no word grants: the code is there, and whether the service can do
	// without it is not to be seen from outside.
	program.Tunnels: optOutWeight, program.Interfaces: optOutWeight, program.Filters: optOutWeight,
	program.Multicast: optOutWeight,
	program.IPsec:     optOutWeight, program.Netgraph: optOutWeight, program.Mounts: optOutWeight,
	program.Modules: optOutWeight,
	program.Jails:   optOutWeight, program.Power: optOutWeight, program.Swaps: optOutWeight,
	program.Accounting: optOutWeight, program.NFS: optOutWeight,
	// What is worth knowing and speaks for no answer: bpf(4) needs no option,
	// and of the rest the service loses a part of its function.
	program.Captures: {}, program.Realtime: {}, program.Processes: {}, program.Kernel: {}, program.Controls: {},
}

// optOutWeight holds a certainty down; it decides nothing, since many programs
// can and by default don't.
var optOutWeight = weight{OptOut, [5]Certainty{Likely, Likely, Possible, Unknown, Unknown}}

// fromPrograms makes evidence of what was seen in the programs.
func fromPrograms(in Input) []Evidence {
	var out []Evidence
	for _, r := range in.Reports {
		if r.File == "" {
			continue
		}
		what := "it is a " + r.Kind
		if strings.ContainsAny(r.Kind[:1], "aeiouAEIOU") {
			what = "it is an " + r.Kind
		}
		if n := len(r.Looked); n > 0 {
			what += fmt.Sprintf("; looked at as well: %s", strings.Join(baseNames(r.Looked), ", "))
		}
		out = append(out, Evidence{Path: r.File, Kind: FromProgram, Strength: Possible, Fact: what})
		for _, f := range r.Facts {
			w := weights[f.Act]
			e := Evidence{Path: f.File, Line: f.Line, Kind: FromProgram, Supports: w.word, Strength: w.strength[f.How],
				Fact: f.Seen + ": it " + string(f.Act)}
			if f.How == program.Library {
				e.Fact = f.Seen + ": a library " + string(f.Act)
			}
			if e.Strength == Unknown {
				e.Supports, e.Strength = "", Possible
			}
			out = append(out, e)
		}
	}
	return out
}

// baseNames shortens a list of files for a sentence.
func baseNames(list []string) []string {
	const most = 8
	var out []string
	for i, name := range list {
		if i == most {
			return append(out, fmt.Sprintf("%d more", len(list)-most))
		}
		out = append(out, path.Base(name))
	}
	return out
}

// missed says what was looked for in the programs and not found, and how far
// that carries.
func missed(in Input) []string {
	var out []string
	if len(in.Reports) == 0 {
		return []string{notExamined + "the program itself (--packages, --stage and --src examine it)"}
	}
	for _, r := range in.Reports {
		switch absent := absentActs(r); {
		case r.File == "":
			out = append(out, "the program "+r.Program+": "+r.Missing)
		case r.Blind:
			out = append(out, notExamined+r.File+", which svcjify can't read: "+strings.Join(r.Open, "; "))
		case len(r.Open) > 0:
			out = append(out, fmt.Sprintf("in %s: that it %s; it may do so anyway, since %s", r.File,
				strings.Join(absent, ", "), strings.Join(r.Open, ", ")))
		default:
			out = append(out, fmt.Sprintf("in %s, of which everything was seen: that it %s", r.File,
				strings.Join(absent, ", ")))
		}
	}
	return out
}

// absentActs is what was looked for and not found, as far as it would speak for an answer.
func absentActs(r *program.Report) []string {
	var out []string
	for _, a := range program.Acts() {
		if _, ok := r.Nearest(a); !ok && weights[a].word != "" {
			out = append(out, string(a))
		}
	}
	return out
}

// closed reports whether all of every program was seen, so that absence counts.
func (in Input) closed() bool {
	seen := false
	for _, r := range in.Reports {
		if r.Sources {
			continue
		}
		if !r.Closed() {
			return false
		}
		seen = true
	}
	return seen
}

// excluded reports whether the programs hold nothing that needs the word: all
// of their code was seen, and no call of it is there, in no library either.
func (in Input) excluded(word string) bool {
	if !in.closed() {
		return false
	}
	switch word { // What shows the one speaks for the other as well.
	case "netv4", "netv6":
		word = "net_basic"
	case "sysvipc":
		word = "sysvipcnew"
	}
	for _, r := range in.Reports {
		for _, f := range r.Facts {
			if !r.Sources && weights[f.Act].word == word {
				return false
			}
		}
	}
	return true
}

// grants reports whether a word gives what another word is needed for. Which
// family a program speaks, its calls need not tell: one of the two will do.
func grants(word, needed string) bool {
	w, known := rcparse.OptionOf(word)
	n, _ := rcparse.OptionOf(needed)
	return known && w.Serves(n) || needed == "net_basic" && (word == "netv4" || word == "netv6")
}

// strongest is the program's strongest fact for a word.
func (v *Verdict) strongest(word string) (Evidence, bool) {
	var top Evidence
	for _, e := range v.Evidence {
		if e.Kind == FromProgram && e.Supports == word && e.Strength > top.Strength {
			top = e
		}
	}
	return top, top.Strength > Unknown
}

// programWords are the words that a program's own calls can speak for.
var programWords = []string{"net_basic", "net_raw", "net_all", "sysvipcnew", "mlock", "settime", "routing", "vmm"}

// checkEntry holds an answer of the table against the program. The table is
// not overturned. A word that nothing in the program needs is shown, and the
// certainty falls; so it is with a call that the table does not account for,
// where a person was not sure. Where the program shows just the same, it rises.
func (v *Verdict) checkEntry(e *Entry, in Input) {
	if len(in.Reports) == 0 || e.OptOut() {
		return
	}
	agree := true
	for _, w := range v.Options {
		shown := false
		for _, needed := range programWords {
			top, ok := v.strongest(needed)
			shown = shown || ok && top.Strength >= Likely && grants(w, needed)
		}
		if in.excluded(w) {
			v.contradict(Evidence{Path: in.Reports[0].File,
				Fact: "all of the program was seen, and nothing in it needs " + w + ", yet the table says so"})
		}
		agree = agree && shown
	}
	for _, w := range programWords {
		top, ok := v.strongest(w)
		needed := slices.ContainsFunc(v.Options, func(o string) bool { return grants(o, w) })
		if !ok || top.Strength < Likely || needed ||
			slices.ContainsFunc(e.Tolerates, func(o string) bool { return grants(o, w) }) {
			continue
		}
		agree = false
		if e.Certainty <= Likely { // else a person knew that it can, and that by default it does not
			v.contradict(top.with(", yet the table does not name " + w))
		}
	}
	if len(v.Options) == 0 {
		agree = agree && in.excluded("net_basic") && in.excluded("sysvipcnew")
	}
	if agree && v.Certainty == Likely && len(v.Contradictions) == 0 {
		v.Certainty = Confident
	}
}
