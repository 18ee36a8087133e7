package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMarks follows what is not known to the command that is started.
func TestMarks(t *testing.T) {
	for _, tc := range []struct {
		name, middle string
		want         string // of Unknowns in the start's words and environment
	}{
		{"output as an argument", `command_args="--key $(/opt/key)"`, `the output of "/opt/key"`},
		{"through text tools", `command_args="--key $(/opt/key | tr a-z A-Z | cut -c1-4 | head -1)"`, `the output of "/opt/key"`},
		{"a file, through sed and a pipe", `command_args="--user $(cat /opt/foo.conf | sed -n 's/^user //p')"`, "what is in /opt/foo.conf"},
		{"a file that is sourced", `. /opt/foo.env`, "what /opt/foo.env sets"},
		{"under set -a", "set -a\n. /opt/foo.env\nset +a", "what /opt/foo.env sets"},
		{"sourced in a function", "look() { . \"$1\"; }\nlook /opt/foo.env", "what /opt/foo.env sets"},
		{"eval of an output", `eval "$(/opt/settings)"`, `the output of "/opt/settings"`},
		{"export of lines", "export $(grep -v '^#' /opt/foo.env | xargs)", `the output of "grep -v ^# /opt/foo.env"`},
		{"read in a loop", "while read -r k v; do command_args=\"$command_args $k\"; done < /opt/foo.conf", "what is in /opt/foo.conf"},
		{"a loop over an output", "for z in $(/opt/zones); do command_args=\"$command_args $z\"; done", `the output of "/opt/zones"`},
		{"a sysctl", `command_args="$(sysctl -n hw.unheardof)"`, "the value of sysctl hw.unheardof"},
		{"what depends on it", `if [ "$(/opt/mode)" = fast ]; then command_args=--fast; fi`, ""},
		{"in a subshell it stays", "( . /opt/foo.env )", ""},
		{"what the script wrote is known", "echo a > /opt/x\ncommand_args=$(cat /opt/x)", ""},
		{"rc.subr and its like are known", ". /etc/network.subr", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := FromText(serviceText(tc.middle))
			sc := Scenario{Verb: "start", InstalledAs: "foo"}
			rec := s.Run(t.Context(), sc)
			require.Empty(t, rec.Failed)
			require.Len(t, rec.Starts, 1)
			require.NotContains(t, linesOf(rec.Reached), unknownOpen, "a plain run has no marks")
			sc.OtherAnswers = true
			rec = s.Run(t.Context(), sc)
			require.Empty(t, rec.Failed)
			require.Len(t, rec.Starts, 1)
			c := rec.Starts[0]
			text := strings.Join(append(c.Argv, c.Env...), " ")
			require.NotContains(t, text, markPrefix)
			require.Equal(t, tc.want, strings.Join(Unknowns(text), "; "), text)
		})
	}
}

// The host's run and the jail's have the same marks for the same things.
func TestMarksAreAlike(t *testing.T) {
	s := FromText(serviceText("start_precmd=/opt/pre\ncommand_args=\"$(/opt/a) $(/opt/b)\"\n. /opt/foo.env"))
	sc := Scenario{Verb: "start", InstalledAs: "foo", OtherAnswers: true}
	host := s.Run(t.Context(), sc)
	sc.Svcj = true
	jail := s.Run(t.Context(), sc)
	require.Len(t, jail.Starts, 1)
	require.Equal(t, host.Starts[0].Argv, jail.Starts[0].Argv)
	require.Equal(t, host.Starts[0].Env, jail.Starts[0].Env)
}

func TestOtherAnswers(t *testing.T) {
	for _, tc := range []struct{ name, middle, plain, other string }{
		{"grep", `grep -q x /opt/f && command_args=found`, "found", ""},
		{"grep, quiet, of an output", `/opt/list | grep -q x && command_args=found`, "", "found"},
		{"kldstat", `kldstat -q -m x && command_args=loaded`, "", "loaded"},
		{"kldstat and grep", `kldstat | grep -q x.ko && command_args=loaded`, "", "loaded"},
		{"a comparison", `[ "$(/opt/n)" -gt 5 ] && command_args=more`, "", "more"},
		{"its opposite", `[ "$(/opt/n)" != x ] && command_args=other`, "other", ""},
		{"empty", `[ -z "$(/opt/n)" ] && command_args=empty`, "empty", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := FromText(serviceText(tc.middle))
			for other, want := range map[bool]string{false: tc.plain, true: tc.other} {
				rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo", OtherAnswers: other})
				require.Len(t, rec.Starts, 1)
				require.Equal(t, strings.TrimSpace("/usr/local/sbin/foo "+want), strings.Join(rec.Starts[0].Argv, " "),
					"other answers: %t", other)
			}
		})
	}
}

// Where the plain answers start nothing, the others are taken for true.
func TestOtherWorld(t *testing.T) {
	s := FromText(serviceText("start_precmd=pre\npre() { kldstat | grep -q x.ko || err 1 'load it first'; }"))
	rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Len(t, rec.Starts, 1)
	require.Empty(t, rec.Undecided)
	s = FromText(serviceText("start_precmd=pre\npre() { [ -c /dev/foo0 ] && [ ! -c /opt/foo0 ] && err 1 'no device'; }"))
	rec = s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
	require.Empty(t, rec.Starts)
	require.Contains(t, rec.Undecided, "it asks for the file /opt/foo0, which is taken not to be there")
}

func TestMended(t *testing.T) {
	s := FromText(serviceText("start_cmd=foo_start\nfoo_start() { check_jail jailed && err 1 no; /opt/food; }"))
	sc := Scenario{Verb: "start", InstalledAs: "foo-daemon", Svcj: true}
	rec := s.Run(t.Context(), sc)
	require.Empty(t, rec.Starts)
	require.False(t, rec.AskedJailed, "service(8) does not find it")
	sc.Corrected = true
	rec = s.Run(t.Context(), sc)
	require.Len(t, rec.Starts, 1)
	require.True(t, rec.AskedJailed)
}

func TestUnwritten(t *testing.T) {
	s := FromText(serviceText("stop_cmd=foo_stop\nfoo_stop() { [ -e $pidfile ] && /opt/ctl stop $(cat $pidfile); }"))
	sc := Scenario{Verb: "stop", InstalledAs: "foo", Running: true}
	rec := s.Run(t.Context(), sc)
	require.Equal(t, "host method: /opt/ctl stop 1234\n", linesOf(rec.Stops))
	require.Equal(t, "/var/run/foo.pid", rec.PidFile)
	sc.Unwritten = []string{rec.PidFile}
	require.Empty(t, s.Run(t.Context(), sc).Stops)
	plain := FromText(serviceText(""))
	require.Zero(t, plain.Run(t.Context(), Scenario{Verb: "status", InstalledAs: "foo", Running: true}).Exit)
	require.Equal(t, 1, plain.Run(t.Context(),
		Scenario{Verb: "status", InstalledAs: "foo", Running: true, Unwritten: sc.Unwritten}).Exit)
}

func TestCallersEnvironment(t *testing.T) {
	s := FromText(serviceText("foo_flags=-a"))
	sc := Scenario{Verb: "start", InstalledAs: "foo", Env: []Setting{{"flags", "-b"}}}
	require.Equal(t, []string{"/usr/local/sbin/foo", "-b"}, s.Run(t.Context(), sc).Starts[0].Argv,
		"rc.subr(8): flags in the environment")
	sc.Svcj = true
	require.Equal(t, []string{"/usr/local/sbin/foo", "-a"}, s.Run(t.Context(), sc).Starts[0].Argv,
		"service(8) starts the second run without it")
}
