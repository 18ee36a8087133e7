package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkStdin is what an editor waits for: a process that looks at one
// template, from its start to its end. The tree around it plays no part.
func BenchmarkStdin(b *testing.B) {
	svcjify, err := exec.LookPath("svcjify") // TestMain sees to it
	require.NoError(b, err)
	for _, name := range []string{"www/svcj-ready/files/cornflower.in", "www/revision-comment/files/mantel.in"} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			path := filepath.Join("..", "..", "corpus", "testdata", "ports", filepath.FromSlash(name))
			text, err := os.ReadFile(path)
			require.NoError(b, err)
			for b.Loop() {
				cmd := exec.Command(svcjify, "lint", "--fail-on", "never", "--config", "none", "--stdin-name", path, "-")
				cmd.Stdin = bytes.NewReader(text)
				require.NoError(b, cmd.Run())
			}
		})
	}
}
