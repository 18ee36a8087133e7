//go:build linux && (amd64 || arm64) && !race

package rcrun

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// sandboxArg has this test's binary try what the worker must not be able to do; see
// TestMain. It is followed by "walled" or "open", and a directory.
const sandboxArg = "svcjify-test-sandbox"

// attempts is what a script would do that has found a way out of the interpreter.
func attempts(dir string) map[string]func() error {
	return map[string]func() error{
		"open for writing": func() error { return os.WriteFile(filepath.Join(dir, "file"), nil, 0o644) }, // empty: no limit on its size stands in the way
		"open for reading": func() error { _, err := os.ReadFile("/etc/passwd"); return err },
		"look at a path":   func() error { _, err := os.Stat("/"); return err },
		"make a directory": func() error { return os.MkdirAll(filepath.Join(dir, "sub"), 0o755) },
		"remove":           func() error { return os.Remove(filepath.Join(dir, "victim")) },
		"connect":          func() error { return dial("tcp", filepath.Join(dir, "address")) },
		"connect locally":  func() error { return dial("unix", filepath.Join(dir, "socket")) },
		"start a program":  func() error { return exec.Command("/proc/self/exe", "-test.run=^$").Run() },
		"become a program": func() error { // one that is not there: "no such file" is an answer too
			err := syscall.Exec(filepath.Join(dir, "nothing"), nil, nil)
			if errors.Is(err, syscall.ENOENT) {
				return nil
			}
			return err
		},
		"signal another": func() error { return syscall.Kill(os.Getppid(), 0) },
		"trace": func() error { // nobody: to be traced in earnest would stop this process
			_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, syscall.PTRACE_PEEKTEXT, uintptr(os.Getpid()), 0, 0,
				0, 0)
			if errno == syscall.ESRCH || errno == 0 {
				return nil
			}
			return errno
		},
	}
}

func dial(network, address string) error {
	if network == "tcp" {
		text, err := os.ReadFile(address) // the parent's, which listens
		if err != nil {
			text = []byte("127.0.0.1:1")
		}
		address = string(text)
	}
	c, err := net.Dial(network, address)
	if err == nil {
		c.Close()
	}
	return err
}

// tryAll is the child: it prints what each attempt came to, "" for a success,
// made by a thread that was there before the sandbox.
func tryAll(mode, dir string) int {
	go func() { runtime.LockOSThread(); select {} }() // one more thread that the sandbox must reach
	begin, answers := make(chan bool), make(chan map[string]string)
	go func() {
		runtime.LockOSThread()
		<-begin
		out := map[string]string{}
		for name, try := range attempts(dir) {
			out[name] = ""
			if err := try(); err != nil {
				out[name] = err.Error()
			}
		}
		answers <- out
	}()
	if mode == "walled" {
		if err := errors.Join(confine(), sandbox()); err != nil {
			return 3
		}
		var now syscall.Rlimit // limitCPU goes through the sandbox, other limits don't
		if syscall.Getrlimit(syscall.RLIMIT_CPU, &now) != nil || syscall.Setrlimit(syscall.RLIMIT_CPU, &now) != nil ||
			syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now) == nil {
			return 5
		}
	}
	close(begin)
	if err := json.NewEncoder(os.Stdout).Encode(<-answers); err != nil {
		return 4
	}
	return 0
}

// TestSandbox: with the sandbox each attempt is refused, whichever thread makes it;
// without it each succeeds, so that it is the sandbox that refuses.
func TestSandbox(t *testing.T) {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	if !strings.Contains(string(status), "Seccomp:") {
		t.Skip("this kernel has no seccomp")
	}
	for _, mode := range []string{"open", "walled"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "victim"), nil, 0o644))
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer tcp.Close()
		unix, err := net.Listen("unix", filepath.Join(dir, "socket"))
		require.NoError(t, err)
		defer unix.Close()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "address"), []byte(tcp.Addr().String()), 0o644))
		self, err := os.Executable()
		require.NoError(t, err)
		out, err := exec.Command(self, sandboxArg, mode, dir).Output()
		require.NoError(t, err, mode)
		var answers map[string]string
		require.NoError(t, json.Unmarshal(out, &answers))
		require.Len(t, answers, len(attempts(dir)))
		for name, answer := range answers {
			if mode == "open" {
				require.Empty(t, answer, name)
			} else {
				require.Contains(t, answer, "operation not permitted", name)
			}
		}
		if mode == "walled" {
			require.FileExists(t, filepath.Join(dir, "victim"))
			require.NoFileExists(t, filepath.Join(dir, "file"))
			require.NoDirExists(t, filepath.Join(dir, "sub"))
		}
	}
}
