package lint

import (
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj203 = &Rule{
	Code: "SJ203", Slug: "name-not-jailable", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "a name that no jail can have",
		Text: `The jail is called svcj-${name}. jail(8) takes a dot in a name as the separator
between a jail and its child, and rc.conf can't hold a variable with a dot or a
dash in its name, so neither can be part of ${name}.`,
		Before: `name="foo.bar"`,
		After:  `name="foo_bar"`,
	},
	Check: func(p *Pass) {
		name := p.Script.Name
		if name.Kind != rcparse.Literal || p.optedOut() {
			return
		}
		if i := strings.IndexFunc(name.Text, func(r rune) bool {
			return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		}); i >= 0 {
			p.report(name.Pos, nil, "use letters, digits and underscores only", "name %q holds %q, which neither a jail's name nor a variable can", name.Text, name.Text[i:i+1])
		}
	},
}
