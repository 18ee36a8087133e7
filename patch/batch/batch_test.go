package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
)

// tree is a copy of some ports of the made tree.
func tree(t *testing.T, ports ...string) string {
	dir := filepath.Join(t.TempDir(), "ports")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	made := "../../corpus/testdata/ports"
	require.NoError(t, exec.Command("cp", "-R", made+"/Mk", made+"/Makefile", dir).Run())
	for _, p := range ports {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(p)), 0o755))
		require.NoError(t, exec.Command("cp", "-R", filepath.Join(made, p), filepath.Join(dir, p)).Run())
	}
	return dir
}

// today looks at a tree, without the simulation.
func today(t *testing.T, dir string) Today {
	found, err := corpus.Open([]string{dir})
	require.NoError(t, err)
	opts := lint.Options{Operator: lint.OperatorEquals}
	res, err := lint.Run(context.Background(), found, opts)
	require.NoError(t, err)
	changes, held, err := patch.Plan(context.Background(), res, patch.Options{Certainty: infer.Possible, Lint: opts})
	require.NoError(t, err)
	return Today{Tree: found.Trees[0], Subjects: res.Subjects, Changes: changes, Held: held}
}

var envelope = patch.Envelope{From: patch.Person{Name: "Jane Doe", Email: "jane@example.org"},
	Date: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}

func input(t *testing.T, dir string) Input {
	now := today(t, dir)
	return Input{Settings: Settings{Tree: dir, Paths: []string{"."}}, Today: now, Taken: patch.Order(now.Changes),
		Envelope: envelope}
}

// made writes a batch of a tree.
func made(t *testing.T, out, dir string) *Batch {
	d, err := Create(out)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	in := input(t, dir)
	in.Before = d.Batch
	b, texts, err := Make(in)
	require.NoError(t, err)
	kept, err := d.Write(context.Background(), b, texts)
	require.NoError(t, err)
	require.Empty(t, kept)
	return b
}

var some = []string{"www/revision-comment", "www/revision-zero", "www/revision-space", "www/enable-eval",
	"www/svcj-plain-after"}

// contents is every file below a directory.
func contents(t *testing.T, dir string) map[string]string {
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == lockName {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out[rel] = string(text)
		return err
	}))
	return out
}

