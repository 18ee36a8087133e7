package rcrun

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzRun runs any text in this process: it never panics, always ends, and
// changes nothing outside.
func FuzzRun(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(madeTree, "*/*/files/*.in"))
	require.NoError(f, err)
	for i, p := range paths {
		src, err := os.ReadFile(p)
		if i%6 != 0 || err != nil { // one of them is a directory
			continue
		}
		f.Add(src, "start", uint8(i))
	}
	for _, a := range attacks {
		if len(a.script) < 500 && a.failed == "" {
			f.Add([]byte(a.script), "start", uint8(1))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, verb string, bits uint8) {
		if len(src) > 20_000 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		began := time.Now()
		s := New(src, nil)
		sc := Scenario{Verb: verb, Svcj: bits&1 != 0, Boot: bits&2 != 0, Running: bits&4 != 0, InstalledAs: "foo"}
		sc.OtherAnswers, sc.Corrected = bits&16 != 0, bits&32 != 0
		first := s.Run(ctx, sc)
		require.Less(t, time.Since(began), 4*time.Second)
		require.NotContains(t, first.Failed, "panicked")
		if first.Failed == "" && bits&8 != 0 {
			require.Equal(t, first, New(src, nil).Run(ctx, sc), "the same script in the same scenario")
		}
	})
}
