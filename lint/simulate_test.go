package lint

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestIsDetail(t *testing.T) {
	for _, w := range []string{"/var/run/foo.pid", "--pidfile=/x", "-pid", "--pid-file", "pid=/x", "/var/log/foo", "/x/foo.log", "--logfile", "--log=/x", "-log", "--pids"} {
		require.True(t, isDetail(w), w)
	}
	for _, w := range []string{"--rapid", "--login", "login", "-u", "root", "--spider", "/usr/local/etc/foo.conf", "cupid", "--logic", "catalog"} {
		require.False(t, isDetail(w), w)
	}
}

// TestStatesHold says of every service of a tree, the made one and that of
// SVCJIFY_PORTSDIR, that what is called ready or patchable starts in the
// simulated jail what it starts on the host: whichever rules there are, none of
// its losses that matter goes unsaid.
func TestStatesHold(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	dirs := []string{"../corpus/testdata/ports"}
	if dir := os.Getenv("SVCJIFY_PORTSDIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, r := range rcrun.Releases() {
		for _, dir := range dirs {
			c, err := corpus.Open([]string{dir})
			require.NoError(t, err)
			res, err := Run(t.Context(), c, Options{Simulate: pool, Release: r})
			require.NoError(t, err)
			held := 0
			for _, s := range res.Subjects {
				if s.State != Patchable && s.State != Ready || s.Records == nil || s.Verdict.OptOut || len(s.Records.Host.Starts) == 0 {
					continue
				}
				if p := (&Pass{Subject: s}); p.optedOut() {
					continue
				}
				held++
				for _, l := range s.Records.losses() {
					require.NotEqual(t, Error, l.severity, "%s %s is %s for %s: %s", s.Origin(), s.Service.Name, s.State, r.Name, l.what)
				}
				require.Empty(t, s.Records.failed(), s.Service.Name)
				require.True(t, s.Records.Host.Remains, s.Service.Name)
			}
			require.Positive(t, held)
			t.Logf("%s, release %s: %d services start in the jail what they start on the host", dir, r.Name, held)
		}
	}
}
