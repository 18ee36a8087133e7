package sh

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every row of the table is found in its example, and nothing else there.
func TestDifferences(t *testing.T) {
	for _, d := range Table() {
		t.Run(d.ID, func(t *testing.T) {
			f, err := Parse([]byte(d.Example))
			if d.Outcome == Refused {
				require.ErrorContains(t, err, "sh(1) "+d.Here)
				require.Equal(t, d.Instead, err.(*Error).Hint)
				return
			}
			require.NoError(t, err)
			var ids, want []string
			for _, found := range Differences(f) {
				ids = append(ids, found.ID)
			}
			if d.Outcome != Same {
				want = []string{d.ID}
			}
			require.Equal(t, want, slices.Compact(ids))
		})
	}
}

// With SVCJIFY_SH, FreeBSD's sh itself does with each example what its row says.
func TestDifferencesInShell(t *testing.T) {
	shell := os.Getenv("SVCJIFY_SH")
	if shell == "" {
		t.Skip("SVCJIFY_SH is not set")
	}
	for _, d := range Table() {
		t.Run(d.ID, func(t *testing.T) {
			cmd := exec.Command(shell)
			cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(d.Example)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			err := cmd.Run()
			require.Equal(t, d.Prints, strings.TrimSpace(out.String()), errs.String())
			switch d.Outcome {
			case Same, Otherwise:
				require.Empty(t, errs.String())
			case Fails:
				require.True(t, errs.Len() > 0 || d.ID == "double-bracket", "nothing failed")
			case Ends:
				require.Error(t, err)
			case Refused:
				require.Error(t, err)
				require.Contains(t, errs.String(), "Syntax error")
			}
		})
	}
}
