package rcrun

import (
	"os"
	"testing"
)

// TestMain makes the test binary the worker of its own pools, and the
// commands of the temporary root in which dash runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == WorkerArg {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	if len(os.Args) == 4 && os.Args[1] == sandboxArg {
		os.Exit(tryAll(os.Args[2], os.Args[3]))
	}
	if _, err := os.Stat(stubMark); err == nil {
		os.Exit(runStub(os.Args))
	}
	os.Exit(m.Run())
}
