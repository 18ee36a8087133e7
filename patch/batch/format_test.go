package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"
)

func format(t testing.TB, b *Batch) string {
	text, err := b.Format()
	require.NoError(t, err)
	return string(text)
}

var someDay = toml.LocalDate{Year: 2026, Month: 11, Day: 30}

func TestFormatParse(t *testing.T) {
	b := made(t, filepath.Join(t.TempDir(), "b"), tree(t, some...))
	b.Skips = []Skip{{"games/*", "no: it's \"his\""}, {"jane@example.org", "asked to be left alone"}}
	b.Closed = []Closed{{"net/x", Landed, ""}, {"net/y", Gone, "moved to net/z: renamed"}}
	b.Sent = []Sent{{b.Patches[0].Change, someDay, "123456", b.Patches[0].Sum}}
	b.Settings.Flags = []string{"certainty likely", " odd\tvalue "}
	b.Settings.Author = "Zoë <z@example.org>"
	b.Patches[0].Maintainer = "\"odd\u202e\" 'x' <x@y>"
	again, err := Parse([]byte(format(t, b)))
	require.NoError(t, err)
	require.Equal(t, b, again)
	require.Equal(t, format(t, b), format(t, again))
}

// TestNotUTF8: TOML holds UTF-8 only. What a Makefile says is made that; a path is refused.
func TestNotUTF8(t *testing.T) {
	b := &Batch{Settings: Settings{Tree: "/t"},
		Patches: []Entry{{Change: "a/b", Maintainer: "j\xf6rg@example.org",
			Written: Written{Name: "a.patch", Sum: sum(nil)}}}}
	again, err := Parse([]byte(format(t, b)))
	require.NoError(t, err)
	require.Equal(t, "j?rg@example.org", again.Patches[0].Maintainer)
	b.Settings.Tree = "/t\xe4"
	_, err = b.Format()
	require.ErrorContains(t, err, `the path "/t\xe4" is not UTF-8`)
}

// TestVersion1: a batch of the first form is read, and written as TOML.
func TestVersion1(t *testing.T) {
	out, dir := filepath.Join(t.TempDir(), "b"), tree(t, some...)
	want := made(t, out, dir)
	const skip = "skip: games/*\nbecause: \"he does it\thimself\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(out, FileName),
		[]byte(version1(want)+"\n"+skip+"\nclosed: a/b\nas: landed\n"), 0o644))
	d, err := OpenReadOnly(out)
	require.NoError(t, err)
	got := d.Batch
	require.NoError(t, d.Close())
	require.Equal(t, []Skip{{"games/*", "he does it\thimself"}}, got.Skips)
	require.Equal(t, []Closed{{"a/b", Landed, ""}}, got.Closed)
	for i, e := range want.Patches {
		e.Certainty = "" // version 1 did not have it
		require.Equal(t, e, got.Patches[i])
	}
	made(t, out, dir)
	text, err := os.ReadFile(filepath.Join(out, FileName))
	require.NoError(t, err)
	require.Contains(t, string(text), "format = 2\n")
	again, err := Parse(text)
	require.NoError(t, err)
	require.Equal(t, want.Patches, again.Patches)
	require.Equal(t, got.Skips, again.Skips)
	require.Equal(t, got.Closed, again.Closed)
}

