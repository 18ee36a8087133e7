//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStatusSignal asks this process, by every signal that is a question.
func TestStatusSignal(t *testing.T) {
	require.Contains(t, statusSignals, os.Signal(syscall.SIGUSR1))
	var out lockedBuffer
	p := newProgress(&out)
	defer p.watch()()
	for i, s := range statusSignals {
		require.NoError(t, syscall.Kill(os.Getpid(), s.(syscall.Signal)))
		require.Eventually(t, func() bool { return strings.Count(out.String(), "svcjify: starting, ") == i+1 },
			10*time.Second, time.Millisecond)
	}
}
