package synth

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDemoLeavesWhatIsThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	require.NoError(t, Demo(dir))
	before, files := hashOf(t, dir)
	require.Greater(t, files, 20)
	require.ErrorContains(t, Demo(dir), "is not empty: expected a new directory")
	after, _ := hashOf(t, dir)
	require.Equal(t, before, after)

	again := filepath.Join(t.TempDir(), "again")
	require.NoError(t, Demo(again))
	same, _ := hashOf(t, again)
	require.Equal(t, before, same, "the same bytes, the repository's too")

	require.NoError(t, os.Mkdir(filepath.Join(again, "empty"), 0o755))
	require.NoError(t, Demo(filepath.Join(again, "empty")), "an empty directory will do")
}
