package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/hook"
)

// A gitRepo is a repository of a test, whose hook is installed.
type gitRepo struct {
	t   *testing.T
	dir string
	env []string // in addition to gitEnv
}

// newGitRepo commits a part of the made ports tree into a new repository.
func newGitRepo(t *testing.T, init ...string) *gitRepo {
	if _, err := exec.LookPath("git"); err != nil {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "git is required and not installed")
		t.Skip("git is not installed")
	}
	r := &gitRepo{t: t, dir: filepath.Join(t.TempDir(), "ports")}
	tree := filepath.Join("..", "..", "corpus", "testdata", "ports")
	for _, part := range []string{"Mk", "www/revision-comment", "www/svcj-ready"} {
		require.NoError(t, os.CopyFS(filepath.Join(r.dir, part), os.DirFS(filepath.Join(tree, part))))
	}
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "README"), []byte("a ports tree\n"), 0o644))
	r.run(append([]string{"git", "init", "-q", "-b", "main"}, init...)...)
	r.run("git", "config", "protocol.file.allow", "always")
	r.run("git", "add", "-A")
	r.run("git", "commit", "-q", "-m", "base")
	r.run("svcjify", "hook", "install")
	return r
}

func (r *gitRepo) environment() []string {
	return append(append(os.Environ(), gitEnv...), append([]string{hook.Variable + "="}, r.env...)...)
}

func (r *gitRepo) run(args ...string) string { return mustRun(r.t, r.dir, r.environment(), args...) }

// edit changes a file and stages it.
func (r *gitRepo) edit(name string, change func(string) string) {
	file := filepath.Join(r.dir, name)
	text, err := os.ReadFile(file)
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(file, []byte(change(string(text))), 0o644))
	r.run("git", "add", "--sparse", name)
}

