package batch

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/patch"
)

// batchOf lays out a batch of a tree.
func batchOf(t *testing.T, dir string, by Grouping) (*Batch, map[string]string) {
	in := input(t, dir)
	in.Group = by
	b, texts, err := Make(in)
	require.NoError(t, err)
	out := map[string]string{}
	for name, text := range texts {
		out[name] = string(text)
	}
	return b, out
}

// TestElevenDaemons: a port with many daemons is one line of a letter.
func TestElevenDaemons(t *testing.T) {
	dir := tree(t)
	var names []string
	for i := range 11 {
		names = append(names, fmt.Sprintf("many%c", 'a'+i))
	}
	port(t, dir, "www/many", "jane@example.org", names...)
	_, texts := batchOf(t, dir, "")
	letter := texts["maintained/jane@example.org/COVER.txt"]
	require.Contains(t, letter, "here is a patch for www/many, which you maintain.")
	require.Contains(t, letter, "\n  www/many\n      "+strings.Join(names, ", ")+": net_basic\n")
	require.Contains(t, strings.Join(strings.Fields(letter), " "), "NAME is each of "+strings.Join(names, ", ")+".")
	require.Equal(t, 1, strings.Count(letter, "service NAME restart"))
	require.NotContains(t, letter, "confiden")
	require.Less(t, strings.Count(letter, "\n"), 50)
}

// TestLetterWords: the singular and the plural, = and not :=, restart.
func TestLetterWords(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/one", "one@example.org", "one")
	port(t, dir, "www/two", "two@example.org", "two")
	port(t, dir, "www/three", "two@example.org", "three")
	_, texts := batchOf(t, dir, "")
	plain := func(name string) string {
		require.Contains(t, texts, name)
		return strings.Join(strings.Fields(texts[name]), " ")
	}
	one, two := plain("maintained/one@example.org/COVER.txt"), plain("maintained/two@example.org/COVER.txt")
	require.Contains(t, one, "The patch sets these options as a default in the script, so")
	require.Contains(t, one, "The port was not built")
	require.Contains(t, two, "here are patches for 2 ports that you maintain.")
	require.Contains(t, two, "The patches set these options as a default in the scripts, so")
	require.Contains(t, two, "The ports were not built")
	for _, name := range []string{"COVER.txt", "REPORT.txt"} {
		text := plain("maintained/one@example.org/" + name)
		require.Contains(t, text, "The default is written without a colon, so that an empty value in rc.conf, which denies the network, stays empty.")
		require.Contains(t, text, "service one restart jls -j svcj-one # the jail is there service one stop")
		require.NotContains(t, text, "does nothing in the jail")
		require.NotContains(t, text, "confident")
	}
	in := input(t, dir)
	in.Settings.Flags = []string{"operator colon"}
	for _, n := range in.Taken {
		n.Subjects[0].Skipped = []string{"restart", "status"}
	}
	_, colon, err := Make(in)
	require.NoError(t, err)
	letter := string(colon["maintained/one@example.org/COVER.txt"])
	require.NotContains(t, letter, "without a colon")
	require.Contains(t, letter, "service one status    # says nothing in the jail, exits with 0\n")
	require.Contains(t, letter, "service one restart    # does nothing in the jail: stop, then start\n")
}

// TestGroups: what goes out together.
func TestGroups(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/one", "one@example.org", "one")
	port(t, dir, "www/two", "ports@FreeBSD.org", "two")
	port(t, dir, "www/three", "ports@FreeBSD.org", "three")
	port(t, dir, "net/four", "one@example.org", "four")
	for by, want := range map[Grouping][]string{
		"": {"maintained/one@example.org/COVER.txt", "maintained/one@example.org/REPORT.txt",
			"maintained/one@example.org/net_four.patch", "maintained/one@example.org/www_one.patch",
			"unmaintained/www/REPORT.txt", "unmaintained/www/www_three.patch", "unmaintained/www/www_two.patch"},
		ByPort: {"maintained/one@example.org/COVER.txt", "maintained/one@example.org/net_four.patch",
			"maintained/one@example.org/net_four.report.txt",
			"maintained/one@example.org/www_one.patch", "maintained/one@example.org/www_one.report.txt",
			"unmaintained/www_three.patch", "unmaintained/www_three.report.txt", "unmaintained/www_two.patch",
			"unmaintained/www_two.report.txt"},
		ByCategory: {"categories/net/REPORT.txt", "categories/net/net_four.patch",
			"categories/www/REPORT.txt", "categories/www/www_one.patch", "categories/www/www_three.patch",
			"categories/www/www_two.patch"},
	} {
		_, texts := batchOf(t, dir, by)
		var got []string
		for name := range texts {
			if !strings.HasPrefix(name, "SUMMARY") {
				got = append(got, name)
			}
		}
		require.ElementsMatch(t, want, got, by)
	}
	b, texts := batchOf(t, dir, ByCategory)
	report := texts["categories/www/REPORT.txt"]
	require.Contains(t, report, "Summary:     www: Service jail settings for the rc scripts of 3 ports\n")
	require.Contains(t, report, "CC:          one@example.org\n")
	require.Contains(t, report, "Attachments: www_one.patch\n             www_three.patch\n             www_two.patch\n")
	require.Contains(t, texts["categories/www/www_three.patch"], "Subject: [PATCH 2/3] www/three: ")
	require.Equal(t, 0, b.Patches[0].Total, "a patch alone is no series")
}

