package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

const whole = `operator = "colon"
release = "15.0"
author = "Jane Doe <jane@example.org>"
fail-on = "error"
disable = ["SJ205", "sj105"]

[severity]
SJ206 = "info"
undeclared = "error"

[[ignore]]
path = "www/*/files/*.in"
rule = "instances-collide"
reason = "one instance each"

[[ignore]]
path = "www/foo/files/foo.in"
rule = "SJ201"
works = true
reason = "runs so since May"

[[service]]
name = "foo"
options = "net_basic mlock"
reason = "It locks its keys."

[[service]]
name = "bar*"
port = "net/*"
options = "NO"
comment = "mounts file systems"
reason = "It mounts."

[[service]]
name = "baz"
options = "none"
reason = "It serves a UNIX socket."
`

func TestParse(t *testing.T) {
	c, err := Parse("c.toml", []byte(whole), nil, ".")
	require.NoError(t, err)
	require.Equal(t, lint.OperatorColon, c.Operator)
	require.Equal(t, "15.0", c.Release.Name)
	require.Equal(t, "error", c.FailOn)
	p := c.Policy
	require.Equal(t, map[string]bool{"SJ205": true, "SJ105": true}, p.Disabled)
	require.Equal(t, map[string]lint.Severity{"SJ206": lint.Info, "SJ101": lint.Error}, p.Severity)
	require.Equal(t, []lint.Ignore{
		{Path: "www/*/files/*.in", Rule: "SJ204", Reason: "one instance each", Line: 11},
		{Path: "www/foo/files/foo.in", Rule: "SJ201", Reason: "runs so since May", Works: true, Line: 16},
	}, p.Ignores)
	require.Len(t, p.Decisions, 3)
	require.Equal(t, []string{"net_basic", "mlock"}, p.Decisions[0].Options)
	require.True(t, p.Decisions[1].OptOut)
	require.Empty(t, p.Decisions[2].Options)
	require.Equal(t, 34, p.Decisions[2].Line)
}

func TestParseErrors(t *testing.T) {
	ig := "[[ignore]]\npath = \"a\"\nrule = \"SJ201\"\nreason = \"r\"\n"
	sv := "[[service]]\nname = \"a\"\noptions = \"none\"\nreason = \"r\"\n"
	for _, c := range []struct{ in, want, hint string }{
		{"\noperater = \"colon\"", `c:2: unknown key "operater"`, `did you mean "operator"?`},
		{"[[ignore]]\npath=\"a\"\nreson=\"b\"", `c:3: unknown key "ignore.reson"`, `did you mean "reason"?`},
		{"[rules]\na=1", `c:1: unknown key "rules"`, "known are operator, "},
		{"a = ", `c:1: `, ""},
		{"operator = 3", `c:1: `, ""},
		{"operator = \"plus\"", `c:1: operator is "plus", expected equals or colon`, ""},
		{"release = \"14.0\"", `c:1: release is "14.0", expected one of 15.0, `, ""},
		{"fail-on = \"errors\"", `c:1: fail-on is "errors"`, `did you mean "error"?`},
		{"author = \"Jane\"", `c:1: author is "Jane", expected 'Name <address>'`, ""},
		{"author = \"Jane\\nBcc: x <a@b>\"", `c:1: author is "Jane\nBcc: x <a@b>": expected one line`, "without control characters"},
		{"disable = [\"SJ204\", \"SJ999\"]", `c:1: no rule "SJ999"`, ""},
		{"[severity]\nSJ204 = \"off\"", `c:2: severity of "SJ204" is "off"`, "disable"},
		{"[severity]\n\nundeclare = \"info\"", `c:3: no rule "undeclare"`, `did you mean "undeclared"?`},
		{"[[ignore]]\npath = \"a\"\nrule = \"SJ204\"", `c:1: ignore without a reason`, "reason ="},
		{ig + strings.Replace(ig, "\"r\"", "\" \"", 1), `c:8: ignore without a reason`, ""},
		{strings.Replace(ig, "\"a\"", "\"[\"", 1), `c:2: path is not a glob`, ""},
		{strings.Replace(ig, "\"a\"", "\"../a\"", 1), `c:2: path leads upwards`, ""},
		{strings.Replace(ig, "SJ201", "SJ205", 1) + "works = true", `c:5: SJ205 can't be answered with works`, ""},
		{strings.Replace(ig, "\"a\"", "\"*\"", 1) + "works = true", `c:5: works with a glob (*)`, ""},
		{strings.Replace(ig, "\"r\"", "\"a\\u001b[2J\"", 1), `c:4: reason is "a\x1b[2J": expected one line`, ""},
		{strings.Replace(ig, "\"r\"", "'"+strings.Repeat("x", 501)+"'", 1), `c:4: reason has 501 bytes`, ""},
		{strings.Replace(sv, "none", "net_basik", 1), `c:3: unknown service jail option "net_basik"`, `did you mean "net_basic"?`},
		{strings.Replace(sv, "none", "NO", 1), `c:1: service "a" must not be jailed, without a comment`, ""},
		{strings.Replace(sv, "\"r\"", "\"\"", 1), `c:4: service "a" without a reason`, ""},
		{sv + "default = \"NO\"", `c:1: service "a" is not jailed by default, without a comment`, ""},
		{sv + "default = \"YES\"", `c:5: default is "YES", expected NO`, ""},
		{sv + "comment = \"x\"", `c:5: comment is for services that are not jailed`, ""},
		{strings.Repeat("[", 20000), `c:1: `, ""},
		{"a = " + strings.Repeat("[", 20000), `c:1: `, ""},
		{strings.Repeat("#", MaxSize+1), `c: has 262145 bytes, more than`, ""},
		{strings.Repeat("[[ignore]]\n", maxEntries+1), "c:1: 2001 ignores, more than 2000", "baseline"},
	} {
		_, err := Parse("c", []byte(c.in), nil, ".")
		require.Error(t, err, c.in)
		require.Contains(t, err.Error(), c.want)
		var all []string
		for _, e := range asErrors(t, err) {
			all = append(all, e.Hint)
		}
		require.Contains(t, strings.Join(all, "\n"), c.hint, c.want)
	}
}

