package lint

import (
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/sh"
)

var sj407 = &Rule{
	Code: "SJ407", Slug: "shell-means-otherwise", Severity: Warning,
	Doc: Doc{
		Title: "the script means something else to sh(1) than to Bash",
		Text: `/etc/rc reads every rc.d script with FreeBSD's sh(1) at boot, whatever the first line says.
Some of what people know from Bash means something else there, and sh(1) says nothing: after
` + "`foo &>file`" + ` foo runs in the background, and the file is empty. Other things fail only when they are
reached: ` + "`[[`" + ` is the name of a command that does not exist, and ` + "`${x//a/b}`" + ` ends the script.
A finding says which it is, and how to write it for sh(1). If only the printed text differs, as with
` + "`echo -en`" + `, it is info. docs/shell.md has the whole table.`,
		Before: `foo_precmd()
{
	${foo_helper} --check &>/var/log/foo-check.log
}`,
		After: `foo_precmd()
{
	${foo_helper} --check >/var/log/foo-check.log 2>&1
}`,
	},
	Check: checkShell,
}

func checkShell(p *Pass) {
	for _, d := range p.Script.Differences() {
		severity := p.rule.Severity
		if d.Outcome == sh.Slight {
			severity = Info
		}
		at := rcparse.Pos{Offset: int(d.Pos.Offset()), Line: int(d.Pos.Line()), Col: int(d.Pos.Col())}
		text, _, _ := strings.Cut(string(p.Script.Src[d.Pos.Offset():d.End.Offset()]), "\n")
		p.reportAs(severity, at, nil, d.Instead, "%q: sh(1) %s", message.Clip(text, 40), d.Here)
	}
}
