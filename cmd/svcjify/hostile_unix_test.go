//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/hostile"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// emptyTree makes a ports tree without ports.
func emptyTree(t *testing.T) string {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "Mk"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Mk", "bsd.port.mk"), nil, 0o666))
	return root
}

// What one port may cost: docs/hostile.md has what each does.
const (
	maxPortCPU    = 5 * time.Second
	maxPortMemory = 300 // MiB
)

// TestHostileCost: no port costs more than that, over all processes, and each is told of.
func TestHostileCost(t *testing.T) {
	svcjify, err := exec.LookPath("svcjify")
	require.NoError(t, err)
	for _, a := range slowtest.Some(hostile.Attacks(), 7) {
		t.Run(a.Name, func(t *testing.T) {
			root := emptyTree(t)
			require.NoError(t, a.Write(filepath.Join(root, "net")))
			stdout, _ := measured(t, a.Name+": "+a.Class, svcjify, "lint", "--cache", "none", "--config", "none",
				"--fail-on", "never", root)
			require.NotEmpty(t, stdout, "silence is no answer")
			require.Less(t, len(stdout), 100_000)
			require.NotContains(t, stdout, "CPU time", "the bounds count work")
			require.NotContains(t, stdout, "by the clock")
		})
	}
}

// measured runs a command, which must go well within what one port may cost.
func measured(t *testing.T, what, name string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Start())
	peak, err := peakOf(cmd)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // of its children too
	t.Logf("%5.2f s CPU, %3d MiB, %6d bytes printed: %s", cpu.Seconds(), peak, out.Len(), what)
	require.NoError(t, err, errs.String())
	require.Less(t, cpu, maxPortCPU)
	require.Less(t, peak, maxPortMemory, "MiB")
	require.NotContains(t, out.String()+errs.String(), "internal error")
	return out.String(), errs.String()
}

// peakOf waits for a command that was started and gives its peak of memory in MiB. What the
// system counts itself, ru_maxrss, has the memory of this test in it.
func peakOf(cmd *exec.Cmd) (peak int, err error) {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err = <-done:
			return peak, err
		case <-time.After(5 * time.Millisecond):
			peak = max(peak, memory(cmd.Process.Pid))
		}
	}
}

// TestHostilePatches: making patches of a port costs no more than that either. All proofs of a
// port have one budget; where it ends, the patch is withheld, which is said.
func TestHostilePatches(t *testing.T) {
	svcjify, err := exec.LookPath("svcjify")
	require.NoError(t, err)
	for _, a := range append(slowtest.Some(hostile.Attacks(), 9), hostile.Patched()) {
		t.Run(a.Name, func(t *testing.T) {
			root, out := emptyTree(t), filepath.Join(t.TempDir(), "batch")
			require.NoError(t, a.Write(filepath.Join(root, "net")))
			_, stderr := measured(t, "patch -o of "+a.Name, svcjify, "patch", "-o", out, "--certainty", "possible",
				"--cache", "none", "--config", "none", root)
			require.FileExists(t, filepath.Join(out, "SUMMARY.md"), stderr)
			if a.Name == "patched" {
				text, err := os.ReadFile(filepath.Join(out, "SUMMARY.md"))
				require.NoError(t, err)
				require.Contains(t, string(text), "the port's services together did not end within")
			}
		})
	}
}

// memory is the most that a process and its children have used, in MiB; 0 where /proc does not say.
func memory(pid int) int {
	most := 0
	dir := fmt.Sprintf("/proc/%d", pid)
	status, _ := os.ReadFile(dir + "/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			most += kib >> 10
		}
	}
	tasks, _ := filepath.Glob(dir + "/task/*/children")
	for _, name := range tasks {
		text, _ := os.ReadFile(name)
		for _, child := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				most += memory(n)
			}
		}
	}
	return most
}

// TestSameUnderLoad: the same tree gives the same bytes on a machine that is idle and on one
// that is not, beside four busy loops a processor. Nothing is timed: the bytes are compared. With
// SVCJIFY_PORTSDIR in the environment, a real tree is looked at too.
func TestSameUnderLoad(t *testing.T) {
	slowtest.Only(t)
	svcjify, err := exec.LookPath("svcjify")
	require.NoError(t, err)
	made := emptyTree(t)
	require.NoError(t, hostile.WriteTree(made, 12, 7))
	for _, a := range hostile.Scripts()[:4] {
		require.NoError(t, a.Write(filepath.Join(made, "net")))
	}
	trees := []string{made}
	if dir := os.Getenv("SVCJIFY_PORTSDIR"); dir != "" {
		trees = append(trees, dir)
	}
	judge := func(tree string) (string, time.Duration) {
		cmd := exec.Command(svcjify, "lint", "--cache", "none", "--config", "none", "--fail-on", "never", "--format",
			"json", tree)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		began := time.Now()
		out, err := cmd.Output()
		require.NoError(t, err, stderr.String())
		return string(out) + stderr.String(), time.Since(began)
	}
	for _, tree := range trees {
		idle, short := judge(tree)
		loops := 4 * runtime.NumCPU()
		var busy []*exec.Cmd
		for range loops {
			cmd := exec.Command("sh", "-c", "p=$PPID; while kill -0 $p; do :; done") // to the end of the test's process
			require.NoError(t, cmd.Start())
			busy = append(busy, cmd)
		}
		stop := func() {
			for _, cmd := range busy {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			}
			busy = nil
		}
		t.Cleanup(stop)
		loaded, long := judge(tree)
		stop()
		t.Logf("%s: %d bytes, %v, and %v beside %d busy loops", tree, len(idle), short, long, loops)
		require.Equal(t, strings.Split(idle, "\n"), strings.Split(loaded, "\n"))
	}
}
