package gitfs

import (
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRevisions(t *testing.T) {
	root := newRepo(t)
	git(t, root, "tag", "-a", "-m", "tag", "v1")
	for _, b := range []string{"side", "main"} {
		git(t, root, "checkout", "-q", "-B", b, "main")
		write(t, root, b, b)
		git(t, root, "add", "-A")
		git(t, root, "commit", "-q", "-m", b)
	}
	git(t, root, "merge", "-q", "-m", "merge", "side")
	git(t, root, "update-ref", "refs/remotes/origin/main", "HEAD~1")
	git(t, root, "config", "remote.origin.url", "/nowhere")
	git(t, root, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
	git(t, root, "config", "branch.main.remote", "origin")
	git(t, root, "config", "branch.main.merge", "refs/heads/main")
	for range 2 { // the second time packed
		for _, rev := range []string{"HEAD", "main", "refs/heads/side", "heads/side", "v1", "tags/v1", "origin/main",
			"HEAD~2", "HEAD^2", "HEAD^^", "v1~0", "main^1~1",
			git(t, root, "rev-parse", "HEAD"), git(t, root, "rev-parse", "--short", "HEAD"), "HEAD^{commit}", "@",
			"main@{0}", "main^{/merge}"} {
			want := git(t, root, "rev-parse", rev+"^{commit}")
			for _, onlyGit := range []bool{false, true} {
				c, err := open(t, root, onlyGit).Commit(rev)
				require.NoError(t, err, rev)
				require.Equal(t, want, c.String(), rev)
			}
		}
		for _, onlyGit := range []bool{false, true} {
			r := open(t, root, onlyGit)
			up, err := r.Upstream()
			require.NoError(t, err)
			require.Equal(t, git(t, root, "rev-parse", "HEAD~1"), up.String())
			for _, rev := range []string{"nothing", "HEAD~9", "--help", "-x", "", "HEAD..main", "../../etc/passwd",
				"refs/heads"} {
				_, err := r.Commit(rev)
				require.Error(t, err, rev)
			}
		}
		git(t, root, "gc", "-q")
	}
	r := open(t, root, false)
	head, err := r.Commit("HEAD^2")
	require.NoError(t, err)
	parent, err := head.Parent()
	require.NoError(t, err)
	list, err := r.CommitChanges(parent, head)
	require.NoError(t, err)
	require.Equal(t, []string{"add side"}, describe(list))
	none, err := parent.Parent()
	require.NoError(t, err)
	require.Nil(t, none)
	list, err = r.CommitChanges(none, parent)
	require.NoError(t, err)
	require.True(t, sort.StringsAreSorted(describe(list)))
	require.Len(t, list, 12)
}

// TestForkPoint: what others have is the branch that is followed, else the
// remote's default; the fork is found however far it is on either side.
func TestForkPoint(t *testing.T) {
	root := newRepo(t)
	fork := git(t, root, "rev-parse", "HEAD")
	line := func(ref string, n int) {
		parent, tree := fork, git(t, root, "rev-parse", "HEAD^{tree}")
		for range n {
			parent = git(t, root, "commit-tree", "-m", ref, "-p", parent, tree)
		}
		git(t, root, "update-ref", ref, parent)
	}
	line("refs/remotes/origin/main", 12)
	line("refs/heads/topic", 3)
	line("refs/remotes/origin/topic", 1)
	git(t, root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	git(t, root, "config", "remote.origin.url", "/nowhere")
	git(t, root, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
	check := func(want string) {
		t.Helper()
		for _, onlyGit := range []bool{false, true} {
			r := open(t, root, onlyGit)
			up, err := r.Upstream()
			require.NoError(t, err)
			require.Equal(t, git(t, root, "rev-parse", want), up.String())
			head, err := r.Commit("HEAD")
			require.NoError(t, err)
			for _, pair := range [][2]*Commit{{head, up}, {up, head}} {
				found, err := ForkPoint(pair[0], pair[1])
				require.NoError(t, err)
				require.Equal(t, fork, found.String())
			}
		}
	}
	git(t, root, "checkout", "-q", "topic")
	check("origin/main")
	git(t, root, "checkout", "-q", "--detach")
	check("origin/main")
	git(t, root, "checkout", "-q", "topic")
	git(t, root, "config", "branch.topic.remote", "origin")
	git(t, root, "config", "branch.topic.merge", "refs/heads/topic")
	check("origin/topic")
	git(t, root, "checkout", "-q", "--orphan", "new")
	git(t, root, "commit", "-q", "-m", "unrelated")
	r := open(t, root, false)
	head, err := r.Commit("HEAD")
	require.NoError(t, err)
	up, err := r.Upstream()
	require.NoError(t, err)
	found, err := ForkPoint(head, up)
	require.NoError(t, err)
	require.Nil(t, found)
}
