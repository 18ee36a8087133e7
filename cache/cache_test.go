package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func keyOf(s string) Key { return sha256.Sum256([]byte(s)) }

func open(t *testing.T, dir string, o Options) *Dir {
	t.Helper()
	if o.Build == "" {
		o.Build = "this"
	}
	d, err := Open(dir, o)
	require.NoError(t, err)
	return d
}

func TestKeepsFromRunToRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "er")
	first := open(t, dir, Options{})
	require.False(t, first.Used())
	_, ok := first.Get(keyOf("q"))
	require.False(t, ok)
	first.Put(keyOf("q"), []byte("answer"))
	first.Put(keyOf("empty"), nil)
	require.NoError(t, first.Close())

	second := open(t, dir, Options{})
	require.True(t, second.Used())
	value, ok := second.Get(keyOf("q"))
	require.True(t, ok)
	require.Equal(t, "answer", string(value))
	value, ok = second.Get(keyOf("empty"))
	require.True(t, ok)
	require.Empty(t, value)
	require.Equal(t, 2, second.Given())

	other := open(t, dir, Options{Build: "another build"})
	require.False(t, other.Used())
	_, ok = other.Get(keyOf("q"))
	require.False(t, ok, "another build has answers of its own")
	require.NoError(t, os.RemoveAll(dir))
	_, ok = second.Get(keyOf("q"))
	require.False(t, ok)
}

func TestNilKeepsNothing(t *testing.T) {
	var d *Dir
	d.Put(keyOf("q"), []byte("x"))
	_, ok := d.Get(keyOf("q"))
	require.False(t, ok)
	require.False(t, d.Used())
	require.Zero(t, d.Given())
	require.NoError(t, d.Close())
}

// fileOf is the file of the one answer in a directory.
func fileOf(t *testing.T, dir string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, format+"*", "*"))
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}

func TestDamagedIsNotThere(t *testing.T) {
	damages := map[string]func(text []byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)-1] },
		"longer":  func(b []byte) []byte { return append(b, 'x') },
		"a bit":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"the sum": func(b []byte) []byte { b[0] ^= 1; return b },
		"empty":   func([]byte) []byte { return nil },
		"zeros":   func(b []byte) []byte { return make([]byte, len(b)) },
	}
	for what, damage := range damages {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			d := open(t, dir, Options{})
			d.Put(keyOf("q"), []byte("answer"))
			name := fileOf(t, dir)
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(name, damage(text), 0o600))
			_, ok := d.Get(keyOf("q"))
			require.False(t, ok)
			d.Put(keyOf("q"), []byte("answer"))
			value, ok := d.Get(keyOf("q"))
			require.True(t, ok, "it is written again")
			require.Equal(t, "answer", string(value))
			require.NoError(t, d.Close())
		})
	}
}

// A whole file under the name of another question is no answer to that.
func TestMovedIsNotThere(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("a"), []byte("answer to a"))
	b := keyOf("b")
	require.NoError(t, os.Rename(fileOf(t, dir), filepath.Join(d.own, hex.EncodeToString(b[:]))))
	_, ok := d.Get(b)
	require.False(t, ok)
}

func TestNoLinkIsFollowed(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("q"), []byte("answer"))
	name := fileOf(t, dir)
	moved := filepath.Join(elsewhere, "moved")
	require.NoError(t, os.Rename(name, moved))
	require.NoError(t, os.Symlink(moved, name))
	_, ok := d.Get(keyOf("q"))
	require.False(t, ok)
	d.Put(keyOf("q"), []byte("new"))
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.True(t, info.Mode().IsRegular(), "the link is replaced, and what it led to stays")
	text, err := os.ReadFile(moved)
	require.NoError(t, err)
	require.Contains(t, string(text), "answer")
}

func TestRefuses(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T, dir string)
		want string
	}{
		"a symbolic link": {func(t *testing.T, dir string) { require.NoError(t, os.Symlink(t.TempDir(), dir)) }, "is a symbolic link"},
		"a dangling link": {func(t *testing.T, dir string) { require.NoError(t, os.Symlink("nowhere", dir)) }, "is a symbolic link"},
		"a file":          {func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(dir, nil, 0o600)) }, "not a directory"},
		"others may write": {func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o700))
			require.NoError(t, os.Chmod(dir, 0o777))
		}, "may be written to by others (mode 0777)"},
		"another user's": {func(t *testing.T, dir string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give a directory away")
			}
			require.NoError(t, os.Mkdir(dir, 0o700))
			require.NoError(t, os.Chown(dir, 1, 1))
		}, "belongs to another user, number 1"},
		"a link in it": {func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o700))
			d := open(t, dir, Options{})
			require.NoError(t, os.Symlink(t.TempDir(), d.own))
		}, "is a symbolic link"},
		"nobody may make it": {func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Dir(dir)+"/file", nil, 0o600))
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			tt.make(t, dir)
			if name == "nobody may make it" {
				dir = filepath.Join(filepath.Dir(dir), "file", "cache")
				tt.want = "not a directory"
			}
			_, err := Open(dir, Options{Build: "this"})
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, dir)
		})
	}
}

