package synth

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
)

// hashOf is a hash of all names and texts below a directory, and the number of files.
func hashOf(t *testing.T, dir string) (string, int) {
	t.Helper()
	h, n := sha256.New(), 0
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		text, err := os.ReadFile(filepath.Join(dir, name))
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		return err
	}))
	return fmt.Sprintf("%x", h.Sum(nil)), n
}

func TestSameSeedSameBytes(t *testing.T) {
	write := func(seed uint64) (string, int) {
		dir := filepath.Join(t.TempDir(), "tree")
		require.NoError(t, Write(dir, Options{Seed: seed, Ports: 300, Services: 40}))
		return hashOf(t, dir)
	}
	a, n := write(1)
	b, _ := write(1)
	c, _ := write(2)
	require.Equal(t, a, b)
	require.NotEqual(t, a, c)
	require.InDelta(t, 300*5.6, n, 300, "files, as many as in a real tree")
}

// What is written is what the shares say: services that are found, scripts that parse.
func TestServices(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Write(dir, Options{Seed: 3, Ports: 800, Services: 200}))
	c, err := corpus.Open([]string{dir})
	require.NoError(t, err)
	require.Empty(t, c.Problems)
	require.Equal(t, 800, c.Ports)
	shared, asked := 0, 0
	for _, s := range c.Services {
		if len(s.Ports) > 1 {
			shared++
		}
		if s.Condition != "" {
			asked++
		}
		text, problem := s.Tree.ReadFile(s.Template)
		require.Nil(t, problem)
		script := rcparse.Parse(text, s.Ports[0].Make.Substitutions())
		require.Nil(t, script.Err, "%s", text)
		require.True(t, script.UsesRcSubr(), s.Template)
		require.NotEmpty(t, script.Runs, s.Template)
	}
	require.InDelta(t, 210, len(c.Services), 20)
	require.InDelta(t, 10, shared, 4, "one of twenty is a slave's")
	require.Zero(t, asked, "SERVER is on by default")
}

func TestRefusesSizes(t *testing.T) {
	for _, o := range []Options{{Ports: 0}, {Ports: -1}, {Ports: 5, Services: 6}, {Ports: 5, Services: -1},
		{Ports: maxPorts + 1}} {
		require.ErrorContains(t, Write(filepath.Join(t.TempDir(), "x"), o), "expected 1 to")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o644))
	require.ErrorContains(t, Write(dir, Options{Ports: 1}), "is not empty")
	require.Error(t, Write(filepath.Join(dir, "mine", "x"), Options{Ports: 1}))
}
