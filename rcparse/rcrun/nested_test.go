package rcrun

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// A precmd may ask its own script for another verb, as sshd's does: the start
// that follows is still the start, and what the verb runs is not part of it.
func TestVerbWithinPrecmd(t *testing.T) {
	text := serviceText(`extra_commands="check"
check_cmd="$command -t"
start_precmd=before
before() { run_rc_command check; }`)
	for _, jailed := range []bool{false, true} {
		rec := FromText(text).Run(context.Background(), Scenario{Verb: "start", InstalledAs: "foo", Svcj: jailed})
		require.Empty(t, rec.Failed)
		require.Len(t, rec.Starts, 1, "jailed %v", jailed)
		require.Equal(t, []string{"/usr/local/sbin/foo"}, rec.Starts[0].Argv)
		require.Equal(t, jailed, rec.Starts[0].Inside)
		require.True(t, rec.Prepares)
		require.True(t, rec.Remains)
		require.Equal(t, []string{"/usr/local/sbin/foo", "-t"}, rec.Reached[0].Argv)
		require.False(t, rec.Reached[0].Inside)
	}
}
