package hook

import (
	"fmt"
	"regexp"
	"strings"
)

// Variable switches the hook off, or sets --fail-on, for one commit.
const Variable = "SVCJIFY_HOOK"

// off is what switches it off, as a pattern of sh(1).
const off = "off | 0 | no"

// Off tells whether a value of Variable switches the hook off.
func Off(value string) bool {
	for word := range strings.SplitSeq(off, " | ") {
		if value == word {
			return true
		}
	}
	return false
}

// GoOn is how to commit anyway.
const GoOn = "git commit --no-verify, or " + Variable + "=off in the environment"

// mark tells our hook from others; it is the second line.
const mark = "# Installed by `svcjify hook install`; `svcjify hook uninstall` removes it."

// KeptSuffix is what a hook that was there before is kept under.
const KeptSuffix = ".before-svcjify"

// script is the hook. One that was there before runs first, and stops the
// commit where it did; it is found by its name, since pre-commit(1) moves ours to
// pre-commit.legacy. A program that is gone, is killed or crashes blocks the
// commit, and the message says how to go on, which works without the program. %[1]s is the program as it was
// called, %[2]s its full path, %[3]s the arguments, quoted all.
const script = `#!/bin/sh
` + mark + `
kept="${0%%/*}/pre-commit` + KeptSuffix + `"
undo="rm \"$0\""
if [ -e "$kept" ]; then
	undo="mv \"$kept\" \"$0\""
fi
if [ -f "$kept" ] && [ -x "$kept" ]; then
	"$kept" "$@" || exit
fi
case ${` + Variable + `-} in
` + off + `) exit 0 ;;
esac
program=%[1]s
command -v "$program" >/dev/null 2>&1 || program=%[2]s
"$program" hook%[3]s
status=$?
case $status in
0 | 1) exit $status ;;
esac
echo "[pre-commit] ERROR: svcjify failed (exit code $status) and the change was not checked" >&2
echo "[pre-commit] to commit without the check: ` + GoOn + `;" >&2
echo "[pre-commit] permanently: $undo" >&2
exit 1
`

// Script is the hook that calls svcjify: from PATH, or else by the full path of the program. The
// arguments are those of svcjify hook.
func Script(program string, args ...string) []byte {
	var quoted strings.Builder
	for _, a := range args {
		if !plain.MatchString(a) {
			a = quote(a)
		}
		quoted.WriteString(" " + a)
	}
	return fmt.Appendf(nil, script, "svcjify", quote(program), quoted.String())
}

// plain is a word that means the same without quotes.
var plain = regexp.MustCompile(`^[-\w./]+$`)

// quote quotes a word for sh(1).
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
