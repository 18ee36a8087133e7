package rcparse

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A Misnamed is a statement that is meant to say something about service jails,
// and that rc.subr never reads, since the variable has another name.
type Misnamed struct {
	Assign
	// Kind is what it is meant for, and Want the variable that rc.subr reads.
	Kind SvcjKind
	Want string
	// NoVariable is true where the name holds a dash, so that sh(1) sees no assignment.
	NoVariable bool
}

// Misnamed finds statements that set a variable which nobody reads, and which is
// near to one that rc.subr reads for service jails: its name holds svcj or a
// misspelling of it, or its value is made of option words. A right name with
// another service's prefix is not among them; see Svcj.
func (s *Script) Misnamed() []Misnamed {
	if s.astray == nil { // the script is none that was parsed
		return nil
	}
	return s.astray()
}

func (s *Script) findMisnamed() []Misnamed {
	var out []Misnamed
	for _, a := range s.Assigns {
		if m, ok := s.misnamed(a); ok && (m.strong || !a.Exported) && !s.reads(a.Var) {
			out = append(out, Misnamed{Assign: a, Kind: m.kind, Want: m.want})
		}
	}
	for _, a := range s.dashed() {
		if m, ok := s.misnamed(a); ok {
			out = append(out, Misnamed{Assign: a, Kind: m.kind, Want: m.want, NoVariable: true})
		}
	}
	slices.SortStableFunc(out, func(a, b Misnamed) int { return a.Pos.Offset - b.Pos.Offset })
	return out
}

// A meaning is what a misspelt name is taken for.
type meaning struct {
	kind   SvcjKind
	want   string
	strong bool // the name itself says service jail
}

// misnamed says which variable a statement is meant for.
func (s *Script) misnamed(a Assign) (meaning, bool) {
	name, ok := s.meantFor(a)
	if !ok || a.Var == "svcj_all_enable" || strings.HasPrefix(a.Var, "_") {
		return meaning{}, false
	}
	if p, ok := cutSvcj(a.Var); ok && p.kind != SvcjCommand { // it is written as it should be
		return meaning{}, false
	} else if ok && p.prefix != name {
		return meaning{}, false
	}
	plain := strings.ToLower(strings.NewReplacer("-", "_", ".", "_").Replace(a.Var))
	rest, strong, like := afterSvcj(plain)
	value, static := a.Static()
	words := slices.ContainsFunc(strings.Fields(value), isOptionWord) && len(unknownWords(value)) == 0
	own := strings.HasPrefix(plain, strings.ToLower(name)+"_")
	m := meaning{strong: strong, kind: SvcjOptions}
	switch {
	case words:
	case isYesNo(value) && like && (strong || own && rest == ""):
		m.kind = SvcjSwitch
	case like && abbreviates(rest, "ipaddrs") && (strong || own):
		m.kind = SvcjIPAddrs
	case strong && rest == "" && static && value != "":
		m.kind = SvcjSwitch
	case strong, like && own && abbreviates(rest, "options") && (value == "" || !static):
	default:
		return meaning{}, false
	}
	m.want = name + svcjSuffixes[slices.IndexFunc(svcjSuffixes,
		func(k svcjSuffix) bool { return k.kind == m.kind })].suffix
	return m, true
}

// meantFor is the script's name that a variable belongs to: the one that it
// starts with, or the only one.
func (s *Script) meantFor(a Assign) (string, bool) {
	names := s.Names
	if s.Name.Kind == Literal && !slices.Contains(names, s.Name.Text) {
		names = append(slices.Clone(names), s.Name.Text)
	}
	if s.Name.Kind != Literal && strings.HasPrefix(a.Var, "${name}") {
		return "${name}", true
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !isName(n) })
	for _, n := range names {
		if strings.HasPrefix(strings.ToLower(a.Var), strings.ToLower(n)) {
			return n, true
		}
	}
	if len(names) != 1 {
		return "", false
	}
	return names[0], true
}

// afterSvcj is what stands behind svcj, or a misspelling of it, in a name; strong is
// true where it is svcj itself.
func afterSvcj(name string) (rest string, strong, like bool) {
	if i := strings.Index(name, "svcj"); i >= 0 {
		return strings.Trim(name[i+4:], "_"), true, true
	}
	words := strings.Split(name, "_")
	for i, w := range words {
		if len(w) >= 3 && oneEdit(w, "svcj") {
			return strings.Join(words[i+1:], "_"), false, true
		}
	}
	return "", false, false
}

// abbreviates reports whether a word stands for another: its beginning, with
// or without an s, or one letter away from it.
func abbreviates(word, full string) bool {
	stem := strings.TrimSuffix(word, "s")
	return len(stem) >= 2 && strings.HasPrefix(full, stem) || oneEdit(word, full)
}

// oneEdit reports whether one letter more, less, another or two changed places
// make one word of another.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if i == len(a) {
			return true
		}
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return a[i+1:] == b[i+1:] || swapped
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// isOptionWord reports whether a word is one of the options, and hardly anything else.
func isOptionWord(w string) bool {
	_, ok := OptionOf(w)
	return ok && !slices.Contains([]string{"routing", "settime", "nfsd", "vmm"}, w)
}

func unknownWords(value string) []string {
	return slices.DeleteFunc(strings.Fields(value), func(w string) bool { _, ok := OptionOf(w); return ok })
}

func isYesNo(value string) bool {
	return slices.Contains([]string{"yes", "no", "true", "false", "on", "off"}, strings.ToLower(value))
}

// dashedName is what someone meant to be an assignment.
var dashedName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.-]*-[A-Za-z0-9_.-]*)=`)

// dashed finds assignments to names with a dash, which are none: x-y=z is the
// name of a command, and ${x-y=z} is x, or else y=z.
func (s *Script) dashed() []Assign {
	var out []Assign
	for _, c := range s.Commands {
		if m := dashedName.FindStringSubmatch(c.Name); m != nil && len(c.Args) == 0 {
			value := c.Name[len(m[0]):]
			out = append(out, Assign{Var: m[1], Value: value, Span: c.Span, Pos: c.Pos, Func: c.Func, Cond: c.Cond})
		}
	}
	syntax.Walk(s.File(), func(n syntax.Node) bool {
		pe, ok := n.(*syntax.ParamExp)
		if !ok || pe.Exp == nil || pe.Exp.Op != syntax.DefaultUnset || pe.Exp.Word == nil {
			return true
		}
		r := &reader{s}
		text := r.text(pe.Param) + "-" + r.text(pe.Exp.Word)
		if m := dashedName.FindStringSubmatch(text); m != nil {
			out = append(out, Assign{Var: m[1], Op: Equals, Value: text[len(m[0]):], Span: spanOf(pe),
				Pos: posOf(pe.Pos())})
		}
		return true
	})
	return out
}
