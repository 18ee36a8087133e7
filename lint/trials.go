package lint

import (
	"maps"
	"path"
	"regexp"
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

// A knob is a variable of rc.conf with a value to try.
type knob struct {
	rcrun.Setting     // with a value that no other knob of the script has
	alone             string
	told, list, yesno bool
	pos               rcparse.Pos
}

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

// standard is the variables of rc.subr(8) that every service has, and that
// people set.
var standard = []string{"_flags", "_user", "_group", "_env", "_chdir"}

// notTried is the endings of variables that are no setting of the service itself.
var notTried = []string{"_enable", "_svcj", "_svcj_options", "_svcj_ipaddrs", "_cmd", "_precmd", "_postcmd",
	"_setup", "_program",
	"_svcj_enable", "_limits", "_login_class", "_nice", "_fib", "_cpuset", "_umask", "_oomprotect", "_prepend",
	"_chroot", "_offcmd", "_env_file"}

// knobsOf is the settings of a script: those of rc.subr(8), those of its
// defaults, those that its comments mention, and the lists that it goes through.
func knobsOf(s *rcparse.Script, names []string, assumed []rcrun.Setting) []knob {
	if s.File() == nil {
		return nil
	}
	lists := listsOf(s, names)
	var out []knob
	add := func(v string, pos rcparse.Pos, told bool) {
		_, list := lists[v]
		known := slices.ContainsFunc(out, func(k knob) bool { return k.Name == v }) ||
			!list && slices.ContainsFunc(assumed, func(a rcrun.Setting) bool { return a.Name == v })
		if known || len(out) >= maxTrials || !syntax.ValidName(v) ||
			slices.ContainsFunc(notTried, func(end string) bool { return strings.HasSuffix(v, end) }) {
			return
		}
		k := knob{Setting: rcrun.Setting{Name: v}, told: told, pos: pos}
		k.Value, k.yesno = plainValue(s, v, names)
		if list {
			k.list, k.yesno, k.Value = true, false, twoOf(k.Value, v)
		}
		k.alone = k.Value
		for n := 2; !k.yesno && slices.ContainsFunc(out, func(o knob) bool { return o.Value == k.Value }); n++ {
			k.Value = numbered(k.alone, n)
		}
		if k.Value != "" {
			out = append(out, k)
		}
	}
	for _, a := range s.Assigns {
		if a.Func == "" && a.Op.IsDefault() && prefixed(a.Var, names) {
			add(a.Var, a.Pos, true)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(lists)) {
		add(v, lists[v], true)
	}
	for _, c := range commentedSettings(s, names) {
		add(c.Name, c.pos, true)
	}
	for _, end := range standard {
		add(names[0]+end, s.Name.Pos, false)
	}
	return out
}

// plainValue is a value for a variable of rc.conf other than its default, and
// whether that is the other answer to a question.
func plainValue(s *rcparse.Script, v string, names []string) (value string, yesno bool) {
	def := ""
	for _, a := range s.Get(v) {
		def, _ = a.Static()
	}
	switch strings.ToLower(def) {
	case "no", "false", "off":
		return "YES", true
	case "yes", "true", "on":
		return "NO", true
	}
	own := v
	for _, n := range names { // the service's name says nothing of what the variable is for
		own = strings.TrimPrefix(own, n)
	}
	example := rcrun.Example(own)
	switch {
	case strings.HasSuffix(v, "_user"):
		example = "nobody"
	case strings.HasSuffix(v, "_group"):
		example = "nogroup"
	case strings.HasSuffix(v, "_env"):
		example = "EXAMPLE=1"
	case strings.HasSuffix(v, "_chdir"):
		example = "/var/db/example"
	}
	if n, err := strconv.Atoi(def); err == nil {
		example = strconv.Itoa(n + 1)
	}
	if strings.HasPrefix(def, "/") && !strings.HasPrefix(example, "/") {
		example = "/usr/local/etc/example"
	}
	if example == def {
		example += "2"
	}
	return example, false
}

// twoOf is a list of two.
func twoOf(value, v string) string {
	if strings.HasSuffix(v, "_profiles") || strings.HasSuffix(v, "_instances") || value == "example" || value == "" {
		return "one two"
	}
	return value + " " + numbered(value, 2)
}

// numbered is a value like another one.
func numbered(value string, n int) string {
	end := path.Ext(value)
	if !strings.HasPrefix(value, "/") {
		end = ""
	}
	if name, rest, ok := strings.Cut(value, "="); ok { // of an environment
		return name + strconv.Itoa(n) + "=" + rest
	}
	return strings.TrimSuffix(value, end) + strconv.Itoa(n) + end
}

// A comment is a setting that a comment mentions.
type comment struct {
	Name string
	pos  rcparse.Pos
}

// commentedSettings finds lines such as "# foo_flags (str): ..." and "#foo_conf=...".
func commentedSettings(s *rcparse.Script, names []string) []comment {
	var out []comment
	for _, m := range commentedLine.FindAllSubmatchIndex(s.Src, 4*maxTrials) {
		if v := string(s.Src[m[2]:m[3]]); prefixed(v, names) {
			out = append(out, comment{v, s.PosAt(m[2])})
		}
	}
	return out
}

var commentedLine = regexp.MustCompile(`(?m)^[ \t]*#+[ \t]*([A-Za-z_][A-Za-z0-9_]*)["']?[ \t]*(?:[:=(-]|$)`)

// listsOf is the variables that the script goes through in a for loop, or that
// name profiles or instances, with where it does.
func listsOf(s *rcparse.Script, names []string) map[string]rcparse.Pos {
	out := map[string]rcparse.Pos{}
	add := func(v string, at uint) {
		if _, ok := out[v]; !ok && !computed(s, v) {
			out[v] = s.PosAt(int(at))
		}
	}
	syntax.Walk(s.File(), func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ForClause:
			it, ok := n.Loop.(*syntax.WordIter)
			if !ok {
				break
			}
			for _, w := range it.Items {
				if pe := soleParam(w); pe != nil && prefixed(pe.Param.Value, names) {
					add(pe.Param.Value, uint(n.Pos().Offset()))
				}
			}
		case *syntax.ParamExp:
			if n.Param != nil && prefixed(n.Param.Value, names) &&
				(strings.HasSuffix(n.Param.Value, "_profiles") || strings.HasSuffix(n.Param.Value, "_instances")) {
				add(n.Param.Value, uint(n.Pos().Offset()))
			}
		}
		return true
	})
	return out
}

