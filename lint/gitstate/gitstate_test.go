package gitstate

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// A clone is a repository with a part of the made ports tree, committed.
type clone struct {
	t   *testing.T
	dir string
}

const template = "www/revision-comment/files/mantel.in"

func newClone(t *testing.T) *clone {
	if _, err := exec.LookPath("git"); err != nil {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "git is required and not installed")
		t.Skip("git is not installed")
	}
	c := &clone{t, filepath.Join(t.TempDir(), "ports")}
	tree := filepath.Join("..", "..", "corpus", "testdata", "ports")
	for _, part := range []string{"Mk", "www/revision-comment", "www/svcj-ready"} {
		require.NoError(t, os.CopyFS(filepath.Join(c.dir, part), os.DirFS(filepath.Join(tree, part))))
	}
	c.git("init", "-q", "-b", "main")
	c.write("README", "a ports tree\n")
	return c
}

func (c *clone) git(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "GIT_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a",
		"GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.org")
	out, err := cmd.CombinedOutput()
	require.NoError(c.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

func (c *clone) write(name, text string) {
	c.t.Helper()
	p := filepath.Join(c.dir, filepath.FromSlash(name))
	require.NoError(c.t, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(c.t, os.WriteFile(p, []byte(text), 0o644))
	c.git("add", "-A")
}

func (c *clone) add(name, more string) {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(name)))
	require.NoError(c.t, err)
	c.write(name, string(text)+more)
}

func (c *clone) commit(message string) string {
	c.git("commit", "-q", "--allow-empty", "-m", message)
	return c.git("rev-parse", "HEAD")
}

func (c *clone) staged() *State {
	c.t.Helper()
	s, err := Staged(c.t.Context(), c.dir)
	require.NoError(c.t, err)
	c.t.Cleanup(s.Close)
	return s
}

func (c *clone) revision(rev string) *State {
	c.t.Helper()
	s, err := Revision(c.t.Context(), c.dir, rev)
	require.NoError(c.t, err)
	c.t.Cleanup(s.Close)
	return s
}

// parts are the trees and what of them is meant, as "root: part part".
func parts(t *testing.T, s *State, paths ...string) []string {
	t.Helper()
	trees, err := s.Trees(context.Background(), paths)
	require.NoError(t, err)
	var out []string
	for _, x := range trees {
		require.NotNil(t, x.Target)
		text := x.root + ": " + strings.Join(append(x.parts, x.names...), " ")
		if x.scripts {
			text += " (scripts)"
		}
		out = append(out, text)
	}
	return out
}

func TestStaged(t *testing.T) {
	c := newClone(t)
	require.Equal(t, []string{".: www/revision-comment www/revision-comment/files/mantel.in www/svcj-ready " +
		"www/svcj-ready/files/cornflower.in"}, parts(t, c.staged()), "before the first commit, all of it is new")
	c.commit("base")
	require.Empty(t, parts(t, c.staged()), "nothing is staged")
	c.write("README", "other\n")
	require.Empty(t, parts(t, c.staged()), "what is staged concerns no service")
	c.add(template, "# more\n")
	require.Equal(t, []string{".: www/revision-comment " + template}, parts(t, c.staged()))
	c.git("reset", "-q", "--mixed")
	require.Empty(t, parts(t, c.staged()), "it is in the work tree only")
}

func TestRevision(t *testing.T) {
	c := newClone(t)
	_, err := Revision(t.Context(), c.dir, "HEAD")
	require.ErrorContains(t, err, "there is no commit yet")
	first := c.commit("base")
	c.add(template, "# more\n")
	second := c.commit("template")
	third := c.commit("nothing")
	require.Len(t, parts(t, c.revision(first)), 1, "the first commit is compared with nothing")
	require.Equal(t, []string{".: www/revision-comment " + template}, parts(t, c.revision(second)))
	require.Empty(t, parts(t, c.revision(third)))
	_, err = Revision(t.Context(), c.dir, "no-such")
	require.Error(t, err)
}

// What a merge only brings along was looked at when it was committed.
func TestMerge(t *testing.T) {
	c := newClone(t)
	c.commit("base")
	c.git("checkout", "-q", "-b", "side")
	c.add(template, "# side\n")
	c.commit("side")
	c.git("checkout", "-q", "main")
	c.write("README", "main\n")
	c.commit("main")
	c.git("merge", "-q", "--no-ff", "--no-commit", "side")
	require.Empty(t, parts(t, c.staged()), "while it is under way")
	c.add(template, "# and by hand\n")
	require.Equal(t, []string{".: www/revision-comment " + template}, parts(t, c.staged()),
		"what differs from both parents is new")
	merged := c.commit("merged")
	require.Equal(t, []string{".: www/revision-comment " + template}, parts(t, c.revision(merged)))
}

