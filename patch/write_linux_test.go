package patch

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// twoFiles is a tree of a script and a Makefile, and a change of both.
func twoFiles(t *testing.T, dir string) *Change {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "c/p/files"), 0o755))
	c := &Change{Files: []File{
		{Path: "c/p/files/a.in", Old: []byte("old a\n"), New: []byte("new a\n")},
		{Path: "c/p/Makefile", Old: []byte("old m\n"), New: []byte("new m\n"), Revision: true},
	}}
	for _, f := range c.Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Path), f.Old, 0o644))
	}
	return c
}

// names is all files below a directory, with their texts.
func names(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(p string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			text, err := os.ReadFile(p)
			rel, _ := filepath.Rel(dir, p)
			all[rel] = string(text)
			return err
		}
		return err
	}))
	return all
}

var (
	oldTexts = map[string]string{"c/p/files/a.in": "old a\n", "c/p/Makefile": "old m\n"}
	newTexts = map[string]string{"c/p/files/a.in": "new a\n", "c/p/Makefile": "new m\n"}
)

func TestHardLinkIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := twoFiles(t, dir)
	other := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Link(filepath.Join(dir, "c/p/files/a.in"), other))
	require.ErrorContains(t, c.WriteTree(dir), "has 2 hard links")
	require.Equal(t, oldTexts, names(t, dir))
	require.NoError(t, os.Remove(other))
	require.NoError(t, c.WriteTree(dir))
	require.Equal(t, newTexts, names(t, dir))
}

func TestFIFOIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := twoFiles(t, dir)
	require.NoError(t, os.Remove(filepath.Join(dir, "c/p/files/a.in")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "c/p/files/a.in"), 0o644))
	require.ErrorContains(t, c.WriteTree(dir), "not a regular file")
	require.Equal(t, map[string]string{"c/p/Makefile": "old m\n"}, names(t, dir))
}

// TestOwnerAndModeStay: root's fix of another user's files leaves them that user's.
func TestOwnerAndModeStay(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make another user's file")
	}
	dir := t.TempDir()
	c := twoFiles(t, dir)
	script := filepath.Join(dir, "c/p/files/a.in")
	require.NoError(t, os.Chown(script, 12345, 54321))
	require.NoError(t, os.Chmod(script, 0o640|os.ModeSetgid))
	require.NoError(t, c.WriteTree(dir))
	require.Equal(t, newTexts, names(t, dir))
	info, err := os.Stat(script)
	require.NoError(t, err)
	require.Equal(t, 0o640|os.ModeSetgid, info.Mode())
	st := info.Sys().(*syscall.Stat_t)
	require.Equal(t, [2]uint32{12345, 54321}, [2]uint32{st.Uid, st.Gid})

	report := filepath.Join(dir, "report")
	require.NoError(t, os.WriteFile(report, nil, 0o600))
	require.NoError(t, os.Chown(report, 12345, 0))
	require.NoError(t, WriteFile(dir, "report", []byte("text")))
	info, err = os.Stat(report)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode(), "what was private stays so")
	require.Equal(t, uint32(12345), info.Sys().(*syscall.Stat_t).Uid)
}

// TestOthersFileIsRefused: who may write in the directory, but can't give files
// away, is told so.
func TestOthersFileIsRefused(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make another user's file")
	}
	dir := t.TempDir()
	c := twoFiles(t, dir)
	for _, d := range []string{"c/p", "c/p/files"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, d), 0o777))
	}
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o777))
	runtime.LockOSThread() // for the file system, this thread is someone else
	defer runtime.UnlockOSThread()
	require.NoError(t, syscall.Setfsuid(65534))
	err := c.WriteTree(dir)
	require.NoError(t, syscall.Setfsuid(0))
	require.ErrorContains(t, err, "belongs to user 0")
	require.ErrorContains(t, err, "run it as that user or as root; nothing was changed")
	require.Equal(t, oldTexts, names(t, dir))
}

// TestFullDisk: a change that does not fit leaves all as it was, and goes through
// when there is room.
func TestFullDisk(t *testing.T) {
	small := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("no small disk here: %s", out)
	}
	defer func() { require.NoError(t, exec.Command("umount", small).Run()) }()
	c := twoFiles(t, small)
	c.Files[0].New = []byte(strings.Repeat("long\n", 40<<10/5)) // the script, which is written last
	filler := filepath.Join(small, "filler")
	require.NoError(t, os.WriteFile(filler, make([]byte, 32<<10), 0o644))
	err := c.WriteTree(small)
	require.ErrorContains(t, err, "no space left")
	require.ErrorContains(t, err, "nothing was changed")
	require.NoError(t, os.Remove(filler))
	require.Equal(t, oldTexts, names(t, small))
	require.NoError(t, c.WriteTree(small))
	require.Equal(t, map[string]string{"c/p/files/a.in": string(c.Files[0].New), "c/p/Makefile": "new m\n"},
		names(t, small))
}

// TestLeftoversGo: what a killed run left is removed by the next.
func TestLeftoversGo(t *testing.T) {
	dir := t.TempDir()
	c := twoFiles(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c/p/files", tempName()), []byte("half"), 0o600))
	require.NoError(t, c.WriteTree(dir))
	require.Equal(t, newTexts, names(t, dir))
}

// TestTwoFixesAtOnce: one makes the change, the others are told that it is made.
func TestTwoFixesAtOnce(t *testing.T) {
	dir := t.TempDir()
	c := twoFiles(t, dir)
	lock, err := os.Open(dir)
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX))
	errs := make(chan error, 8)
	var all sync.WaitGroup
	for range cap(errs) {
		all.Go(func() { errs <- c.WriteTree(dir) })
	}
	select {
	case err := <-errs:
		t.Fatalf("one did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	require.NoError(t, lock.Close())
	all.Wait()
	made := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			made++
		} else {
			require.ErrorContains(t, err, "has changed since it was read")
		}
	}
	require.Equal(t, 1, made)
	require.Equal(t, newTexts, names(t, dir))
}
