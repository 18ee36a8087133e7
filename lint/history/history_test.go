package history

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
)

// A clone is a repository that a test makes.
type clone struct {
	t   *testing.T
	dir string
	day int
}

func newClone(t *testing.T) *clone {
	if _, err := exec.LookPath("git"); err != nil {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "git is missing")
		t.Skip("without git")
	}
	c := &clone{t: t, dir: t.TempDir()}
	c.git("init", "-q", "-b", "main")
	return c
}

// git runs it, at noon of the next day of 2024 where it commits.
func (c *clone) git(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	at := time.Date(2024, 1, c.day, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a",
		"GIT_AUTHOR_EMAIL=a@example.org",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.org", "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at)
	out, err := cmd.CombinedOutput()
	require.NoError(c.t, err, "%v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit writes files and commits them; a text of "" removes one.
func (c *clone) commit(message string, files map[string]string) string {
	c.t.Helper()
	for name, text := range files {
		full := filepath.Join(c.dir, name)
		if text == "" {
			require.NoError(c.t, os.Remove(full))
			continue
		}
		require.NoError(c.t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(c.t, os.WriteFile(full, []byte(text), 0o644))
	}
	c.day++
	c.git("add", "-A")
	c.git("commit", "-q", "--allow-empty", "-m", message)
	return c.git("rev-parse", "HEAD")
}

func (c *clone) judge(dir string) *Judge {
	repo, err := gitfs.Open(dir, gitfs.Options{Getenv: func(string) string { return "" }})
	require.NoError(c.t, err)
	c.t.Cleanup(repo.Close)
	return &Judge{Repository: repo, Root: ".", Parts: []string{"."}}
}

func (j *Judge) mustCommit(t *testing.T, rev string) *gitfs.Commit {
	c, err := j.Repository.Commit(rev)
	require.NoError(t, err)
	require.NotNil(t, c)
	return c
}

const makefile = "PORTNAME=\t%s\nDISTVERSION=\t1.0\nCATEGORIES=\tdns\nMAINTAINER=\ta@example.org\nCOMMENT=\tDNS server\nUSE_RC_SUBR=\t%[1]s\n.include <bsd.port.mk>\n"

// script is an rc.d script whose service listens, with a declaration or without.
func script(name, declaration string) string {
	return fmt.Sprintf("#!/bin/sh\n# PROVIDE: %s\n# REQUIRE: NETWORKING\n. /etc/rc.subr\nname=%[1]s\nrcvar=%[1]s_enable\nload_rc_config $name\n"+
		": ${%[1]s_enable=\"NO\"}\n%[2]scommand=/usr/local/sbin/%[1]s\ncommand_args=\"-l 0.0.0.0:53\"\nrun_rc_command \"$1\"\n", name, declaration)
}

func declared(name string) string { return ": ${" + name + "_svcj_options=\"net_basic\"}\n" }

// tree is a history: no ports tree, one, a second port on a branch, a declaration, a comment.
func tree(t *testing.T) (*clone, map[string]string) {
	c := newClone(t)
	at := map[string]string{}
	at["nothing"] = c.commit("a file", map[string]string{"README": "no ports\n"})
	at["first"] = c.commit("dns/wren: add", map[string]string{"Mk/bsd.port.mk": "#\n",
		"dns/wren/Makefile": fmt.Sprintf(makefile, "wren"), "dns/wren/files/wren.in": script("wren", "")})
	c.git("checkout", "-q", "-b", "side")
	c.commit("dns/finch: add", map[string]string{"dns/finch/Makefile": fmt.Sprintf(makefile, "finch"),
		"dns/finch/files/finch.in": script("finch", declared("finch"))})
	c.git("checkout", "-q", "main")
	c.commit("dns/wren: a comment", map[string]string{"dns/wren/files/wren.in": script("wren", "# It serves names.\n")})
	c.day++
	c.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
	at["merge"] = c.git("rev-parse", "HEAD")
	at["ready"] = c.commit("dns/wren: ready <b>&\u202e",
		map[string]string{"dns/wren/files/wren.in": script("wren", declared("wren"))})
	c.git("tag", "release/1.0")
	c.git("pack-refs", "--all")
	c.git("tag", "-a", "-m", "x", "release/1.1")
	at["last"] = c.commit("unrelated", map[string]string{"README": "ports\n"})
	return c, at
}

func TestPoints(t *testing.T) {
	c, at := tree(t)
	j := c.judge(c.dir)
	line, err := Walk(t.Context(), j.mustCommit(t, "HEAD"), nil, time.Time{})
	require.NoError(t, err)
	require.Empty(t, line.Ends)
	require.Len(t, line.Commits, 6) // not the branch's own
	points, err := j.Points(t.Context(), line.Every(24*time.Hour, time.Time{}), nil)
	require.NoError(t, err)
	var got []string
	for _, p := range points {
		got = append(got, fmt.Sprintf("%s %d ready %d patchable", day(p.Time), p.States[lint.Ready],
			p.States[lint.Patchable]))
	}
	require.Equal(t, []string{"2024-01-01 0 ready 0 patchable", "2024-01-02 0 ready 1 patchable",
		"2024-01-04 0 ready 1 patchable",
		"2024-01-05 1 ready 1 patchable", "2024-01-06 2 ready 0 patchable", "2024-01-07 2 ready 0 patchable"}, got)
	require.Nil(t, points[0].States)
	require.Contains(t, points[0].Note, "no ports tree")
	// wren three times, finch once: each text once, however many revisions have it.
	require.Equal(t, 4, j.Judged)
	require.Equal(t, 4, j.Known)

	h := &History{Title: "a < b \u202e", Points: points}
	tags, err := j.Repository.Tags()
	require.NoError(t, err)
	h.Mark(tags)
	require.Len(t, h.Releases, 2)
	require.Equal(t, "release/1.0", h.Releases[0].Name)

	var tsv, js, svg bytes.Buffer
	require.NoError(t, h.TSV(&tsv))
	lines := strings.Split(tsv.String(), "\n")
	require.Equal(t, "date\tcommit\tservices\tready\tfaulty\tpatchable\tunsuitable\tblocked\tunknown\tnote", lines[0])
	require.True(t, strings.HasPrefix(lines[1],
		"2024-01-01T12:00:00Z\t"+at["nothing"]+"\t-\t-\t-\t-\t-\t-\t-\tno ports tree"))
	require.Equal(t, "2024-01-07T12:00:00Z\t"+at["last"]+"\t2\t2\t0\t0\t0\t0\t0\t-", lines[6])
	require.NoError(t, h.JSON(&js))
	require.True(t, json.Valid(js.Bytes()))
	require.NoError(t, h.SVG(&svg))
	require.NotContains(t, svg.String(), "\u202e")
	for _, want := range []string{"release/1.0", "2024-01-01", ">ready 2<",
		"Services by state from 2024-01-01 to 2024-01-07."} {
		require.Contains(t, svg.String(), want)
	}
	wellFormed(t, svg.Bytes())
}

func wellFormed(t *testing.T, text []byte) {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

func TestPicturesOfLittle(t *testing.T) {
	at := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	states := map[lint.State]int{lint.Ready: 3}
	for _, points := range [][]Point{nil, {{Time: at}}, {{Time: at, Services: 3, States: states}},
		{{Time: at}, {Time: at.AddDate(9, 0, 0), Services: 3, States: states}}} {
		var b bytes.Buffer
		require.NoError(t, (&History{Points: points}).SVG(&b))
		wellFormed(t, b.Bytes())
		require.NotContains(t, b.String(), "NaN")
		require.NotContains(t, b.String(), "%!")
	}
}

func TestCompare(t *testing.T) {
	c, at := tree(t)
	j := c.judge(c.dir)
	changes, notes, err := j.Compare(t.Context(), j.mustCommit(t, at["first"]), j.mustCommit(t, "HEAD"))
	require.NoError(t, err)
	require.Empty(t, notes)
	for i := range changes {
		changes[i].depends = nil
	}
	// Of the two commits that touched wren, the one that declared it; finch came by the merge.
	require.Equal(t, []Change{
		{Name: "finch", Origin: "dns/finch", After: "ready", Commit: at["merge"], Date: "2024-01-05", Subject: "Merge side"},
		{Name: "wren", Origin: "dns/wren", Before: "patchable", After: "ready", Commit: at["ready"], Date: "2024-01-06", Subject: `dns/wren: ready <b>&\u202e`},
	}, changes)
	var b bytes.Buffer
	require.NoError(t, Print(&b, changes))
	require.Contains(t, b.String(), "new: ready")
	require.Contains(t, b.String(), "patchable -> ready")

	// The other way round there is no line of first parents.
	changes, notes, err = j.Compare(t.Context(), j.mustCommit(t, "HEAD"), j.mustCommit(t, at["first"]))
	require.NoError(t, err)
	require.Len(t, changes, 2)
	require.Len(t, notes, 1)
	require.Contains(t, notes[0], "is not among the first parents of")

	changes, _, err = j.Compare(t.Context(), j.mustCommit(t, at["ready"]), j.mustCommit(t, "HEAD"))
	require.NoError(t, err)
	require.Empty(t, changes)
	changes, notes, err = j.Compare(t.Context(), j.mustCommit(t, at["nothing"]), j.mustCommit(t, "HEAD"))
	require.NoError(t, err)
	require.Len(t, changes, 2)
	require.Contains(t, notes[0], "no ports tree")
}

// TestShallow has a clone whose history ends early.
func TestShallow(t *testing.T) {
	c, at := tree(t)
	dir := filepath.Join(t.TempDir(), "clone")
	c.git("clone", "-q", "--depth", "2", "file://"+c.dir, dir)
	j := c.judge(dir)
	line, err := Walk(t.Context(), j.mustCommit(t, "HEAD"), nil, time.Time{})
	require.NoError(t, err)
	require.Len(t, line.Commits, 2)
	require.Contains(t, line.Ends, at["ready"][:12])
	require.Contains(t, line.Ends, "git fetch --unshallow")
	points, err := j.Points(t.Context(), line.Every(24*time.Hour, time.Time{}), nil)
	require.NoError(t, err)
	require.Len(t, points, 2)
}

// TestMissing has a repository that lacks a blob, and one that lacks a directory.
func TestMissing(t *testing.T) {
	for _, name := range []string{"HEAD:dns/wren/files/wren.in", "HEAD:dns/wren/Makefile", "HEAD:dns"} {
		c, _ := tree(t)
		object := c.git("rev-parse", name)
		require.NoError(t, os.Remove(filepath.Join(c.dir, ".git", "objects", object[:2], object[2:])))
		require.NoError(t, os.RemoveAll(filepath.Join(c.dir, "dns"))) // where the text could be had as well
		j := c.judge(c.dir)
		rev, err := j.At(t.Context(), j.mustCommit(t, "HEAD"))
		require.NoError(t, err)
		require.Contains(t, rev.Note, "not in the repository", name)
	}
}

// TestDates has clocks that were wrong.
func TestDates(t *testing.T) {
	c := newClone(t)
	for _, d := range []int{1, 9, 4, 5} {
		c.day = d - 1
		c.commit(fmt.Sprint("day ", d), nil)
	}
	j := c.judge(c.dir)
	line, err := Walk(t.Context(), j.mustCommit(t, "HEAD"), j.mustCommit(t, "HEAD~3"), time.Time{})
	require.NoError(t, err)
	var got []string
	for _, x := range line.Every(24*time.Hour, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) {
		got = append(got, day(x.When()))
	}
	require.Equal(t, []string{"2024-01-01", "2024-01-04", "2024-01-05"}, got)
}

func TestPart(t *testing.T) {
	c, at := tree(t)
	j := c.judge(c.dir)
	j.Parts = []string{"dns/finch"}
	rev, err := j.At(t.Context(), j.mustCommit(t, at["first"]))
	require.NoError(t, err)
	require.Nil(t, rev.Services)
	require.Contains(t, rev.Note, "is not there")
	rev, err = j.At(t.Context(), j.mustCommit(t, "HEAD"))
	require.NoError(t, err)
	require.Len(t, rev.Services, 1)
	j.Narrow = corpus.Narrow{Keep: func(*corpus.Service) bool { return false }}
	rev, err = j.At(t.Context(), j.mustCommit(t, "HEAD"))
	require.NoError(t, err)
	require.Empty(t, rev.Services)
	require.Empty(t, rev.Note)
}