// TestOddMaintainers: an address may hold anything, and lead nowhere.
func TestOddMaintainers(t *testing.T) {
	for i, address := range []string{`"O'Hara \"Jo\"" <jo@example.org>`, "jörg@example.org", "../../etc@example.org",
		"<b>x</b>@example.org", "a|b](c)@example.org", "$(id)@example.org"} {
		dir := tree(t)
		port(t, dir, "www/one", address, "one")
		out := filepath.Join(t.TempDir(), "b")
		b := made(t, out, dir)
		require.Len(t, b.Patches, 1)
		text := contents(t, out)
		again, err := Parse([]byte(text[FileName]))
		require.NoError(t, err)
		require.Equal(t, b.Patches[0].Maintainer, again.Patches[0].Maintainer)
		place := path.Dir(b.Patches[0].Name)
		require.Regexp(t, `^maintained/[a-z0-9@._+-]+$`, place)
		require.Contains(t, text[path.Join(place, "COVER.txt")], "To: "+b.Patches[0].Maintainer+"\n")
		require.NotContains(t, text["SUMMARY.html"], "<b>x", i)
		require.NotRegexp(t, `[^\\]\]\(c\)`, text["SUMMARY.md"], i)
		d, err := Open(out)
		require.NoError(t, err)
		names, err := d.Batch.MarkSent("www/one", "", envelope.Date)
		require.NoError(t, err)
		require.Equal(t, []string{"www/one"}, names)
		require.NoError(t, d.Save())
		require.NoError(t, d.Close())
	}
	require.True(t, patch.Unmaintained("Ports@FreeBSD.org"))
}

// A report says of the other scripts of a port why they stay as they are, and of the
// port that it is marked; the subject names what is changed.
func TestReportOfAPart(t *testing.T) {
	dir := tree(t)
	port(t, dir, "www/pair", "one@example.org", "left", "right")
	script := filepath.Join(dir, "www/pair/files/right.in")
	text, err := os.ReadFile(script)
	require.NoError(t, err)
	text = []byte(strings.Replace(string(text), "name=right", "name=wrong", 1))
	require.NoError(t, os.WriteFile(script, text, 0o644))
	makefile := filepath.Join(dir, "www/pair/Makefile")
	text, err = os.ReadFile(makefile)
	require.NoError(t, err)
	text = append([]byte("BROKEN=\tdoes not build\nEXPIRATION_DATE=\t2026-12-31\n"), text...)
	require.NoError(t, os.WriteFile(makefile, text, 0o644))
	_, texts := batchOf(t, dir, "")
	for _, name := range []string{"COVER.txt", "REPORT.txt"} {
		flat := strings.Join(strings.Fields(texts["maintained/one@example.org/"+name]), " ")
		require.Contains(t, flat, "Mind: www/pair is marked BROKEN and expires on 2026-12-31.")
		require.Contains(t, flat, `One other script of the port stays as it is: right: name is "wrong", but`)
		require.NotContains(t, flat, "[SJ")
	}
	require.Contains(t, texts["maintained/one@example.org/www_pair.patch"],
		"Subject: [PATCH] www/pair: Make left service jails ready\n")
}

// A mark under a condition is told with it.
func TestMarkedWith(t *testing.T) {
	require.Equal(t, []string{"is marked BROKEN where the Makefile finds ${PYTHON_REL} > 30900"},
		markedWith("BROKEN", []makefile.Assignment{{Condition: "${PYTHON_REL} > 30900"}}))
	require.Equal(t, []string{"is marked BROKEN"},
		markedWith("BROKEN", []makefile.Assignment{{Condition: "x"}, {Taken: true}}))
	require.Empty(t, markedWith("BROKEN", nil))
}