// TestStates: what became of each patch, as the tree moves on.
func TestStates(t *testing.T) {
	const port = "www/revision-comment"
	sub := func(name, old, new string) func(t *testing.T, dir string, b *Batch) {
		return func(t *testing.T, dir string, _ *Batch) {
			full := filepath.Join(dir, name)
			text, err := os.ReadFile(full)
			require.NoError(t, err)
			require.Contains(t, string(text), old)
			require.NoError(t, os.WriteFile(full, bytes.Replace(text, []byte(old), []byte(new), 1), 0o644))
		}
	}
	script, makefile := port+"/files/mantel.in", port+"/Makefile"
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, dir string, b *Batch)
		want   Status
		detail string
	}{
		{"nothing", func(*testing.T, string, *Batch) {}, Applies, ""},
		{"something elsewhere in the file", sub(script, "REQUIRE: LOGIN", "REQUIRE: DAEMON"), Applies, "though the files have changed"},
		{"the line above", sub(script, `: ${mantel_file="/var/db/mantel.db"}`, `: ${mantel_file="/var/db/x.db"}`), Rebase, "what stood around line"},
		{"a new version, no PORTREVISION", sub(makefile, "DISTVERSION=	3.2\nPORTREVISION=	3	# chase libmortar 2.x\n", "DISTVERSION=	3.3\n"), Rebase, "what stood around line"},
		{"a bump by someone else", sub(makefile, "PORTREVISION=	3", "PORTREVISION=	4"), Rebase, "what stood around line"},
		{"landed", func(t *testing.T, dir string, _ *Batch) { require.NoError(t, today(t, dir).Changes[1].WriteTree(dir)) }, Landed, ""},
		{"landed, and a new version since", func(t *testing.T, dir string, b *Batch) {
			require.NoError(t, today(t, dir).Changes[1].WriteTree(dir))
			sub(makefile, "PORTREVISION=	4	# chase libmortar 2.x\n", "")(t, dir, b)
		}, Landed, ""},
		{"landed, the bump by two", func(t *testing.T, dir string, b *Batch) {
			require.NoError(t, today(t, dir).Changes[1].WriteTree(dir))
			sub(makefile, "PORTREVISION=	4	# chase libmortar 2.x\n", "PORTREVISION=	5\n")(t, dir, b)
		}, Landed, ""},
		{"landed, with other whitespace", func(t *testing.T, dir string, b *Batch) {
			require.NoError(t, today(t, dir).Changes[1].WriteTree(dir))
			sub(script, ": ${mantel_svcj_options", "\n:   ${mantel_svcj_options")(t, dir, b)
			sub(makefile, "PORTREVISION=	4", "PORTREVISION=4")(t, dir, b)
		}, Landed, "with other whitespace"},
		{"landed in other words", sub(script, "\ncommand=", "\n: ${mantel_svcj_options=net_basic}\n\ncommand="), Landed, "in other words"},
		{"another answer", sub(script, "\ncommand=", "\n: ${mantel_svcj_options=netv4}\n\ncommand="), Superseded, "the port declares mantel netv4 itself"},
		{"opted out", sub(script, "\ncommand=", "\n# our own reason\nmantel_svcj=NO\n\ncommand="), Superseded, "the port declares mantel NO itself"},
		{"the script is gone", func(t *testing.T, dir string, b *Batch) {
			sub(makefile, "USE_RC_SUBR=	mantel\n", "")(t, dir, b)
			require.NoError(t, os.Remove(filepath.Join(dir, script)))
		}, Superseded, "no port installs its scripts any more"},
		{"the port is gone", func(t *testing.T, dir string, _ *Batch) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, port)))
		}, Gone, ""},
		{"the port has moved", func(t *testing.T, dir string, _ *Batch) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, port)))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "MOVED"),
				[]byte("# old|new|date|why\n"+port+"|www/mantel|2026-11-01|Renamed\n"), 0o644))
		}, Gone, "moved to www/mantel: Renamed"},
		{"skipped", func(_ *testing.T, _ string, b *Batch) { b.Skips = []Skip{{"www/revision-*", "by hand"}} }, Skipped, "by hand"},
		{"skipped by maintainer", func(_ *testing.T, _ string, b *Batch) { b.Skips = []Skip{{"Ports@FreeBSD.org", "busy"}} }, Skipped, "busy"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir, out := tree(t, port, "www/enable-eval"), filepath.Join(t.TempDir(), "b")
			made(t, out, dir)
			d, err := Open(out)
			require.NoError(t, err)
			defer d.Close()
			tc.change(t, dir, d.Batch)
			states := d.Batch.States(today(t, dir), d.Read)
			require.Len(t, states, 2)
			s := states[1]
			require.Equal(t, port, s.Entry.Change)
			require.Equal(t, tc.want, s.Status, s.Detail)
			require.Contains(t, s.Detail, tc.detail)
			if tc.want == Gone || tc.want == Skipped {
				return
			}
			// git has the same opinion of whether it applies.
			if _, err := exec.LookPath("git"); err == nil {
				cmd := exec.Command("git", "apply", "--check", filepath.Join(out, s.Entry.Name))
				cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
				said, err := cmd.CombinedOutput()
				switch tc.want {
				case Applies:
					require.NoError(t, err, string(said))
				case Rebase:
					require.Error(t, err)
				}
			}
		})
	}
}

// TestInterrupted stops a run after each number of files. What is there is whole
// each time, the next run carries on, and ends with what an undisturbed one gives.
func TestInterrupted(t *testing.T) {
	dir := tree(t, some...)
	whole := filepath.Join(t.TempDir(), "whole")
	made(t, whole, dir)
	want := contents(t, whole)
	for n := range len(want) + 1 {
		out := filepath.Join(t.TempDir(), "b")
		d, err := Create(out)
		require.NoError(t, err)
		b, texts, err := Make(input(t, dir))
		require.NoError(t, err)
		_, err = d.Write(&countdown{Context: context.Background(), left: n}, b, texts)
		if n < len(texts) {
			require.ErrorIs(t, err, context.Canceled)
		}
		require.NoError(t, d.Close())
		for name, text := range contents(t, out) {
			require.True(t, name == FileName || text == want[name], name)
		}
		// as kill -9 leaves it
		require.NoError(t, os.WriteFile(filepath.Join(out, tempPrefix+"1"+tempSuffix), []byte("half"), 0o644))
		made(t, out, dir)
		require.Equal(t, want, contents(t, out))
	}
}

