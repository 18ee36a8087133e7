package lint

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj202 = &Rule{
	Code: "SJ202", Slug: "name-mismatch", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "service(8) does not find the script under ${name}",
		Text: `To start a service in its jail, rc.subr calls ` + "`service -E _rc_svcj=jailing ${name} start`" + `
there, and service(8) looks for a file of that name in the rc.d directories. If the file has
another name (foo-bar instead of foo_bar), nothing is started and the jail ends at once. (With
` + "`--release 16`" + ` there is no such finding: that rc.subr gives the file's name.) The Porter's
Handbook wants the file, PROVIDE and name to agree. A rename changes what users type and
which files of rc.conf.d are read, so svcjify offers no fix.`,
		Before: `# installed as rc.d/foo-server
name=foo_server`,
		After: `# installed as rc.d/foo_server
name=foo_server`,
	},
	Check: func(p *Pass) {
		if p.Script.Name.Kind == rcparse.Placeholder {
			if !p.optedOut() && !p.opts.Release.FindsByFile() {
				p.report(p.Script.Name.Pos, nil, "set the placeholder in SUB_LIST",
					"name is %s, and its value is not known: inside the jail, service(8) looks for a script of that name, and this one is installed as %q", p.Script.Name.Raw, p.Service.Name)
			}
			return
		}
		if p.Script.Name.Kind != rcparse.Literal && (p.Records == nil || p.Records.Host.Name == "") {
			return // computed: only a run can tell
		}
		name := p.RunName()
		if name == p.Service.Name || name == "" || p.optedOut() || p.opts.Release.FindsByFile() {
			return
		}
		if p.Records != nil && len(p.Records.Host.Names) > 1 {
			p.report(p.Script.Name.Pos, nil, "give each daemon a script of its own",
				"it starts services named %s, but is installed as %q: inside the jail, service(8) looks for rc.d scripts of those names", strings.Join(p.Records.Host.Names, ", "), p.Service.Name)
			return
		}
		hint := fmt.Sprintf("install the script as %s", name)
		if strings.Contains(name, "\r") {
			hint = plainNewlines
		}
		p.report(p.Script.Name.Pos, nil, hint,
			"name is %q, but the script is installed as %q: inside the jail, service(8) looks for rc.d/%s and starts nothing", name, p.Service.Name, name)
	},
}

// optedOut reports whether the script keeps itself out of jails, so that
// nothing about a jailed start can hurt it.
func (p *Pass) optedOut() bool {
	for _, d := range p.declarations() {
		if d.hardNo() {
			return true
		}
	}
	return false
}

// plainNewlines is what to do about a name that ends in a carriage return.
const plainNewlines = "write the script with plain newlines: its lines end in CR LF, and sh(1) takes the CR for a part of the word"
