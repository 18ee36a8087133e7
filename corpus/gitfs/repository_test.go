package gitfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestKindsOfRepositories: whatever the repository, the same files and changes.
func TestKindsOfRepositories(t *testing.T) {
	want := []string(nil)
	for _, c := range []struct {
		name string
		init []string
		make func(t *testing.T, root string) (dir string, env []string)
	}{
		{name: "plain"},
		{name: "version 2", make: indexVersion("2")},
		{name: "version 3", make: func(t *testing.T, root string) (string, []string) {
			git(t, root, "update-index", "--index-version=3", "--skip-worktree", "net/b/link.in")
			return root, nil
		}},
		{name: "version 4", make: indexVersion("4")},
		{name: "sha256", init: []string{"--object-format=sha256"}},
		{name: "packed", make: func(t *testing.T, root string) (string, []string) {
			git(t, root, "gc", "-q", "--aggressive", "--prune=now")
			require.NoFileExists(t, filepath.Join(root, ".git/refs/heads/main"), "the reference is packed too")
			return root, nil
		}},
		{name: "split index", make: func(t *testing.T, root string) (string, []string) {
			git(t, root, "update-index", "--split-index")
			write(t, root, "net/z", "z\n")
			git(t, root, "add", "net/z")
			git(t, root, "rm", "-q", "--cached", "net/z")
			_, err := parseIndex(readFile(t, filepath.Join(root, ".git/index")), 20)
			require.ErrorIs(t, err, errUnsupported)
			return root, nil
		}},
		{name: "sparse index", make: func(t *testing.T, root string) (string, []string) {
			git(t, root, "reset", "-q", "--hard")
			git(t, root, "clean", "-qfd")
			git(t, root, "sparse-checkout", "set", "--cone", "--sparse-index", "net", "www")
			_, err := parseIndex(readFile(t, filepath.Join(root, ".git/index")), 20)
			require.ErrorIs(t, err, errUnsupported)
			stage(t, root)
			return root, nil
		}},
		{name: "no cache tree", make: func(t *testing.T, root string) (string, []string) {
			old := readFile(t, filepath.Join(root, ".git/index"))
			at := strings.Index(string(old), "TREE")
			require.Positive(t, at)
			body := append(old[:at:at], 'Z')
			body = append(body, old[at+1:len(old)-20]...)
			require.NoError(t, os.WriteFile(filepath.Join(root, ".git/index"), append(body, checksum(body, 20)...),
				0o644))
			return root, nil
		}},
		{name: "from below", make: func(t *testing.T, root string) (string, []string) { return filepath.Join(root, "net/a"), nil }},
		{name: "linked worktree", make: func(t *testing.T, root string) (string, []string) {
			linked := filepath.Join(t.TempDir(), "linked")
			git(t, root, "reset", "-q", "--hard")
			git(t, root, "worktree", "add", "-q", linked)
			stage(t, linked)
			return linked, nil
		}},
		{name: "as in a hook of a linked worktree", make: func(t *testing.T, root string) (string, []string) {
			linked := filepath.Join(t.TempDir(), "linked")
			git(t, root, "reset", "-q", "--hard")
			git(t, root, "worktree", "add", "-q", linked)
			stage(t, linked)
			dir := git(t, linked, "rev-parse", "--absolute-git-dir")
			return linked, []string{"GIT_DIR=" + dir, "GIT_INDEX_FILE=" + dir + "/index"}
		}},
		{name: "GIT_INDEX_FILE", make: func(t *testing.T, root string) (string, []string) {
			require.NoError(t, os.Rename(filepath.Join(root, ".git/index"),
				filepath.Join(root, ".git/next-index-7.lock")))
			return root, []string{"GIT_INDEX_FILE=.git/next-index-7.lock"}
		}},
		{name: "locked", make: func(t *testing.T, root string) (string, []string) {
			write(t, root, ".git/index.lock", "")
			return root, nil
		}},
		{name: "alternates", make: func(t *testing.T, root string) (string, []string) {
			clone := filepath.Join(t.TempDir(), "clone")
			git(t, root, "clone", "-q", "--shared", root, clone)
			stage(t, clone)
			return clone, nil
		}},
		{name: "skip-worktree", make: func(t *testing.T, root string) (string, []string) {
			git(t, root, "update-index", "--skip-worktree", "net/a0")
			require.NoError(t, os.Remove(filepath.Join(root, "net/a0")))
			return root, nil
		}},
		{name: "work tree gone", make: func(t *testing.T, root string) (string, []string) {
			require.NoError(t, os.RemoveAll(filepath.Join(root, "net")))
			require.NoError(t, os.RemoveAll(filepath.Join(root, "www")))
			return root, nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := newRepo(t, c.init...)
			stage(t, root)
			dir, env := root, []string(nil)
			if c.make != nil {
				dir, env = c.make(t, root)
			}
			files, changes := both(t, dir, env...)
			require.Equal(t, staged, changes)
			if want == nil {
				want = files
			}
			require.Equal(t, want, files)
		})
	}
}

