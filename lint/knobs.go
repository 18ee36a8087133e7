package lint

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
	"mvdan.cc/sh/v3/syntax"
)

// A knob is a variable of rc.conf with a value to try.
type knob struct {
	rcrun.Setting     // with a value that no other knob of the script has
	alone             string
	told, list, yesno bool
	pos               rcparse.Pos
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
