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
		Text: "`foo_svcj=\"NO\"`" + ` before load_rc_config is overwritten by rc.conf when service(8)
starts the service, and holds at boot, when rc.conf has been read before. The
rc-scripting article puts it after load_rc_config, where it always holds. A soft
opt-out that the administrator may undo is written as a default,
` + "`: ${foo_svcj=\"NO\"}`" + `, as base does for sshd; that is fine anywhere.`,
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
	for _, d := range p.declarations() {
		load := p.Script.LastLoad()
		if !d.hardNo() || d.Func != "" || load < 0 || d.Pos.Offset > load {
			continue
		}
		var fix *Fix
		if gone := d.remove(""); gone != nil {
			start, end := commentAbove(p.Script, gone.Edits[0].Start), gone.Edits[0].End
			moved := string(p.Script.Src[start:end])
			if !strings.HasSuffix(moved, "\n") {
				moved += "\n"
			}
			at := lineEnd(p.Script, load)
			if at > end {
				fix = &Fix{
					What: "move the opt-out after load_rc_config", Certainty: infer.Certain,
					Edits: []Edit{{Span: rcparse.Span{Start: start, End: end}}, {Span: rcparse.Span{Start: at, End: at}, New: moved}},
				}
			}
		}
		p.report(d.Pos, fix, "", "%s is set before load_rc_config: rc.conf overrides it when service(8) starts the service", d.Var)
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