// Where nothing can be written, that is said once, and what is there is given.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("kept"), []byte("answer"))
	q := keyOf("q")
	require.NoError(t, os.MkdirAll(filepath.Join(d.file(q), "in the way"), 0o700))
	d.Put(q, []byte("x"))
	d.Put(keyOf("another"), []byte("y"))
	require.Error(t, d.Close())
	require.ErrorContains(t, d.Close(), dir)
	_, ok := d.Get(keyOf("another"))
	require.False(t, ok, "after a failure nothing more is tried")
	_, ok = d.Get(keyOf("kept"))
	require.True(t, ok)
	left, err := filepath.Glob(filepath.Join(d.own, temporary+"*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("q"), []byte("answer"))
	require.NoError(t, os.Chmod(d.own, 0o500))
	defer os.Chmod(d.own, 0o700)
	value, ok := d.Get(keyOf("q"))
	require.True(t, ok)
	require.Equal(t, "answer", string(value))
	d.Put(keyOf("r"), []byte("x"))
	require.ErrorContains(t, d.Close(), "permission denied")
}

func TestSizeIsBounded(t *testing.T) {
	dir := t.TempDir()
	old := open(t, dir, Options{Build: "old"})
	old.Put(keyOf("q"), make([]byte, 1000))
	longAgo := time.Now().Add(-1000 * time.Hour)
	require.NoError(t, os.Chtimes(fileOf(t, dir), longAgo, longAgo))
	newer := filepath.Join(dir, "v2-of a newer version")
	require.NoError(t, os.Mkdir(newer, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(newer, strings.Repeat("ab", 32)), make([]byte, 9000), 0o600))

	d := open(t, dir, Options{Limit: 10_000})
	for i := range 20 {
		k := keyOf(fmt.Sprint(i))
		d.Put(k, make([]byte, 1000))
		when := time.Now().Add(time.Duration(i-20) * time.Minute)
		require.NoError(t, os.Chtimes(d.file(k), when, when))
	}
	person, killed, running := filepath.Join(d.own, "README"), filepath.Join(d.own, "tmp-1"),
		filepath.Join(d.own, "tmp-2")
	for _, name := range []string{person, killed, running} {
		require.NoError(t, os.WriteFile(name, nil, 0o600))
	}
	require.NoError(t, os.Chtimes(killed, longAgo, longAgo))
	require.NoError(t, d.Close())

	var left []int
	for i := range 20 {
		if _, ok := d.Get(keyOf(fmt.Sprint(i))); ok {
			left = append(left, i)
		}
	}
	require.Equal(t, []int{13, 14, 15, 16, 17, 18, 19}, left, "the oldest go")
	require.NoDirExists(t, old.own, "an old build's go first")
	require.FileExists(t, filepath.Join(newer, strings.Repeat("ab", 32)), "what a newer version keeps is its own")
	require.FileExists(t, person, "and so is what a person puts there")
	require.NoFileExists(t, killed)
	require.FileExists(t, running)
}

func TestUsedIsYoungAgain(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("q"), []byte("x"))
	longAgo := time.Now().Add(-1000 * time.Hour)
	require.NoError(t, os.Chtimes(fileOf(t, dir), longAgo, longAgo))
	_, ok := d.Get(keyOf("q"))
	require.True(t, ok)
	info, err := os.Stat(fileOf(t, dir))
	require.NoError(t, err)
	require.Less(t, time.Since(info.ModTime()), time.Hour)
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, Options{})
	d.Put(keyOf("same"), []byte("x"))
	d.Put(keyOf("other"), []byte("x"))
	v := open(t, dir, Options{Verify: true})
	_, ok := v.Get(keyOf("same"))
	require.False(t, ok)
	v.Put(keyOf("same"), []byte("x"))
	v.Put(keyOf("other"), []byte("y"))
	v.Put(keyOf("new"), []byte("z"))
	n, differ := v.Compared()
	require.Equal(t, 2, n)
	require.Equal(t, []string{filepath.Base(d.file(keyOf("other")))}, differ)
	value, ok := d.Get(keyOf("other"))
	require.True(t, ok)
	require.Equal(t, "x", string(value), "it only compares")
}

func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		d := open(t, dir, Options{Limit: 20_000})
		wg.Go(func() {
			for round := range 5 {
				for i := range 20 {
					k, want := keyOf(fmt.Sprint(i)), strings.Repeat(fmt.Sprint(i), 500)
					if value, ok := d.Get(k); ok && string(value) != want {
						t.Errorf("round %d: question %d has another's answer", round, i)
					}
					d.Put(k, []byte(want))
				}
				if err := d.Close(); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestBuild(t *testing.T) {
	a, err := Build()
	require.NoError(t, err)
	b, err := Build()
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.Greater(t, len(a), 20)
}
