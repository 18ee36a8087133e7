package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A loss is one difference between the start on the host and the one in the jail.
type loss struct {
	kind     lossKind
	what     string // a clause about the program that starts in the jail: "food would start as root"
	severity Severity
	// vars are the variables that may carry it, words what they lose.
	vars, words []string
}

// A lossKind says what of a start a loss is about.
type lossKind string

const (
	lostStart  lossKind = "start" // a command is not started, or one more is
	lostWords  lossKind = "words"
	moreWords  lossKind = "more words"
	lostOrder  lossKind = "order"
	lostEnv    lossKind = "environment"
	lostPID    lossKind = "pid file"
	lostUser   lossKind = "user"
	lostGroup  lossKind = "group"
	lostDir    lossKind = "directory"
	lostOthers lossKind = "limits" // what rc.subr sets around a command
)

// losses compares what is started, command by command.
func (p Pair) losses() []loss {
	return compareAll(p.Host.Starts, p.Jail.Starts, p.pidFile())
}

// A pidFile is where rc.subr looks for the process, and which verbs find none
// where the start has not written it.
type pidFile struct {
	path  string
	verbs []string
}

func (p Pair) pidFile() pidFile { return pidFile{p.Host.PidFile, p.Unfound} }

// compareAll compares two lists of commands.
func compareAll(host, jail []rcrun.Command, pid pidFile) []loss {
	line := []string{"command", "command_args", "rc_flags"}
	if len(host) > 0 && len(jail) == 0 {
		return []loss{{lostStart, "nothing would start; on the host " + quoteWords(host[0].Argv) + " does", Error,
			line, nil}}
	}
	var out []loss
	i, j := 0, 0
	for i < len(host) && j < len(jail) {
		// Where one of the two lacks a command, the next of the same program goes on.
		skipHost, skipJail := nextOf(host[i:], jail[j]), nextOf(jail[j:], host[i])
		switch {
		case skipHost == 0, skipHost < 0 && skipJail < 0:
			out = append(out, compare(host[i], jail[j], pid)...)
			i, j = i+1, j+1
		case skipJail < 0 || skipHost > 0 && skipHost <= skipJail:
			out = append(out, notStarted(host[i]))
			i++
		default:
			out = append(out, startedToo(jail[j]))
			j++
		}
	}
	for ; i < len(host); i++ {
		out = append(out, notStarted(host[i]))
	}
	for ; j < len(jail); j++ {
		out = append(out, startedToo(jail[j]))
	}
	return out
}

// nextOf is the index of the first command of the same program, -1 for none.
func nextOf(list []rcrun.Command, like rcrun.Command) int {
	return slices.IndexFunc(list, func(c rcrun.Command) bool {
		return c.Argv[0] == like.Argv[0] && c.Program[0] == like.Program[0]
	})
}

func notStarted(c rcrun.Command) loss {
	return loss{lostStart, quoteWords(c.Argv) + notRun, Error, nil, nil}
}

func startedToo(c rcrun.Command) loss {
	return loss{lostStart, quoteWords(c.Argv) + " would be run in addition", Error, nil, nil}
}

// notRun ends the sentence about a command that is not started.
const notRun = " would not be run"

// maxNotStarted is how many of several commands are named that are not started.
const maxNotStarted = 3

