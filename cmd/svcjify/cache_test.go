package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// TestSameWithoutCache compares, byte for byte, what is printed without a cache, by the
// run that fills one, and by the run that finds everything in it. It does so on the
// made tree, and on the real ones that SVCJIFY_PORTSDIR and SVCJIFY_SAMPLEDIR name.
func TestSameWithoutCache(t *testing.T) {
	made, err := filepath.Abs(filepath.Join("..", "..", "corpus", "testdata", "ports"))
	require.NoError(t, err)
	for _, tree := range slices.Concat([]string{made}, filepath.SplitList(os.Getenv("SVCJIFY_PORTSDIR")),
		filepath.SplitList(os.Getenv("SVCJIFY_SAMPLEDIR"))) {
		t.Run(filepath.Base(tree), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			for _, args := range slowtest.Some([][]string{
				{"lint", "--format", "jsonl", "--fail-on", "never"},
				{"list", "--format", "json"},
				{"patch", "--repair", "--certainty", "possible"},
			}, 3) {
				run := func(cache string) string {
					var stdout, stderr bytes.Buffer
					c := Command{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
					code := c.Main(append(args, "--cache", cache, tree))
					return fmt.Sprintf("exit %d\n%s\n%s", code, &stdout, &stderr)
				}
				want := run("none")
				require.NotContains(t, want, "note: the run goes on without")
				for _, when := range []string{"filling", "filled"} {
					if got := run(dir); got != want {
						t.Fatalf("%s, the cache %s: the output is another", args[0], when)
					}
				}
			}
			entries, err := filepath.Glob(filepath.Join(dir, "*", "*"))
			require.NoError(t, err)
			require.NotEmpty(t, entries)
		})
	}
}
