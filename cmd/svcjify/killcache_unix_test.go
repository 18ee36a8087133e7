//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/internal/slowtest"
)

// entries is the files of a cache, by their paths.
func entries(dir string) []string {
	list, _ := filepath.Glob(filepath.Join(dir, "v1-*", "*"))
	return list
}

// whole sees that each answer of a cache is as it was written, but for the files that were
// being written, which are dated back as if it were long ago.
func whole(t *testing.T, dir string) (temporary int) {
	t.Helper()
	for _, name := range entries(dir) {
		if strings.HasPrefix(filepath.Base(name), "tmp-") {
			temporary++
			old := time.Now().Add(-2 * time.Hour)
			require.NoError(t, os.Chtimes(name, old, old))
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		key, err := hex.DecodeString(filepath.Base(name))
		require.NoError(t, err)
		require.Greater(t, len(data), sha256.Size, "%s is half written", name)
		sum := sha256.Sum256(append(key, data[sha256.Size:]...))
		require.Equal(t, sum[:], data[:sha256.Size], "%s is half written", name)
	}
	return temporary
}

// TestCacheIsKilled: a run that is killed while it fills the cache, or removes the oldest
// answers, leaves whole answers, the next run prints the same bytes, and what was being
// written goes with it.
func TestCacheIsKilled(t *testing.T) {
	slowtest.Only(t)
	svcjify, tree := asCommand(t), madeTree(t)
	args := func(cache string) []string { // -v: the output is not kept, as it is of a tree that is old enough
		return []string{"lint", "-v", "--fail-on", "never", "--format", "json", "--cache", cache, tree}
	}
	lint := func(cache string) string {
		out, err := exec.Command(svcjify, args(cache)...).Output()
		require.NoError(t, err)
		return string(out)
	}
	want := lint("none")
	full := filepath.Join(t.TempDir(), "full")
	require.Equal(t, want, lint(full))
	all := len(entries(full))
	inTheMidst := 0
	for n := range 2 * kills {
		cache := filepath.Join(t.TempDir(), "cache")
		killed(t, func([]byte) int { return len(entries(cache)) }, 1+n*all/(2*kills), svcjify, args(cache)...)
		if whole(t, cache); len(entries(cache)) < all {
			inTheMidst++
		}
		left := filepath.Join(cache, filepath.Base(filepath.Dir(entries(full)[0])), "tmp-left")
		require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
		require.NoError(t, os.Remove(pick(t, cache)))
		whole(t, cache)
		require.Equal(t, want, lint(cache))
		require.Zero(t, whole(t, cache), "what the killed run left is still there")
		require.Len(t, entries(cache), all)
	}
	require.Positive(t, inTheMidst, "no run was killed while it wrote")

	for n := range kills { // while the oldest go
		cache := filepath.Join(t.TempDir(), "cache")
		old := filepath.Join(cache, "v1-0123456789abcdef")
		require.NoError(t, os.MkdirAll(old, 0o700))
		const number = 600 // of a megabyte: far too many
		for i := range number {
			name := filepath.Join(old, fmt.Sprintf("%064x", i))
			require.NoError(t, os.WriteFile(name, nil, 0o600))
			require.NoError(t, os.Truncate(name, 1<<20))
			when := time.Now().Add(-time.Hour)
			require.NoError(t, os.Chtimes(name, when, when))
		}
		gone := func([]byte) int {
			list, _ := os.ReadDir(old)
			return number - len(list)
		}
		killed(t, gone, 1+n*60, svcjify, args(cache)...)
		require.Equal(t, want, lint(cache))
		own := filepath.Dir(pickOther(t, cache, old))
		require.NoError(t, os.Remove(pickOther(t, cache, old)))
		require.Equal(t, want, lint(cache)) // writes one, and so looks for the oldest
		require.Greater(t, gone(nil), number/2)
		list, err := os.ReadDir(own)
		require.NoError(t, err)
		require.Len(t, list, all, "the new ones stay")
	}

	both := filepath.Join(t.TempDir(), "both") // two at once
	var two sync.WaitGroup
	outs := make([]string, 2)
	for i := range outs {
		two.Go(func() {
			out, err := exec.Command(svcjify, args(both)...).Output()
			outs[i] = fmt.Sprint(string(out), err)
		})
	}
	two.Wait()
	require.Equal(t, []string{want + "<nil>", want + "<nil>"}, outs)
	require.Zero(t, whole(t, both))
}

// pick is an answer of a cache.
func pick(t *testing.T, dir string) string { return pickOther(t, dir, "") }

// pickOther is an answer of a cache that is not in a directory of it.
func pickOther(t *testing.T, dir, not string) string {
	t.Helper()
	for _, name := range entries(dir) {
		if filepath.Dir(name) != not && !strings.HasPrefix(filepath.Base(name), "tmp-") {
			return name
		}
	}
	t.Fatal("the cache is empty")
	return ""
}

// TestFilesAreKilled: a baseline and a report are what they were, or whole, and what was being
// written goes with a later run.
func TestFilesAreKilled(t *testing.T) {
	slowtest.Only(t)
	svcjify, tree := asCommand(t), madeTree(t)
	for what, args := range map[string]func(dir string) []string{
		"baseline": func(dir string) []string { return []string{"baseline", "-o", filepath.Join(dir, "known"), tree} },
		"report":   func(dir string) []string { return []string{"report", "-o", dir, tree} },
	} {
		t.Run(what, func(t *testing.T) {
			done := t.TempDir()
			ran(t, svcjify, args(done)...)
			want := texts(t, done)
			for range kills {
				dir := t.TempDir()
				seen := 0
				looks := func([]byte) int { // the probe first, then the file
					list, _ := os.ReadDir(dir)
					if len(list) > 0 {
						seen++
					}
					return seen
				}
				killed(t, looks, 1, svcjify, args(dir)...)
				for name, text := range texts(t, dir) {
					require.True(t, temporaryFile.MatchString(name) || want[name] == text, "%s is half written", name)
				}
				left := filepath.Join(dir, ".svcjify-write.LEFTOVER.tmp")
				if what == "baseline" {
					require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
				}
				list, err := os.ReadDir(dir)
				require.NoError(t, err)
				for _, e := range list {
					old := time.Now().Add(-2 * time.Hour)
					require.NoError(t, os.Chtimes(filepath.Join(dir, e.Name()), old, old))
				}
				ran(t, svcjify, args(dir)...)
				require.Equal(t, want, texts(t, dir))
			}
		})
	}
}
