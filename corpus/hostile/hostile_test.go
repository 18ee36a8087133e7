package hostile_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/hostile"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// tree makes a ports tree with what write puts into it.
func tree(t *testing.T, write func(root string) error) string {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "Mk"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Mk", "bsd.port.mk"), nil, 0o666))
	require.NoError(t, write(root))
	return root
}

// TestEach: each port is found, within bounds of what is told of it, of CPU time, and of memory. They
// are those of a port as a whole, which TestHostileCost (cmd/svcjify) holds the command to.
func TestEach(t *testing.T) {
	for _, a := range slowtest.Some(hostile.Attacks(), 4) {
		t.Run(a.Name, func(t *testing.T) {
			root := tree(t, func(root string) error { return a.Write(filepath.Join(root, "net")) })
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := usedCPU()
			c, err := corpus.Open([]string{root})
			took := usedCPU() - start
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			require.Equal(t, 1, c.Ports)
			require.LessOrEqual(t, len(c.Services), 100)
			require.LessOrEqual(t, len(c.Problems), 45, "at most 21 of a kind")
			require.True(t, len(c.Services)+len(c.Problems) > 0, "silence is no answer")
			for _, p := range c.Problems {
				require.Less(t, len(p.Text), 1000, p.Text)
			}
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%v of CPU time, %d MiB allocated", took, allocated)
			require.Less(t, took, 5*time.Second)
			// Freed or not, and twice as much under the race detector: TestHostileCost holds
			// what a process takes at a time to 300 MiB.
			require.Less(t, allocated, uint64(600), "MiB")
		})
	}
}

// TestTree: a tree of many such ports costs what its ports cost.
func TestTree(t *testing.T) {
	root := tree(t, func(root string) error { return hostile.WriteTree(root, 60, 19) })
	one, err := corpus.Open([]string{root})
	require.NoError(t, err)
	require.Equal(t, 60, one.Ports)
	again, err := corpus.Open([]string{root})
	require.NoError(t, err)
	require.Equal(t, len(one.Services), len(again.Services))
	for i, p := range one.Problems {
		require.Equal(t, p.Text, again.Problems[i].Text, "the bounds count work, so that the answer is the same")
	}
}

// TestInterrupted: the reading ends soon after its context.
func TestInterrupted(t *testing.T) {
	root := tree(t, func(root string) error { return hostile.WriteTree(root, 60, 20) })
	for _, after := range []time.Duration{0, 5 * time.Millisecond, 50 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		targets, wrong := corpus.Find(t.Context(), corpus.Query{Args: []string{root}})
		require.Empty(t, wrong)
		start := time.Now()
		_, err := corpus.Load(ctx, targets, corpus.Narrow{})
		cancel()
		if err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(start), after+5*time.Second)
		}
	}
}

// The hint for a Makefile that can't be evaluated is a line to paste where the person stands: the path leads
// to the port, and is quoted for the shell.
func TestHint(t *testing.T) {
	name := "it's a port"
	a := hostile.Attack{Name: name, Files: map[string]string{"Makefile": "PORTNAME=\tx\nUSE_RC_SUBR=\tx\n.if 1\n"}}
	root := tree(t, func(root string) error { return a.Write(filepath.Join(root, "net")) })
	require.NoError(t, os.Mkdir(filepath.Join(root, "sysutils"), 0o777))
	for _, at := range []string{root, filepath.Join(root, "net"), filepath.Join(root, "sysutils"), t.TempDir()} {
		t.Chdir(at)
		c, err := corpus.Open([]string{root})
		require.NoError(t, err)
		require.NotEmpty(t, c.Problems)
		line, found := strings.CutPrefix(c.Problems[0].Hint, "correct the Makefile: make -C ")
		require.True(t, found, c.Problems[0].Hint)
		word, _, found := strings.Cut(line, " -V PKGNAME")
		require.True(t, found)
		f, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader("x "+word), "")
		require.NoError(t, err)
		fields, err := expand.Fields(nil, f.Stmts[0].Cmd.(*syntax.CallExpr).Args...)
		require.NoError(t, err)
		require.Len(t, fields, 2)
		_, err = os.Stat(filepath.Join(fields[1], "Makefile"))
		require.NoError(t, err, "from %s", at)
	}
}
