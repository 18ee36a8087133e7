package patch

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParsePerson(t *testing.T) {
	for _, tc := range []struct{ in, want, err string }{
		{in: "Jane Doe <jane@example.org>", want: "Jane Doe <jane@example.org>"},
		{in: " Jane Doe, <jane@example.org> ", want: "Jane Doe <jane@example.org>"}, // git strips that, too
		{in: `"Jane" <jane@example.org>`, want: "Jane <jane@example.org>"},
		{in: "Zoë Ångström <z@example.org>", want: "Zoë Ångström <z@example.org>"},
		{in: "jane@example.org", err: "expected 'Name <address>'"},
		{in: "Jane <jane@example.org", err: "expected 'Name <address>'"},
		{in: "Jane <a@b> and more", err: "expected 'Name <address>'"},
		{in: "<jane@example.org>", err: "name is empty"},
		{in: "... <jane@example.org>", err: "name is empty"},
		{in: "Jane <>", err: "address is empty"},
		{in: "Ja\nne <jane@example.org>", err: "newline"},
		{in: "Jane\x00 <jane@example.org>", want: "Jane <jane@example.org>"},
		{in: "Ja\x00ne <jane@example.org>", err: "NUL"},
		{in: strings.Repeat("n", 61) + " <jane@example.org>", err: "more than 60 bytes"},
		{in: "jane@home <jane@example.org>", err: "holds an @"},
		{in: "\xff <jane@example.org>", err: "not UTF-8"},
	} {
		p, err := ParsePerson(tc.in)
		if tc.err != "" {
			require.ErrorContains(t, err, tc.err, tc.in)
			continue
		}
		require.NoError(t, err, tc.in)
		require.Equal(t, tc.want, p.String())
	}
}

// history is a repository in which each change can be committed.
func history(t *testing.T, files []File) string {
	dir := t.TempDir()
	for _, f := range files {
		full := filepath.Join(dir, f.Path)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		mode := os.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		require.NoError(t, os.WriteFile(full, f.Old, mode))
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-qm", "before"}} {
		out, err := run(t, dir, nil, "git", args...)
		require.NoError(t, err, out)
	}
	return dir
}

// TestMailIsGits commits changes with odd people, names and numbers, and holds
// each mail to what git format-patch writes.
func TestMailIsGits(t *testing.T) {
	tool(t, "git")
	old := []byte("PORTNAME=\tx\nCATEGORIES=\tnet\n")
	bumped := []byte("PORTNAME=\tx\nPORTREVISION=\t1\nCATEGORIES=\tnet\n")
	files := []File{ // in git's order
		{Path: "net/" + strings.Repeat("long/", 20) + "x.in", Old: []byte("1\n2\n"), New: []byte("1\n2\n3\n" + strings.Repeat("n\n", 90))},
		{Path: "net/x/Makefile", Old: old, New: bumped},
		{Path: "net/x/files/\"ü\t\".in", Old: []byte("a\nb\n"), New: []byte("a\n"), Executable: true},
		{Path: "net/x/files/odd name.in", Old: []byte("a\nb"), New: []byte("a\nb\n")},
	}
	zone := time.FixedZone("", -(3*3600 + 1800))
	when := time.Date(2026, 11, 5, 4, 7, 9, 0, zone)
	for i, tc := range []struct {
		origin, name string
		pr           string
		number       int
		total        int
	}{
		{origin: "net/x", name: "Jane Doe"},
		{origin: "net/x", name: "J. R. \"Bob\" Doe"},
		{origin: "net/x", name: `back\slash (comment) [x]`},
		{origin: "net/x", name: "Zoë Ångström-Ünïcødé"},
		{origin: "net/x", name: "Владимир Достоевский-Рождеств"},
		{origin: "net/x", name: strings.TrimSpace(strings.Repeat("Name ", 12))},
		{origin: "net/x", name: strings.Repeat("n", 60)},
		{origin: "net/x", name: "李小龙 = _ ? !"},
		{origin: "net/x", name: "Jane Doe", pr: "123456"},
		{origin: "net/x", name: "Jane Doe", number: 3, total: 12},
		{origin: "net-mgmt/a-port-with-a-very-long-name-that-is-too-long-for-any", name: "Jane Doe", number: 1, total: 2},
		{origin: "net/ünïcode-port", name: "Jane Doe"},
		{origin: "net/ünïcode_port=with?a very long name that needs another line, at least one", name: "Jane Doe"},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			person, err := NewPerson(tc.name, "jane@example.org")
			require.NoError(t, err)
			c := &Change{Origin: tc.origin, Files: files}
			e := Envelope{From: person, Date: when, PR: tc.pr, Number: tc.number, Total: tc.total}
			mail := c.Mail(e)

			dir := history(t, files)
			for _, f := range files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, f.Path), f.New, 0o644))
			}
			out, err := run(t, dir, []byte(c.Message(tc.pr)), "git", "commit", "-qa", "--cleanup=verbatim", "-F", "-",
				"--author="+person.String(), "--date="+when.Format(time.RFC3339))
			require.NoError(t, err, out)
			out, err = run(t, dir, nil, "git", "log", "-1", "--format=%an <%ae>")
			require.NoError(t, err, out)
			require.Equal(t, person.String()+"\n", out, "git strips something else from the name")
			prefix := "PATCH"
			if tc.total > 0 {
				prefix = fmt.Sprintf("PATCH %0*d/%d", len(fmt.Sprint(tc.total)), tc.number, tc.total)
			}
			require.Equal(t, formatPatch(t, dir, "--subject-prefix="+prefix), string(mail))

			out, err = run(t, dir, nil, "git", "reset", "-q", "--hard", "HEAD~")
			require.NoError(t, err, out)
			out, err = run(t, dir, mail, "git", "am", "-q")
			require.NoError(t, err, out)
			out, err = run(t, dir, nil, "git", "log", "-1", "--format=%an <%ae>%n%s")
			require.NoError(t, err, out)
			require.Equal(t, person.String()+"\n"+c.Subject()+"\n", out)
		})
	}
}

