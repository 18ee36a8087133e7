package rcparse

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Get is the assignments of a variable outside functions, in order.
func (s *Script) Get(name string) []Assign {
	var out []Assign
	for _, a := range s.Assigns {
		if a.Var == name && a.Func == "" {
			out = append(out, a)
		}
	}
	return out
}

// Method is the last value given to a method such as start_precmd outside
// functions, and whether there is one that is not empty.
func (s *Script) Method(name string) (Assign, bool) {
	list := s.Get(name)
	if len(list) == 0 {
		return Assign{}, false
	}
	last := list[len(list)-1]
	return last, Unquote(last.Value) != ""
}

// Methods is the names ending in _cmd, _precmd or _postcmd that are set
// outside functions, each once, in order.
func (s *Script) Methods() []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range s.Assigns {
		isMethod := strings.HasSuffix(a.Var, "_cmd") || strings.HasSuffix(a.Var, "_precmd") ||
			strings.HasSuffix(a.Var, "_postcmd")
		if isMethod && a.Func == "" && !seen[a.Var] {
			seen[a.Var] = true
			out = append(out, a.Var)
		}
	}
	return out
}

// Offers reports whether people can ask for a command: rc.subr takes the verbs
// that extra_commands names, and else refuses them as wrong usage, whether there
// is a method or not. known is false where extra_commands is computed.
func (s *Script) Offers(verb string) (offered, known bool) {
	known = true
	for _, a := range s.Assigns {
		if a.Var != "extra_commands" {
			continue
		}
		for _, w := range Words(s.Expand(Unquote(a.Value))) {
			switch {
			case w == verb:
				return true, true
			case strings.ContainsAny(w, "$`") && w != "$extra_commands" && w != "${extra_commands}":
				known = false
			}
		}
	}
	return false, known
}

// EnableDefault is the first default of the enable variable outside functions:
// rcvar's, or else of any variable that ends in _enable.
func (s *Script) EnableDefault() (Assign, bool) {
	want := s.RCVar.Text
	for _, strict := range []bool{true, false} {
		for _, a := range s.Assigns {
			if a.Func != "" || !a.Op.IsDefault() || a.Cond {
				continue
			}
			if a.Var == want && want != "" || !strict && strings.HasSuffix(a.Var, "_enable") {
				return a, true
			}
		}
	}
	return Assign{}, false
}

// Block is the script's own block of defaults: the statements at the top level
// that adjoin the enable default, each of them a default too. Comments and
// empty lines do not end it; any other statement does. It is empty where there
// is no enable default at the top level.
func (s *Script) Block() []Assign {
	enable, ok := s.EnableDefault()
	if !ok || s.File() == nil {
		return nil
	}
	defaults := map[int][]Assign{} // by the offset of the statement
	for _, a := range s.Assigns {
		if a.Func == "" && !a.Cond && a.Op.IsDefault() {
			defaults[a.Span.Start] = append(defaults[a.Span.Start], a)
		}
	}
	var block []Assign
	found := false
	for _, st := range s.File().Stmts {
		list := defaults[int(st.Pos().Offset())]
		if len(list) == 0 {
			if found {
				break
			}
			block = nil
			continue
		}
		block = append(block, list...)
		found = found || list[0].Span.Start == enable.Span.Start
	}
	if !found {
		return nil
	}
	return block
}

// BlockEnd is the span of the statement that a further default of the service belongs
// below: the block's last default of a variable of the service, or, where more defaults or
// assignments to variables of the service follow on the very next lines, the last of these.
// Defaults of other variables, such as XDG_CONFIG_HOME, that stand apart are something of their own.
// ok is false where there is no block.
func (s *Script) BlockEnd() (last Span, ok bool) {
	block := s.Block()
	if len(block) == 0 {
		return Span{}, false
	}
	enable, _ := s.EnableDefault()
	own, _ := strings.CutSuffix(enable.Var, "enable")
	block = s.beforeHeading(block, enable, own)
	last = block[len(block)-1].Span
	for _, a := range slices.Backward(block) {
		if strings.HasPrefix(a.Var, own) {
			last = a.Span
			break
		}
	}
	for _, a := range s.Assigns {
		next := a.Span.Start > last.End && s.PosAt(a.Span.Start).Line == s.PosAt(last.End).Line+1
		if next && a.Func == "" && !a.Cond && (a.Op.IsDefault() || strings.HasPrefix(a.Var, own)) {
			last = a.Span
		}
	}
	return last, true
}

// beforeHeading is a block up to the first group of defaults that stands under a heading of its
// own, such as "# old values": an empty line, and then a comment. That is so only where the
// service's enable default stands above it in a group, too, and not alone under its comment.
func (s *Script) beforeHeading(block []Assign, enable Assign, own string) []Assign {
	first, group := 0, 0
	for i, a := range block {
		// Two defaults of one statement have its span both: nothing is between them.
		if i > 0 && block[i-1].Span.End < a.Span.Start && headed(string(s.Src[block[i-1].Span.End:a.Span.Start])) {
			if first > 0 && group > 1 {
				return block[:i]
			}
			group = 0
		}
		if strings.HasPrefix(a.Var, own) {
			group++
		}
		if a.Span.Start == enable.Span.Start {
			first = i + 1
		}
	}
	return block
}

// headed reports whether what stands between two statements is a heading for the second.
func headed(between string) bool {
	blank, comment, ok := strings.Cut(between, "\n\n")
	return ok && strings.TrimSpace(blank) == "" && strings.HasPrefix(strings.TrimLeft(comment, " \t"), "#") &&
		!strings.Contains(comment, "\n\n")
}

// LastLoad is the offset just after the last one.
func (s *Script) LastLoad() int { return edge(s.Loads, true) }

// FirstRun is the offset of the first run_rc_command outside functions, -1 if there is none.
func (s *Script) FirstRun() int { return edge(s.Runs, false) }

func edge(calls []Call, last bool) int {
	at := -1
	for _, c := range calls {
		if c.Func != "" {
			continue
		}
		if !last {
			return c.Span.Start
		}
		at = c.Span.End
	}
	return at
}

// Reach is the calls that a method reaches as far as the text tells: those of
// its function, and of the functions it calls.
func (s *Script) Reach(method string) []Call {
	a, ok := s.Method(method)
	if !ok {
		return nil
	}
	want := map[string]bool{}
	for _, w := range Words(s.Expand(Unquote(a.Value))) {
		want[w] = true
	}
	for grew := true; grew; {
		grew = false
		for _, c := range s.Commands {
			if want[c.Func] && !want[c.Name] &&
				slices.ContainsFunc(s.Funcs, func(f Func) bool { return f.Name == c.Name }) {
				want[c.Name], grew = true, true
			}
		}
	}
	var out []Call
	for _, c := range s.Commands {
		if c.Func != "" && want[c.Func] {
			out = append(out, c)
		}
	}
	return out
}

// TakesWords reports whether the script looks at words after the verb, or hands
// them on: those of a profile, an instance or an interface.
func (s *Script) TakesWords() bool {
	takes := false
	if s.File() == nil {
		return false
	}
	syntax.Walk(s.File(), func(n syntax.Node) bool {
		if _, ok := n.(*syntax.FuncDecl); ok {
			return false // it has parameters of its own
		}
		if pe, ok := n.(*syntax.ParamExp); ok && pe.Param != nil &&
			slices.Contains([]string{"2", "@", "*", "#"}, pe.Param.Value) {
			takes = true
		}
		return !takes
	})
	return takes
}