func indexVersion(v string) func(*testing.T, string) (string, []string) {
	return func(t *testing.T, root string) (string, []string) {
		git(t, root, "update-index", "--index-version="+v)
		return root, nil
	}
}

func readFile(t *testing.T, name string) []byte {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return b
}

func TestReplace(t *testing.T) {
	root := newRepo(t)
	git(t, root, "replace", git(t, root, "rev-parse", "HEAD:net/a0"), git(t, root, "rev-parse", "HEAD:net/a.b"))
	require.NoError(t, os.Remove(filepath.Join(root, "net/a0")))
	r := open(t, root, false)
	f, err := r.Staged()
	require.NoError(t, err)
	text, err := f.ReadFile("net/a0")
	require.NoError(t, err)
	require.Equal(t, "dot\n", string(text))
}

// TestFS lets the standard library's own test judge.
func TestFS(t *testing.T) {
	root := newRepo(t)
	r := open(t, root, false)
	f, err := r.Staged()
	require.NoError(t, err)
	require.NoError(t, fstest.TestFS(f, "net/a/Makefile", "www/c/files/new\nline.in"))
	head, err := r.Commit("HEAD")
	require.NoError(t, err)
	require.NoError(t, fstest.TestFS(r.FS(head), "net/a/Makefile", "net/b/link.in"))
	_, err = f.ReadFile("net/gone")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = f.ReadFile("net/b/link.in")
	require.Error(t, err)
	_, err = f.ReadFile("../x")
	require.ErrorIs(t, err, fs.ErrInvalid)
}

func TestFirstCommit(t *testing.T) {
	needGit(t)
	root := t.TempDir()
	git(t, root, "init", "-q")
	files, changes := both(t, root)
	require.Len(t, files, 2, "two empty trees")
	require.Empty(t, changes)
	write(t, root, "net/a/Makefile", "PORTNAME= a\n")
	git(t, root, "add", "-A")
	_, changes = both(t, root)
	require.Equal(t, []string{"add net/a/Makefile"}, changes)
}

