package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestManual holds docs/svcjify.1 to what --help says, and has mandoc(1) find
// nothing in it. That it does not find FreeBSD's own pages on another system is
// none of the page's faults.
func TestManual(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "svcjify.1")
	text := manual((&Command{}).root())
	if *updateScripts {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "if it is right: go test ./cmd/svcjify -run Manual -update")

	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "mandoc is missing")
		t.Skip("without mandoc")
	}
	out, _ := exec.Command(mandoc, "-Tlint", path).Output() // its status only sums the messages up
	for line := range strings.Lines(string(out)) {
		require.Contains(t, line, "referenced manual not found")
	}
}

func TestMdocText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"one two. Three\nfour", "one two.\nThree four\n"},
		{"a\n\nb", "a\n.Pp\nb\n"},
		{".dot and \\n", "\\&.dot and \\en\n"},
		{"see rc.conf(5), and rc(8).", "see\n.Xr rc.conf 5 ,\nand\n.Xr rc 8 .\n"},
		{"on FreeBSD's side of FreeBSD", "on\n.Fx Ns \"'s\"\nside of\n.Fx\n"},
		{"keys:\n  one  first\n       still\n  TWO  2nd", "keys:\n.Bl -tag -width Ds\n.It Cm \"one\"\nfirst still\n.It Ev \"TWO\"\n2nd\n.El\n"},
		{"run:\n  .foo -x", "run:\n.Bd -literal -offset indent\n\\&.foo -x\n.Ed\n"},
		{strings.Repeat("word ", 20), strings.TrimSpace(strings.Repeat("word ", 15)) + "\nword word word word word\n"},
	} {
		var w mdocWriter
		w.text(c.in)
		require.Equal(t, c.want, w.b.String())
	}
	var w mdocWriter
	w.usage("PATH [--x 'a=b']... {A | B}")
	require.Equal(t, `.Ar "PATH"
.Oo
.Fl -x
.Ar "'a=b'"
.Oc
.No \&...
.Bro
.Ar "A"
.No \&|
.Ar "B"
.Brc
`, w.b.String())
}
