package rcrun

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoops(t *testing.T) {
	for _, tc := range []struct {
		name, middle string
		failed       string // what Failed says, "" where the service is started
		loop         int
	}{
		{name: "waits for a socket of any name", middle: "pre() { until [ -S /tmp/.s.PGSQL.5432 ]; do sleep 1; done; }"},
		{name: "waits for a command", middle: "pre() { while ! false; do sleep 1; [ -e /nowhere/x.pid ] && break; done; }"},
		{name: "waits in its condition", middle: "pre() { while sleep 1; ! [ -e /var/run/other.pid ]; do :; done; }"},
		{name: "gives up after some tries", middle: "pre() { n=0; while [ ! -e /var/run/x/ready ]; do sleep 1; n=$((n+1)); [ $n -lt 10 ] || return 1; done; }"},
		{name: "tries in a for loop", middle: "pre() { for i in 1 2 3 4 5 6 7; do [ -e /tmp/ready ] && return 0; sleep 1; done; return 1; }"},
		{name: "status of the condition in the body", middle: "pre() { until /opt/a && false; do [ $? -eq 1 ] || return 1; break; done; }"},
		{name: "does something each time", middle: "pre() { while [ ! -e /var/run/x/ready ]; do sleep 1; /opt/poke; done; }"},
		{name: "has no end", middle: "pre() {\n\twhile :; do\n\t\tsleep 1\n\tdone\n}", failed: "in the loop at line 9", loop: 9},
		{name: "has no end and no command", middle: "pre() {\n\n\tx=1\n\twhile [ $x = 1 ]; do y=2; done\n}", failed: "in the loop at line 11", loop: 11},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := FromText(serviceText(tc.middle + "\nstart_precmd=pre"))
			rec := s.Run(t.Context(), Scenario{Verb: "start", InstalledAs: "foo"})
			if tc.failed != "" {
				require.Contains(t, rec.Failed, tc.failed)
				require.Equal(t, tc.loop, rec.Loop)
				return
			}
			require.Empty(t, rec.Failed)
			require.Empty(t, rec.Undecided)
			require.Len(t, rec.Starts, 1)
		})
	}
}

// A loop that could wait and does not is none, however often it is come to.
func TestLoopNotWaiting(t *testing.T) {
	text := serviceText("stop_cmd=foo_stop\nfoo_stop() { for p in a b c d e f; do one $p; done; [ ! -e /var/run/foo.lock ] || rm /var/run/foo.lock; }\n" +
		"one() {\n\tfor pid in $1; do\n\t\twhile [ -n \"$(ps -ax | grep \"^ $pid \")\" ]; do sleep 1; [ -z \"$n\" ] || break; done\n\tdone\n}")
	rec := FromText(text).Run(t.Context(), Scenario{Verb: "stop", Running: true, InstalledAs: "foo"})
	require.Contains(t, linesOf(rec.Reached), "host method: rm /var/run/foo.lock\n")
}
