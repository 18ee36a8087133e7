package patch

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// TestProveRepair holds the proof of a repair to account: whatever verb would
// do something else on the host afterwards, it must not pass.
func TestProveRepair(t *testing.T) {
	const script = `. /etc/rc.subr
name=foo
rcvar=foo_enable
load_rc_config $name
: ${foo_enable=NO}
command=/usr/local/sbin/foo
pidfile=/var/run/foo.pid
%s
start_precmd=foo_prestart
foo_prestart()
{
	mkdir -p /var/db/foo
	%s
}
run_rc_command "$1"
`
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	opts := Options{Repair: true, Lint: lint.Options{Simulate: pool, Operator: lint.OperatorEquals}}
	k, err := infer.Embedded()
	require.NoError(t, err)
	svc := &corpus.Service{Tree: &corpus.Tree{Dir: "."}, Name: "foo", Template: "foo"}
	for _, c := range []struct {
		name, top, precmd, want string
	}{
		{"proved", "", `command_args="-u foo"`, ""},
		{"flags keep their place", "", `rc_flags="-u foo $rc_flags"`, ""},
		{"exports", "status_cmd=foo_status\nfoo_status() { ps; }", `export FOO=bar`, ""},
		{"reload uses the arguments", "extra_commands=reload\nreload_cmd=\"$command reload \\$command_args\"", `command_args="-u foo"`, "reload would not be the same"},
		{"flags behind", "", `rc_flags="$rc_flags -u foo"`, ""},
		{"flags are dropped", "# foo_flags (str): more flags\ncommand_args=\"-x ${foo_flags}\"", `rc_flags=""`, ""},
		{"a command of its own uses the flags", "extra_commands=check\ncheck_cmd=\"$command check \\$rc_flags\"", `rc_flags="-u foo $rc_flags"`, ""},
		{"stop uses the variable", "stop_postcmd='rm -f ${foo_lock}'", `foo_lock=/var/run/lock command_args="-l /var/run/lock"` + "\n\tcommand_args=\"-l ${foo_lock}\"", "stop would not be the same"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Replace(strings.Replace(script, "%s", c.top, 1), "%s", c.precmd, 1)
			s := lint.Judge(context.Background(), svc, []byte(src), k, opts.Lint)
			require.NotNil(t, s.Repair, "no repair to prove")
			after, repairs, err := repaired(context.Background(), s, k, opts)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Len(t, repairs, 1)
			require.Nil(t, after.Repair)
			require.NotEqual(t, lint.Blocked, after.State)
		})
	}
}

// A restart_cmd goes only where rc.subr(8) does the very same without it.
func TestWithoutRestart(t *testing.T) {
	const script = `. /etc/rc.subr
name=foo
rcvar=foo_enable
load_rc_config $name
: ${foo_enable=NO}
command=/usr/local/sbin/foo
pidfile=/var/run/foo.pid
start_cmd=foo_start
stop_cmd=foo_stop
restart_cmd=foo_restart
%s
foo_start() { /usr/local/sbin/foo -d; }
foo_stop() { /usr/local/sbin/fooctl stop; }
foo_restart()
{
	%s
}

run_rc_command "$1"
`
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	opts := Options{Repair: true, Lint: lint.Options{Simulate: pool, Operator: lint.OperatorEquals}}
	k, err := infer.Embedded()
	require.NoError(t, err)
	svc := &corpus.Service{Tree: &corpus.Tree{Dir: "."}, Name: "foo", Template: "foo"}
	for _, c := range []struct {
		name, top, body string
		gone            bool
	}{
		{"stop and start", "", "foo_stop\n\tfoo_start", true},
		{"start only if stopped", "", "foo_stop && foo_start", true},
		{"a pause", "", "foo_stop\n\tsleep 5\n\tfoo_start", false},
		{"another command", "", "/usr/local/sbin/fooctl replace", false},
		{"start first", "", "foo_start\n\tfoo_stop", false},
		{"the precmd would run too", "start_precmd='mkdir -p /var/db/foo'", "foo_stop\n\tfoo_start", false},
		{"its name is used elsewhere", "again_cmd=foo_restart\nextra_commands=again", "foo_stop\n\tfoo_start", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Replace(strings.Replace(script, "%s", c.top, 1), "%s", c.body, 1)
			s := lint.Judge(context.Background(), svc, []byte(src), k, opts.Lint)
			require.Contains(t, s.Skipped, "restart")
			after, repairs, err := repaired(context.Background(), s, k, opts)
			require.NoError(t, err)
			if !c.gone {
				require.Empty(t, repairs)
				require.Equal(t, string(s.Script.Src), string(after.Script.Src))
				return
			}
			require.Len(t, repairs, 1)
			require.Contains(t, repairs[0].Message, `"service foo restart" runs the same commands on the host`)
			require.NotContains(t, after.Skipped, "restart")
			require.NotContains(t, string(after.Script.Src), "restart_cmd=")
			require.Equal(t, strings.Contains(c.top, "foo_restart"),
				strings.Contains(string(after.Script.Src), "foo_restart"))
			require.NotContains(t, string(after.Script.Src), "\n\n\n")
		})
	}
}
