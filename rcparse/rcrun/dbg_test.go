package rcrun

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDbg(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("DBG")) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		debugOut = os.Stdout
		name := strings.TrimSuffix(filepath.Base(f), ".in")
		s := New(b, substOf("port", name))
		println("==", f)
		s.Run(context.Background(), Scenario{Verb: "start", InstalledAs: name})
	}
}
