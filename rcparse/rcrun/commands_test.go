package rcrun

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// emulated is the commands that this package answers for, by name.
var emulated = strings.Fields("cat basename dirname expr tr cut sed head tail wc seq sort uniq grep egrep fgrep tee awk gawk mawk nawk " +
	"true : clear tty logger false [ test echo printf sleep id whoami logname groups pw getent hostname uname date nproc stat sysctl kldstat " +
	"pgrep pidof ps pwait kill pkill killall which mkdir touch install cp mv ln mkfifo rm rmdir unlink mktemp realpath readlink xargs ls " +
	"jls sockstat netstat find mount df od jot kenv pkg sysrc procstat fstat java openssl")

// builtins is what call answers for, and what the interpreter does.
var builtins = append(slices.Clone(notInSh), strings.Fields(
	"eval trap . cd chdir umask pwd command type hash exec set unset local export readonly "+
		"ulimit wait bg fg fc times newgrp jobs read exit return shift break continue getopts")...)

// everyCommand is the commands that a script may name and this package knows of:
// the base system's, those that are emulated,
// wrappers, builtins, the functions of the model and what it says to the recorder.
func everyCommand() []string {
	list := slices.Concat(BaseCommands(), emulated, builtins, []string{
		"sh", "su", "bash", "service", "daemon", "/usr/sbin/daemon", roundCall, waitCall, madeCall,
		madeCall + "_status", "__true", "__nothing",
	})
	for name := range wrappers {
		list = append(list, name)
	}
	for name := range loadedModel().functions {
		list = append(list, name)
	}
	for _, word := range strings.Fields("test source exec command command-v type hash set lacks broken kill status begin pid gone user jailed " +
		"required needs skip unknown jail jls enter nothing") {
		list = append(list, "__svcjify "+word)
	}
	list = append(list, "__svcjify")
	slices.Sort(list)
	return slices.Compact(list)
}

// odd is arguments that no command expects.
var odd = []string{
	"", "''", "-", "--", "-- --", "'' ''", "-n", "-n -5", "-n -99999999999999999999", "-n 99999999999999999999", "-c",
	"-c ''", "-1", "-9 -9", "- -",
	"-e", "-e ''", "-e 's/'", "-f", "-E '('", "-F ''", "-d ''", "-d '' -f 1", "-f 0", "-f 9-1", "-c 0-", "a b c", "[ ]",
	"! ! !", "'(' ')' ')'", "-a -o !", "= =",
	"=", "x=", "=x", "x=y", "-u", "-u ''", "-m", "-l", "-C", "/", "/ / /", "//", "..", "'a b' '\n' '\t'", "'%s%d%' x",
	"'%*d' 999999999 1", "'%999999999s'", "'\\'",
	"\"$(printf '\\377\\376')\"", "start", "x start", "x start y z", "-j", "-j x", "-E", "-E x", "-E x=y x start",
	"onestart onestop", "0x7fffffffffffffff", "-9223372036854775808",
	"1 -1 -9223372036854775808", "-9223372036854775808 1 9223372036854775807", "1 0 1", "1 + ", "1 / 0",
	"-9223372036854775808 / -1", "9223372036854775807 + 1", "a : '\\(*\\)'", "a-z A", "'[:upper:]' ''", "-d",
	"-cd ''",
	"'z-a' x", "{ }", "-o pid= -p", "-p ''", "1d", "'s/a/b/;'", "'s'", "/x", "'/x/'", "'$!N;d'", "-I {} x", "-I '' x",
	"-n 0 x", "'{ print $ }'", "'{print $99999999999}'",
}

// Every command of the pretended system takes any arguments: one of its own, none, odd ones and a great many.
func TestEveryCommand(t *testing.T) {
	commands := everyCommand()
	require.Greater(t, len(commands), 1200)
	run := func(lines string) Record {
		s := FromText(". /etc/rc.subr\nname=foo start_cmd=foo_start\nfoo_start()\n{\n" + lines +
			"\n}\nrun_rc_command \"$1\"\n")
		require.NoError(t, s.err, lines)
		return s.simulate(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"}, false).record
	}
	var base []string // of the base system: the same code for all that is not emulated
	for _, c := range slowtest.Some(commands, 4) {
		_, emulates := toolOf(path.Base(c))
		_, wraps := wrappers[path.Base(c)]
		if strings.HasPrefix(c, "/") && !emulates && !wraps {
			base = append(base, c+"; "+c+" ''; "+c+" - x")
			continue
		}
		var lines []string
		for _, a := range odd {
			lines = append(lines, "( "+c+" "+a+" )", "( echo x | "+c+" "+a+" | cat )")
		}
		for half := range slices.Chunk(lines, len(lines)/2) { // each within the steps of a run
			rec := run(strings.Join(half, "\n"))
			require.NotContains(t, rec.Failed, "panicked", c)
			// seq(1) and printf(1) may well write more than a run may, and the model's
			// own functions call the method again.
			if _, model := loadedModel().functions[c]; !model && path.Base(c) != "seq" && path.Base(c) != "printf" {
				require.Empty(t, rec.Failed, c)
			}
		}
	}
	for some := range slices.Chunk(base, 300) {
		require.Empty(t, run(strings.Join(some, "\n")).Failed)
	}
	// A list of 100,000 arguments costs more steps than a run has; one of 3,000 does not.
	for _, c := range slowtest.Some(append(slices.Clone(emulated), builtins...), 4) {
		for _, n := range []string{"$(seq 1 3000)", strings.Repeat(" $(seq 1 10000)", 10)} {
			rec := run("set -- " + n + "\n" + c + " \"$@\"")
			require.NotContains(t, rec.Failed, "panicked", c)
		}
	}
}
