package patch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rcrun.WorkerArg { // os.Executable is this test
		os.Exit(rcrun.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// tool finds a program that a test needs: without it the test skips, or fails
// where SVCJIFY_REQUIRE_TOOLS is set.
func tool(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
			t.Fatalf("%s is required and not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// run runs a command in a directory and returns what it printed.
func run(t *testing.T, dir string, stdin []byte, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.org", "GIT_AUTHOR_NAME=a",
		"GIT_AUTHOR_EMAIL=a@example.org")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// planFor looks at a tree and plans everything of a certainty, repairs too.
func planFor(t *testing.T, least infer.Certainty, paths ...string) ([]*Change, []Withheld, *lint.Result) {
	c, err := corpus.Open(paths)
	require.NoError(t, err)
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	opts := lint.Options{Simulate: pool, Operator: lint.OperatorEquals}
	res, err := lint.Run(context.Background(), c, opts)
	require.NoError(t, err)
	changes, held, err := Plan(context.Background(), res, Options{Certainty: least, Repair: true, Lint: opts})
	require.NoError(t, err)
	return changes, held, res
}

// copyTree copies the made ports tree.
func copyTree(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "ports")
	require.NoError(t, exec.Command("cp", "-R", "../corpus/testdata/ports", dir).Run())
	return dir
}

var envelope = Envelope{From: Person{"Jane Doe", "jane@example.org"},
	Date: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}

// formatPatch is what git itself makes of the commits on top of a branch, of
// one if the arguments say nothing else.
func formatPatch(t *testing.T, dir string, args ...string) string {
	args = append([]string{"format-patch", "--zero-commit", "--full-index", "--signature=" + Signature, "-1",
		"--stdout"}, args...)
	out, err := run(t, dir, nil, "git", args...)
	require.NoError(t, err, out)
	return out
}

// TestMadeTree writes every patch of the made tree and lets the tools that a
// maintainer uses judge them: git apply, git am, patch(1), sh -n and make.
func TestMadeTree(t *testing.T) {
	git, patch1, dash := tool(t, "git"), tool(t, "patch"), tool(t, "dash")
	dir := copyTree(t)
	changes, _, _ := planFor(t, infer.Possible, dir)
	require.Greater(t, len(changes), 60)

	before := inventory(t, dir)
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-qm", "made tree"}} {
		out, err := run(t, dir, nil, git, args...)
		require.NoError(t, err, out)
	}
	want := map[string]bool{}
	var mails []string
	for _, c := range changes {
		for _, p := range c.Ports {
			require.False(t, want[p], "%s is in two changes", p)
			want[p] = true
		}
		require.LessOrEqual(t, len(c.Subject()), subjectWidth)
		checkMessage(t, c)
		for _, l := range strings.Split(c.Body(), "\n") {
			require.LessOrEqual(t, len(l), bodyWidth+20, l) // a long name can't be broken
		}
		diff := c.Diff()
		out, err := run(t, dir, diff, git, "apply", "--check")
		require.NoError(t, err, "%s: %s", c.Name(), out)
		out, err = run(t, dir, diff, patch1, "-p1", "--dry-run", "-f")
		require.NoError(t, err, "%s: %s", c.Name(), out)
		require.NotContains(t, out, "fuzz")
		mail := c.Mail(envelope)
		out, err = run(t, dir, mail, git, "am", "-q")
		require.NoError(t, err, "%s: %s", c.Name(), out)
		mails = append(mails, string(mail))
		for _, f := range c.Files {
			now, err := os.ReadFile(filepath.Join(dir, f.Path))
			require.NoError(t, err)
			require.Equal(t, string(f.New), string(now))
		}
	}
	// On standard output git puts an empty line between mails.
	require.True(t, formatPatch(t, dir, "--no-numbered", fmt.Sprintf("-%d", len(changes))) == strings.Join(mails, "\n"),
		"git format-patch writes other mails")
	for _, c := range changes {
		for _, s := range c.Subjects {
			text, err := os.ReadFile(filepath.Join(dir, s.Service.Template))
			require.NoError(t, err)
			masked := placeholders.ReplaceAllStringFunc(string(text),
				func(p string) string { return strings.ReplaceAll(p, "%", "_") })
			if out, err := run(t, dir, []byte(masked), dash, "-n"); err != nil {
				old := placeholders.ReplaceAllStringFunc(string(s.Script.Src),
					func(p string) string { return strings.ReplaceAll(p, "%", "_") })
				_, oldErr := run(t, dir, []byte(old), dash, "-n")
				require.Error(t, oldErr, "%s: dash takes the old script but not the new: %s", s.Service.Template, out)
			}
		}
	}

	t.Run("make", func(t *testing.T) {
		tool(t, "bmake")
		after := inventory(t, dir)
		require.Len(t, after, len(before))
		for origin, old := range before {
			now := after[origin]
			if !want[origin] {
				require.Equal(t, old, now, origin)
				continue
			}
			require.Equal(t, old.revision+1, now.revision, origin)
			require.Equal(t, old.base, now.base, "%s: more than the revision changed", origin)
		}
	})

	t.Run("second run", func(t *testing.T) {
		again, _, _ := planFor(t, infer.Possible, dir)
		var left []string
		for _, c := range again {
			left = append(left, c.Name())
		}
		require.Empty(t, left)
	})
}

var placeholders = regexp.MustCompile(`%%[A-Za-z0-9_.+-]+%%`)

// A pkg is what make says of a port.
type pkg struct {
	base     string // PKGNAME without its revision
	revision int
}

var pkgname = regexp.MustCompile(`^(.*?)(?:_(\d+))?(,\d+)?$`)

// inventory asks make for the name of each port's package.
func inventory(t *testing.T, dir string) map[string]pkg {
	if _, err := exec.LookPath("bmake"); err != nil {
		return nil
	}
	script, err := filepath.Abs("../corpus/testdata/inventory.sh")
	require.NoError(t, err)
	cmd := exec.Command("sh", script, "services")
	cmd.Env = append(os.Environ(), "PORTSDIR="+dir)
	out, err := cmd.Output()
	require.NoError(t, err)
	pkgs := map[string]pkg{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n")[1:] {
		f := strings.Split(line, "\t")
		m := pkgname.FindStringSubmatch(f[1])
		n, _ := strconv.Atoi(m[2])
		pkgs[f[0]] = pkg{m[1] + m[3], n}
	}
	require.NotEmpty(t, pkgs)
	return pkgs
}

// TestFix makes the changes in place; a second run finds nothing to do.
func TestFix(t *testing.T) {
	dir := copyTree(t)
	changes, _, _ := planFor(t, infer.Confident, dir)
	for _, c := range changes {
		require.NoError(t, c.WriteTree(dir))
	}
	again, _, _ := planFor(t, infer.Confident, dir)
	require.Empty(t, again)
	left, err := filepath.Glob(filepath.Join(dir, "*", "*", "*", ".svcjify*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestDeterministic(t *testing.T) {
	text := func() string {
		var b strings.Builder
		changes, held, _ := planFor(t, infer.Possible, "../corpus/testdata/ports")
		for _, c := range changes {
			fmt.Fprintf(&b, "%s\n%s", c.FileName(), c.Mail(envelope))
		}
		for _, h := range held {
			fmt.Fprintf(&b, "%s %s\n", h.Subject.Service.Name, h.Reason)
		}
		return b.String()
	}
	require.Equal(t, text(), text())
}

func TestWriteTreeRefuses(t *testing.T) {
	change := func() (string, *Change) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "c/p/files"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "c/p/files/a.in"), []byte("old a"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "c/p/Makefile"), []byte("old m"), 0o644))
		return dir, &Change{Files: []File{
			{Path: "c/p/files/a.in", Old: []byte("old a"), New: []byte("new a")},
			{Path: "c/p/Makefile", Old: []byte("old m"), New: []byte("new m")},
		}}
	}
	read := func(dir, name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(b)
	}
	t.Run("works and keeps the mode", func(t *testing.T) {
		dir, c := change()
		require.NoError(t, c.WriteTree(dir))
		require.Equal(t, "new a", read(dir, "c/p/files/a.in"))
		info, err := os.Stat(filepath.Join(dir, "c/p/files/a.in"))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o755), info.Mode().Perm())
	})
	t.Run("changed since", func(t *testing.T) {
		dir, c := change()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "c/p/Makefile"), []byte("other"), 0o644))
		require.ErrorContains(t, c.WriteTree(dir), "changed since")
		require.Equal(t, "old a", read(dir, "c/p/files/a.in"))
	})
	t.Run("symlink", func(t *testing.T) {
		dir, c := change()
		require.NoError(t, os.Rename(filepath.Join(dir, "c/p/Makefile"), filepath.Join(dir, "m")))
		require.NoError(t, os.Symlink("../../m", filepath.Join(dir, "c/p/Makefile")))
		require.ErrorContains(t, c.WriteTree(dir), "symlink")
		require.Equal(t, "old a", read(dir, "c/p/files/a.in"))
	})
	t.Run("directory is a symlink out of the tree", func(t *testing.T) {
		dir, c := change()
		out := t.TempDir()
		require.NoError(t, os.Rename(filepath.Join(dir, "c/p"), filepath.Join(out, "p")))
		require.NoError(t, os.Symlink(filepath.Join(out, "p"), filepath.Join(dir, "c/p")))
		require.Error(t, c.WriteTree(dir))
		require.Equal(t, "old m", read(out, "p/Makefile"))
	})
}

