package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPreCommitFramework has https://pre-commit.com build this repository's
// HEAD, as .pre-commit-hooks.yaml tells it to, and commit through it. Modules
// come from this machine's cache. It takes a build of everything, so it runs
// where SVCJIFY_PRECOMMIT is set, as in CI.
func TestPreCommitFramework(t *testing.T) {
	if os.Getenv("SVCJIFY_PRECOMMIT") == "" {
		t.Skip("SVCJIFY_PRECOMMIT is not set")
	}
	_, err := exec.LookPath("pre-commit")
	require.NoError(t, err, "SVCJIFY_PRECOMMIT wants pre-commit installed")
	work := t.TempDir()
	source := mustRun(t, ".", nil, "git", "rev-parse", "--show-toplevel")
	cache := func(name string) string { return mustRun(t, ".", nil, "go", "env", name) }
	env := append(os.Environ(), gitEnv...)
	env = append(env, "HOME="+work, "PRE_COMMIT_HOME="+filepath.Join(work, "pre-commit"),
		"GOPROXY=file://"+filepath.ToSlash(cache("GOMODCACHE"))+"/cache/download",
		"GONOSUMDB=*", "GONOSUMCHECK=1", "GOFLAGS=-mod=mod -modcacherw", "GOSUMDB=off", "GOCACHE="+cache("GOCACHE"),
		"SVCJIFY_HOOK=")

	ports := filepath.Join(work, "ports")
	require.NoError(t, os.CopyFS(ports, os.DirFS(filepath.Join("..", "..", "corpus", "testdata", "ports"))))
	config := "repos:\n- repo: " + source + "\n  rev: " + mustRun(t, source, nil, "git", "rev-parse", "HEAD") +
		"\n  hooks:\n  - id: svcjify\n"
	require.NoError(t, os.WriteFile(filepath.Join(ports, ".pre-commit-config.yaml"), []byte(config), 0o644))
	for _, args := range [][]string{
		{"git", "init", "-q", "."}, {"git", "add", "-A"}, {"git", "commit", "-q", "-m", "base"}, {"pre-commit", "install", "--install-hooks"},
	} {
		mustRun(t, ports, env, args...)
	}
	template := filepath.Join(ports, "www/revision-comment/files/mantel.in")
	text, err := os.ReadFile(template)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(template, append(text, '\n'), 0o644))
	commit := exec.Command("git", "commit", "-a", "-m", "template")
	commit.Dir, commit.Env = ports, env
	out, err := commit.CombinedOutput()
	require.Error(t, err, "%s", out)
	require.Contains(t, string(out), "[pre-commit] ERROR: www/revision-comment/")
	require.Contains(t, string(out), "[SJ401]")

	makefile := filepath.Join(ports, "www/revision-comment/Makefile")
	text, err = os.ReadFile(makefile)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(makefile,
		[]byte(strings.Replace(string(text), "PORTREVISION=\t3", "PORTREVISION=\t4", 1)), 0o644))
	mustRun(t, ports, env, "git", "commit", "-q", "-a", "-m", "template and revision")
}

// mustRun runs a program that must succeed, and returns what it writes.
func mustRun(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%v: %s", args, out)
	return strings.TrimSpace(string(out))
}
