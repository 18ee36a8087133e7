package gitwrite

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// git runs git, away from the user's configuration.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(dir, args...)
	require.NoError(t, err, "git %v: %s", args, out)
	return out
}

func tryGit(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=c",
		"GIT_COMMITTER_EMAIL=c@example.org",
		"GIT_AUTHOR_DATE=2026-11-25T12:00:00Z", "GIT_COMMITTER_DATE=2026-11-25T12:00:00Z")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func needGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
			t.Fatal("git is required and not installed")
		}
		t.Skip("git is not installed")
	}
}

func write(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), mode))
	require.NoError(t, os.Chmod(name, mode))
}

// origin is a repository of a small tree in two commits.
func origin(t *testing.T, initArgs ...string) string {
	dir := filepath.Join(t.TempDir(), "ports")
	require.NoError(t, os.Mkdir(dir, 0o755))
	git(t, dir, append([]string{"init", "-q", "-b", "main"}, initArgs...)...)
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	write(t, filepath.Join(dir, "Makefile"), "top\n", 0o644)
	write(t, filepath.Join(dir, "www/a/Makefile"), "old a\n", 0o644)
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "first")
	write(t, filepath.Join(dir, "www/a/files/a.in"), "script a\n", 0o755)
	write(t, filepath.Join(dir, "www/b/Makefile"), "old b\n", 0o644)
	write(t, filepath.Join(dir, "www/a-b/Makefile"), "old a-b\n", 0o644) // sorts oddly with a/
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "www/link")))
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "second")
	return dir
}

var who = Signature{Name: "Jane", Email: "jane@example.org",
	When: time.Date(2026, 11, 25, 13, 0, 0, 0, time.FixedZone("", 3600))}

// two is two commits, the second of which changes one file of the first again.
func two() []Commit {
	return []Commit{
		{Author: who, Committer: who, Message: "www/a: One\n\nWhy.\n", Files: map[string][]byte{"www/a/files/a.in": []byte("script a\nmore\n"), "www/a/Makefile": []byte("new a\n")}},
		{Author: who, Committer: who, Message: "www/b: Two\n", Files: map[string][]byte{"www/b/Makefile": []byte("new b\n"), "www/a/Makefile": []byte("newer a\n")}},
	}
}

func build(t *testing.T, dir string, commits []Commit) (*Chain, error) {
	h, err := Open(t.Context(), dir)
	if err != nil {
		return nil, err
	}
	t.Cleanup(h.Close)
	return h.Build(context.Background(), commits)
}