// togetherNotStarted makes one loss of all commands that are not started: they are
// skipped for one reason.
func togetherNotStarted(list []loss) []loss {
	var names []string
	for _, l := range list {
		if name, ok := strings.CutSuffix(l.what, notRun); ok && l.kind == lostStart {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return list
	}
	if n := len(names) - maxNotStarted; n > 1 {
		names = append(names[:maxNotStarted:maxNotStarted], fmt.Sprintf("%d more commands", n))
	}
	var out []loss
	for _, l := range list {
		if strings.HasSuffix(l.what, notRun) && l.kind == lostStart {
			if names == nil {
				continue
			}
			l.what, names = sentenceList(names)+notRun, nil
		}
		out = append(out, l)
	}
	return out
}

func compare(h, j rcrun.Command, pid pidFile) []loss {
	var out []loss
	line := []string{"rc_flags", "command_args", "command", "flags"}
	prog := path.Base(h.Program[0])
	if lost, extra := MissingWords(h.Argv, j.Argv), MissingWords(j.Argv, h.Argv); len(lost)+len(extra) > 0 {
		sev := Warning
		if !allDetail(lost) || !allDetail(extra) {
			sev = Error
		}
		names := func(w string) bool { return pid.path != "" && strings.Contains(w, pid.path) }
		switch {
		case slices.ContainsFunc(lost, names) && !slices.ContainsFunc(j.Argv, names):
			what := prog + " would start without " + quoteWords(lost) + "; rc.subr looks for the process in " + pid.path
			if len(pid.verbs) > 0 {
				sev = Error
				what += ", and without that file " + sentenceList(pid.verbs) + " would find no process"
			}
			out = append(out, loss{lostPID, what, sev, line, lost})
		case len(lost) > 0:
			out = append(out, loss{lostWords, prog + " would start without " + quoteWords(lost), sev, line, lost})
		}
		if len(extra) > 0 {
			to := prog
			if slices.Equal(h.Program, j.Program) { // they stand in front of the program
				to = path.Base(j.Argv[0])
			}
			if to == "daemon" {
				to += "(8)"
			}
			out = append(out, loss{moreWords, to + " would also get the arguments " + quoteWords(extra), sev, line,
				extra})
		}
	} else if !slices.Equal(h.Argv, j.Argv) {
		out = append(out, loss{lostOrder, prog + " would get its arguments in another order", Error, line, nil})
	}
	for _, d := range []struct {
		kind      lossKind
		name      string // of the variable that may carry it: ${name}_NAME
		h, j      string
		has, none string // how a value is told, and that there is none
		sev       Severity
	}{
		{lostUser, "user", h.User, j.User, "as %s", "as root", Error},
		{lostGroup, "group", h.Group, j.Group, "in the group %s", "in the groups of its user", Error},
		{lostGroup, "groups", h.Groups, j.Groups, "in the groups %s", "in the groups of its user", Error},
		{lostOthers, "chroot", h.Chroot, j.Chroot, "with the root directory %s", "without chroot(8)", Error},
		{lostDir, "directory", h.Dir, j.Dir, "in the directory %s", "in /", Error}, // it wants to find something there
		// The umask is the process's, and jail(8) hands it on.
		{lostOthers, "limits", strings.TrimSpace(h.LoginClass + " " + h.Limits),
			strings.TrimSpace(j.LoginClass + " " + j.Limits),
			"with the limits(1) %s", "without limits(1)", Warning},
		{lostOthers, "nice", h.Nice, j.Nice, "with a nice of %s", "without nice(1)", Warning},
		{lostOthers, "fib", h.FIB, j.FIB, "with the fib %s", "without setfib(1)", Warning},
		{lostOthers, "cpuset", h.CPUSet, j.CPUSet, "on the processors %s", "on all processors", Warning},
	} {
		if d.h != d.j {
			told := func(value string) string {
				if value == "" {
					return d.none
				}
				return fmt.Sprintf(d.has, value)
			}
			what := prog + " would start " + told(d.j) + ", not " + told(d.h)
			out = append(out, loss{d.kind, what, d.sev, []string{d.name}, []string{d.h}})
		}
	}
	if lost := MissingWords(h.Env, j.Env); len(lost) > 0 {
		sev := Warning
		names := namesOf(lost)
		for _, name := range names {
			if !strings.HasPrefix(name, "LC_") && name != "LANG" && name != "TZ" {
				sev = Error
			}
		}
		out = append(out, loss{lostEnv, prog + " would start without " + quoteWords(lost) + " in its environment", sev,
			names, lost})
	}
	return out
}

// notCovered is the losses that say more than those of another list do: another
// value of what is lost already is no other loss.
func notCovered(list, known []loss) []loss {
	return slices.DeleteFunc(slices.Clone(list), func(l loss) bool {
		return slices.ContainsFunc(known, func(k loss) bool {
			switch {
			case l.kind == lostPID && k.kind == lostWords, l.kind == lostWords && k.kind == lostPID, l.kind == k.kind:
			default:
				return false
			}
			if l.kind == lostEnv {
				return len(MissingWords(namesOf(l.words), namesOf(k.words))) == 0
			}
			return len(l.words) <= len(k.words) || len(MissingWords(l.words, k.words)) == 0
		})
	})
}

// namesOf is the variables of an environment.
func namesOf(env []string) []string {
	var out []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		out = append(out, name)
	}
	return out
}

// unknowns is what is not known in what is lost, each once.
func (l loss) unknowns() []string {
	var out []string
	for _, w := range append([]string{l.what}, l.words...) {
		for _, u := range rcrun.Unknowns(w) {
			if !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// MissingWords is the words of a that b lacks; one that stands twice in a must stand twice in b.
func MissingWords(a, b []string) []string {
	left := map[string]int{}
	for _, w := range b {
		left[w]++
	}
	var out []string
	for _, w := range a {
		if left[w]--; left[w] < 0 {
			out = append(out, w)
		}
	}
	return out
}

// isDetail reports whether a word of a command line is about a log or pid file
// only; everything else may be privileges, configuration or data.
func isDetail(w string) bool { return detail.MatchString(w) }

// detail takes pid and log for words of their own: --rapid and --login are none.
var detail = regexp.MustCompile(`(?i)(^|[^a-z])pid([^a-z]|file|s?$)|pidfile|^/var/log/|\.log$|^--?log([^a-z]|file|s?$)`)

// allDetail reports whether the words are details, each with the flag in front of it.
func allDetail(words []string) bool {
	for i, w := range words {
		flag := strings.HasPrefix(w, "-") && i+1 < len(words) && isDetail(words[i+1])
		if !flag && !isDetail(w) {
			return false
		}
	}
	return true
}

func quoteWords(words []string) string {
	return `"` + message.Clip(strings.Join(words, " "), 100) + `"`
}

// sentenceList is names in a sentence.
func sentenceList(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
