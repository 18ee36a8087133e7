//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/internal/slowtest"
)

// TestNothingOfTheRepositoryRuns: a clone that somebody prepared names a program
// wherever git would run one. No command of svcjify runs it.
func TestNothingOfTheRepositoryRuns(t *testing.T) {
	slowtest.Only(t)
	svcjify, top := asCommand(t), t.TempDir()
	mark, script := filepath.Join(top, "ran"), filepath.Join(top, "bin", "canary")
	require.NoError(t, os.Mkdir(filepath.Dir(script), 0o755))
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho \"$0 $*\" >>"+mark+"\n"), 0o755))
	for _, hook := range []string{"pre-commit", "post-index-change", "reference-transaction", "post-checkout",
		"fsmonitor-watchman"} {
		require.NoError(t, os.Symlink(script, filepath.Join(top, "bin", hook)))
	}
	environ := append(os.Environ(), gitEnv...)
	run := func(dir, name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, environ
		out, _ := cmd.CombinedOutput() // lint ends with 1 where it finds something
		return string(out)
	}
	ports := madeTree(t)
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "ports"}} {
		require.Empty(t, run(ports, "git", args...))
	}
	// An object directory elsewhere, which holds all there is.
	require.NoError(t, os.Rename(filepath.Join(ports, ".git", "objects"), filepath.Join(top, "objects")))
	require.NoError(t, os.MkdirAll(filepath.Join(ports, ".git", "objects", "info"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(ports, ".git", "objects", "info", "alternates"),
		[]byte(filepath.Join(top, "objects")+"\n"), 0o644))
	// A file in place of .git.
	require.NoError(t, os.Rename(filepath.Join(ports, ".git"), filepath.Join(top, "git")))
	require.NoError(t, os.WriteFile(filepath.Join(ports, ".git"),
		[]byte("gitdir: "+filepath.Join(top, "git")+"\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(ports, ".gitattributes"), []byte("* filter=x diff=x\n"), 0o644))

	included := "[core]\n fsmonitor = " + script + "\n hooksPath = " + filepath.Dir(script) + "\n pager = " + script +
		"\n sshCommand = " + script + "\n editor = " + script + "\n askPass = " + script + "\n gitProxy = " + script +
		"\n alternateRefsCommand = " + script + "\n[diff]\n external = " + script + "\n[diff \"x\"]\n textconv = " +
		script +
		"\n[filter \"x\"]\n clean = " + script + "\n smudge = " + script + "\n process = " + script +
		"\n required = true" +
		"\n[credential]\n helper = " + script + "\n[gpg]\n program = " + script + "\n[commit]\n gpgSign = true" +
		"\n[uploadpack]\n packObjectsHook = " + script + "\n[remote \"origin\"]\n url = " + ports + "\n uploadpack = " +
		script +
		"\n promisor = true\n[alias]\n config = !" + script + "\n ls-files = !" + script + "\n[safe]\n directory = *\n"
	require.NoError(t, os.WriteFile(filepath.Join(top, "included"), []byte(included), 0o644))
	config, err := os.ReadFile(filepath.Join(top, "git", "config"))
	require.NoError(t, err)
	setUp := func(more string) {
		require.NoError(t, os.WriteFile(filepath.Join(top, "git", "config"),
			append(config[:len(config):len(config)], more...), 0o644))
	}

	setUp(included)
	run(ports, "git", "status")
	require.FileExists(t, mark, "git itself runs it, or else this test shows nothing")
	for _, more := range []string{"[include]\n path = " + filepath.Join(top, "included") + "\n",
		"[extensions]\n partialClone = origin\n" + included} {
		setUp(more)
		require.NoError(t, os.RemoveAll(mark))
		for _, split := range []string{"--no-split-index", "--split-index"} { // svcjify asks git to read the second
			run(ports, "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
				"filter.x.required=false", "update-index", split)
			require.NoError(t, os.RemoveAll(mark))
			for _, args := range [][]string{{"list"}, {"lint"}, {"lint", "--staged"}, {"lint", "--rev", "HEAD"},
				{"hook"}, {"patch"},
				{"commit", "--branch", "new" + split, "--force"}, {"patch", "-o", filepath.Join(top, "batch")}} {
				out := run(ports, svcjify, args...)
				if args[0] == "list" {
					require.Contains(t, out, "ready", args)
				}
				require.NotRegexp(t, `(?m)^error:`, out, args)
				ran, _ := os.ReadFile(mark)
				require.NoFileExists(t, mark, "svcjify %v ran %s; it said %s", args, ran, out)
			}
		}
	}
}