// version1 is the text that the first form had for a batch.
func version1(b *Batch) string {
	var w strings.Builder
	line := func(name, value string) {
		if value != "" {
			w.WriteString(name + ": " + value + "\n")
		}
	}
	w.WriteString("# a comment\n\n")
	line("svcjify-batch", "1")
	line("tree", b.Settings.Tree)
	for _, p := range b.Settings.Paths {
		line("path", p)
	}
	line("author", b.Settings.Author)
	for _, e := range b.Patches {
		w.WriteString("\n")
		line("patch", e.Change)
		line("file", e.Name)
		line("sum", e.Sum)
		line("maintainer", e.Maintainer)
		if e.Total > 0 {
			line("series", string(rune('0'+e.Number))+"/"+string(rune('0'+e.Total)))
		}
		if e.Declared {
			line("mends", "yes")
		}
		for _, a := range e.Answers {
			line("service", a)
		}
		for _, p := range e.Ports {
			line("port", p)
		}
		for _, x := range e.Edits {
			kind := "edit"
			if x.Bump {
				kind = "bump"
			}
			line(kind, x.Old+" "+x.New+" "+x.Path)
		}
	}
	for _, f := range b.Files {
		w.WriteString("\n")
		line("file", f.Name)
		line("sum", f.Sum)
	}
	return w.String()
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestParseErrors(t *testing.T) {
	const start = "format = 2\ntree = '/t'\n"
	const patch = "\n[[patch]]\nname = 'a'\nfile = 'a.patch'\nsum = '" + zeros + "'\n"
	for _, tc := range []struct{ text, err string }{
		{"", "svcjify.batch: format is missing, expected format = 2"},
		{"format = 3\nnew = 'thing'\n", ":1: format is 3, expected 2: another version of svcjify wrote it"},
		{"format = 2\n", ":1: tree is missing"},
		{"format 2\n", ":1: "},
		{"format = 2\ntree = 7\n", ":2: "},
		{start + "frob = 'x'\n", `:3: unknown key "frob"`},
		{start + "[[frob]]\n", `unknown key "frob"`},
		{start + "tree = '/u'\n", ":3: "},
		{start + "\n[[skip]]\nwhat = 'www/x'\n", ":4: a skip needs a reason"},
		{start + "\n[[skip]]\nbecause = 'x'\n", ":4: skip without what"},
		{start + "\n[[skip]]\nwhat = '['\nbecause = 'x'\n", ":5: pattern"},
		{start + "author = '\xff'\n", ":3: "},
		{start + "[[file]]\nfile = '../../etc/passwd'\nsum = '" + zeros + "'\n", ":4: file \"../../etc/passwd\" is not a path in this directory"},
		{start + "[[file]]\nfile = '/etc/passwd'\nsum = '" + zeros + "'\n", "not a path in this directory"},
		{start + "[[file]]\nfile = 'sub/svcjify.batch'\nsum = '" + zeros + "'\n", "not a path in this directory"},
		{start + "[[file]]\nfile = 'a'\nsum = '12'\n", ":5: sum is \"12\", expected 64 hexadecimal digits"},
		{start + "[[file]]\nfile = 'a'\n", ":3: file \"a\" has no sum"},
		{start + strings.Repeat("[[file]]\nfile = 'a'\nsum = '"+zeros+"'\n", 2), `:7: file "a" stands in this file twice`},
		{start + "[[closed]]\npatch = 'a'\nas = 'whatever'\n", ":5: closed as \"whatever\", expected one of landed"},
		{start + "[[sent]]\npatch = 'a'\n", ":3: expected a patch and a day"},
		{start + "[[sent]]\npatch = 'a'\non = 2026-13-41\n", ":5: "},
		{start + patch + "number = 3\ntotal = 2\n", ":8: number is 3 of 2"},
		{start + patch + "certainty = 'sure'\n", ":8: certainty is \"sure\""},
		{start + patch + "[[patch.edit]]\npath = 'z'\nold = 'x'\nnew = 'y'\n", "40 hexadecimal digits"},
		{start + patch + "[[patch.edit]]\npath = '/z'\nold = '" + zeros[:40] + "'\nnew = '" + zeros[:40] + "'\n", "expected a path in the tree"},
	} {
		_, err := Parse([]byte(tc.text))
		var parse *ParseError
		require.ErrorAs(t, err, &parse, tc.text)
		require.ErrorContains(t, err, tc.err, tc.text)
	}
}

func TestParseErrorsOfVersion1(t *testing.T) {
	const start = "svcjify-batch: 1\ntree: /t\n"
	for _, tc := range []struct{ text, err string }{
		{"svcjify-batch: 0\ntree: /t\n", ":1: format is \"0\", expected 2"},
		{"svcjify-batch: 1\n", ":1: tree is missing"},
		{start + "\nskip: www/x\n", ":4: a skip needs a reason"},
		{start + "\nskip: [\nbecause: x\n", ":4: pattern"},
		{start + "\nfrob: x\n", `:4: a paragraph starts with "frob"`},
		{start + "frob: x\n", `:3: unknown field "frob"`},
		{start + "\nnothing\n", ":4: found \"nothing\""},
		{start + "\nskip: \"x\n", ":4: skip is "},
		{start + "\xff: 1\n", ":3: the line is not UTF-8"},
		{start + "\nfile: /etc/passwd\nsum: " + zeros + "\n", ":4: file \"/etc/passwd\" is not a path"},
		{start + "\npatch: a\nfile: a.patch\nsum: " + zeros + "\nseries: 3/2\n", ":7: series is \"3/2\", expected such as 2/5"},
		{start + "\npatch: a\nfile: a.patch\nsum: " + zeros + "\nedit: x y z\n", ":7: edit is \"x y z\", expected two object names"},
	} {
		_, err := Parse([]byte(tc.text))
		var parse *ParseError
		require.ErrorAs(t, err, &parse, tc.text)
		require.ErrorContains(t, err, tc.err, tc.text)
	}
	b, err := Parse([]byte(start + "\nskip: www/x\nbecause: he does\n  it himself\n"))
	require.NoError(t, err)
	require.Equal(t, "he does it himself", b.Skips[0].Because)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("svcjify-batch: 1\ntree: /t\n\nskip: a/*\nbecause: \"x\\ty\"\n\nclosed: b\nas: landed\n"))
	f.Add([]byte(format(f, &Batch{Settings: Settings{Tree: "/t", Paths: []string{"."}},
		Sent: []Sent{{"a/b", someDay, "12", ""}},
		Patches: []Entry{{Written: Written{Name: "a.patch", Sum: sum(nil)}, Change: "a/b", Number: 1, Total: 2,
			Edits: []Edit{{"a/b/Makefile", strings.Repeat("0", 40), strings.Repeat("1", 40), true}}}}})))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(text)
		if err != nil {
			return
		}
		b.sortAll()
		once := format(t, b)
		again, err := Parse([]byte(once))
		require.NoError(t, err)
		again.sortAll()
		require.Equal(t, once, format(t, again))
	})
}
