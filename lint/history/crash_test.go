package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// failsAt has svcjify fail at a service whose script holds a word.
func failsAt(service, word string) lint.Options {
	return lint.Options{Complete: func(in *infer.Input) {
		if in.Service == service && strings.Contains(string(in.Script.Src), word) {
			panic("made for the test")
		}
	}}
}

// A revision in which svcjify itself failed at a service says so, and so does each later one
// that rests on the same answer; the fault is kept once.
func TestPointsCrash(t *testing.T) {
	c, _ := tree(t)
	j := c.judge(c.dir)
	j.Lint = failsAt("finch", "finch")
	line, err := Walk(t.Context(), j.mustCommit(t, "HEAD"), nil, time.Time{})
	require.NoError(t, err)
	points, err := j.Points(t.Context(), line.Every(24*time.Hour, time.Time{}), nil)
	require.NoError(t, err)
	const note = "svcjify failed at finch of dns/finch and could not judge it"
	for i, p := range points {
		if i < len(points)-3 { // before the branch was merged
			require.NotContains(t, p.Note, "failed", p.Time)
			continue
		}
		require.Equal(t, note, p.Note, p.Time)
		require.Equal(t, 2, p.Services)
		require.Equal(t, 1, p.States[lint.Unknown])
	}
	require.Len(t, j.Crashes, 1)
	require.Equal(t, "finch of dns/finch", j.Crashes[0].Name())
	require.Contains(t, j.Crashes[0].Stack, "crash_test.go")
}

// A state that is not known since svcjify failed is no change of state.
func TestCompareCrash(t *testing.T) {
	c, at := tree(t)
	for _, word := range []string{"finch", "NO"} {
		j := c.judge(c.dir)
		j.Lint = failsAt("wren", word)
		if word == "finch" { // no fault
			changes, notes, err := j.Compare(t.Context(), j.mustCommit(t, at["merge"]), j.mustCommit(t, at["last"]))
			require.NoError(t, err)
			require.Empty(t, notes)
			require.Len(t, changes, 1)
			continue
		}
		changes, notes, err := j.Compare(t.Context(), j.mustCommit(t, at["merge"]), j.mustCommit(t, at["last"]))
		require.NoError(t, err)
		require.Empty(t, changes)
		require.Len(t, notes, 2)
		require.Equal(t, at["last"][:12]+": svcjify failed at wren of dns/wren and could not judge it", notes[1])
	}
}

// Where svcjify fails between the two, the commit is not guessed.
func TestCompareCrashBetween(t *testing.T) {
	c, at := tree(t)
	c.commit("dns/wren: broken", map[string]string{"dns/wren/files/wren.in": script("wren", "# BROKEN\n")})
	last := c.commit("dns/wren: undeclared", map[string]string{"dns/wren/files/wren.in": script("wren", "")})
	j := c.judge(c.dir)
	j.Lint = failsAt("wren", "BROKEN")
	changes, notes, err := j.Compare(t.Context(), j.mustCommit(t, at["last"]), j.mustCommit(t, last))
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, "ready patchable", changes[0].Before+" "+changes[0].After)
	require.Empty(t, changes[0].Commit)
	require.Len(t, notes, 1)
	require.Contains(t, notes[0], fmt.Sprintf("wren (dns/wren): which commit changed its state is not known: "+
		"svcjify failed at it in %s",
		c.git("rev-parse", "HEAD~1")[:12]))
}
