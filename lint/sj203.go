package lint

import (
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/rcparse"
)

var sj203 = &Rule{
	Code: "SJ203", Slug: "name-not-jailable", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "a name that no variable of rc.conf can have",
		Text: `rc.subr(8) reads the variables ${name}_svcj, ${name}_enable and so on, and the name of a
variable has only letters, digits and underscores (sh(1)). With a dash in ${name} rc.conf can set none
of them, and no service jail is asked for. A dot is worse: jail(8) takes it in the jail's name,
svcj-${name}, as the separator between a jail and its child.`,
		Before: `name="foo.bar"`,
		After:  `name="foo_bar"`,
	},
	Check: func(p *Pass) {
		if p.optedOut() || !p.badName() {
			return
		}
		name := p.Script.Name
		bad, hint := name.Text[strings.IndexFunc(name.Text, notInNames):], "use letters, digits and underscores only"
		if at := strings.IndexByte(name.Text, '\r'); at >= 0 {
			bad, hint = name.Text[at:], plainNewlines
		}
		why := "rc.conf can't set a variable of that name, such as " + name.Text + "_svcj, and rc.subr reads another"
		if strings.Contains(name.Text, ".") {
			why += "; and jail(8) takes a dot in svcj-" + name.Text + " for a jail below another"
		}
		_, size := utf8.DecodeRuneInString(bad)
		p.report(name.Pos, nil, hint, "name %q holds %q: %s", name.Text,
			bad[:size], why)
	},
}

// badName reports whether the name can't be part of a variable's.
func (p *Pass) badName() bool {
	return p.Script.Name.Kind == rcparse.Literal && strings.IndexFunc(p.Script.Name.Text, notInNames) >= 0
}

func notInNames(r rune) bool {
	return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}
