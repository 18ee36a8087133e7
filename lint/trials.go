package lint

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Trial is a start under other lines of rc.conf than the enable line.
type Trial struct {
	// Conf is the lines that make the difference.
	Conf []rcrun.Setting
	// Told says that the script's defaults or its comments tell people to set them.
	Told bool
	// List says that the setting is a list, such as one of instances, with two entries.
	List bool
	// Pos is where the script first mentions the setting.
	Pos rcparse.Pos
	Pair
}

// setting is the lines as a condition in a sentence.
func (t Trial) setting() string {
	var out []string
	for _, v := range t.Conf {
		if v.Value == "YES" || v.Value == "NO" {
			out = append(out, v.Name+"="+v.Value)
		} else { // the value is ours
			out = append(out, v.Name+" (tried with "+strconv.Quote(v.Value)+")")
		}
	}
	return "if rc.conf sets " + sentenceList(out)
}

// maxTrials bounds what is tried of one script; no real one has half as many settings.
const maxTrials = 100

// trials starts the service with each of its settings at a plain value. Only a
// setup or a precmd can keep one from the jail, and only a start_cmd can do with it
// what a jail refuses; lists are tried of every script. Settings are tried
// together first, and one at a time where that shows a difference.
func (r *runner) trials(rec *Records) []Trial {
	if rec.Host.Name == "" {
		return nil
	}
	knobs := knobsOf(r.script, r.prefixes(rec.Host.Name), rec.Host.Assumed)
	var groups [][]knob
	var lists []knob
	var flags, texts, switches []knob
	for _, k := range knobs {
		switch {
		case k.list:
			lists = append(lists, k)
		case k.yesno:
			switches = append(switches, k)
		case k.Name == rec.Host.Name+"_flags":
			flags = append(flags, k)
		default:
			texts = append(texts, k)
		}
	}
	_, custom := r.script.Method("start_cmd")
	if rec.Host.Prepares {
		groups = append(groups, flags, texts)
	}
	if rec.Host.Prepares || custom {
		groups = append(groups, switches)
	}
	for _, k := range lists {
		groups = append(groups, []knob{k})
	}
	groups = slices.DeleteFunc(groups, func(g []knob) bool { return len(g) == 0 })
	var out, again []Trial
	for _, t := range r.try(groups) {
		switch {
		case t.List:
			out = append(out, t)
		case !t.tells(rec):
		case len(t.Conf) == 1:
			out = append(out, t)
		default:
			again = append(again, t)
		}
	}
	for _, t := range again {
		var each, seen [][]knob
		lost := t.lostText(rec)
		for _, k := range knobs {
			if slices.Contains(t.Conf, k.Setting) {
				alone := k
				alone.Value = k.alone
				each = append(each, []knob{alone})
				if strings.Contains(lost, k.Value) && !k.yesno {
					seen = append(seen, []knob{alone})
				}
			}
		}
		if len(seen) > 0 { // the values are all different: what is lost shows whose it is
			each = seen
		}
		found := slices.DeleteFunc(r.try(each), func(t Trial) bool { return !t.tells(rec) })
		if len(found) == 0 && t.failed() == "" && len(t.Host.Starts) > 0 {
			found = []Trial{t} // it takes several
		}
		for _, f := range found {
			if !slices.ContainsFunc(out, func(o Trial) bool { return slices.Equal(o.Conf, f.Conf) }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// prefixes is what the names of the service's variables may begin with, the name
// that run_rc_command was called with first.
func (r *runner) prefixes(name string) []string {
	out := []string{name}
	for _, n := range append([]string{r.script.Name.Text, strings.ReplaceAll(r.svc.Name, "-", "_")},
		r.script.Names...) {
		if syntax.ValidName(n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// prefixed reports whether a variable is named for the service.
func prefixed(v string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(v, n+"_") })
}

// try starts the service once for each group of settings.
func (r *runner) try(groups [][]knob) []Trial {
	var scenarios []rcrun.Scenario
	var out []Trial
	for _, g := range groups {
		t := Trial{Told: true, List: g[0].list, Pos: g[0].pos}
		sc := r.plain
		sc.Corrected = true
		for _, k := range g {
			t.Conf = append(t.Conf, k.Setting)
			t.Told = t.Told && k.told
		}
		sc.RCConf = slices.Clone(t.Conf)
		if t.List {
			sc.Corrected = false
			sc.RCConf = append(sc.RCConf, ofInstances(r.script, strings.Fields(g[0].Value)...)...)
		}
		scenarios = append(scenarios, sc)
		out = append(out, t)
	}
	for i, p := range r.pairs(r.script.Src, scenarios...) {
		out[i].Pair = p
	}
	return out
}

// lostText is what a trial shows to be lost, "" where it can't be judged.
func (t Trial) lostText(rec *Records) string {
	if t.failed() != "" || len(t.Host.Starts) == 0 {
		return ""
	}
	var b strings.Builder
	for _, l := range notCovered(t.losses(), rec.start().losses()) {
		b.WriteString(l.what + "\n" + strings.Join(l.words, "\n") + "\n")
	}
	return b.String()
}

// tells reports whether a trial shows something that the plain start does not,
// or can't be judged together with the others.
func (t Trial) tells(rec *Records) bool {
	if t.failed() != "" || len(t.Host.Starts) == 0 {
		return len(t.Conf) > 1
	}
	return len(notCovered(t.losses(), rec.start().losses())) > 0 || t.outside() != "" || len(t.Jail.Refused) > 0 ||
		len(hostActs(t.Jail.Reached)) > len(hostActs(rec.start().Jail.Reached))
}
