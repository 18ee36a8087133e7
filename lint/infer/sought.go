package infer

import (
	"fmt"
	"slices"
	"strings"
)

// listNotFound says what was looked for and not found, and what would change the
// answer, so that a reader can judge how far the silence carries.
func (v *Verdict) listNotFound(in Input, m *Match) {
	found := func(supports string, kinds ...Kind) bool {
		return slices.ContainsFunc(v.Evidence, func(e Evidence) bool {
			return slices.Contains(kinds, e.Kind) && (supports == "" || e.Supports == supports)
		})
	}
	miss := func(have bool, what string) {
		if !have {
			v.NotFound = append(v.NotFound, what)
		}
	}
	miss(m != nil, "an entry of svcjify's table of programs for "+sought(in))
	miss(found("net_basic", FromListen), "an address or a port in the script's defaults and command line")
	miss(found("", FromConf), "an address, a port or a socket in "+have(in.Port.Files,
		"the configuration files", isConfFile,
		"a configuration file: files/ has none"))
	miss(found("", FromMessage), "addresses or parameters of jail(8) in "+have(in.Port.Files, "the message", isMessage,
		"pkg-message: the port has none"))
	miss(found(OptOut, FromScript), "a command in start_cmd that a jail always refuses")
	miss(found("", FromSetting), "devices, kernel modules, sysctls and limits in the script")
	if len(in.Port.Modules)+len(in.Port.Listed)+len(in.Port.Runs) > 0 {
		miss(slices.ContainsFunc(v.Evidence, func(e Evidence) bool {
			return e.Kind == FromDepends && (strings.Contains(e.Fact, "it runs with") ||
				strings.Contains(e.Fact, "it is built with"))
		}), "a module or a package that shows what the program does, in its dependencies")
	}
	miss(found(OptOut, FromKeyword), "KEYWORD nojail")
	miss(found(OptOut, FromPackage), "kernel modules and mount programs in the packing list")
	v.NotFound = append(v.NotFound, missed(in)...)
	switch {
	case in.Run == nil:
		v.NotFound = append(v.NotFound, notExamined+"the process that the start leaves: the start was not simulated")
	case in.Run.Failed != "" || in.Run.Undecided != "":
		v.NotFound = append(v.NotFound, notExamined+
			"the process that the start leaves: "+in.Run.Failed+in.Run.Undecided)
	case !found(OptOut, FromStart):
		v.NotFound = append(v.NotFound, "a simulated start that leaves no process")
	}
	v.WouldChange = v.changes(in, m != nil)
	if m != nil {
		v.FoundBy = foundBy(in, m)
	}
}

// sought is the names that were looked for in the table, with the way to each.
func sought(in Input) string {
	list := []string{in.Service}
	for _, n := range in.Known() {
		switch {
		case n.Text == in.Service:
		case n.How == "":
			list = append(list, n.Text)
		default:
			list = append(list, n.Text+" ("+n.How+")")
		}
	}
	return strings.Join(list, ", ")
}

// notExamined begins what was not examined, as opposed to what was not found there.
const notExamined = "not examined: "

// foundBy says by which name an entry of the table was found.
func foundBy(in Input, m *Match) string {
	what := "the program " + m.By
	if m.By == in.Service {
		what = "the service's name"
	}
	if m.How != "" {
		what = m.By + " (" + m.How + ")"
	}
	where := fmt.Sprintf("svcjify's table of programs has %s (lint/infer/knowledge/%s:%d)", what, m.Entry.File, m.Entry.Line)
	if m.Since != "" {
		where += "; the entry is used if " + m.Since
	}
	return where
}

func isConfFile(f File) bool { return isConf(f.Path) }
func isMessage(f File) bool  { return strings.Contains(f.Path, "pkg-message") }

// have is what to call the files of a kind, or what to say where there are none.
func have(files []File, what string, is func(File) bool, none string) string {
	if slices.ContainsFunc(files, is) {
		return what
	}
	return none
}

// changes is what would change the answer.
func (v *Verdict) changes(in Input, byEntry bool) []string {
	var out []string
	switch {
	case !v.Known():
		return []string{"a fact that shows whether it uses IP, and which other functions of the kernel it uses"}
	case v.OptOut && !v.Never():
		out = append(out, "an administrator who wants it in a jail anyway: it works there with "+orNone(v.Lifted))
	case v.OptOut:
		out = append(out, "if it can be run without what speaks against a jail: "+v.Because())
	case len(v.Options) == 0:
		out = append(out, "if it uses IP in its default configuration: net_basic is needed")
	default:
		out = append(out, "if its default configuration uses UNIX sockets only: no option is needed")
	}
	for _, w := range []struct{ word, act string }{
		{"sysvipcnew", "it calls shmget(2), semget(2) or msgget(2)"},
		{"mlock", "it calls mlock(2), and ends if that is refused"},
		{"net_raw", "it opens a raw socket"}, {"settime", "it calls clock_settime(2)"},
		{"routing", "it changes the routing table"},
	} {
		if !v.OptOut && !in.excluded(w.word) && !slices.Contains(v.Options, w.word) &&
			!(w.word == "sysvipcnew" && slices.Contains(v.Options, "sysvipc")) {
			out = append(out, "if "+w.act+", which nothing above shows: "+w.word+" is needed")
		}
	}
	if byEntry {
		out = append(out, "a release of the program that does something else than its entry in the table says")
	} else if v.Certainty < Confident {
		out = append(out, "another kind of evidence that agrees, such as an entry of the table: it makes the answer more certain")
	}
	return out
}

// orNone is option words in a sentence.
func orNone(words []string) string {
	if len(words) == 0 {
		return "no option"
	}
	return strings.Join(words, " ")
}
