//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/hostile"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// TestInterrupt: the first Ctrl-C ends a run at any moment, what was found is printed,
// and said to be partial; the exit code is 3.
func TestInterrupt(t *testing.T) {
	svcjify, err := exec.LookPath("svcjify")
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "Mk"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Mk", "bsd.port.mk"), nil, 0o666))
	require.NoError(t, hostile.WriteTree(root, 60, 1))
	var slowest time.Duration
	interrupted := 0
	for _, after := range slowtest.Some([]time.Duration{100, 10, 30, 200, 400, 800, 1500}, 4) {
		cmd := exec.Command(svcjify, "lint", "--config", "none", root)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		require.NoError(t, cmd.Start())
		time.Sleep(after * time.Millisecond)
		start := time.Now()
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		err := cmd.Wait()
		took := time.Since(start)
		if code := cmd.ProcessState.ExitCode(); code < 0 || code == exitFindings {
			continue // before it took signals, or when it was done
		}
		require.Error(t, err)
		interrupted++
		slowest = max(slowest, took)
		require.Equal(t, exitFailed, cmd.ProcessState.ExitCode(), stderr.String())
		require.Contains(t, stderr.String(), "error: interrupted")
		if stdout.Len() > 0 {
			require.Contains(t, stderr.String(), "the output is not complete")
		}
	}
	require.NotZero(t, interrupted)
	t.Logf("slowest of %d: %v", interrupted, slowest)
	// 200 ms is what a machine with nothing else to do shows (docs/hostile.md).
	require.Less(t, slowest, 5*time.Second)
}
