package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/hook"
)

// madePorts is how many ports the benchmark's tree has, of five files each: as
// many files as MidnightBSD's tree, and a service in every thirtieth port.
const madePorts = 11600

// BenchmarkHook times `svcjify hook` beside git's own question in the same run,
// for a commit of one template and for one that concerns no service. The clone
// is the one around SVCJIFY_PORTSDIR, in which nothing is changed, else a made one.
//
//	go test ./cmd/svcjify -run '^$' -bench Hook -benchtime 20x
func BenchmarkHook(b *testing.B) {
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("git is not installed")
	}
	program := filepath.Join(b.TempDir(), "svcjify")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(b, err, "%s", out)
	clone := os.Getenv("SVCJIFY_PORTSDIR")
	if clone == "" {
		clone = madeClone(b)
	}
	template, other := benchFiles(b, clone)
	withTemplate, withOther := stageInto(b, clone, template), stageInto(b, clone, other)
	timings := []struct {
		unit string
		env  []string
		args []string
		exit int
		took []time.Duration
	}{
		{unit: "git-ms", env: withTemplate, args: []string{"git", "diff", "--cached", "--name-only"}},
		{unit: "hook-ms", env: withTemplate, args: []string{program, "hook"}, exit: exitFindings},
		{unit: "no-service-ms", env: withOther, args: []string{program, "hook"}},
	}
	run := func(i int) time.Duration {
		t := &timings[i]
		cmd := exec.Command(t.args[0], t.args[1:]...)
		cmd.Dir, cmd.Env = clone, t.env
		start := time.Now()
		out, _ := cmd.CombinedOutput()
		took := time.Since(start)
		require.Equal(b, t.exit, cmd.ProcessState.ExitCode(), "%v: %s", t.args, out)
		return took
	}
	for i := range timings {
		run(i) // warms the cache
	}
	for b.Loop() {
		for i := range timings {
			timings[i].took = append(timings[i].took, run(i))
		}
	}
	median := func(i int) float64 {
		took := timings[i].took
		slices.Sort(took)
		return float64(took[len(took)/2].Microseconds()) / 1000
	}
	for i, t := range timings {
		b.ReportMetric(median(i), t.unit)
	}
	b.ReportMetric(median(1)-median(0), "over-git-ms")
	b.ReportMetric(0, "ns/op")
}

// benchGit runs git with something to read, and returns what it prints.
func benchGit(b *testing.B, dir string, env []string, stdin io.Reader, args ...string) string {
	b.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stderr = dir, env, stdin, &stderr
	out, err := cmd.Output()
	require.NoError(b, err, "git %v: %s", args, &stderr)
	return strings.TrimSpace(string(out))
}

func benchEnv() []string { return append(os.Environ(), gitEnv...) }

// benchFiles picks a template, and a file that concerns no service.
func benchFiles(b *testing.B, clone string) (template, other string) {
	for _, name := range strings.Split(benchGit(b, clone, benchEnv(), nil, "ls-files"), "\n") {
		parts := strings.Split(name, "/")
		switch {
		case len(parts) == 4 && parts[2] == "files" && strings.HasSuffix(name, ".in") && template == "":
			if text, err := os.ReadFile(filepath.Join(clone, name)); err == nil &&
				bytes.Contains(text, []byte("# PROVIDE:")) {
				template = name
			}
		case len(parts) == 3 && parts[2] == "pkg-descr":
			other = name
		}
	}
	require.NotEmpty(b, template)
	require.NotEmpty(b, other)
	return template, other
}

// stageInto stages another text of a file in an index and an object directory
// of their own, and returns the environment that git has them by.
func stageInto(b *testing.B, clone, name string) []string {
	dir := b.TempDir()
	at := func(what string) string {
		return benchGit(b, clone, benchEnv(), nil, "rev-parse", "--path-format=absolute", "--git-path", what)
	}
	index, err := os.ReadFile(at("index"))
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(filepath.Join(dir, "index"), index, 0o644))
	require.NoError(b, os.Mkdir(filepath.Join(dir, "objects"), 0o755))
	env := append(benchEnv(), hook.Variable+"=", "GIT_INDEX_FILE="+filepath.Join(dir, "index"),
		"GIT_OBJECT_DIRECTORY="+filepath.Join(dir, "objects"), "GIT_ALTERNATE_OBJECT_DIRECTORIES="+at("objects"))
	benchGit(b, clone, env, nil, "read-tree", "HEAD")
	text, err := os.ReadFile(filepath.Join(clone, name))
	require.NoError(b, err)
	object := benchGit(b, clone, env, bytes.NewReader(append(text, "# changed\n"...)), "hash-object", "-w", "--stdin")
	benchGit(b, clone, env, nil, "update-index", "--cacheinfo", "100644,"+object+","+name)
	return env
}

// madeClone makes a repository with a large ports tree, checked out.
func madeClone(b *testing.B) string {
	clone := b.TempDir()
	benchGit(b, clone, benchEnv(), nil, "init", "-q", "-b", "main")
	script, err := os.ReadFile(filepath.Join("..", "..", "corpus", "testdata", "ports", "www", "revision-comment",
		"files", "mantel.in"))
	require.NoError(b, err)
	var in bytes.Buffer
	in.WriteString("commit refs/heads/main\ncommitter c <c@example.org> 1700000000 +0000\ndata 4\nmade\n")
	file := func(name, text string) { fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text) }
	file("Mk/bsd.port.mk", "# made\n")
	for i := range madePorts {
		name := fmt.Sprintf("made%d", i)
		dir := fmt.Sprintf("cat%02d/%s/", i%60, name)
		extra := "BROKEN_i386=\tdoes not build\n"
		if i%30 == 0 {
			extra = "USE_RC_SUBR=\t" + name + "\n"
			file(dir+"files/"+name+".in", strings.ReplaceAll(string(script), "mantel", name))
		} else {
			file(dir+"files/patch-main.c", strings.Repeat("--- a line of a patch\n", 20))
		}
		file(dir+"Makefile", "PORTNAME=\t"+name+"\nDISTVERSION=\t1.2\nCATEGORIES=\twww\n\nMAINTAINER=\tports@FreeBSD.org\nCOMMENT=\tMade port\n\n"+
			strings.Repeat("# A port's Makefile has a kilobyte, as a rule.\n", 15)+extra+"\n.include <bsd.port.mk>\n")
		file(dir+"distinfo", strings.Repeat("SHA256 ("+name+") = 0\n", 4))
		file(dir+"pkg-descr", name+" was made.\n")
		file(dir+"pkg-plist", strings.Repeat("bin/"+name+"\n", 10))
	}
	benchGit(b, clone, benchEnv(), &in, "fast-import", "--quiet")
	benchGit(b, clone, benchEnv(), nil, "checkout", "-q", "-f", "main")
	return clone
}
