package rcrun

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the kernel was asked for while the harmless attacks ran: no file that
// a script names, no program, no connection.
func TestSystemCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	dir, check := bait(t)
	trace := filepath.Join(t.TempDir(), "trace")
	pool, err := NewPool(PoolOptions{
		Workers: 1,
		Command: []string{strace, "-f", "-q", "-o", trace, "-e", "trace=%file,%process,%network,%ipc", self, WorkerArg},
	})
	require.NoError(t, err)
	for _, a := range attacks {
		if a.failed != "" {
			continue
		}
		for _, script := range armed(a.script, dir) {
			recs := pool.Run(t.Context(), []Job{{Src: []byte(script),
				Scenarios: []Scenario{{Verb: "start", InstalledAs: "evil", Svcj: true}}}})
			if strings.Contains(recs[0][0].Failed, "the worker ended") {
				t.Skip("strace(1) does not run here")
			}
		}
	}
	pool.Close()
	b, err := os.ReadFile(trace)
	require.NoError(t, err)
	require.NotEmpty(t, b)
	// The runtime's own: the program, its libraries, what it reads of the machine and
	// of itself, the root as the interpreter's directory.
	own := regexp.MustCompile(`"(` + regexp.QuoteMeta(self) +
		`|/|/lib[^"]*|/usr/lib[^"]*|/etc/ld\.so\.[a-z]+|/proc/self/[a-z]+|/sys/[^"]*|/dev/null|)"`)
	call := regexp.MustCompile(`^\d+ +([a-z0-9_]+)\(`)
	execs := 0
	for line := range strings.Lines(string(b)) {
		m := call.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		switch m[1] {
		case "execve":
			execs++
			continue
		case "clone", "clone3": // threads of the runtime
			require.Contains(t, line, "CLONE_THREAD")
			continue
		case "exit", "exit_group", "kill", "tgkill", "wait4", "waitid", "pidfd_open", "pidfd_send_signal",
			"rt_sigqueueinfo":
			continue
		}
		require.Regexp(t, own, line)
	}
	require.Equal(t, 1, execs, "nothing is executed")
	check()
}
