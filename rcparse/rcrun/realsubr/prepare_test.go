package realsubr

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
	"mvdan.cc/sh/v3/syntax"
)

// phases are the functions of rc.subr in which a command is in a phase.
var phases = map[string]string{
	"_run_rc_setup": "setup", "_run_rc_precmd": "precmd", "_run_rc_postcmd": "postcmd",
	"_run_rc_doit": "method", "_run_rc_offcmd": "method",
	"check_required_before": "required", "check_required_after": "required",
}

// prepare makes an rc.subr tell what it does: run_rc_command what it was
// called with, and its parts which one is at work. Each gets one line at the
// head of its body, which sets no variable of rc.subr; where the shell is dash,
// $'...' is written as dash has it. All else stays as it is.
func prepare(text string, sh testsh.Shell) (string, error) {
	check := exec.Command(sh.Path, "-n")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil {
		return "", fmt.Errorf("this rc.subr does not parse: %w: %s", err, bytes.TrimSpace(out))
	}
	if !definition("run_rc_command").MatchString(text) {
		return "", errors.New("this is no rc.subr: it has no function run_rc_command")
	}
	if !hasServiceJails(text) {
		return "", errors.New("this rc.subr has no service jails: that of FreeBSD 15 or later is needed")
	}
	text, err := insert(text, "run_rc_command", `__svcjify_begin "$@"`)
	if err != nil {
		return "", err
	}
	for function, phase := range phases {
		line := `local SVCJIFY_PHASE; SVCJIFY_PHASE="` + phase + `:$rc_arg"; export SVCJIFY_PHASE`
		switch function {
		case "_run_rc_doit":
			line += `; __svcjify_doit "$@"`
		case "_run_rc_precmd":
			line += `; __svcjify_settled`
		case "_run_rc_postcmd": // a stop method has done its work
			line += `; [ "$rc_arg" != stop ] || /.svcjify/stub gone`
		}
		if text, err = insert(text, function, line); err != nil {
			return "", err
		}
	}
	// Where rc.subr has them: what file is a pid file, for whom ps(1) is asked, and what is switched on.
	for function, line := range map[string]string{
		"check_pidfile":   `local SVCJIFY_PIDFILE; SVCJIFY_PIDFILE="$1"; export SVCJIFY_PIDFILE`,
		"_find_processes": `local SVCJIFY_PROCESS; SVCJIFY_PROCESS="$2|$1"; export SVCJIFY_PROCESS`,
		"checkyesno":      `__svcjify_asked "$1"`,
		// Called once the settings are looked at, also where rc.subr gives up before the precmd.
		"check_kern_features": `__svcjify_settled`,
	} {
		if with, err := insert(text, function, line); err == nil {
			text = with
		}
	}
	return dialect(text, sh.Kind), nil
}

// hasServiceJails reports whether an rc.subr has ever heard of them.
func hasServiceJails(text string) bool {
	return strings.Contains(text, "_svcj") && strings.Contains(text, "jailing")
}

// definition matches a function's head up to its opening brace.
func definition(function string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(function) + `[ \t]*\(\)\s*\{[ \t]*$`)
}

func insert(text, function, line string) (string, error) {
	at := definition(function).FindAllStringIndex(text, -1)
	if len(at) != 1 {
		return "", fmt.Errorf("this rc.subr defines %s %d times: the harness knows no other than the one of FreeBSD 15",
			function, len(at))
	}
	return text[:at[0][1]] + "\n\t" + line + text[at[0][1]:], nil
}

// dialect writes $'...' with the characters themselves for dash, which lacks it;
// FreeBSD's sh has it. A text that does not parse stays as it is.
func dialect(text, kind string) string {
	if kind != "dash" {
		return text
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return text
	}
	var found []*syntax.SglQuoted
	syntax.Walk(f, func(n syntax.Node) bool {
		if q, ok := n.(*syntax.SglQuoted); ok && q.Dollar {
			found = append(found, q)
		}
		return true
	})
	for _, q := range slices.Backward(found) {
		plain := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`, `\01`, "\x01", `\'`, `'`, `\e`,
			"\x1b").Replace(q.Value)
		text = text[:q.Pos().Offset()] + "'" + strings.ReplaceAll(plain, "'", `'\''`) + "'" + text[q.End().Offset():]
	}
	return text
}

// functionsOf is the names of a script's functions, a line each.
func functionsOf(text string) string {
	var b strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^[ \t]*(?:function[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*\(\)`).FindAllStringSubmatch(text, -1) {
		b.WriteString(m[1] + "\n")
	}
	return b.String()
}
