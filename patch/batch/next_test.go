package batch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNext: the most certain and the smallest first, few to one person, none
// that was sent or whose files have changed.
func TestNext(t *testing.T) {
	dir, out := tree(t), filepath.Join(t.TempDir(), "b")
	port(t, dir, "www/maa", "one@example.org", "maa", "mab") // twice as long as the others
	port(t, dir, "www/mbb", "one@example.org", "mbb")
	port(t, dir, "www/mcc", "One@example.org", "mcc")
	port(t, dir, "www/mdd", "two@example.org", "mdd")
	port(t, dir, "www/mee", "ports@FreeBSD.org", "mee")
	port(t, dir, "www/mff", "ports@FreeBSD.org", "mff")
	made(t, out, dir)
	d, err := Open(out)
	require.NoError(t, err)
	defer d.Close()
	now := today(t, dir)
	next := func(n, each int) ([]string, Next) {
		x, err := d.Batch.Next(now.Tree, n, each, d.Read)
		require.NoError(t, err)
		var names []string
		for _, p := range x.Proposals {
			names = append(names, p.Change)
		}
		return names, x
	}
	names, x := next(100, 0)
	require.Equal(t, []string{"www/mbb", "www/mcc", "www/mdd", "www/mee", "www/mff", "www/maa"}, names)
	require.Equal(t, 2, x.Proposals[0].Lines) // the default, and PORTREVISION where there was none
	require.Zero(t, x.Waiting)
	names, x = next(3, 0)
	require.Equal(t, []string{"www/mbb", "www/mcc", "www/mdd"}, names)
	require.Equal(t, 3, x.Waiting)
	names, _ = next(100, 1)
	require.Equal(t, []string{"www/mbb", "www/mdd", "www/mee", "www/mff"}, names, "the limit spares persons")

	// A patch that is out counts, and the more certain comes first.
	for i := range d.Batch.Patches {
		if d.Batch.Patches[i].Change == "www/mff" {
			d.Batch.Patches[i].Certainty = "certain"
		}
	}
	_, err = d.Batch.MarkSent("mbb", "123456", envelope.Date)
	require.NoError(t, err)
	names, _ = next(100, 1)
	require.Equal(t, []string{"www/mff", "www/mdd", "www/mee"}, names)
	d.Batch.Skips = []Skip{{"two@example.org", "busy"}}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "www/mee/files/mee.in"), []byte("# another\n"), 0o644))
	names, x = next(100, 1)
	require.Equal(t, []string{"www/mff"}, names)
	require.Equal(t, []string{"www/mee"}, x.Moved)
}

func TestMarkSent(t *testing.T) {
	dir, out := tree(t, some...), filepath.Join(t.TempDir(), "b")
	made(t, out, dir)
	d, err := Open(out)
	require.NoError(t, err)
	names, err := d.Batch.MarkSent("www/revision-*", "123456", envelope.Date)
	require.NoError(t, err)
	require.Equal(t, []string{"www/revision-comment", "www/revision-space", "www/revision-zero"}, names)
	names, err = d.Batch.MarkSent("revision-zero", "", envelope.Date.AddDate(0, 0, 2))
	require.NoError(t, err)
	require.Equal(t, []string{"www/revision-zero"}, names)
	_, err = d.Batch.MarkSent("www/nothing", "", envelope.Date)
	require.ErrorIs(t, err, ErrNoPatch)
	_, err = d.Batch.MarkSent("[", "", envelope.Date)
	require.ErrorContains(t, err, "pattern")
	require.NoError(t, d.Save())
	require.NoError(t, d.Close())

	// It stays when the batch is made again, and when the patch has left it.
	made(t, out, dir)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "www/revision-zero")))
	b := made(t, out, dir)
	s, ok := b.SentOf("www/revision-zero")
	require.True(t, ok)
	require.Equal(t, "sent 2026-11-27", s.String())
	s, _ = b.SentOf("www/revision-comment")
	require.Equal(t, "sent 2026-11-25, PR 123456", s.String())
	_, ok = b.SentOf("www/enable-eval")
	require.False(t, ok)
}