// countdown is a context that is cancelled after some looks at it.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestBlocked: a file that can't be written leaves the others whole, and the
// next run carries on.
func TestBlocked(t *testing.T) {
	dir, out := tree(t, some...), filepath.Join(t.TempDir(), "b")
	require.NoError(t, os.MkdirAll(filepath.Join(out, nobodyDir, "www", tempName()), 0o755))
	d, err := Create(out)
	require.NoError(t, err)
	b, texts, err := Make(input(t, dir))
	require.NoError(t, err)
	_, err = d.Write(context.Background(), b, texts)
	require.ErrorContains(t, err, "writing ")
	require.NoError(t, d.Close())
	require.NoError(t, os.Remove(filepath.Join(out, nobodyDir, "www", tempName())))
	made(t, out, dir)
}

func tempName() string { return fmt.Sprintf("%s%d%s", tempPrefix, os.Getpid(), tempSuffix) }

// TestDiskFull writes to a disk of a few pages, where this machine can make one.
func TestDiskFull(t *testing.T) {
	small := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("no small disk here: %s", out)
	}
	defer func() { require.NoError(t, exec.Command("umount", small).Run()) }()
	dir := tree(t, some...)
	out := filepath.Join(small, "b")
	d, err := Create(out)
	require.NoError(t, err)
	b, texts, err := Make(input(t, dir))
	require.NoError(t, err)
	_, err = d.Write(context.Background(), b, texts)
	require.ErrorContains(t, err, "no space left")
	require.NoError(t, d.Close())
	for name, text := range contents(t, out) {
		require.True(t, name == FileName || text == string(texts[name]), name)
	}
	if out, err := exec.Command("mount", "-o", "remount,size=4m", small).CombinedOutput(); err != nil {
		t.Skipf("the disk does not grow: %s", out)
	}
	made(t, out, dir)
}

// TestTwoAtOnce: the second run is told to wait, and reading needs no lock.
func TestTwoAtOnce(t *testing.T) {
	out := filepath.Join(t.TempDir(), "b")
	made(t, out, tree(t, some[0]))
	d, err := Open(out)
	require.NoError(t, err)
	_, err = Create(out)
	require.ErrorIs(t, err, errLocked)
	_, err = Open(out)
	require.ErrorIs(t, err, errLocked)
	look, err := OpenReadOnly(out)
	require.NoError(t, err)
	require.NoError(t, look.Close())
	require.NoError(t, d.Close())
	d, err = Open(out)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	_, err = OpenReadOnly(t.TempDir())
	require.ErrorIs(t, err, ErrNoBatch)
}

// TestForeign: what svcjify did not write, or what was changed since, stays.
func TestForeign(t *testing.T) {
	dir, out := tree(t, some...), filepath.Join(t.TempDir(), "b")
	mine := map[string]string{"SUMMARY.md": "mine", "unmaintained/notes": "mine"}
	for name, text := range mine {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(out, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(out, name), []byte(text), 0o644))
	}
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("outside"), 0o644))
	require.NoError(t, os.Symlink(outside, filepath.Join(out, "SUMMARY.html")))
	d, err := Create(out)
	require.NoError(t, err)
	b, texts, err := Make(input(t, dir))
	require.NoError(t, err)
	kept, err := d.Write(context.Background(), b, texts)
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.NoError(t, d.Close())
	now := contents(t, out)
	for name, text := range mine {
		require.Equal(t, text, now[name])
	}
	require.Equal(t, "outside", now["SUMMARY.html"], "written through a symlink")

	// A directory that leads out of the batch is not followed.
	away := t.TempDir()
	require.NoError(t, os.RemoveAll(filepath.Join(out, "maintained")))
	require.NoError(t, os.Symlink(away, filepath.Join(out, "maintained")))
	d, err = Open(out)
	require.NoError(t, err)
	defer d.Close()
	in := input(t, dir)
	in.Before = d.Batch
	b, texts, err = Make(in)
	require.NoError(t, err)
	if _, err = d.Write(context.Background(), b, texts); err == nil {
		err = errors.New("written")
	}
	require.Empty(t, contents(t, away), "%v", err)
}

func TestDirOf(t *testing.T) {
	for in, want := range map[string]string{"Jane@Example.org": "jane@example.org", "a b@c": "a_b@c_",
		"../../x@y": "_.._x@y_", ".hidden@x": "hidden@x_", "-rf@x": "rf@x_"} {
		got := dirOf(in)
		if strings.HasSuffix(want, "_") {
			require.True(t, strings.HasPrefix(got, want) && len(got) == len(want)+8, "%s: %s", in, got)
			continue
		}
		require.Equal(t, want, got)
	}
	require.LessOrEqual(t, len(dirOf(strings.Repeat("x", 5000))), 100)
}
