package page

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFull writes into a file system that is full: what was there stays whole.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skip("may not mount:", err)
	}
	defer func() { require.NoError(t, syscall.Unmount(dir, 0)) }()
	require.NoError(t, full("x").Write(dir))
	before, err := os.ReadFile(filepath.Join(dir, pageName))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fills"), make([]byte, 64<<10), 0o644))
	large := full("x")
	for {
		large.Services = append(large.Services, large.Services...)
		if len(large.Services) > 200 {
			break
		}
	}
	err = large.Write(dir)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.Contains(t, err.Error(), "cannot be written")
	after, err := os.ReadFile(filepath.Join(dir, pageName))
	require.NoError(t, err)
	require.Equal(t, before, after)
	left, err := filepath.Glob(filepath.Join(dir, ".svcjify*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
