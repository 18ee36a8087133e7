package testsh

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFind(t *testing.T) {
	dash, err := exec.LookPath("dash")
	if err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	got, err := Find(dash)
	require.NoError(t, err)
	require.Equal(t, Shell{dash, "dash"}, got)
	require.False(t, got.FreeBSD())

	// What knows setvar is taken for FreeBSD's, whatever its name.
	like := filepath.Join(t.TempDir(), "another-name")
	require.NoError(t, os.WriteFile(like, []byte("#!"+dash+"\nexit 0\n"), 0o700))
	got, err = Find(like)
	require.NoError(t, err)
	require.Equal(t, Shell{like, "sh"}, got)
	require.True(t, got.FreeBSD())

	_, err = Find("/nonexistent/sh")
	require.ErrorContains(t, err, "/nonexistent/sh: this is no shell (given by -shell or SVCJIFY_SH)")
}
