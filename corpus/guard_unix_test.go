//go:build unix

package corpus

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// TestFIFO: reading a FIFO would wait for ever.
func TestFIFO(t *testing.T) {
	root := onDisk(t, map[string]string{"net/a": "USE_RC_SUBR= a", "net/b/files/b.in": ""})
	require.NoError(t, os.MkdirAll(filepath.Join(root, "net/a/files"), 0o755))
	for _, name := range []string{"net/a/files/a.in", "net/a/files/b.in", "net/b/Makefile"} {
		if err := syscall.Mkfifo(filepath.Join(root, name), 0o644); err != nil {
			t.Skipf("no FIFOs here: %v", err)
		}
	}
	c := openDir(t, root)
	require.Equal(t, []string{"a net/a/files/a.in net/a"}, list(c))
	require.Equal(t, []string{"unreadable net/a/files/a.in:0", "unreadable net/b/Makefile:0"}, problems(c))
	_, err := c.Trees[0].FS.Open("net/a/files/a.in")
	require.ErrorIs(t, err, regular.ErrNotRegular)

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), []byte("# PROVIDE: x\n"), 0o644))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644))
	c = openDir(t, dir)
	require.Equal(t, []string{"x x"}, list(c))
	require.Empty(t, c.Problems)
}
