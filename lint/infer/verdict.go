// Package infer decides which service jail options a service needs, or that it
// must not be jailed: evidence in, verdict out. It never guesses: a service
// without evidence is unknown.
package infer

import (
	"fmt"
	"sort"
	"strings"
)

// A Certainty says how far a verdict can be relied on. Only Confident and
// Certain ones are patched unless someone asks for more.
type Certainty int

const (
	// Unknown: there is no evidence to go by.
	Unknown Certainty = iota
	// Possible: one weak sign.
	Possible
	// Likely: good signs, but something else may be needed too.
	Likely
	// Confident: independent signs agree, or an entry of the table says so.
	Confident
	// Certain: the program's own documentation or source states it and nothing contradicts.
	Certain
)

var certaintyText = []string{"unknown", "possible", "likely", "confident", "certain"}

func (c Certainty) String() string { return certaintyText[c] }

// MarshalText makes the word the JSON form.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseCertainty is the inverse of String.
func ParseCertainty(s string) (Certainty, error) {
	for i, t := range certaintyText {
		if s == t {
			return Certainty(i), nil
		}
	}
	return Unknown, fmt.Errorf("unknown certainty %q: expected %s", s, strings.Join(certaintyText[1:], ", "))
}

// The answers that are no option word.
const (
	// OptOut: the service must not be jailed; no option set makes it work.
	OptOut = "NO"
	// Nothing: someone looked, and the empty set is right.
	Nothing = "none"
)

// Evidence is one fact, where it stands, and what it says about the answer.
type Evidence struct {
	// Path and Line say where the fact stands: a file of the tree, or the
	// knowledge table (Path "knowledge").
	Path string `json:"path"`
	Line int    `json:"line,omitempty"`
	// Fact is what was found there, in a short sentence.
	Fact string `json:"fact"`
	// Supports is the option word it speaks for, OptOut, or Nothing; empty for
	// a fact that only informs.
	Supports string `json:"supports,omitempty"`
	// Strength is how certain the answer would be by this fact alone.
	Strength Certainty `json:"strength"`
	// Kind groups facts that are not independent of one another.
	Kind Kind `json:"kind"`

	own    bool // it is about this script, though it is a fact of a port with several
	always bool // an act of the start that is done whatever rc.conf says
	faint  bool // it agrees with nothing: it says only that there is a daemon
}

// A Kind is a group of facts that come from one source and so do not confirm each other.
type Kind string

const (
	FromPerson    Kind = "person"    // what a person decided, in the configuration
	FromKnowledge Kind = "knowledge" // the table of programs
	FromKeyword   Kind = "keyword"   // the rcorder(8) block
	FromScript    Kind = "script"    // what the script runs
	FromSetting   Kind = "setting"   // what the script writes down: devices, modules, sysctls, limits
	FromStart     Kind = "start"     // the simulated start
	FromListen    Kind = "listen"    // an address or port it listens on or connects to
	FromText      Kind = "text"      // COMMENT and pkg-descr
	FromName      Kind = "name"      // what the service and its programs are called
	FromDepends   Kind = "depends"   // dependencies, USES
	FromCategory  Kind = "category"  // CATEGORIES
	FromMessage   Kind = "message"   // pkg-message
	FromConf      Kind = "conf"      // a configuration that the port installs
	FromPackage   Kind = "package"   // the packing list
	FromComment   Kind = "comment"   // the script's comments
	FromProgram   Kind = "program"   // the program itself: its calls, imports, sources
)

// A Verdict is the answer for one service.
type Verdict struct {
	// Options is the smallest set that the evidence supports, in the order of
	// rc.conf(5); empty and not nil where the empty set is the answer.
	Options []string
	// OptOut is true where the service is not jailed.
	OptOut bool
	// Lifted is the options with which it works all the same, in the order of
	// rc.conf(5), where NO is policy: an administrator can lift that in
	// rc.conf. It is nil where no option makes it work, and without OptOut.
	Lifted []string
	// Policy is true where the reason of an opt-out is policy and not the kernel,
	// though the script itself may keep it from being lifted.
	Policy bool
	// Reason is one sentence for the commit message, or for the opt-out's comment.
	Reason string
	// Comment is the short reason that goes into the script with an opt-out.
	Comment   string
	Certainty Certainty
	// Evidence is all that was found, the deciding facts first.
	Evidence []Evidence
	// Open is what is not known of the program, or could be argued, in sentences.
	Open string
	// Limits are ordinary functions that are reduced inside the jail.
	Limits []string
	// Contradictions says where facts disagree.
	Contradictions []string
	// FoundBy is the name by which an entry of the table was found; "" where none was.
	FoundBy string
	// NotFound is what was looked for in vain, WouldChange what would make the
	// answer another.
	NotFound, WouldChange []string
}

// Known reports whether there is an answer at all.
func (v Verdict) Known() bool { return v.Certainty > Unknown }

// Answer is the option words separated by blanks, "none", "NO", or "" where unknown.
func (v Verdict) Answer() string {
	switch {
	case !v.Known():
		return ""
	case v.OptOut:
		return OptOut
	case len(v.Options) == 0:
		return Nothing
	}
	return strings.Join(v.Options, " ")
}

// Never reports whether the service must not be jailed because no option makes it work.
func (v Verdict) Never() bool { return v.OptOut && v.Lifted == nil }

// Works is the options with which the service works in a jail: those that it
// needs, or those with which an administrator can lift its opt-out. It is nil
// where nothing is known, or nothing works.
func (v Verdict) Works() []string {
	if v.OptOut {
		return v.Lifted
	}
	return v.Options
}

// order sorts evidence: deciding facts first, then by strength and place.
func order(list []Evidence, answer string) {
	words := strings.Fields(answer)
	decides := func(e Evidence) bool {
		for _, w := range words {
			if e.Supports == w {
				return true
			}
		}
		return false
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if decides(a) != decides(b) {
			return decides(a)
		}
		if a.Strength != b.Strength {
			return a.Strength > b.Strength
		}
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Line < b.Line
	})
}

// Because is the comment of an opt-out as the rest of a sentence: "it mounts file
// systems", "its sessions must see the host", "it is a one-shot set-up".
func (v Verdict) Because() string {
	first, _, _ := strings.Cut(v.Comment, " ")
	switch first {
	case "its", "a", "the", "only", "no":
		return v.Comment
	case "one-shot", "one", "login", "supervisor":
		if strings.HasSuffix(v.Comment, "service") || first != "one" {
			return "it is a " + v.Comment
		}
		return v.Comment
	}
	return "it " + v.Comment
}