func TestPaths(t *testing.T) {
	c := newClone(t)
	c.write("scripts/teasel", "#!/bin/sh\n# PROVIDE: teasel\n. /etc/rc.subr\nname=teasel\n")
	c.commit("base")
	require.Equal(t, []string{".: www/svcj-ready"}, parts(t, c.staged(), "www/svcj-ready"))
	require.Equal(t, []string{".: www/svcj-ready www/revision-comment"},
		parts(t, c.staged(), "www/svcj-ready", filepath.Join(c.dir, "www/revision-comment")))
	require.Equal(t, []string{"scripts: teasel (scripts)"}, parts(t, c.staged(), "scripts/teasel"))
	require.Equal(t, []string{".: mantel"}, parts(t, c.staged(), "mantel"), "a name, and no path")
	_, err := c.staged().Trees(context.Background(), []string{"/"})
	var outside *OutsideError
	require.ErrorAs(t, err, &outside)
	require.Equal(t, "/", outside.Path)

	// In a category, an origin is found from the top.
	s, err := Staged(t.Context(), filepath.Join(c.dir, "www"))
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, []string{".: www/svcj-ready"}, parts(t, s, "www/svcj-ready"))
	require.Equal(t, []string{".: www/svcj-ready"}, parts(t, s, "svcj-ready"))
}

// Two trees in one repository, of which only one has changed.
func TestTreeBelow(t *testing.T) {
	c := newClone(t)
	for _, part := range []string{"Mk", "www"} {
		require.NoError(t, os.CopyFS(filepath.Join(c.dir, "other", part), os.DirFS(filepath.Join(c.dir, part))))
	}
	c.git("add", "-A")
	c.commit("base")
	c.add("other/"+template, "# more\n")
	s := c.staged()
	require.Equal(t, []string{"other: www/revision-comment " + template}, parts(t, s))
	trees, err := s.Trees(context.Background(), nil)
	require.NoError(t, err)
	require.Equal(t, "other", s.Dir(trees[0]))
	require.Equal(t, filepath.Join(c.dir, "other"), trees[0].Target.Tree.Root)

	// From within the one, the other is not asked about.
	inside, err := Staged(t.Context(), filepath.Join(c.dir, "www"))
	require.NoError(t, err)
	defer inside.Close()
	require.Equal(t, "../other", filepath.ToSlash(inside.Dir(trees[0])))
}

func text(t *testing.T, f fs.FS, name string) string {
	t.Helper()
	data, err := fs.ReadFile(f, name)
	require.NoError(t, err)
	return string(data)
}

// The state before is HEAD; what is published is where the upstream branch was left.
func TestBefore(t *testing.T) {
	c := newClone(t)
	c.commit("base")
	c.git("branch", "upstream")
	c.git("branch", "-q", "--set-upstream-to=upstream")
	c.add(template, "# committed\n")
	c.commit("mine")
	c.add(template, "# staged\n")
	s := c.staged()
	trees, err := s.Trees(context.Background(), nil)
	require.NoError(t, err)
	require.Len(t, trees, 1)
	before, err := s.Before(trees[0])
	require.NoError(t, err)
	now := text(t, trees[0].Target.Tree.FS, template)
	require.True(t, strings.HasSuffix(now, "# committed\n# staged\n"))
	require.Equal(t, strings.TrimSuffix(now, "# staged\n"), text(t, before.FS, template))
	require.Equal(t, strings.TrimSuffix(now, "# committed\n# staged\n"), text(t, before.Published(), template))

	c.git("branch", "-q", "--unset-upstream")
	before, err = c.staged().Before(trees[0])
	require.NoError(t, err)
	require.Nil(t, before.Published(), "nothing is known to be published")
	before, err = c.revision("HEAD").Before(trees[0])
	require.NoError(t, err)
	require.Nil(t, before.Published, "of a revision, nobody asks")
}

// A fault counts as old only in a script that the change leaves alone.
func TestFaultsBefore(t *testing.T) {
	c := newClone(t)
	c.add("www/svcj-ready/files/cornflower.in", "cornflower_svcj_options=\"nonsense\"\n")
	c.commit("base, with faults")
	check := func() (old, all int) {
		s := c.staged()
		trees, err := s.Trees(context.Background(), nil)
		require.NoError(t, err)
		found, err := corpus.Load(context.Background(), []*corpus.Target{trees[0].Target}, corpus.Narrow{})
		require.NoError(t, err)
		res, err := lint.Run(context.Background(), found, lint.Options{})
		require.NoError(t, err)
		stops := func(f lint.Finding) bool { return f.Severity >= lint.Warning && f.Service == "cornflower" }
		before, err := s.FaultsBefore(context.Background(), trees, res, stops, lint.Options{})
		require.NoError(t, err)
		for _, f := range res.Findings {
			if stops(f) {
				all++
				if before(f) {
					old++
				}
			}
		}
		return old, all
	}
	c.add("www/svcj-ready/Makefile", "# a new version\n")
	old, all := check()
	require.NotZero(t, all)
	require.Equal(t, all, old, "the script did not change")
	c.add("www/svcj-ready/files/cornflower.in", "# changed\n")
	old, all = check()
	require.NotZero(t, all)
	require.Zero(t, old, "the script did")
}