func asErrors(t *testing.T, err error) Errors {
	switch e := err.(type) {
	case Errors:
		return e
	case *Error:
		return Errors{e}
	}
	t.Fatalf("neither Error nor Errors: %T", err)
	return nil
}

// TestFind looks upwards to the top of the tree and no further, then in the
// user's directory; the first found wins.
func TestFind(t *testing.T) {
	home, base := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	top := filepath.Join(base, "ports")
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	write(filepath.Join(top, "net/foo/files/foo.in"), "")
	write(filepath.Join(top, "net/bar/Makefile"), "")
	write(filepath.Join(base, Name), `operator = "above the tree"`)
	tree := &corpus.Tree{FS: os.DirFS(top), Dir: top}
	find := func(p string) string {
		c, err := Find(tree, filepath.Join(top, p))
		require.NoError(t, err)
		if c == nil {
			return ""
		}
		return strings.TrimPrefix(c.Path, top+"/") + " " + c.Policy.Dir
	}
	require.Equal(t, "", find("net/foo/files/foo.in"))
	dir, err := os.UserConfigDir()
	require.NoError(t, err)
	write(filepath.Join(dir, UserName), `release = "15.0"`)
	require.Equal(t, filepath.Join(dir, UserName)+" .", find("net/foo"))
	write(filepath.Join(top, Name), "")
	require.Equal(t, ".svcjify.toml .", find("net/foo"))
	write(filepath.Join(top, "net/foo", Name), "")
	require.Equal(t, "net/foo/.svcjify.toml net/foo", find("net/foo/files/foo.in"))
	require.Equal(t, "net/foo/.svcjify.toml net/foo", find("net/foo"))
	require.Equal(t, ".svcjify.toml .", find("net/bar"))
	require.Equal(t, ".svcjify.toml .", find("."))
}

// TestBaselineStaysInside: a configuration of a tree reads nothing outside.
func TestBaselineStaysInside(t *testing.T) {
	for _, name := range []string{"../secret", "/etc/passwd", "a/../../b", "missing"} {
		tree := &corpus.Tree{Dir: ".", FS: fstest.MapFS{Name: {Data: fmt.Appendf(nil, "baseline = %q", name)}}}
		c, err := Find(tree, ".")
		require.NoError(t, err)
		require.ErrorContains(t, c.LoadBaseline(), "baseline")
	}
	tree := &corpus.Tree{Dir: ".", FS: fstest.MapFS{
		Name:    {Data: []byte(`baseline = "known"`)},
		"known": {Data: []byte("SJ101 0123456789abcdef \"a b\"\nSJ101 0123456789abcdef \"a b\"\n")},
	}}
	c, err := Find(tree, ".")
	require.NoError(t, err)
	require.NoError(t, c.LoadBaseline())
	require.Equal(t, lint.Baseline{{Rule: "SJ101", Fingerprint: "0123456789abcdef", Path: "a b"}: 2}, c.Policy.Baseline)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("ignore = [{path=\"a\", rule='SJ1'}]\n[[service]]\n"))
	f.Add([]byte("[severity]\n\"a.b\" = \"x\"\n[[ignore.x]]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("c", text, nil, ".")
		if err != nil {
			require.NotContains(t, err.Error(), "\x1b")
			return
		}
		for _, d := range c.Policy.Decisions {
			require.NotContains(t, d.Reason+d.Comment+c.Author, "\n")
			require.NotEmpty(t, d.Reason)
		}
		for _, g := range c.Policy.Ignores {
			require.NotEmpty(t, g.Reason)
		}
	})
}
