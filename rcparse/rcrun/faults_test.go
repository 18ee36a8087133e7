package rcrun

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What mvdan.cc/sh v3.14.1 does otherwise than sh(1), each worked around. A
// script says what it sees by running /bin/say.
func TestInterpreterFaults(t *testing.T) {
	for _, tc := range []struct{ name, script, want string }{
		{"! binds tighter than -a", `[ ! -n "" -a -z x ] && /bin/say wrong || /bin/say right`, "right"},
		{"! binds tighter than -o", `[ ! x = x -o y = y ] && /bin/say right || /bin/say wrong`, "right"},
		{"a loop with ! and -a ends", `n=3; while [ ! -f /var/run/x.pid -a $n -gt 0 ]; do n=$((n - 1)); done; /bin/say $n`, "0"},
		{"an empty operand", `[ -n "" ] || /bin/say right; [ "" ] || /bin/say right`, "right right"},
		{"operators as operands", `[ "-a" = "-a" ] && [ ! = ! ] && [ "(" = "(" ] && [ -n = ] && /bin/say right`, "right"},
		{"brackets", `[ \( a = b -o c = c \) -a d = d ] && /bin/say right`, "right"},
		{"local", `x=1; f() { local x y=3; x=2; g; }; g() { /bin/say $x $y; }; f; /bin/say $x`, "2 3 1"},
		{"local keeps the value", `x=1; f() { local x; /bin/say $x; }; f`, "1"},
		{"local in a text that only POSIX takes", "f() { local x=2; export X=3; readonly Y=4; /bin/say $x $X $Y; }\nf\n[[ a\n", "2 3 4"},
		{"local by name", `f() { v=x; command local $v; local "z=1 2"; /bin/say "$z"; }; f`, "1 2"},
		{"local -", `f() { local -; local IFS; IFS=:; set -f; x=a:b; /bin/say $x; }; f`, "a b"},
		{"export --", `export -- A=1; eval "export -- B=2"; sh -c '/bin/say $A $B'`, "1 2"},
		{"umask", `umask 27; umask; /bin/say $(umask); (umask 077); /bin/say $(umask)`, "0027 0027"},
		{"ulimit, wait, jobs", `ulimit -n 10 && wait && jobs && wait $! && /bin/say right`, "right"},
		{"cd and pwd", `cd /a/b; cd ../c; /bin/say $(pwd) $PWD; (cd /); /bin/say $PWD; cd - >/dev/null; /bin/say $(pwd)`, "/a/c /a/c /a/c /a/b"},
		{"kill -0", `kill -0 1234 && /bin/say wrong || /bin/say right`, "right"},
		{"descriptors from 3 on", `exec 3>/x 4<&0; echo a >&3; { /bin/say right; } 3>&1 >&2 5</y`, "right"},
		{"read and write", `cat <>/x; echo a >|/x; /bin/say right`, "right"},
		{"return outside functions", "/bin/say one\nreturn 3\n/bin/say two", "one"},
		{"return without a status", "f() { false; return; }\nf || /bin/say right; g() { false || return; }; g || /bin/say right", "right right"},
		{"traps of signals", `trap 'rm x' INT TERM; trap '' 2; trap - 15; trap '/bin/say end' EXIT; /bin/say right`, "right end"},
		{"trap 0", `trap '/bin/say end $?' 0; exit 3`, "end 3"},
		{"a file that is missing", `. /nowhere/lib.sh; /bin/say right`, "right"},
		{"a dot without a file ends the script", `x=; . $x; /bin/say wrong`, ""},
		{"setvar", ". /etc/rc.subr\nsetvar x 'a b'; /bin/say $x", "a b"},
		{"~user", `x=~www/y; /bin/say $x ~root ~ "~www" ~www:x`, "/home/www/y /root / ~www ~www:x"},
		{"~user by eval", `u=www; eval h=~$u; eval /bin/say $h ~$u/x`, "/home/www /home/www/x"},
		{"a pipe's right side is a subshell", `x=1; echo 2 | read x; /bin/say $x; echo a b | while read p q; do x=$q; /bin/say $x; done; /bin/say $x`, "1 b 1"},
		{"an empty pipe", `: | while read x; do /bin/say wrong; done; printf '' | /bin/say right`, "right"},
		{"the status of a pipe", `false | true && ! true | false && /bin/say right`, "right"},
		{"background is in order", `/bin/say a & /bin/say b; wait $!; /bin/say c`, "a b c"},
		{"background is a subshell", `x=1; x=2 & { x=3; } & /bin/say $x`, "1"},
		{"the status of a background command is 0", "false & /bin/say $?; nosuch & /bin/say $?; (exit 3) & /bin/say $?", "0 0 0"},
		{"an exit under !", "f() { exit 0; }\nif ! f; then /bin/say wrong; fi\n/bin/say wrong", ""},
		{"! and set -e", `set -e; ! true; ! false; /bin/say right`, "right"},
		{"braces stay", `/bin/say a{b,c} {1..3} ${x:-{d,e}}`, "a{b,c} {1..3} {d,e}"},
		{"no arithmetic on [[", `[[ a = a ]] || /bin/say right`, "right"},
		{"a word that is no pattern", `x='[::]:80'; eval "/bin/say -l $x [a *]"`, "-l [::]:80 [a *]"},
		{"files are not looked up", `for f in /etc/pass* /bin/*; do /bin/say $f; done`, "/etc/pass* /bin/*"},
		{"unset x=", `x=1; unset x=; /bin/say "<$x>"`, "<>"},
		{"$$ and its like", `/bin/say $$ $! ${$} $PPID`, shellPID + " " + childPID + " " + shellPID + " 1"},
		{"RANDOM is a variable like any other", `/bin/say "<$RANDOM>" "<$((RANDOM + 1))>"; RANDOM=7; /bin/say $RANDOM`, "<> <1> 7"},
		{"UID is not set", `/bin/say "<$UID$EUID$GID$TMPDIR>"; UID=5; /bin/say $UID`, "<> 5"},
		{"command -v", `/bin/say $(command -v sh) $(command -v nginx || PATH=$PATH:/usr/local/bin; command -v nginx); command -v f >/dev/null; f() { :; }; /bin/say $(command -v f)`, "/bin/sh /usr/local/bin/nginx f"},
		{"command does not call functions", `echo() { /bin/say wrong; }; command echo x >/dev/null; /bin/say right`, "right"},
		{"exec ends", `f() { exec /bin/say $1; }; (f a); f b; /bin/say c`, "a b"},
		{"type", `f() { :; }; type nginx >/dev/null || type /opt/nginx >/dev/null && type f >/dev/null && /bin/say right`, "right"},
		{"set lists", `abc=1; set | while IFS= read -r l; do case $l in abc=*) /bin/say "$l";; esac; done`, "abc='1'"},
		{"set --", `set -- a 'b c' d; shift; /bin/say "$1" $#; set -- -x; /bin/say $1`, "b c 2 -x"},
		{"unknown options of set", `set -o pipefail; set -o verify; set -T; set +v; set -eu; /bin/say right`, "right"},
		{"shift too far", `shift 5; /bin/say right`, "right"},
		{"only the first operand counts", `f() { return 4 5; }; f; /bin/say $?; set a b c; shift 1 2; /bin/say $#; for i in 1 2; do break 1 x; done; /bin/say $i; exit 0 0; /bin/say wrong`, "4 2 1"},
		{"no number ends the shell", `(exit x); /bin/say $?; (f() { return ""; }; f; /bin/say wrong); /bin/say $?; (shift x; /bin/say wrong); /bin/say $?; (for i in 1; do continue -1; done; /bin/say wrong); /bin/say $?; exit -1; /bin/say wrong`, "2 2 2 2"},
		{"here-document", "cat <<EOF | while read a b; do /bin/say $b; done\n1 x$((1 + 1))\n2 y\nEOF", "x2 y"},
		{"time", `time /bin/say right`, "right"},
		{"bash's builtins are not sh's", `source /x; declare x=1; pushd /; shopt -s extglob; /bin/say $? "<$x>"`, "127 <>"},
		{"nested quotes by su", `export A='p q'; su -m www -c 'sh -c "/bin/say \"$A\" $(id -un)"'`, "p q www"},
		{"sh -c with arguments", `sh -c '/bin/say $0 $1 $#' zero one two`, "zero one 2"},
		{"sh -c has no functions", `f() { /bin/say wrong; }; x=1; export y=2; sh -c 'f; /bin/say "<$x>$y"'`, "<>2"},
		{"env -i", `export A=1; env -i B=2 sh -c '/bin/say "<$A>$B"'; env - sh -c '/bin/say "<$A>"'`, "<>2 <>"},
		{"limits with eval", `eval $(limits -e); /bin/say right`, "right"},
		{"what is written can be read", `echo a b >/tmp/x; echo c >>/tmp/x; read p q </tmp/x; /bin/say $q $(tail -1 /tmp/x); rm /tmp/x; [ -e /tmp/x ] || /bin/say gone`, "b c gone"},
		{"a file is read without cat", `echo a >/tmp/x; /bin/say $(</tmp/x)`, "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := FromText(tc.script).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "x"})
			require.NotContains(t, rec.Failed, "panicked")
			if !strings.Contains(rec.Failed, "no shell takes it") {
				require.Empty(t, rec.Failed)
			}
			var said []string
			for _, c := range rec.Reached {
				if c.Argv[0] == "/bin/say" {
					said = append(said, strings.Join(c.Argv[1:], " "))
				}
			}
			require.Equal(t, tc.want, strings.Join(said, " "))
		})
	}
}

// TestDescriptorsAreClosed reads files more often than there are descriptors,
// with the garbage collector off: each must be closed when it has been read.
func TestDescriptorsAreClosed(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc/self/fd here")
		}
		return len(list)
	}
	script := ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\nload_rc_config $name\n" +
		"i=0\nwhile [ $i -lt 400 ]; do\n\techo 77 >/tmp/f\n\tread x rest </tmp/f\n\techo $x | read y\n\ti=$((i + 1))\ndone\n" +
		"command=/usr/local/sbin/foo\ncommand_args=\"-x $x\"\nrun_rc_command \"$1\"\n"
	s := FromText(script)
	before := open()
	rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Empty(t, rec.Failed)
	require.Equal(t, []string{"/usr/local/sbin/foo", "-x", "77"}, rec.Starts[0].Argv)
	require.Less(t, open()-before, 20)
}
