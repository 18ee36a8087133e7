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
	miss(m != nil, "an entry of the table of programs for "+sought(in))
	miss(found("net_basic", FromListen), "an address or a port in the script's defaults and command line")
	miss(found("", FromConf), "an address, a port or a socket in "+have(in.Port.Files, "the configurations", isConfFile,
		"a configuration: files/ has none"))
	miss(found("", FromMessage), "an address or parameters of jail(8) in "+have(in.Port.Files, "the message", isMessage,
		"a pkg-message: there is none"))
	miss(found(OptOut, FromScript), "a command of the start that no option permits in a jail")
	miss(found("", FromSetting), "devices, kernel modules, sysctls and limits in the script")
	if len(in.Port.Modules)+len(in.Port.Listed)+len(in.Port.Runs) > 0 {
		miss(slices.ContainsFunc(v.Evidence, func(e Evidence) bool {
			return e.Kind == FromDepends && (strings.Contains(e.Fact, "it runs with") ||
				strings.Contains(e.Fact, "it is built with"))
		}), "a module or a package that tells what the program does, among those that it is built from and runs with")
	}
	miss(found(OptOut, FromKeyword), "KEYWORD nojail")
	miss(found(OptOut, FromPackage), "kernel modules and mount programs in the packing list")
	v.NotFound = append(v.NotFound, missed(in)...)
	switch {
	case in.Run == nil:
		v.NotFound = append(v.NotFound, "a process that the simulated start leaves: it was not simulated")
	case in.Run.Failed != "" || in.Run.Undecided != "":
		v.NotFound = append(v.NotFound, "a process that the simulated start leaves: "+in.Run.Failed+in.Run.Undecided)
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

// foundBy says by which name an entry of the table was found.
func foundBy(in Input, m *Match) string {
	what := "the program " + m.By
	if m.By == in.Service {
		what = "the service's name"
	}
	if m.How != "" {
		what = m.By + " (" + m.How + ")"
	}
	where := fmt.Sprintf("%s, in knowledge/%s:%d", what, m.Entry.File, m.Entry.Line)
	if m.Since != "" {
		where += ", which counts where " + m.Since
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
		return []string{"any fact that says whether it speaks IP, and what else it asks of the kernel"}
	case v.OptOut && !v.Never():
		out = append(out, "an administrator who wants it in a jail all the same: it works there with "+orNone(v.Lifted))
	case v.OptOut:
		out = append(out, fmt.Sprintf("a way to run it in which it does not do this: it %s", v.Comment))
	case len(v.Options) == 0:
		out = append(out, "a socket of IP in its default configuration: net_basic")
	default:
		out = append(out, "a default configuration with UNIX sockets only: none")
	}
	var calls []string
	for _, w := range []struct{ word, act string }{
		{"sysvipcnew", "shmget(2) and its like"}, {"mlock", "mlock(2) that it can't do without"},
		{"net_raw", "a raw socket"}, {"settime", "clock_settime(2)"}, {"routing", "a change of the routing table"},
	} {
		if !v.OptOut && !in.excluded(w.word) && !slices.Contains(v.Options, w.word) &&
			!(w.word == "sysvipcnew" && slices.Contains(v.Options, "sysvipc")) {
			calls = append(calls, w.act+" ("+w.word+")")
		}
	}
	if len(calls) > 0 {
		out = append(out, "a call of the program that none of this shows: "+strings.Join(calls, ", "))
	}
	if byEntry {
		out = append(out, "a release of the program that does otherwise than its entry in the table says")
	} else if v.Certainty < Confident {
		out = append(out, "a fact of another kind that agrees makes it more certain, such as an entry of the table")
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