// TestForms writes commits into repositories of every form, and lets git judge.
func TestForms(t *testing.T) {
	needGit(t)
	for _, tc := range []struct {
		name    string
		make    func(t *testing.T) string // a work tree's top
		refused string
	}{
		{name: "plain", make: func(t *testing.T) string { return origin(t) }},
		{name: "packed", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "gc", "-q", "--prune=now")
			return dir
		}},
		{name: "packed refs", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "branch", "other")
			git(t, dir, "pack-refs", "--all", "--prune")
			return dir
		}},
		{name: "detached HEAD", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "checkout", "-q", "--detach")
			return dir
		}},
		{name: "linked worktree", make: func(t *testing.T) string {
			dir := origin(t)
			linked := filepath.Join(t.TempDir(), "linked")
			git(t, dir, "worktree", "add", "-q", linked, "-b", "side")
			return linked
		}},
		{name: "separate git directory", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "init", "-q", "--separate-git-dir", filepath.Join(t.TempDir(), "elsewhere"))
			return dir
		}},
		{name: "shallow clone", make: func(t *testing.T) string {
			dir := filepath.Join(t.TempDir(), "c")
			git(t, "/", "clone", "-q", "--depth", "1", "file://"+origin(t), dir)
			return dir
		}},
		{name: "alternates", make: func(t *testing.T) string {
			dir := filepath.Join(t.TempDir(), "c")
			git(t, "/", "clone", "-q", "--shared", origin(t), dir)
			return dir
		}},
		{name: "alternates of alternates, relative", make: func(t *testing.T) string {
			from := origin(t)
			git(t, from, "gc", "-q")
			base := filepath.Dir(from)
			git(t, "/", "clone", "-q", "--shared", from, filepath.Join(base, "b"))
			git(t, "/", "clone", "-q", "--shared", filepath.Join(base, "b"), filepath.Join(base, "c"))
			write(t, filepath.Join(base, "b/.git/objects/info/alternates"), "../../../ports/.git/objects\n", 0o644)
			return filepath.Join(base, "c")
		}},
		{name: "alternates that are gone", refused: "is not in the repository", make: func(t *testing.T) string {
			from := origin(t)
			dir := filepath.Join(t.TempDir(), "c")
			git(t, "/", "clone", "-q", "--shared", from, dir)
			require.NoError(t, os.RemoveAll(from))
			return dir
		}},
		{name: "split index", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "update-index", "--split-index")
			return dir
		}},
		{name: "sparse checkout", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "sparse-checkout", "set", "www/a")
			return dir
		}},
		{name: "partial clone whose files are checked out", make: func(t *testing.T) string {
			dir := filepath.Join(t.TempDir(), "c")
			git(t, "/", "clone", "-q", "--filter=blob:none", "file://"+origin(t), dir)
			return dir
		}},
		{name: "partial clone without trees", refused: "a partial clone?", make: func(t *testing.T) string {
			dir := filepath.Join(t.TempDir(), "c")
			git(t, "/", "clone", "-q", "--no-checkout", "--filter=tree:0", "file://"+origin(t), dir)
			return dir
		}},
		{name: "worktree configuration", make: func(t *testing.T) string {
			dir := origin(t)
			git(t, dir, "config", "extensions.worktreeConfig", "true")
			return dir
		}},
		{name: "sha256", refused: "named by sha256, and svcjify writes sha1 only", make: func(t *testing.T) string { return origin(t, "--object-format=sha256") }},
		{name: "reftable", refused: `keeps its branches in the form "reftable"`, make: func(t *testing.T) string {
			dir := origin(t)
			write(t, filepath.Join(dir, ".git/config"),
				read(t, filepath.Join(dir, ".git/config"))+"[extensions]\n\trefStorage = reftable\n", 0o644)
			return dir
		}},
		{name: "an extension of tomorrow", refused: `unknown extension "frobnicate"`, make: func(t *testing.T) string {
			dir := origin(t)
			write(t, filepath.Join(dir, ".git/config"),
				read(t, filepath.Join(dir, ".git/config"))+"[extensions]\n\tfrobnicate = yes\n", 0o644)
			return dir
		}},
		{name: "no commits", refused: "has no commit yet", make: func(t *testing.T) string {
			dir := t.TempDir()
			git(t, dir, "init", "-q")
			return dir
		}},
		{name: "none", refused: "is not in a git repository", make: func(t *testing.T) string { return t.TempDir() }},
		{name: "a .git that points nowhere", refused: "names no git directory", make: func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".git"), "gitdir: /nowhere/at/all\n", 0o644)
			return dir
		}},
		{name: "a .git with something else in it", refused: "names no git directory", make: func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".git"), strings.Repeat("x", 1<<20), 0o644)
			return dir
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := tc.make(t)
			c, err := build(t, dir, two())
			if tc.refused != "" {
				require.ErrorContains(t, err, tc.refused)
				return
			}
			require.NoError(t, err)
			before := git(t, dir, "status", "--porcelain")
			index := filepath.Join(strings.TrimSpace(git(t, dir, "rev-parse", "--absolute-git-dir")), "index")
			indexed := read(t, index)
			require.NoError(t, c.Write("svcj/one", false))
			require.True(t, read(t, index) == indexed, "the index was touched")
			require.Equal(t, before, git(t, dir, "status", "--porcelain"))

			require.NotContains(t, git(t, dir, "fsck", "--strict", "--no-dangling"), "error")
			require.Equal(t, c.Commits[1].String()+"\n"+c.Commits[0].String()+"\n",
				git(t, dir, "rev-list", "HEAD..svcj/one"))
			require.Equal(t, "Jane <jane@example.org> 2026-11-25T13:00:00+01:00 www/a: One\n\nWhy.\n\n",
				git(t, dir, "log", "-1", "--format=%an <%ae> %aI %B", "svcj/one~"))
			require.Equal(t, "M\twww/a/Makefile\nM\twww/a/files/a.in\n",
				git(t, dir, "diff-tree", "-r", "--name-status", "HEAD", "svcj/one~"))
			require.Equal(t, "M\twww/a/Makefile\nM\twww/b/Makefile\n",
				git(t, dir, "diff-tree", "-r", "--name-status", "svcj/one~", "svcj/one"))
			require.Contains(t, git(t, dir, "ls-tree", "svcj/one", "www/a/files/a.in"), "100755")
			require.Equal(t, "newer a\n", git(t, dir, "show", "svcj/one:www/a/Makefile"))
			require.Contains(t, git(t, dir, "reflog", "svcj/one"), "svcjify commit")
			require.ErrorContains(t, c.Write("svcj/one", false), "exists")
			require.ErrorContains(t, c.Write("svcj", false), "can't be made while there is svcj/one")
			git(t, dir, "branch", "-D", "svcj/one")
			require.NoError(t, c.Write("svcj", false), "an empty directory is where the branch is to go")
		})
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// TestHead reads HEAD as a file system, whatever the work tree has.
func TestHead(t *testing.T) {
	needGit(t)
	dir := origin(t)
	write(t, filepath.Join(dir, "www/a/Makefile"), "someone works here\n", 0o644)
	require.NoError(t, os.Remove(filepath.Join(dir, "www/b/Makefile")))
	write(t, filepath.Join(dir, "www/new/Makefile"), "new\n", 0o644)
	h, err := Open(t.Context(), filepath.Join(dir, "www"))
	require.NoError(t, err)
	defer h.Close()
	for name, want := range map[string]string{"a/Makefile": "old a\n", "b/Makefile": "old b\n",
		"a/files/a.in": "script a\n"} {
		text, err := fs.ReadFile(h.FS, name)
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
	_, err = fs.Stat(h.FS, "new/Makefile")
	require.ErrorIs(t, err, fs.ErrNotExist)
	to, err := fs.ReadLink(h.FS, "link")
	require.NoError(t, err)
	require.Equal(t, "a", to)
	names, err := fs.Glob(h.FS, "*")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "a-b", "b", "link"}, names)

	require.Equal(t, "differs from HEAD", h.Dirty("a/Makefile"))
	require.Equal(t, "is deleted in the work tree", h.Dirty("b/Makefile"))
	require.Equal(t, "is not in HEAD", h.Dirty("new/Makefile"))
	require.Empty(t, h.Dirty("a/files/a.in"))

	// Paths are seen from the directory.
	c, err := h.Build(context.Background(), []Commit{{Author: who, Committer: who, Message: "x\n",
		Files: map[string][]byte{"b/Makefile": []byte("new\n")}}})
	require.NoError(t, err)
	require.NoError(t, c.Write("svcj", false))
	require.Equal(t, "www/b/Makefile\n", git(t, dir, "diff", "--name-only", "HEAD", "svcj"))
}

