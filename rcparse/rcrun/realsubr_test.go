package rcrun

import (
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
)

var shellFlag = flag.String("shell", os.Getenv(testsh.Variable), testsh.Usage)

// TestRealRcSubr starts the test of its name in package realsubr, when it is
// asked for by name: that package has the time of a test of its own.
func TestRealRcSubr(t *testing.T) {
	if !strings.Contains(flag.Lookup("test.run").Value.String(), "RealRcSubr") {
		t.Skip("package realsubr runs it")
	}
	for _, name := range []string{"SVCJIFY_RCSUBR", "SVCJIFY_PORTSDIR", "SVCJIFY_RELEASE", "SVCJIFY_SCRIPT",
		"SVCJIFY_SH"} {
		_ = os.Getenv(name) // go test takes no result from its cache when one has changed
	}
	args := []string{"test", "./realsubr", "-count=1", "-v", "-run", flag.Lookup("test.run").Value.String()}
	if *shellFlag != "" {
		args = append(args, "-shell="+*shellFlag)
	}
	if testing.Short() {
		args = append(args, "-short")
	}
	if end, ok := t.Deadline(); ok {
		args = append(args, "-timeout="+time.Until(end).String())
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stdout = io.MultiWriter(&out, t.Output())
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Run())
	if strings.Contains(out.String(), "\n--- SKIP: TestRealRcSubr ") {
		t.Skip("see above")
	}
}
