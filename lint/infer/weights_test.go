package infer

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint/infer/program"
)

var updateDocs = flag.Bool("update", false, "rewrite the table in docs/evidence.md")

// TestWeightsInDocs holds the table in docs/evidence.md against weights.
func TestWeightsInDocs(t *testing.T) {
	const begin, end = "<!-- weights: written by TestWeightsInDocs -update -->\n", "<!-- end -->"
	b := &strings.Builder{}
	b.WriteString("| act | evidence for | argument | direct | own library | library | text |\n|---|---|---|---|---|---|---|\n")
	for _, act := range program.Acts() {
		w, ok := weights[act]
		require.True(t, ok, "%s has no weight", act)
		word := w.word
		if word == "" {
			word = "-"
		}
		fmt.Fprintf(b, "| %s | %s |", act, word)
		for _, s := range w.strength {
			if s == Unknown {
				b.WriteString(" - |")
			} else {
				fmt.Fprintf(b, " %s |", s)
			}
		}
		b.WriteString("\n")
	}
	require.Len(t, weights, len(program.Acts()))
	const name = "../../docs/evidence.md"
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + begin + b.String() + end + after
	if *updateDocs {
		require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "go test ./lint/infer -run WeightsInDocs -update")
}
