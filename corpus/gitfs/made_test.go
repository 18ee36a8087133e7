package gitfs

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// git runs the git program in a directory, far from anybody's configuration.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := gitCommand(dir, args...).CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

func gitCommand(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "GIT_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=c",
		"GIT_COMMITTER_EMAIL=c@example.org",
		"GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000")
	return cmd
}

func needGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
			t.Fatal("git is required and not installed")
		}
		t.Skip("git is not installed")
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	p := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
}

// newRepo makes a repository with a first commit of a small tree, and something staged.
func newRepo(t *testing.T, init ...string) string {
	needGit(t)
	root := filepath.Join(t.TempDir(), "repo")
	require.NoError(t, os.Mkdir(root, 0o755))
	git(t, root, append([]string{"init", "-q", "-b", "main"}, init...)...)
	for name, text := range map[string]string{
		"Mk/bsd.port.mk": "#\n", "net/a/Makefile": "PORTNAME= a\n", "net/a/files/a.in": "#!/bin/sh\n",
		"net/a.b": "dot\n", "net/a0": "zero\n", "net/b/Makefile": "PORTNAME= b\n", "www/c/Makefile": "PORTNAME= c\n",
		"www/c/files/new\nline.in": "x\n", "www/c/files/\"quote": "q\n", "www/d/Makefile": "PORTNAME= d\n", "www/d/empty": "",
	} {
		write(t, root, name, text)
	}
	require.NoError(t, os.Chmod(filepath.Join(root, "net/a/files/a.in"), 0o755))
	require.NoError(t, os.Symlink("../../a/files/a.in", filepath.Join(root, "net/b/link.in")))
	git(t, root, "add", "-A")
	git(t, root, "commit", "-q", "-m", "one")
	return root
}

// stage changes the index in every way that a commit can hold.
func stage(t *testing.T, root string) {
	write(t, root, "net/a/files/a.in", "#!/bin/sh\n# changed\n")
	write(t, root, "net/n/Makefile", "PORTNAME= n\n")
	git(t, root, "add", "net/a/files/a.in", "net/n/Makefile")
	git(t, root, "mv", "www/c/Makefile", "www/c/Makefile.common")
	git(t, root, "rm", "-q", "www/d/Makefile")
	git(t, root, "update-index", "--chmod=+x", "net/b/Makefile")
	write(t, root, "net/a.b", "not staged\n")
	write(t, root, "net/later", "intended\n")
	git(t, root, "add", "-N", "net/later")
}

// staged is what stage does.
var staged = []string{
	"modify net/a/files/a.in", "mode net/b/Makefile", "add net/n/Makefile", "delete www/c/Makefile",
	"add www/c/Makefile.common", "delete www/d/Makefile",
}

func describe(list []Change) []string {
	var out []string
	for _, c := range list {
		what := "modify"
		switch {
		case c.Old == 0:
			what = "add"
		case c.New == 0:
			what = "delete"
		case !c.Text:
			what = "mode"
		}
		out = append(out, what+" "+c.Path)
	}
	return out
}

// listing is everything that a file system holds.
func listing(t *testing.T, f *FS) []string {
	var out []string
	require.NoError(t, fs.WalkDir(f, ".", func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		text := ""
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			text, err = f.ReadLink(name)
		case d.Type().IsRegular():
			var b []byte
			b, err = f.ReadFile(name)
			text = string(b)
		}
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		out = append(out, fmt.Sprintf("%s %q %q %d", info.Mode(), name, text, info.Size()))
		return nil
	}))
	return out
}

// open opens a repository in an environment of its own.
func open(t *testing.T, dir string, onlyGit bool, env ...string) *Repository {
	t.Helper()
	r, err := Open(dir, Options{OnlyGit: onlyGit, Getenv: environment(env)})
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r
}

func environment(env []string) func(string) string {
	return func(key string) string {
		for _, e := range env {
			if k, v, _ := strings.Cut(e, "="); k == key {
				return v
			}
		}
		return ""
	}
}

// both opens a repository with our readers and with git's, and holds the
// answers of the two together.
func both(t *testing.T, dir string, env ...string) (files, changes []string) {
	t.Helper()
	for i, onlyGit := range []bool{false, true} {
		r := open(t, dir, onlyGit, env...)
		f, err := r.Staged()
		require.NoError(t, err)
		head, err := r.Commit("HEAD")
		require.NoError(t, err)
		list, err := r.StagedChanges(head)
		require.NoError(t, err)
		now := append(listing(t, f), listing(t, r.FS(head))...)
		if i == 0 {
			files, changes = now, describe(list)
			continue
		}
		require.Equal(t, files, now, "the git program and the readers here differ")
		require.Equal(t, changes, describe(list))
	}
	return files, changes
}
