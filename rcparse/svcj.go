package rcparse

import "strings"

// A SvcjKind says which of rc.conf(5)'s service jail variables is set.
type SvcjKind int

const (
	// SvcjOptions is ${name}_svcj_options.
	SvcjOptions SvcjKind = iota
	// SvcjSwitch is ${name}_svcj, YES or NO.
	SvcjSwitch
	// SvcjIPAddrs is ${name}_svcj_ipaddrs.
	SvcjIPAddrs
	// SvcjCommand is ${name}_${command}_svcj_enable: an extra command that must run inside.
	SvcjCommand
)

// A Svcj is a statement about service jails.
type Svcj struct {
	Assign
	Kind SvcjKind
	// Prefix is the variable's name before _svcj, which must be ${name}.
	Prefix string
}

type svcjSuffix struct {
	suffix string
	kind   SvcjKind
}

var svcjSuffixes = []svcjSuffix{
	{"_svcj_options", SvcjOptions}, {"_svcj_ipaddrs", SvcjIPAddrs}, {"_svcj_enable", SvcjCommand}, {"_svcj", SvcjSwitch},
}

// Svcj is every statement about service jails in the order of the text.
// A plain copy through another variable does not count.
func (s *Script) Svcj() []Svcj {
	var out []Svcj
	for _, a := range s.Assigns {
		if p, ok := cutSvcj(a.Var); ok {
			out = append(out, Svcj{Assign: a, Kind: p.kind, Prefix: p.prefix})
		}
	}
	return out
}

// A svcjName is a variable's name taken apart.
type svcjName struct {
	prefix string
	kind   SvcjKind
}

func cutSvcj(variable string) (svcjName, bool) {
	for _, k := range svcjSuffixes {
		if p, ok := strings.CutSuffix(variable, k.suffix); ok && p != "" {
			return svcjName{p, k.kind}, true
		}
	}
	return svcjName{}, false
}

// DeclaresSvcj reports whether the script carries options or an opt-out,
// rightly or wrongly.
func (s *Script) DeclaresSvcj() bool {
	for _, d := range s.Svcj() {
		if d.Kind == SvcjOptions || d.Kind == SvcjSwitch {
			return true
		}
	}
	return len(s.Misnamed()) > 0
}

// MentionsSvcj reports whether the literal text _svcj_options or _svcj= stands
// anywhere outside a comment: a declaration in a form that Svcj doesn't know.
func (s *Script) MentionsSvcj() (Pos, bool) {
	offset := 0
	for _, line := range strings.SplitAfter(string(s.Src), "\n") {
		code := strings.TrimLeft(line, " \t")
		if !strings.HasPrefix(code, "#") {
			for _, m := range []string{"_svcj_options", "_svcj=", "_svcj:="} {
				if i := strings.Index(line, m); i >= 0 {
					return s.PosAt(offset + i), true
				}
			}
		}
		offset += len(line)
	}
	return Pos{}, false
}
