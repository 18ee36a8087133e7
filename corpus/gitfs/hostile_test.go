//go:build unix

package gitfs

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// special makes a file of a git directory something that a reader may wait for, or read for ever.
var special = map[string]func(t *testing.T, name string){
	"fifo": func(t *testing.T, name string) { require.NoError(t, syscall.Mkfifo(name, 0o600)) },
	"socket": func(t *testing.T, name string) {
		// The name of a socket is short.
		dir, err := os.MkdirTemp("", "s")
		require.NoError(t, err)
		t.Cleanup(func() { os.RemoveAll(dir) })
		l, err := net.Listen("unix", filepath.Join(dir, "s"))
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
		require.NoError(t, os.Symlink(filepath.Join(dir, "s"), name))
	},
	"device":          func(t *testing.T, name string) { require.NoError(t, os.Symlink("/dev/zero", name)) },
	"circle of links": func(t *testing.T, name string) { require.NoError(t, os.Symlink(filepath.Base(name), name)) },
	"huge": func(t *testing.T, name string) {
		require.NoError(t, os.WriteFile(name, nil, 0o600))
		require.NoError(t, os.Truncate(name, 1<<40))
	},
	"directory": func(t *testing.T, name string) { require.NoError(t, os.Mkdir(name, 0o700)) },
}

// A file of a git directory that is none costs an error at most, with a sentence that names it, and no time.
func TestSpecialFiles(t *testing.T) {
	names := []string{"HEAD", "config", "index", "packed-refs", "refs/heads/main", "commondir", "MERGE_HEAD",
		"objects/info/alternates", "objects/LOOSE", "objects/pack/PACK.idx", "objects/pack/PACK.pack", "logs/HEAD"}
	for kind, put := range special {
		for _, name := range names {
			t.Run(kind+"/"+filepath.Base(name), func(t *testing.T) {
				root := newRepo(t)
				dir := filepath.Join(root, ".git")
				if filepath.Dir(name) == "objects/pack" {
					git(t, root, "gc", "-q")
					list, err := filepath.Glob(filepath.Join(dir, "objects/pack/*"+filepath.Ext(name)))
					require.NoError(t, err)
					require.Len(t, list, 1)
					name, _ = filepath.Rel(dir, list[0])
				} else if name == "objects/LOOSE" {
					h := git(t, root, "rev-parse", "HEAD")
					name = "objects/" + h[:2] + "/" + h[2:]
				}
				full := filepath.Join(dir, name)
				require.NoError(t, os.RemoveAll(full))
				put(t, full)
				done := inBackground(func() error { return readAll(root) })
				select {
				case err := <-done:
					if err != nil {
						require.Less(t, len(err.Error()), 500)
						require.NotContains(t, err.Error(), "\x00")
					}
				case <-time.After(20 * time.Second):
					t.Fatal("it waits")
				}
			})
		}
	}
}

func inBackground(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// readAll reads all that a command may.
func readAll(dir string) error {
	r, err := Open(dir, Options{Getenv: func(string) string { return "" }})
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.Merging(); err != nil {
		return err
	}
	if _, err := r.Tags(); err != nil {
		return err
	}
	if _, err := r.Upstream(); err != nil {
		return err
	}
	head, err := r.Commit("HEAD")
	if err != nil {
		return err
	}
	if _, err := r.StagedChanges(head); err != nil {
		return err
	}
	return fs.WalkDir(r.FS(head), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			_, err = r.FS(head).ReadFile(name)
		}
		return err
	})
}

// Trees that hold each other are many files in few bytes: telling how two differ ends.
func TestTreesOfTrees(t *testing.T) {
	root := newRepo(t)
	tree := git(t, root, "rev-parse", "HEAD^{tree}")
	for range 12 {
		list := ""
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			list += "040000 tree " + tree + "\t" + name + "\n"
		}
		cmd := gitCommand(root, "mktree")
		cmd.Stdin = strings.NewReader(list)
		out, err := cmd.Output()
		require.NoError(t, err)
		tree = string(out[:40])
	}
	commit := git(t, root, "commit-tree", "-m", "bomb", tree)
	r := open(t, root, false)
	head, err := r.Commit("HEAD")
	require.NoError(t, err)
	bomb, err := r.Commit(commit)
	require.NoError(t, err)
	began := time.Now()
	_, err = r.CommitChanges(head, bomb)
	require.ErrorContains(t, err, "differ in more than")
	require.Less(t, time.Since(began), time.Minute)
}

// When the context ends, nothing more is read, and a git program that waits is ended.
func TestContext(t *testing.T) {
	root := newRepo(t)
	ctx, cancel := context.WithCancel(t.Context())
	waits := filepath.Join(t.TempDir(), "git")
	require.NoError(t, os.WriteFile(waits, []byte("#!/bin/sh\nexec sleep 600\n"), 0o755))
	r, err := Open(root, Options{Context: ctx, Git: waits, Getenv: func(string) string { return "" }})
	require.NoError(t, err)
	defer r.Close()
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	_, err = r.Commit("HEAD@{1}") // which only the program knows
	require.ErrorIs(t, err, context.Canceled)
	_, err = r.Commit("HEAD")
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(began), 10*time.Second)
}

// A repository that another user owns is read; that git would refuse it is said.
func TestAnotherUsers(t *testing.T) {
	root := newRepo(t)
	r := open(t, root, false)
	require.Empty(t, r.Refused())
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null") // without the safe.directory of who runs the test
	t.Setenv("GIT_CONFIG_SYSTEM", "/dev/null")
	t.Setenv("SUDO_UID", "")
	require.NoError(t, filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(name, 65534, 65534)
		}
		return err
	}))
	require.Error(t, gitCommand(root, "status").Run(), "git refuses it")
	require.NoError(t, readAll(root))
	require.Contains(t, open(t, root, false).Refused(), "belongs to another user")
	t.Setenv("SUDO_UID", "65534")
	require.Empty(t, open(t, root, false).Refused(), "under sudo, git takes it")
}