func TestSubmodule(t *testing.T) {
	root, other := newRepo(t), newRepo(t)
	git(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "net/sub")
	files, changes := both(t, root)
	require.Equal(t, []string{"add .gitmodules", "add net/sub"}, changes)
	require.Contains(t, files, `drwxr-xr-x "net/sub" "" 0`)
	// A directory in its place.
	git(t, root, "commit", "-q", "-m", "two")
	git(t, root, "rm", "-q", "--cached", "net/sub")
	require.NoError(t, os.RemoveAll(filepath.Join(root, "net/sub")))
	write(t, root, "net/sub/Makefile", "PORTNAME= sub\n")
	git(t, root, "add", "net/sub")
	_, changes = both(t, root)
	require.Equal(t, []string{"delete net/sub", "add net/sub/Makefile"}, changes)
	// And the submodule has a repository of its own, by a .git file.
	git(t, root, "reset", "-q", "--hard")
	git(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
	_, changes = both(t, filepath.Join(root, "net/sub"))
	require.Empty(t, changes)
}

// TestKinds: a file that becomes a directory or a link, and back.
func TestKinds(t *testing.T) {
	root := newRepo(t)
	require.NoError(t, os.Remove(filepath.Join(root, "net/a0")))
	write(t, root, "net/a0/Makefile", "PORTNAME= a0\n")
	require.NoError(t, os.RemoveAll(filepath.Join(root, "www/c")))
	require.NoError(t, os.Symlink("d", filepath.Join(root, "www/c")))
	git(t, root, "add", "-A")
	_, changes := both(t, root)
	require.Equal(t, []string{"delete net/a0", "add net/a0/Makefile", "add www/c",
		"delete www/c/Makefile", "delete www/c/files/\"quote", "delete www/c/files/new\nline.in"}, changes)
}

func TestConflict(t *testing.T) {
	root := newRepo(t)
	for _, b := range []string{"left", "right"} {
		git(t, root, "checkout", "-q", "-B", b, "main")
		write(t, root, "net/a/Makefile", "PORTNAME= "+b+"\n")
		write(t, root, "net/b/Makefile", "PORTNAME= "+b+"\n")
		git(t, root, "commit", "-qam", b)
	}
	require.Error(t, gitCommand(root, "merge", "-q", "left").Run())
	for _, onlyGit := range []bool{false, true} {
		_, err := open(t, root, onlyGit).Staged()
		var e *Error
		require.ErrorAs(t, err, &e)
		require.EqualError(t, err, `the index holds a conflict in "net/a/Makefile" and 1 more`)
		require.Contains(t, e.Hint, "git add")
	}
	// Mid-merge, and resolved.
	git(t, root, "add", "-A")
	_, changes := both(t, root)
	require.Equal(t, []string{"modify net/a/Makefile", "modify net/b/Makefile"}, changes)
}

// TestPartialClone: what was never fetched is missing, and nothing is fetched.
func TestPartialClone(t *testing.T) {
	root := newRepo(t)
	git(t, root, "config", "uploadpack.allowFilter", "true")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, root, "clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+root, clone)
	git(t, clone, "sparse-checkout", "set", "--cone", "net")
	git(t, clone, "checkout", "-q", "main")
	require.NoError(t, os.Rename(root, root+".away"))
	for _, onlyGit := range []bool{false, true} {
		r := open(t, clone, onlyGit)
		f, err := r.Staged()
		require.NoError(t, err)
		text, err := f.ReadFile("net/a/Makefile")
		require.NoError(t, err)
		require.Equal(t, "PORTNAME= a\n", string(text))
		_, err = f.ReadFile("www/c/Makefile")
		require.ErrorContains(t, err, "partial clone")
		require.NotErrorIs(t, err, fs.ErrNotExist)
		require.Equal(t, 1, f.Missing())
		text, err = f.ReadFile("net/a0")
		require.NoError(t, err, "and on it goes")
		require.Equal(t, "zero\n", string(text))
	}
}

func TestNotARepository(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(dir, Options{Getenv: environment(nil)})
	require.ErrorContains(t, err, "is not in a git repository")
	_, err = Open(dir, Options{Getenv: environment([]string{"GIT_DIR=" + dir})})
	require.ErrorContains(t, err, "is not a git directory")
	write(t, dir, ".git", "gitdir: elsewhere\n")
	_, err = Open(dir, Options{Getenv: environment(nil)})
	require.ErrorContains(t, err, "names no git directory")
}

// TestNoGit: without the program, what needs it is a clear error, and the rest works.
func TestNoGit(t *testing.T) {
	root := newRepo(t)
	r, err := Open(root, Options{Getenv: environment(nil), Git: "no-such-git"})
	require.NoError(t, err)
	_, err = r.Staged()
	require.NoError(t, err)
	git(t, root, "update-index", "--split-index")
	r, err = Open(root, Options{Getenv: environment(nil), Git: "no-such-git"})
	require.NoError(t, err)
	_, err = r.Staged()
	require.ErrorContains(t, err, "git program, which is not installed")
}

// TestNothingIsRun: a repository's configuration names programs; none of them runs.
func TestNothingIsRun(t *testing.T) {
	root := newRepo(t)
	stage(t, root)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o755))
	for _, key := range []string{"core.fsmonitor", "core.pager", "pager.ls-files", "diff.external", "core.sshCommand",
		"filter.x.clean", "filter.x.smudge", "diff.x.textconv", "alias.ls-files", "core.editor"} {
		git(t, root, "config", key, script)
	}
	git(t, root, "config", "core.hooksPath", filepath.Dir(script))
	write(t, root, ".gitattributes", "* filter=x diff=x\n")
	require.NoError(t, os.Remove(filepath.Join(root, ".git/index")))
	both(t, root)
	require.NoFileExists(t, mark)
}
