package batch

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
)

// port writes a port whose services each run a daemon that listens.
func port(t *testing.T, dir, origin, maintainer string, services ...string) {
	write := func(name, text string) {
		full := filepath.Join(dir, origin, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	write("Makefile", "PORTNAME=\t"+path.Base(origin)+"\nDISTVERSION=\t1\nCATEGORIES=\t"+path.Dir(
		origin)+"\n\nMAINTAINER=\t"+maintainer+
		"\nCOMMENT=\tSmall web server\n\nUSE_RC_SUBR=\t"+strings.Join(services, " ")+"\n\n.include <bsd.port.mk>\n")
	for _, s := range services {
		write("files/"+s+".in", fmt.Sprintf(`#!/bin/sh

# PROVIDE: %[1]s
# REQUIRE: LOGIN

. /etc/rc.subr

name=%[1]s
rcvar=%[1]s_enable

load_rc_config $name

: ${%[1]s_enable="NO"}

command=%%%%PREFIX%%%%/sbin/%[1]s
command_args="-d -l 127.0.0.1:8201"

run_rc_command "$1"
`, s))
	}
}

// everything is a batch of the whole made tree, with each kind of place in it.
func everything(t *testing.T) (Input, *Batch, map[string][]byte) {
	now := today(t, "../../corpus/testdata/ports")
	now.Least = infer.Confident
	in := Input{Settings: Settings{Tree: "/usr/ports", Base: strings.Repeat("a1", 20)}, Today: now, Envelope: envelope,
		Before: &Batch{Skips: []Skip{{"games/*", "by hand"}, {"dns/*", "by hand"}},
			Sent: []Sent{{"www/gone", someDay, "123456", ""}}, Closed: []Closed{{"www/gone", Landed, ""}}},
		Dependents: corpus.NewDependents(t.Context(), now.Tree)}
	taken, later := patch.Selection{Limit: 1}.Pick(now.Changes)
	require.NotEmpty(t, later)
	in.Taken, in.Later = patch.Order(taken), later
	b, texts, err := Make(in)
	require.NoError(t, err)
	return in, b, texts
}

// TestOnePlace: a service stands in one table only, and the places add up.
func TestOnePlace(t *testing.T) {
	in, b, _ := everything(t)
	sent := slices.DeleteFunc(slices.Clone(in.Taken), func(n patch.Numbered) bool { return b.places()[n.Name()] == "" })
	require.Less(t, len(sent), len(in.Taken), "some are skipped by hand")
	to := recipients(sent, ByMaintainer)
	for _, r := range to {
		r.places = b.places()
	}
	p := newPage(in, b, to)
	sum := 0
	for _, c := range p.Stand {
		sum += c.N
	}
	require.Equal(t, len(in.Today.Subjects), sum, p.Stand)
	require.Len(t, p.Stand, 5, p.Stand)
	seen := map[key]string{}
	once := func(s *lint.Subject, where string) {
		if before, ok := seen[keyOf(s)]; ok && before != where {
			t.Errorf("%s stands in %s and in %s", s.Service.Name, before, where)
		}
		seen[keyOf(s)] = where
	}
	for _, r := range to {
		for _, n := range r.patches {
			for _, s := range n.Subjects {
				once(s, "patches")
			}
		}
	}
	for _, c := range in.Later {
		for _, s := range c.Subjects {
			once(s, "later")
		}
	}
	for _, n := range in.Taken {
		for _, s := range n.Subjects {
			if b.places()[n.Name()] == "" {
				once(s, "skipped")
			}
		}
	}
	for _, w := range in.Today.Withheld(nil) {
		once(w.Subject, "withheld")
		require.NotEmpty(t, w.What, w.Subject.Service.Name)
		require.NotEmpty(t, w.Do, w.Subject.Service.Name)
		require.Contains(t, w.More, "svcjify ", w.Subject.Service.Name)
	}
	for _, s := range in.Today.Subjects {
		if _, ok := seen[keyOf(s)]; !ok && s.State == lint.Ready {
			once(s, "ready")
		}
		require.Contains(t, seen, keyOf(s), "%s (%s) is in no place", s.Service.Name, s.State)
	}
}

// TestWithheldWords: the terminal and both summaries say the same.
func TestWithheldWords(t *testing.T) {
	in, _, texts := everything(t)
	md, page := string(texts["SUMMARY.md"]), html.UnescapeString(string(texts["SUMMARY.html"]))
	held := in.Today.Withheld(nil)
	require.Greater(t, len(held), 10)
	for _, w := range held {
		for _, words := range []string{w.What, w.Do, w.More} {
			require.Contains(t, w.Lines(), words)
			require.Contains(t, page, words)
			require.Contains(t, md, escapeMarkdown(words))
		}
	}
}

func TestWithheldSays(t *testing.T) {
	in, _, _ := everything(t)
	said := map[string]string{}
	for _, w := range in.Today.Withheld(func(name string) string { return "/usr/ports/" + name }) {
		said[w.Subject.Name()] = w.Lines()
	}
	require.Contains(t, said["net/name-with-dash"], "is installed as")
	require.Contains(t, said["net/name-with-dash"], "\n  evidence: net/name-with-dash/files/")
	require.Contains(t, said["net/name-with-dash"], "\n  to do: install the script as ")
	require.Contains(t, said["net/name-with-dash"], "\n  more: svcjify lint /usr/ports/net/name-with-dash\n")
}

// TestLikely: what is only likely can be taken by the command that stands there.
func TestLikely(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/small", "jane@example.org", "small")
	now := today(t, dir)
	require.Len(t, now.Changes, 1)
	require.Less(t, now.Changes[0].Certainty, infer.Certain)
	asked := now
	asked.Least, asked.Changes = infer.Certain, nil
	held := asked.Withheld(nil)
	require.Len(t, held, 1)
	certainty := now.Changes[0].Certainty.String()
	require.Equal(t, fmt.Sprintf("the answer is only %s: net_basic", certainty), held[0].What)
	require.Equal(t, fmt.Sprintf("if that holds: svcjify patch --only small --certainty %s www/small",
		certainty), held[0].Do)
}

// TestLinks: each link of a summary leads to a file of the batch, or to an anchor.
func TestLinks(t *testing.T) {
	_, b, texts := everything(t)
	for name, link := range map[string]string{"SUMMARY.html": `href="([^"]*)"`, "SUMMARY.md": `\]\(([^)]*)\)`} {
		text := string(texts[name])
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(`id="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			require.False(t, ids[m[1]], "%s: %s twice", name, m[1])
			ids[m[1]] = true
		}
		files := 0
		for _, m := range regexp.MustCompile(link).FindAllStringSubmatch(text, -1) {
			target, isAnchor := strings.CutPrefix(m[1], "#")
			switch {
			case isAnchor:
				require.True(t, ids[target], "%s: #%s", name, target)
			case texts[target] == nil:
				dir := strings.TrimSuffix(target, "/") + "/"
				found := false
				for f := range texts {
					found = found || strings.HasPrefix(f, dir)
				}
				require.True(t, found, "%s: %s", name, target)
			default:
				files++
			}
		}
		require.Greater(t, files, len(b.Patches), name) // and the reports
	}
	require.NotContains(t, string(texts["SUMMARY.html"]), "<script")
}

// TestSameReasonOnce: copies of one script are one row.
func TestSameReasonOnce(t *testing.T) {
	dir := tree(t, "databases/identical-sibling14", "databases/identical-sibling15", "databases/identical-sibling16")
	in := input(t, dir)
	b, texts, err := Make(in)
	require.NoError(t, err)
	require.Len(t, b.Patches, 3)
	rows := 0
	for line := range strings.Lines(string(texts["SUMMARY.md"])) {
		if strings.Contains(line, "identical-sibling14.patch") {
			rows++
			require.Contains(t, line, "identical-sibling15.patch")
			require.Contains(t, line, "identical-sibling16.patch")
		}
	}
	require.Equal(t, 1, rows)
}

// TestSameHeldOnce: a reason that rests on the same evidence is one row; two answers that
// rest on different evidence are two.
func TestSameHeldOnce(t *testing.T) {
	dir := tree(t)
	for _, origin := range []string{"www/one", "www/two", "www/three"} {
		port(t, dir, origin, "jane@example.org", path.Base(origin))
	}
	name := filepath.Join(dir, "www/three/Makefile")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, bytes.Replace(text, []byte("web server"), []byte("mail server"), 1), 0o644))
	now := today(t, dir)
	require.Len(t, now.Changes, 3)
	now.Least, now.Changes = infer.Certain, nil
	list := causes(now.Withheld(nil))
	require.Len(t, list, 1)
	require.Equal(t, 3, list[0].Services)
	require.Len(t, list[0].Rows, 2)
	require.ElementsMatch(t, []string{"www/one", "www/two"},
		slices.MaxFunc(list[0].Rows, func(a, b heldRow) int { return len(a.Ports) - len(b.Ports) }).Ports)
}

// TestPatchLessCertain: a patch can be less certain than its answer, and both are told.
func TestPatchLessCertain(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/small", "jane@example.org", "small")
	in := input(t, dir)
	_, texts, err := Make(in)
	require.NoError(t, err)
	require.NotContains(t, string(texts["SUMMARY.md"]), "the patch is only")
	in.Taken[0].Certainty = infer.Possible
	b, texts, err := Make(in)
	require.NoError(t, err)
	require.Contains(t, string(texts["SUMMARY.md"]),
		"www_small.patch) (the patch is only possible) | small | net\\_basic | "+in.Taken[0].Subjects[0].Verdict.Certainty.String())
	require.Equal(t, "possible", b.Patches[0].Certainty)
}

// TestCost: what rises, and what is built again with it.
func TestCost(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/small", "jane@example.org", "small")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "www/needs"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "www/needs/Makefile"),
		[]byte("PORTNAME=\tneeds\nRUN_DEPENDS=\tsmall:www/small\n"), 0o644))
	in := input(t, dir)
	in.Dependents = corpus.NewDependents(t.Context(), in.Today.Tree)
	_, texts, err := Make(in)
	require.NoError(t, err)
	text := string(texts["SUMMARY.md"])
	require.Contains(t, text, "PORTREVISION rises in 1 port. A builder of packages builds 1 more with it, which needs it.")
	require.Contains(t, text, "| www/small | 1 | 1 |")
}