// TestDiffIsGits edits many scripts as svcjify does, and a little worse, and
// holds the diff to git's.
func TestDiffIsGits(t *testing.T) {
	tool(t, "git")
	var scripts [][]byte
	names, err := filepath.Glob("../corpus/testdata/ports/*/*/files/*.in")
	require.NoError(t, err)
	for _, n := range names {
		if text, err := os.ReadFile(n); err == nil && len(text) > 0 { // some are links to nowhere
			scripts = append(scripts, text)
		}
	}
	r := rand.New(rand.NewSource(1))
	var c Change
	for i := range 400 {
		old := scripts[r.Intn(len(scripts))]
		lines := splitLines(old)
		for range 1 + r.Intn(2) {
			at := r.Intn(len(lines))
			add := []string{": ${x_svcj_options=\"net_basic\"}\n", "\n# No service jail: none\nx_svcj=\"NO\"\n", "\n",
				"}\n", lines[at]}[r.Intn(5)]
			switch r.Intn(4) {
			case 0: // moved
				moved := lines[at]
				lines = append(lines[:at:at], lines[at+1:]...)
				at = r.Intn(len(lines))
				lines = append(lines[:at:at], append([]string{moved}, lines[at:]...)...)
			case 1: // replaced
				lines[at] = add
			default:
				lines = append(lines[:at:at], append([]string{add}, lines[at:]...)...)
			}
		}
		c.Files = append(c.Files, File{Path: fmt.Sprintf("s%04d", i), Old: old, New: []byte(strings.Join(lines, ""))})
	}
	dir := history(t, c.Files)
	var ours bytes.Buffer
	for _, f := range c.Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Path), f.New, 0o644))
	}
	for _, f := range c.Files {
		if !bytes.Equal(f.Old, f.New) {
			f.diff(&ours, f.Path)
		}
	}
	theirs, err := run(t, dir, nil, "git", "diff", "--full-index")
	require.NoError(t, err)
	want, got := strings.SplitAfter(theirs, "\ndiff --git "), strings.SplitAfter(ours.String(), "\ndiff --git ")
	require.Len(t, got, len(want))
	differ := 0
	for i := range want {
		if want[i] != got[i] {
			differ++
			// Of two shortest edits git may choose the other; a longer one would be our fault.
			for _, sign := range []string{"\n+", "\n-"} {
				require.Equal(t, strings.Count(want[i], sign), strings.Count(got[i], sign), "git:\n%s\nours:\n%s",
					want[i], got[i])
			}
			if differ < 4 {
				t.Logf("git:\n%s\nours:\n%s", want[i], got[i])
			}
		}
	}
	require.LessOrEqual(t, differ, len(want)/100, "of %d", len(want))
}
