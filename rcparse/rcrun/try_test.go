package rcrun

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTry(t *testing.T) {
	f := os.Getenv("TRY")
	b, err := os.ReadFile(f)
	if err != nil {
		t.Skip()
	}
	s := New(b, map[string]string{"PREFIX": "/usr/local", "LOCALBASE": "/usr/local"})
	verb := os.Getenv("VERB")
	if verb == "" {
		verb = "start"
	}
	for _, j := range []bool{false, true} {
		sc := Scenario{Verb: verb, Svcj: j, InstalledAs: strings.TrimSuffix(filepath.Base(f), ".in"), Running: os.Getenv("RUNNING") != ""}
		r := s.Run(context.Background(), sc)
		o, _ := json.MarshalIndent(r, "", " ")
		t.Log(string(o))
	}
}
