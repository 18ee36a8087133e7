//go:build unix

package main

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/internal/slowtest"
	"github.com/svcjify/svcjify/patch/batch"
)

// kills is how often each command is killed.
const kills = 6

// asCommand is this test's binary under the name by which TestMain runs the command.
func asCommand(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "svcjify")
	require.NoError(t, os.Symlink(self, name))
	return name
}

// madeTree is a copy of the made tree.
func madeTree(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ports")
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "corpus", "testdata", "ports"))))
	return dir
}

// texts is the files below a directory.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == ".svcjify.lock" {
			return err
		}
		text, err := os.ReadFile(p)
		all[strings.TrimPrefix(p, dir+"/")] = string(text)
		return err
	}))
	return all
}

// killed runs the command and kills it a random moment after it is seen at its
// nth step of work.
func killed(t *testing.T, seen func(stdout []byte) int, n int, name string, args ...string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "stdout")
	f, err := os.Create(out)
	require.NoError(t, err)
	cmd := exec.Command(name, args...)
	cmd.Stdout = f
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		text, err := os.ReadFile(out)
		require.NoError(t, err)
		if seen(text) >= n {
			break
		}
		select {
		case <-ended: // before it came so far, which is as good
			require.NoError(t, f.Close())
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
	time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
	_ = cmd.Process.Kill() // it may have ended meanwhile
	<-ended
	require.NoError(t, f.Close())
}

func ran(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

var (
	temporaryFile = regexp.MustCompile(`(^|/)\.svcjify[-.][^/]*\.tmp$`)
	revisionLine  = regexp.MustCompile(`(?m)^PORTREVISION.*\n`)
)

// TestFixIsKilled: each file is what it was or what it becomes, no script is
// changed whose PORTREVISION was not raised, and the next run does the rest.
func TestFixIsKilled(t *testing.T) {
	slowtest.Only(t)
	svcjify := asCommand(t)
	before, whole := texts(t, madeTree(t)), madeTree(t)
	ran(t, svcjify, "fix", whole)
	after := texts(t, whole)
	lines := func(stdout []byte) int { return bytes.Count(stdout, []byte("\n")) }
	inTheMidst := 0
	for n := range kills {
		dir := madeTree(t)
		killed(t, lines, 3*n, svcjify, "fix", dir)
		changed := 0
		for name, text := range texts(t, dir) {
			if temporaryFile.MatchString(name) {
				continue
			}
			require.True(t, text == before[name] || text == after[name], "%s is half written", name)
			if text == before[name] {
				continue
			}
			changed++
			if port, ok := strings.CutSuffix(filepath.Dir(name), "/files"); ok &&
				before[port+"/Makefile"] != after[port+"/Makefile"] {
				now, err := os.ReadFile(filepath.Join(dir, port, "Makefile"))
				require.NoError(t, err)
				require.Equal(t, after[port+"/Makefile"], string(now), "%s is changed, PORTREVISION is not", name)
			}
		}
		if changed > 0 && !maps.Equal(texts(t, dir), after) {
			inTheMidst++
		}
		ran(t, svcjify, "fix", dir)
		now := texts(t, dir)
		require.ElementsMatch(t, slices.Collect(maps.Keys(after)), slices.Collect(maps.Keys(now)),
			"something is left over")
		for name, text := range now { // a PORTREVISION may have risen twice
			require.Equal(t, revisionLine.ReplaceAllString(after[name], ""), revisionLine.ReplaceAllString(text, ""),
				name)
		}
	}
	require.Positive(t, inTheMidst, "no run was killed while it wrote")
}

// TestBatchIsKilled: patch -o and batch sent, killed and run again, end with what
// an undisturbed run gives.
func TestBatchIsKilled(t *testing.T) {
	slowtest.Only(t)
	svcjify := asCommand(t)
	dir, top := madeTree(t), t.TempDir()
	whole := filepath.Join(top, "whole")
	ran(t, svcjify, "patch", "-o", whole, dir)
	want := texts(t, whole)
	inTheMidst := 0
	for n := range kills {
		out := filepath.Join(top, string(rune('a'+n)))
		files := func([]byte) int {
			count := 0
			// while it is written
			_ = filepath.WalkDir(out, func(string, os.DirEntry, error) error { count++; return nil })
			return count
		}
		killed(t, files, 2+n*len(want)/kills, svcjify, "patch", "-o", out, dir)
		if _, err := os.Stat(out); err == nil {
			for name, text := range texts(t, out) {
				require.True(t, name == batch.FileName || temporaryFile.MatchString(name) || text == want[name],
					"%s is half written", name)
			}
			if !maps.Equal(want, texts(t, out)) {
				inTheMidst++
			}
		}
		ran(t, svcjify, "patch", "-o", out, dir)
		require.Equal(t, want, texts(t, out))
	}
	require.Positive(t, inTheMidst, "no run was killed while it wrote")
}
