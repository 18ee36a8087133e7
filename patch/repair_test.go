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
