package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/hook"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/infer"
)

// A failing judge has a fault of its own: while it looks at one service, or at all.
type failingJudge struct{ service string }

func (j failingJudge) Run(ctx context.Context, c *corpus.Corpus, o lint.Options) (*lint.Result, error) {
	if j.service == "" {
		panic("made for the test")
	}
	o.Complete = func(in *infer.Input) {
		if in.Service == j.service {
			panic("made for the test")
		}
	}
	return lint.Run(ctx, c, o)
}

func (j failingJudge) Advise(ctx context.Context, m *advise.Machine, q advise.Question) ([]*advise.Advice, []error) {
	q.Progress = func(_, _ int, name string) {
		if name == j.service {
			panic("made for the test")
		}
	}
	return m.Advise(ctx, q)
}

// TestCrashAdvise: the service gets an answer that says why there is none, the others are judged.
func TestCrashAdvise(t *testing.T) {
	var out, stderr strings.Builder
	c := Command{Stdout: &out, Stderr: &stderr, judging: failingJudge{"anemone"}}
	require.Equal(t, exitFailed,
		c.Main([]string{"advise", "--root", "../../lint/advise/testdata/root", "anemone", "campion"}))
	require.Contains(t, out.String(), "svcjify itself failed at this service (SJ901), so it could not be judged.")
	require.Contains(t, out.String(), "\ncampion ")
	require.Contains(t, stderr.String(), "internal error at anemone: made for the test\n")
	require.Contains(t, stderr.String(), "https://github.com/svcjify/svcjify/issues")
}

// TestCrashEverywhere: every command that looks at services goes on, names the place to report it, and exits with 3.
func TestCrashEverywhere(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.CopyFS(tree, os.DirFS("../../corpus/testdata/ports")))
	t.Chdir(tree)
	for _, args := range [][]string{{"lint"}, {"list"}, {"explain"}, {"patch"}, {"patch", "-o", "../batch"}, {"fix"},
		{"report", "-o", "../report"}, {"baseline"}} {
		var out, stderr strings.Builder
		c := Command{Stdout: &out, Stderr: &stderr, judging: failingJudge{"mantel"}}
		require.Equal(t, exitFailed, c.Main(append(args, "www/revision-comment", "www/svcj-plain-after")), "%v", args)
		require.Contains(t, stderr.String(), "internal error at mantel of www/revision-comment: made for the test\n", "%v", args)
		require.Contains(t, stderr.String(), "https://github.com/svcjify/svcjify/issues", "%v", args)
	}
}

// TestCrash: a fault of ours at one service is a finding, the others are judged, and
// the exit code is 3.
func TestCrash(t *testing.T) {
	t.Chdir("../../corpus/testdata/ports")
	for _, format := range []string{"text", "json", "sarif", "github", "checkstyle", "rdjson"} {
		var out, stderr strings.Builder
		c := Command{Stdout: &out, Stderr: &stderr, judging: failingJudge{"mantel"}}
		require.Equal(t, exitFailed, c.Main([]string{"lint", "--config", "none", "--format", format,
			"www/revision-comment", "www/svcj-plain-after"}))
		require.Contains(t, out.String(), "SJ901")
		require.Contains(t, out.String(), "svcjify failed while it looked at mantel of www/revision-comment")
		require.Contains(t, out.String(), "SJ104", "the other service is judged")
		require.Contains(t, stderr.String(), "internal error at mantel of www/revision-comment: made for the test\n")
		require.Contains(t, stderr.String(), "lint.Judge", "the stack is kept")
		require.Contains(t, stderr.String(), "crash_test.go", "from where it happened")
	}
}

// TestCrashNoPatch: nothing is written for a service that could not be judged.
func TestCrashNoPatch(t *testing.T) {
	t.Chdir("../../corpus/testdata/ports")
	var out, stderr strings.Builder
	c := Command{Stdout: &out, Stderr: &stderr, judging: failingJudge{"mantel"}}
	require.Equal(t, exitFailed, c.Main([]string{"patch", "www/revision-comment"}))
	require.Empty(t, out.String())
}

// TestHookCrash: the hook stops the commit, says which service it could not judge,
// and how to go on; whatever the fault is.
func TestHookCrash(t *testing.T) {
	r := newGitRepo(t)
	r.edit("www/revision-comment/files/mantel.in", func(s string) string { return s + "# more\n" })
	t.Chdir(r.dir)
	for _, c := range []struct {
		judge judge
		want  string
	}{
		{failingJudge{"mantel"}, "error: the staged change could not be checked: svcjify failed at mantel of www/revision-comment, and could not judge it\n"},
		{failingJudge{}, "error: svcjify itself failed: made for the test\n"},
	} {
		var stderr strings.Builder
		command := Command{Stdout: &stderr, Stderr: &stderr, judging: c.judge}
		require.Equal(t, exitFailed, command.Main([]string{"hook"}))
		require.Contains(t, stderr.String(), c.want)
		require.Contains(t, stderr.String(), "to commit without the check: "+hook.GoOn)
	}
}

// TestHistoryCrash: history and diff say which service could not be judged, print the stack, and exit with 3.
func TestHistoryCrash(t *testing.T) {
	r := newGitRepo(t)
	r.edit("www/revision-comment/files/mantel.in", func(s string) string { return s + "# more\n" })
	r.run("git", "commit", "-q", "--no-verify", "-m", "second")
	t.Chdir(r.dir)
	for _, args := range [][]string{{"history", "--every", "1d"}, {"diff", "HEAD^", "HEAD"}} {
		var out, stderr strings.Builder
		c := Command{Stdout: &out, Stderr: &stderr, judging: failingJudge{"mantel"}}
		require.Equal(t, exitFailed, c.Main(args), "%v", args)
		require.Contains(t, stderr.String(), "internal error at mantel of www/revision-comment: made for the test\n")
		require.Contains(t, out.String()+stderr.String(),
			"svcjify failed at mantel of www/revision-comment and could not judge it")
		require.Equal(t, 1, strings.Count(stderr.String(), "internal error at"), "once for all revisions")
	}
}