// commit returns what git and the hook say, and whether the commit was made.
func (r *gitRepo) commit(args ...string) (string, bool) {
	cmd := exec.Command("git", append([]string{"commit", "-q", "-m", "change"}, args...)...)
	cmd.Dir, cmd.Env = r.dir, r.environment()
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// clone goes on in a clone, whose hook is installed too.
func (r *gitRepo) clone(args ...string) {
	r.run("git", "config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(r.t.TempDir(), "clone")
	r.run(append(append([]string{"git", "clone", "-q"}, args...), "file://"+filepath.ToSlash(r.dir), dir)...)
	r.dir = dir
	r.run("svcjify", "hook", "install")
}

// TestHookKinds commits through the installed hook in repositories of many
// kinds, those that only the git program reads among them: a template without a
// new version is stopped, with one it passes, and so does what concerns no service.
func TestHookKinds(t *testing.T) {
	version := func(v string) func(*gitRepo) {
		return func(r *gitRepo) { r.run("git", "update-index", "--index-version", v) }
	}
	for _, tt := range []struct {
		name string
		init []string
		make func(*gitRepo)
	}{
		{name: "index version 2", make: version("2")},
		{name: "index version 3", make: func(r *gitRepo) { r.run("git", "update-index", "--skip-worktree", "Mk/bsd.port.mk") }},
		{name: "index version 4", make: version("4")},
		{name: "no checksum", make: func(r *gitRepo) { r.run("git", "config", "index.skipHash", "true") }},
		{name: "split index", make: func(r *gitRepo) { r.run("git", "update-index", "--split-index") }},
		{name: "sparse index", make: func(r *gitRepo) {
			r.run("git", "sparse-checkout", "init", "--cone", "--sparse-index")
			r.run("git", "sparse-checkout", "set", "www/revision-comment")
		}},
		{name: "sparse checkout", make: func(r *gitRepo) {
			r.run("git", "sparse-checkout", "set", "--no-cone", "/www/revision-comment/", "/README")
		}},
		{name: "sha256", init: []string{"--object-format=sha256"}},
		{name: "packed", make: func(r *gitRepo) {
			r.run("git", "repack", "-a", "-d", "-q")
			r.run("git", "multi-pack-index", "write")
			r.run("git", "pack-refs", "--all")
		}},
		{name: "replaced object", make: func(r *gitRepo) {
			r.run("git", "commit", "-q", "--allow-empty", "-m", "second")
			r.run("git", "replace", "--graft", "HEAD")
		}},
		{name: "linked worktree", make: func(r *gitRepo) {
			dir := filepath.Join(r.t.TempDir(), "linked")
			r.run("git", "worktree", "add", "-q", "-b", "linked", dir)
			r.dir = dir
		}},
		{name: "shallow", make: func(r *gitRepo) { r.clone("--depth=1") }},
		{name: "partial", make: func(r *gitRepo) { r.clone("--filter=blob:none") }},
		{name: "submodule", make: func(r *gitRepo) {
			top := r.t.TempDir()
			mustRun(t, top, r.environment(), "git", "init", "-q")
			mustRun(t, top, r.environment(), "git", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
				r.dir, "ports")
			r.dir = filepath.Join(top, "ports")
			r.run("svcjify", "hook", "install")
		}},
		{name: "git directory elsewhere", make: func(r *gitRepo) {
			r.run("git", "init", "-q", "--separate-git-dir", filepath.Join(r.t.TempDir(), "elsewhere"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newGitRepo(t, tt.init...)
			if tt.make != nil {
				tt.make(r)
			}
			r.edit("www/revision-comment/files/mantel.in", func(s string) string { return s + "# more\n" })
			out, ok := r.commit()
			require.False(t, ok, out)
			require.Contains(t, out, "[pre-commit] ERROR: www/revision-comment/Makefile:3: ")
			require.Contains(t, out, "[SJ401]")
			r.edit("www/revision-comment/Makefile",
				func(s string) string { return strings.Replace(s, "PORTREVISION=\t3", "PORTREVISION=\t4", 1) })
			out, ok = r.commit()
			require.True(t, ok, out)
			r.edit("README", func(s string) string { return s + "more\n" })
			out, ok = r.commit()
			require.True(t, ok, out)
			require.Empty(t, out)
		})
	}
}

// TestHookPublished: what nobody else has yet may follow a raised PORTREVISION,
// whatever branch it is on; what others have may not.
func TestHookPublished(t *testing.T) {
	r := newGitRepo(t)
	more := func(s string) string { return s + "# more\n" }
	bump := func(s string) string { return strings.Replace(s, "PORTREVISION=\t3", "PORTREVISION=\t4", 1) }
	const template, makefile = "www/revision-comment/files/mantel.in", "www/revision-comment/Makefile"
	r.clone()
	for _, branch := range []string{"main", "topic", ""} {
		if branch == "" {
			r.run("git", "checkout", "-q", "--detach", "origin/main")
		} else {
			r.run("git", "checkout", "-q", "--no-track", "-B", branch, "origin/main")
		}
		r.edit(template, more)
		out, ok := r.commit()
		require.False(t, ok, out)
		r.edit(makefile, bump)
		out, ok = r.commit()
		require.True(t, ok, out)
		r.edit(template, more)
		out, ok = r.commit("--amend")
		require.True(t, ok, out)
		r.edit(template, more)
		out, ok = r.commit()
		require.True(t, ok, out)
	}
	r.run("git", "update-ref", "refs/remotes/origin/main", "HEAD") // as after a push to it
	r.edit(template, more)
	out, ok := r.commit()
	require.False(t, ok, out)
	require.Contains(t, out, "SJ401")
}

// TestHookOldFault: a fault that was there stops who touches the script, and
// not who touches its port only.
func TestHookOldFault(t *testing.T) {
	r := newGitRepo(t)
	const template, makefile = "www/svcj-ready/files/cornflower.in", "www/svcj-ready/Makefile"
	change := func(name, old, new string) {
		r.edit(name, func(s string) string {
			require.Contains(t, s, old)
			return strings.Replace(s, old, new, 1)
		})
	}
	r.edit(template, func(s string) string { return strings.Replace(s, "net_basic", "net_basik", 1) })
	out, ok := r.commit("--no-verify")
	require.True(t, ok, out)

	change(makefile, "4.0", "4.1")
	r.env = []string{hook.Variable + "=warning"}
	out, ok = r.commit()
	require.False(t, ok, out)
	r.env = nil
	out, ok = r.commit()
	require.True(t, ok, out)
	require.Regexp(t, `(?m)^\[pre-commit\] WARNING: .*\[SJ102\] \(as before this change\)$`, out)

	change(template, "# KEYWORD: shutdown", "# KEYWORD: nostart shutdown")
	change(makefile, "4.1", "4.2")
	out, ok = r.commit()
	require.False(t, ok, out)
	require.Contains(t, out, "[pre-commit] ERROR: "+template+":")
	r.run("git", "reset", "-q", "--hard")

	// A script that the port did not install before is new, whatever its age.
	change(makefile, "USE_RC_SUBR=", "#USE_RC_SUBR=")
	out, ok = r.commit("--no-verify")
	require.True(t, ok, out)
	change(makefile, "#USE_RC_SUBR=", "USE_RC_SUBR=")
	out, ok = r.commit()
	require.False(t, ok, out)
	require.Contains(t, out, "SJ102")
}

// TestHookFaults has the hook itself go wrong: the commit is stopped, and the
// message says how to go on.
func TestHookFaults(t *testing.T) {
	index := func(text string) func(*gitRepo) {
		return func(r *gitRepo) {
			require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, ".git/index"), []byte(text), 0o644))
		}
	}
	for _, tt := range []struct {
		name, want string
		make       func(*gitRepo)
	}{
		{"index that is none", "expected the signature DIRC", index("this is not an index, and long enough to be one")},
		{"index of a version to come", "bad index version 9", func(r *gitRepo) {
			text, err := os.ReadFile(filepath.Join(r.dir, ".git/index"))
			require.NoError(t, err)
			text[7] = 9
			index(string(text))(r)
		}},
		{"index that is cut off", "is damaged", func(r *gitRepo) { require.NoError(r.t, os.Truncate(filepath.Join(r.dir, ".git/index"), 2000)) }},
		{"index that is a directory", "is not a regular file", func(r *gitRepo) {
			require.NoError(r.t, os.Remove(filepath.Join(r.dir, ".git/index")))
			require.NoError(r.t, os.Mkdir(filepath.Join(r.dir, ".git/index"), 0o755))
		}},
		{"HEAD that leads nowhere", "is not in the repository", func(r *gitRepo) {
			require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, ".git/refs/heads/main"),
				[]byte(strings.Repeat("1", 40)+"\n"), 0o644))
		}},
		{"damaged configuration", "bad config line", func(r *gitRepo) {
			require.NoError(r.t, os.WriteFile(filepath.Join(r.dir, ".git/config"), []byte("[core\n"), 0o644))
		}},
		{"format to come", "unknown repository extension", func(r *gitRepo) {
			r.run("git", "config", "core.repositoryformatversion", "1")
			r.run("git", "config", "extensions.fancy", "1")
		}},
		{"no git to ask", "git program, which is not installed", func(r *gitRepo) {
			r.run("git", "update-index", "--split-index")
			svcjify, err := exec.LookPath("svcjify")
			require.NoError(t, err)
			r.env = append(r.env, "PATH="+filepath.Dir(svcjify))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newGitRepo(t)
			tt.make(r)
			svcjify, err := exec.LookPath("svcjify")
			require.NoError(t, err)
			command := exec.Command(svcjify, "hook")
			command.Dir, command.Env = r.dir, r.environment()
			out, _ := command.CombinedOutput()
			require.Equal(t, exitFailed, command.ProcessState.ExitCode(), "%s", out)
			require.Contains(t, string(out), tt.want)
			require.Contains(t, string(out), "to commit without the check: "+hook.GoOn)
		})
	}
}
