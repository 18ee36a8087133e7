package lint

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"mvdan.cc/sh/v3/syntax"
)

// A declaration is a statement about service jails with what rules ask of it.
type declaration struct {
	rcparse.Svcj
	script *rcparse.Script
}

// declarations is every statement about service jails.
func (p *Pass) declarations() []declaration {
	var out []declaration
	for _, d := range p.Script.Svcj() {
		out = append(out, declaration{d, p.Script})
	}
	return out
}

// shown is a variable's name for a message: an eval's ${name} is the name that
// the simulation saw, or else the literal one.
func (p *Pass) shown(variable string) string {
	if name := p.RunName(); syntax.ValidName(name) {
		return strings.ReplaceAll(variable, "${name}", name)
	}
	return variable
}

// options is those that set the options.
func (p *Pass) options() []declaration {
	return slices.DeleteFunc(p.declarations(), func(d declaration) bool { return d.Kind != rcparse.SvcjOptions })
}

// words is the option words, and whether they are known without running anything.
func (d declaration) words() ([]string, bool) {
	v, ok := d.Static()
	return strings.Fields(v), ok
}

// rewrite is the fix that replaces the value by these words; nil where the
// value is not one piece of the text.
func (d declaration) rewrite(words []string, what string) *Fix {
	sp := d.ValueSpan
	if sp.End <= sp.Start {
		return nil
	}
	text := strings.Join(words, " ")
	old := string(d.script.Src[sp.Start:sp.End])
	for _, q := range []string{`\"`, `"`, `'`} {
		if strings.HasPrefix(old, q) {
			text = q + text + q
			break
		}
	}
	if text == strings.Join(words, " ") && len(words) != 1 {
		text = `"` + text + `"`
	}
	return &Fix{What: what, Edits: []Edit{{Span: sp, New: text}}, Certainty: infer.Certain}
}

// hardNo reports whether it is an opt-out that the script itself decides.
func (d declaration) hardNo() bool { return d.is("NO") && !d.Op.IsDefault() }

// softNo reports whether it is a default of NO, which rc.conf can lift.
func (d declaration) softNo() bool { return d.is("NO") && d.Op.IsDefault() }

// is reports whether a switch is set to yes or no, in any of rc.subr's spellings (checkyesno).
func (d declaration) is(want string) bool {
	if d.Kind != rcparse.SvcjSwitch {
		return false
	}
	v, _ := d.Static()
	switch strings.ToLower(v) {
	case "yes", "true", "on", "1":
		return want == "YES"
	case "no", "false", "off", "0":
		return want == "NO"
	}
	return false
}

// remove is the fix that deletes the statement's line; nil where something else stands on it.
func (d declaration) remove(what string) *Fix {
	sp, ok := wholeLine(d.script, d.Span)
	if !ok || d.Func != "" || d.Cond {
		return nil
	}
	return &Fix{What: what, Edits: []Edit{{Span: sp}}, Certainty: infer.Certain}
}
