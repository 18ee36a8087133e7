package rcrun

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// costly are scripts whose runs, a whole service's together, cost a minute or hundreds of megabytes
// when each run had a limit of its own.
var costly = []struct{ name, script string }{
	{"printf in a loop", "while :; do x=$(printf '%9999s'); done"},
	{"wide printf", "x=$(printf '" + strings.Repeat("%999999s", 1000) + "')"},
	{"a suffix that grows", "x=y; while :; do x=${x}aaaaaaaaaaaaaaaa; y=${x%%b*}; done"},
	{"a here-document that grows", "x=y; while :; do x=$(cat <<EOF\n$x$x\nEOF\n); done"},
	{"while behind a pipe", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaa; done | while read -r x; do echo $x; done"},
	{"sed on a line that grows", "x=a; while :; do x=$(echo $x | sed 's/a/aa/g'); done"},
	{"many directories", "x=a; while :; do x=\"$x/b $x\"; mkdir -p $x; done"},
	{"a long pipeline", "echo x" + strings.Repeat(" | cat", 5000)},
	{"quadrupling", "x=abcd; while :; do x=$x$x$x$x; done"},
	{"one word of many", "x=$(printf '%9999s'); y=" + strings.Repeat("$x", 50_000)},
	{"a case of many patterns", "while :; do case x in " + strings.Repeat("a|", 30_000) + "b) ;; esac; done"},
	{"many assignments", "while :; do " + strings.Repeat("a=1 ", 30_000) + "; done"},
	{"arithmetic", "i=0; while [ $i -lt 1000000000 ]; do i=$((i * 3 + 1)); done"},
	{"eval that grows", "x=: y=a; while :; do eval 'y=$y$y'; eval \"$x\"; x=\"$x; $x\"; done"},
	{"traps", "f() { trap f EXIT; ( f ); }; f"},
}

// All runs of a service have one budget, by steps first: the process that they run in has used little when it ends.
func TestCostlyScripts(t *testing.T) {
	pool, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer pool.Close()
	for _, c := range slowtest.Some(costly, 5) {
		t.Run(c.name, func(t *testing.T) {
			session := pool.Session()
			var first []Record
			for range 60 {
				job := Job{Src: []byte(armed(c.script, "/nonexistent")[1]), Scenarios: []Scenario{
					{Verb: "start", InstalledAs: "evil"}, {Verb: "start", InstalledAs: "evil", Svcj: true}, {Verb: "stop", InstalledAs: "evil", Running: true},
				}}
				recs := session.Run(t.Context(), job)
				if first == nil {
					first = recs
				}
				require.NotContains(t, recs[0].Failed, "panicked")
				require.NotContains(t, recs[0].Failed, "clock")
			}
			t.Logf("%d steps, %v of CPU time: %q", session.spent.Steps, session.spent.CPU.Round(time.Millisecond),
				first[0].Failed)
			require.LessOrEqual(t, session.spent.Steps, maxSession+2*maxSteps)
			require.Less(t, session.spent.CPU, maxCPU+time.Second)
		})
	}
}

// The same script costs the same steps in any child, whoever has it prepared.
func TestSpentIsTheSame(t *testing.T) {
	start := Job{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain"}}}
	jailed := Job{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain", Svcj: true}}}
	spent := func(workers ...*Pool) int {
		s := workers[0].Session()
		for i, j := range []Job{start, jailed, jailed} {
			s.pool = workers[i%len(workers)]
			s.Run(t.Context(), j)
		}
		return s.spent.Steps
	}
	one, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer one.Close()
	other, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer other.Close()
	want := spent(one)
	require.Positive(t, want)
	require.Equal(t, want, spent(one), "prepared by another session")
	require.Equal(t, want, spent(one, other), "in two children by turns")
}

// A session that was ended runs nothing more.
func TestEndedSession(t *testing.T) {
	pool, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer pool.Close()
	s := pool.Session()
	s.spent.Steps = maxSession
	j := Job{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain"},
		{Verb: "stop", InstalledAs: "plain"}}}
	recs := s.Run(t.Context(), j)
	require.Contains(t, recs[0].Failed, sessionWhy)
	spent := s.spent
	recs = s.Run(t.Context(), j)
	require.Equal(t, failedRecords(2, sessionWhy), recs)
	require.Equal(t, spent, s.spent)
	require.Empty(t, pool.Session().Run(t.Context(), j)[0].Failed, "another service has its own")
}

// When the context ends the child does, at once.
func TestCancel(t *testing.T) {
	pool, err := NewPool(PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer pool.Close()
	ctx, cancel := context.WithCancel(t.Context())
	endless := Job{Src: []byte("while :; do :; done"), Scenarios: make([]Scenario, 400)}
	for i := range endless.Scenarios {
		endless.Scenarios[i] = Scenario{Verb: "start", InstalledAs: "evil", SettingsOnly: true}
	}
	var cancelled time.Time
	go func() {
		time.Sleep(100 * time.Millisecond)
		cancelled = time.Now()
		cancel()
	}()
	recs := pool.Run(ctx, []Job{endless, endless})
	t.Logf("answered after %v", time.Since(cancelled))
	require.Equal(t, calledOff, recs[0][0].Failed)
	require.Equal(t, calledOff, recs[1][0].Failed)
	for _, w := range pool.idle {
		require.Nil(t, w.cmd, "the child is no more")
	}
}
