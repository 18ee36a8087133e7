package advise

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// plainWord is a word of a command line that rc.subr's eval hands on as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=,@%+-]+$`)

// pretended is what the simulation says where a script asks the machine: a value
// that holds it is not this machine's.
var pretended = regexp.MustCompile(`‹|host\.example\.org|20260101|1767225600|8589934592|/home/|\b1234\b|^4$`)

// mark is a flag that no program has, to see where ${name}_flags ends up.
const mark = "--svcjify-mark"

// workaround looks for lines of rc.conf that give the jailed start what only a
// precmd or setup sets on the host. They are tried in the simulation before they
// are returned; why says what stood against it, where that is worth telling.
func (j *judgement) workaround(lines []rcrun.Setting) (extra []rcrun.Setting, why string) {
	r := j.subject.Records
	if len(r.Host.Starts) != 1 || len(r.Jail.Starts) != 1 {
		return nil, ""
	}
	h, in := r.Host.Starts[0], r.Jail.Starts[0]
	add := func(end, value string) { extra = append(extra, rcrun.Setting{Name: j.RunName + end, Value: value}) }
	for _, d := range []struct{ end, host, jail string }{
		{"_user", h.User, in.User}, {"_group", h.Group, in.Group}, {"_groups", h.Groups, in.Groups}, {"_chroot", h.Chroot, in.Chroot},
		{"_chdir", h.Dir, in.Dir}, {"_login_class", h.LoginClass, in.LoginClass}, {"_limits", h.Limits, in.Limits},
		{"_nice", h.Nice, in.Nice}, {"_fib", h.FIB, in.FIB},
	} {
		if d.host != d.jail && d.host != "" {
			add(d.end, d.host)
		}
	}
	if lost := lint.MissingWords(h.Env, in.Env); len(lost) > 0 {
		old := ""
		if before := j.before([]rcrun.Setting{{Name: j.RunName + "_env"}}); len(before) > 0 {
			old = before[0].Value + " "
		}
		add("_env", old+strings.Join(lost, " "))
	}
	if !slices.Equal(h.Argv, in.Argv) {
		flags, ok := j.flags(lines, h.Argv)
		if !ok {
			return nil, ""
		}
		add("_flags", strings.Join(flags, " "))
	}
	for _, s := range extra {
		for w := range strings.FieldsSeq(s.Value) {
			if !plainWord.MatchString(w) || pretended.MatchString(w) && !j.inConf(w) {
				return nil, "Lines in rc.conf could not give it back: it is worked out when the service starts."
			}
		}
	}
	if len(extra) == 0 {
		return nil, ""
	}
	if j.otherwise(h) {
		return nil, "Lines in rc.conf for it would be guessed: what the start needs depends on files or commands that svcjify can't look into."
	}
	if !j.gives(slices.Concat(lines, extra)) {
		return nil, ""
	}
	if verb := j.disturbed(extra); verb != "" {
		return nil, fmt.Sprintf("Lines in rc.conf could give it back, but `service %s %s` would then run something else.", j.Name, verb)
	}
	return extra, ""
}

// inConf reports whether a word stands in the machine's own rc.conf.
func (j *judgement) inConf(word string) bool {
	for _, text := range j.m.conf {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// disturbed is a verb other than start that does something else with the lines: a
// script may put ${name}_flags into the commands of all its verbs. "" for none.
func (j *judgement) disturbed(extra []rcrun.Setting) string {
	verbs := []string{"stop", "reload", "status"}
	for _, m := range j.subject.Script.Methods() {
		verb, ok := strings.CutSuffix(m, "_cmd")
		if ok && verb != "start" && verb != "restart" && !slices.Contains(verbs, verb) {
			verbs = append(verbs, verb)
		}
	}
	var scenarios []rcrun.Scenario
	for _, v := range verbs {
		sc := rcrun.Scenario{Verb: v, InstalledAs: j.Name, Release: j.m.release.Name, Running: true}
		with := sc
		with.RCConf = extra
		scenarios = append(scenarios, sc, with)
	}
	recs := j.run(scenarios)
	for i, v := range verbs {
		a, b := recs[2*i], recs[2*i+1]
		if a.Failed != b.Failed || !slices.EqualFunc(a.Reached, b.Reached, func(x, y rcrun.Command) bool {
			return slices.Equal(x.Argv, y.Argv) && x.User == y.User && x.Phase == y.Phase
		}) {
			return v
		}
	}
	return ""
}

// flags is the value of ${name}_flags with which the jailed start has the command
// line argv: what stands there between the words that come from elsewhere.
func (j *judgement) flags(lines []rcrun.Setting, argv []string) ([]string, bool) {
	marked := slices.Concat(lines, []rcrun.Setting{{Name: j.RunName + "_flags", Value: mark}})
	rec := j.run([]rcrun.Scenario{j.scenario(marked, false)})[0]
	if len(rec.Starts) != 1 {
		return nil, false
	}
	got := rec.Starts[0].Argv
	at := slices.Index(got, mark)
	if at < 0 || len(argv) < len(got)-1 {
		return nil, false
	}
	before, behind := got[:at], got[at+1:]
	if !slices.Equal(argv[:at], before) || !slices.Equal(argv[len(argv)-len(behind):], behind) {
		return nil, false
	}
	return argv[at : len(argv)-len(behind)], true
}

// otherwise reports whether what the start has depends on what the simulation
// can't know, such as a file's content.
func (j *judgement) otherwise(h rcrun.Command) bool {
	other := j.scenario(nil, false)
	other.OtherAnswers = true
	rec := j.run([]rcrun.Scenario{other})[0]
	return len(rec.Starts) != 1 || len(lint.Losses(rcrun.Record{Starts: []rcrun.Command{h}}, rec)) > 0
}

// gives reports whether the jailed start with the lines loses nothing.
func (j *judgement) gives(lines []rcrun.Setting) bool {
	recs := j.run([]rcrun.Scenario{j.scenario(nil, false), j.scenario(lines, false)})
	return recs[1].Failed == "" && len(recs[1].Starts) > 0 && len(lint.Losses(recs[0], recs[1])) == 0
}

// before is what rc.conf says now of the variables of some lines.
func (j *judgement) before(lines []rcrun.Setting) []rcrun.Setting {
	var out []rcrun.Setting
	for _, l := range lines {
		for _, file := range []string{host.Local, host.Main} {
			if v, ok := assigned(j.m.conf[file], l.Name); ok {
				out = append(out, rcrun.Setting{Name: l.Name, Value: v})
				break
			}
		}
	}
	return out
}

// assigned is the last plain value that a text gives a variable at its top level.
func assigned(text, name string) (value string, ok bool) {
	if !strings.Contains(text, name) {
		return "", false
	}
	for line := range strings.Lines(plainLines(text)) {
		if v, found := strings.CutPrefix(line, name+"="); found {
			value, ok = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(v, "\n"), "'"),
				"'"), `'\''`, "'"), true
		}
	}
	return value, ok
}
