package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCoverage(t *testing.T) {
	c, err := readCoverage(strings.NewReader("mode: set\nm/p/a.go:3.10,5.2 2 0\nm/p/a.go:7.10,9.2 1 0\n" +
		"m/p/a.go:7.10,9.2 1 1\n"))
	require.NoError(t, err)
	require.True(t, c.unrun("m/p/a.go", 4, 1), "no test runs the block")
	require.False(t, c.unrun("m/p/a.go", 8, 1), "one of two test binaries runs it")
	require.False(t, c.unrun("m/p/a.go", 3, 9), "before the block")
	require.False(t, c.unrun("m/p/a.go", 5, 2), "after the block")
	require.False(t, c.unrun("m/p/b.go", 4, 1), "not in the profile: not known")
	_, err = readCoverage(strings.NewReader("m/p/a.go 1 2\n"))
	require.Error(t, err)
}
