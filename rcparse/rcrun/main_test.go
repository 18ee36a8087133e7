package rcrun

import (
	"os"
	"testing"
)

// TestMain makes the test binary the worker of its own pools.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == WorkerArg {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}
