package lint

import (
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

var sj210 = &Rule{
	Code: "SJ210", Slug: "no-run-rc-command", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "the script never calls run_rc_command",
		Text: `It is run_rc_command of rc.subr(8) that makes the service jail. A script that does not call it
runs on the host, whatever rc.conf and the script say about jails.`,
		Before: `. /etc/rc.subr
case $1 in
start) /usr/local/sbin/food ;;
esac`,
		After: `. /etc/rc.subr
name=foo
rcvar=foo_enable
command=/usr/local/sbin/food
load_rc_config $name
run_rc_command "$1"`,
	},
	Check: func(p *Pass) {
		if p.Script.Err == nil && !p.callsRun() {
			p.report(p.endPos(), nil, "start the service with run_rc_command: see rc.subr(8)",
				"run_rc_command is never called: it is what creates the service jail, so the service always runs on the host")
		}
	},
}

// callsRun reports whether the script comes to run_rc_command, or has it in its
// text. A text without a command says nothing yet.
func (s *Subject) callsRun() bool {
	f := s.Script.File()
	return s.Script.Err != nil || f != nil && len(f.Stmts) == 0 || len(s.Script.Runs) > 0 ||
		s.Records != nil && s.Records.Host.Name != "" ||
		strings.Contains(string(s.Script.Src), "run_rc_command") && s.Script.File() == nil
}

// endPos is the last line of the script, where run_rc_command should stand.
func (p *Pass) endPos() rcparse.Pos {
	return rcparse.Pos{Line: p.Script.PosAt(len(strings.TrimRight(string(p.Script.Src), "\n"))).Line, Col: 1}
}
