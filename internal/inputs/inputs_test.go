package inputs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// later is a beginning before which all files of a test have settled.
func later() time.Time { return time.Now().Add(time.Hour) }

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

// Each change makes the snapshot fail, and what is no change leaves it.
func TestHolds(t *testing.T) {
	if !Able {
		t.Skip("the system does not tell enough of a file")
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	tests := map[string]struct {
		change func(t *testing.T, dir string)
		holds  bool
	}{
		"nothing":  {func(*testing.T, string) {}, true},
		"is read":  {func(t *testing.T, dir string) { _, _ = os.ReadFile(dir + "/a/read") }, true},
		"new text": {func(t *testing.T, dir string) { write(t, dir+"/a/read", "longer text") }, false},
		"same size and date": {func(t *testing.T, dir string) {
			write(t, dir+"/a/read", "tex2")
			require.NoError(t, os.Chtimes(dir+"/a/read", old, old))
		}, false},
		"mode": {func(t *testing.T, dir string) { require.NoError(t, os.Chmod(dir+"/a/read", 0o400)) }, false},
		"another file with the same date": {func(t *testing.T, dir string) {
			write(t, dir+"/a/new", "text")
			require.NoError(t, os.Chtimes(dir+"/a/new", old, old))
			require.NoError(t, os.Rename(dir+"/a/new", dir+"/a/read"))
		}, false},
		"goes":     {func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/a/read")) }, false},
		"comes":    {func(t *testing.T, dir string) { write(t, dir+"/a/absent", "") }, false},
		"comes as": {func(t *testing.T, dir string) { require.NoError(t, os.Mkdir(dir+"/a/absent", 0o700)) }, false},
		"a directory comes on the way": {func(t *testing.T, dir string) {
			write(t, dir+"/none/deep", "")
		}, false},
		"a name in a list":      {func(t *testing.T, dir string) { write(t, dir+"/listed/more", "") }, false},
		"a name not in a list":  {func(t *testing.T, dir string) { write(t, dir+"/a/more", "") }, true},
		"a text not in a list":  {func(t *testing.T, dir string) { write(t, dir+"/listed/known", "new") }, true},
		"a link's target":       {func(t *testing.T, dir string) { write(t, dir+"/far/file", "new text") }, false},
		"a link on the way":     {func(t *testing.T, dir string) { relink(t, dir+"/way", "a") }, false},
		"a link":                {func(t *testing.T, dir string) { relink(t, dir+"/link", "a/read") }, false},
		"a directory's swapped": {swapped, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/a/read", "text")
			require.NoError(t, os.Chtimes(dir+"/a/read", old, old))
			write(t, dir+"/listed/known", "")
			write(t, dir+"/far/file", "text")
			require.NoError(t, os.Symlink("far/file", dir+"/link"))
			require.NoError(t, os.Symlink(dir+"/far", dir+"/way"))
			r := Start()
			for _, name := range []string{"/a/read", "/a/absent", "/none/deep", "/link", "/way/file", "/way/gone"} {
				Note(dir + name)
			}
			NoteList(dir + "/listed")
			Note(dir + "/listed") // does not take the list back
			r.Stop()
			s, ok := r.Snapshot(later())
			require.True(t, ok)
			s, rest, err := Parse(append(s.Append(nil), "rest"...))
			require.NoError(t, err)
			require.Equal(t, "rest", string(rest))
			tt.change(t, dir)
			require.Equal(t, tt.holds, s.Holds())
		})
	}
}

func relink(t *testing.T, name, to string) {
	require.NoError(t, os.Remove(name))
	require.NoError(t, os.Symlink(to, name))
}

// swapped puts another directory with the same names in the place of one.
func swapped(t *testing.T, dir string) {
	write(t, dir+"/b/read", "text")
	require.NoError(t, os.Rename(dir+"/a", dir+"/c"))
	require.NoError(t, os.Rename(dir+"/b", dir+"/a"))
}

// What has changed just before the run may change again unseen.
func TestUnsettled(t *testing.T) {
	if !Able {
		t.Skip("the system does not tell enough of a file")
	}
	name := filepath.Join(t.TempDir(), "file")
	write(t, name, "text")
	r := Start()
	Note(name)
	r.Stop()
	_, ok := r.Snapshot(time.Now())
	require.False(t, ok)
	_, ok = r.Snapshot(time.Now().Add(settled + time.Second))
	require.True(t, ok)
}

func TestTwoRecords(t *testing.T) {
	a := Start()
	Note("/one")
	b := Start()
	Note("/two")
	a.Stop()
	Note("/three")
	b.Stop()
	Note("/four")
	require.Equal(t, map[string]bool{"/one": false, "/two": false}, a.names)
	require.Equal(t, map[string]bool{"/two": false, "/three": false}, b.names)
	require.Nil(t, active.Load())
}

func TestParseRefuses(t *testing.T) {
	s := &Snapshot{files: []file{{"/", true}, {"/a/b", false}, {"/a/c", true}}}
	text := s.Append(nil)
	back, rest, err := Parse(text)
	require.NoError(t, err)
	require.Empty(t, rest)
	require.Equal(t, s, back)
	for n := range text {
		_, _, err := Parse(text[:n])
		require.Error(t, err, n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add((&Snapshot{files: []file{{"/", true}, {"/a/b", false}}}).Append(nil))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, rest, err := Parse(text)
		if err != nil {
			return
		}
		again, tail, err := Parse(append(s.Append(nil), rest...))
		if err != nil || !bytes.Equal(tail, rest) || len(again.files) != len(s.files) {
			t.Fatalf("%q is not read as it was written: %v", text, err)
		}
	})
}