// computed reports whether the script itself makes a variable of what a command
// says, so that rc.conf does not set it.
func computed(s *rcparse.Script, v string) bool {
	return slices.ContainsFunc(s.Assigns, func(a rcparse.Assign) bool {
		return a.Var == v && a.Op == rcparse.Plain && strings.ContainsAny(a.Value, "`(")
	})
}

// soleParam is the expansion that is all of a word.
func soleParam(w *syntax.Word) *syntax.ParamExp {
	if len(w.Parts) != 1 {
		return nil
	}
	pe, ok := w.Parts[0].(*syntax.ParamExp)
	if !ok || pe.Param == nil {
		return nil
	}
	return pe
}

// ofInstances is rc.conf's lines for what the script reads of an instance, in
// variables such as foo_${profile}_config, which only an eval can read.
func ofInstances(s *rcparse.Script, instances ...string) []rcrun.Setting {
	name := regexp.QuoteMeta(s.Name.Text)
	indirect := regexp.MustCompile(`\b` + name + `_\$(?:\{\w+\}|\w+?)_([a-z]\w*)`)
	var out []rcrun.Setting
	seen := map[string]bool{"": true}
	for _, m := range indirect.FindAllStringSubmatch(string(s.Src), 2*maxTrials) {
		if seen[m[1]] || len(seen) > maxTrials {
			continue
		}
		seen[m[1]] = true
		value := rcrun.Example(m[1])
		if m[1] == "enable" {
			value = "YES"
		}
		for _, i := range instances {
			if v := s.Name.Text + "_" + i + "_" + m[1]; syntax.ValidName(v) {
				out = append(out, rcrun.Setting{Name: v, Value: value})
			}
		}
	}
	return out
}
