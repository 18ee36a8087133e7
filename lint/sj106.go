package lint

import (
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var sj106 = &Rule{
	Code: "SJ106", Slug: "opt-out-too-early", Severity: Error,
	Doc: Doc{
		Title: "an opt-out that rc.conf overrides by accident",
		Text: "`foo_svcj=\"NO\"`" + ` before load_rc_config works at boot only. With service(8),
rc.conf is read later and overrides it. After load_rc_config it always works: the article
"Practical rc.d scripting in BSD" puts it there. The simulation starts the script with YES in
rc.conf, by service(8) and at boot. If the administrator may change the NO in rc.conf, write a
default, ` + "`: ${foo_svcj=\"NO\"}`" + `, as base does for sshd; that is right at any place.`,
		Before: `name=foo
foo_svcj="NO"
load_rc_config $name`,
		After: `name=foo
load_rc_config $name
foo_svcj="NO"`,
	},
	Check: checkOptOutTooEarly,
}

func checkOptOutTooEarly(p *Pass) {
	load := p.Script.LastLoad()
	for _, d := range p.declarations() {
		early := load >= 0 && d.Pos.Offset <= load
		if !d.hardNo() || d.Func != "" || d.Cond && !early {
			continue
		}
		if when, ran := p.overridden(d.Prefix, Override.OptOutLost); ran && when == "" || !ran && !early {
			continue
		}
		var fix *Fix
		if gone := d.remove(""); gone != nil && early {
			start, end := commentAbove(p.Script, gone.Edits[0].Start), gone.Edits[0].End
			moved := string(p.Script.Src[start:end])
			if !strings.HasSuffix(moved, "\n") {
				moved += "\n"
			}
			at := lineEnd(p.Script, load)
			if at > end {
				fix = &Fix{
					What: "move the opt-out after load_rc_config", Certainty: infer.Certain,
					Edits: []Edit{{Span: rcparse.Span{Start: start, End: end}},
						{Span: rcparse.Span{Start: at, End: at}, New: moved}},
				}
			}
		}
		if early {
			p.report(d.Pos, fix, "", "%s is set before load_rc_config: rc.conf overrides it when service(8) starts the service", p.shown(d.Var))
		} else {
			p.report(d.Pos, nil, "set it after load_rc_config and before run_rc_command",
				"%s is set too late: run_rc_command has read it before", p.shown(d.Var))
		}
	}
}

// commentAbove is the start of the comment lines that adjoin a line, so that
// the reason moves with what it explains. A comment that follows other code
// directly belongs to it only if nothing but comments stands between an empty line and it.
func commentAbove(s *rcparse.Script, lineStart int) int {
	start := lineStart
	for start > 0 {
		prev := strings.LastIndexByte(string(s.Src[:start-1]), '\n') + 1
		text := strings.TrimSpace(string(s.Src[prev:start]))
		if !strings.HasPrefix(text, "#") || strings.HasPrefix(text, "#!") {
			break
		}
		start = prev
	}
	return start
}