// TestRefusals: what can't be committed is refused before anything is written.
func TestRefusals(t *testing.T) {
	needGit(t)
	dir := origin(t)
	for _, tc := range []struct {
		name, file, text, err string
	}{
		{"a file that is not there", "www/none/Makefile", "x", "none is not in HEAD"},
		{"a symlink", "www/link", "x", "must be edited where it points to"},
		{"a directory", "www/a", "x", "its mode is 40000"},
		{"a file as a directory", "Makefile/x", "x", "its mode is 100644"},
		{"nothing changes", "Makefile", "top\n", "changes nothing"},
	} {
		_, err := build(t, dir, []Commit{{Author: who, Committer: who, Message: "x\n",
			Files: map[string][]byte{tc.file: []byte(tc.text)}}})
		require.ErrorContains(t, err, tc.err, tc.name)
	}
	c, err := build(t, dir, two())
	require.NoError(t, err)
	for _, bad := range []string{"", "a..b", "-x", "HEAD", "a.lock", "a b", "a~1", "main"} {
		require.Error(t, c.Write(bad, true), "branch %q", bad)
	}
	require.Equal(t, "main\n", git(t, dir, "for-each-ref", "--format=%(refname:short)"))
}

// TestUnwritable: an object store that can't be written to leaves the branch as
// it was, and no half-written file; the next run carries on.
func TestUnwritable(t *testing.T) {
	needGit(t)
	dir := origin(t)
	git(t, dir, "gc", "-q")
	c, err := build(t, dir, two())
	require.NoError(t, err)
	pack := filepath.Join(dir, ".git/objects/pack")
	saved := filepath.Join(t.TempDir(), "pack")
	require.NoError(t, os.Rename(pack, saved))
	write(t, pack, "in the way", 0o644) // works for root too, unlike a read-only directory
	require.ErrorContains(t, c.Write("svcj", false), "nothing was changed")
	require.NoError(t, os.Remove(pack))
	require.NoError(t, os.Rename(saved, pack))
	_, err = tryGit(dir, "rev-parse", "-q", "--verify", "svcj")
	require.Error(t, err)
	require.NoError(t, c.Write("svcj", false))
	git(t, dir, "fsck", "--strict")
	left, err := filepath.Glob(filepath.Join(pack, "tmp_*"))
	require.NoError(t, err)
	require.Empty(t, left)

	// The branch can't be moved, though the objects are there.
	logs := filepath.Join(dir, ".git/logs/refs/heads/other")
	require.NoError(t, os.MkdirAll(logs, 0o755))
	require.Error(t, c.Write("other", false))
	_, err = os.Stat(filepath.Join(dir, ".git/refs/heads/other.lock"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.RemoveAll(logs))
	require.NoError(t, c.Write("other", false))
}

// TestForce replaces a branch, and its log keeps what it was.
func TestForce(t *testing.T) {
	needGit(t)
	dir := origin(t)
	git(t, dir, "branch", "svcj")
	git(t, dir, "pack-refs", "--all")
	c, err := build(t, dir, two())
	require.NoError(t, err)
	require.ErrorContains(t, c.Write("svcj", false), "--force")
	require.NoError(t, c.Write("svcj", true))
	require.Equal(t, c.Commits[1].String()+"\n", git(t, dir, "rev-parse", "svcj"))
	require.Equal(t, git(t, dir, "rev-parse", "HEAD"), git(t, dir, "rev-parse", "svcj@{1}"))
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"Wed, 25 Nov 2026 12:00:00 +0100": "2026-11-25T12:00:00+01:00",
		"2026-11-25T12:00:00Z":            "2026-11-25T12:00:00Z",
		"2026-11-25 12:00:00 -0330":       "2026-11-25T12:00:00-03:30",
		"2026-11-25":                      "2026-11-25T00:00:00Z",
		"1795608000":                      "2026-11-25T12:00:00Z",
		"@1795608000 +0200":               "2026-11-25T14:00:00+02:00",
	} {
		got, err := ParseDate(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got.Format(time.RFC3339), in)
	}
	for _, in := range []string{"", "yesterday", "-1", "99999999999999999999", "2026-13-01"} {
		_, err := ParseDate(in)
		require.Error(t, err, in)
	}
}
