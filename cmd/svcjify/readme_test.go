package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadme runs each `$ svcjify ...` of the README in the made ports tree and
// holds what it prints to what stands there.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	t.Chdir("../../corpus/testdata/ports")
	n := 0
	for i, block := range strings.Split(string(readme), "```") {
		command, want, _ := strings.Cut(strings.TrimPrefix(block, "\n"), "\n")
		args, ok := strings.CutPrefix(command, "$ svcjify ")
		if i%2 == 0 || !ok {
			continue
		}
		n++
		var stdout, stderr bytes.Buffer
		c := Command{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
		c.Main(strings.Fields(args))
		require.Equal(t, want, stdout.String(), command)
		require.Empty(t, stderr.String(), command)
	}
	require.GreaterOrEqual(t, n, 2)
}