func TestWriteFileRefuses(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, WriteFile(dir, "a.patch", []byte("1")))
	require.NoError(t, WriteFile(dir, "a.patch", []byte("2")))
	require.NoError(t, os.Symlink("a.patch", filepath.Join(dir, "b.patch")))
	require.ErrorContains(t, WriteFile(dir, "b.patch", []byte("3")), "not a regular file")
	b, err := os.ReadFile(filepath.Join(dir, "a.patch"))
	require.NoError(t, err)
	require.Equal(t, "2", string(b))
}

func TestApply(t *testing.T) {
	edit := func(start, end int, text string) lint.Edit {
		e := lint.Edit{New: text}
		e.Start, e.End = start, end
		return e
	}
	out, err := Apply([]byte("abcdef"), []lint.Edit{edit(4, 5, "E"), edit(1, 1, "-"), edit(2, 3, "")})
	require.NoError(t, err)
	require.Equal(t, "a-bdEf", string(out))
	for _, bad := range [][]lint.Edit{{edit(2, 1, "")}, {edit(0, 9, "")}, {edit(0, 3, ""), edit(2, 4, "")}} {
		_, err := Apply([]byte("abcdef"), bad)
		require.Error(t, err)
	}
}

// TestRealTree plans the patches of the tree in SVCJIFY_PORTSDIR and prints the counts.
func TestRealTree(t *testing.T) {
	dir := os.Getenv("SVCJIFY_PORTSDIR")
	if dir == "" {
		t.Skip("SVCJIFY_PORTSDIR is not set")
	}
	changes, held, res := planFor(t, infer.Confident, dir)
	why := map[string]int{}
	for _, h := range held {
		kind, _, _ := strings.Cut(h.Reason, ":")
		if strings.Contains(h.Reason, "shares a Makefile") {
			kind = "a port that does not install the script shares the Makefile"
		} else if strings.Contains(h.Reason, "PORTREVISION") {
			kind = "PORTREVISION can't be raised"
		}
		why[kind]++
	}
	scripts, broken := 0, 0
	for _, s := range res.Subjects {
		if s.Script != nil {
			scripts++
			if s.Script.Err != nil {
				broken++
			}
		}
	}
	services := 0
	for _, c := range changes {
		services += len(c.Subjects)
		require.NotEmpty(t, c.Mail(envelope))
		checkMessage(t, c)
	}
	t.Logf("%d services, %d scripts modelled, %d with a syntax error", len(res.Subjects), scripts, broken)
	for _, s := range lint.States {
		t.Logf("  %-10s %d", s, res.Count(s))
	}
	t.Logf("%d patches for %d services, %d withheld", len(changes), services, len(held))
	var kinds []string
	for k := range why {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		t.Logf("  %3d %s", why[k], k)
	}
}

func FuzzPatch(f *testing.F) {
	paths, _ := filepath.Glob("../corpus/testdata/ports/*/*/files/*.in")
	for _, p := range paths {
		if b, err := os.ReadFile(p); err == nil {
			f.Add(b)
		}
	}
	k, err := infer.ReadKnowledge(os.DirFS("../lint/infer/knowledge"))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, src []byte) {
		svc := &corpus.Service{Tree: &corpus.Tree{FS: os.DirFS(t.TempDir()), Dir: "."}, Name: "foo", Template: "foo"}
		s := lint.Judge(context.Background(), svc, src, k, lint.Options{Operator: lint.OperatorEquals})
		c := &Change{}
		texts := map[string][]byte{}
		c.addSubject(context.Background(), s, texts, k,
			Options{Certainty: infer.Possible, Lint: lint.Options{Operator: lint.OperatorEquals}})
		if out, ok := texts["foo"]; ok {
			after := lint.Judge(context.Background(), svc, out, k, lint.Options{Operator: lint.OperatorEquals})
			require.True(t, after.Script.Err == nil || s.Script.Err != nil)
		}
	})
}
