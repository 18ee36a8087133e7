package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"
)

// Basic regular expressions, as grep(1) and sed(1) take them without -E.
func TestBasic(t *testing.T) {
	for p, want := range map[string]string{
		`a.b*$`:             `a.b*$`,
		`*a`:                `\*a`,
		`^*a*`:              `^\*a*`,
		`a(b)|c{d}+?`:       `a\(b\)\|c\{d\}\+\?`,
		`\(a\)\{2\}\|b\.\[`: `(a){2}|b\.\[`,
		`[a-z]x`:            `[a-z]x`,
		`[]a]x`:             `[]a]x`,
		`[^]a]*x`:           `[^]a]*x`,
		`[[:alpha:]_]+`:     `[[:alpha:]_]\+`,
		`[\.]`:              `[\\.]`,
		`\<a\>`:             `\ba\b`,
		`[[:<:]]a[[:>:]]`:   `\ba\b`,
	} {
		require.Equal(t, want, basic(p), p)
	}
	for _, c := range []struct {
		p, text string
		want    bool
	}{
		{`^[a-c]*$`, "abc", true}, {`^[a-c]*$`, "abd", false}, {`^[]x]$`, "]", true}, {`a[[:digit:]]b`, "a1b", true},
		{`a[[:digit:]]b`, "axb", false}, {`a\{2\}`, "aa", true}, {`a{2}`, "aa", false}, {`a{2}`, "a{2}", true},
	} {
		m, err := compile(c.p, false, false, false, false, false)
		require.NoError(t, err, c.p)
		require.Equal(t, c.want, m.MatchString(c.text), "%s on %s", c.p, c.text)
	}
}

// The redirections that the interpreter has; others are pretended.
func TestPlainRedirect(t *testing.T) {
	for text, want := range map[string]bool{
		"<f": true, "0<f": true, "1<f": false, "3<f": false, "<>f": true, "1<>f": false,
		">f": true, "1>f": true, "2>f": true, "0>f": false, "3>f": false, ">>f": true, "2>>f": true, "0>>f": false,
		">|f": true, "0>|f": false, ">&1": true, ">&2": true, "2>&1": true, "2>&-": true, "0>&1": false, ">&3": false,
		"2>&3": false, "3>&1": false, "<&-": true, "<&3": false,
	} {
		f, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader("a "+text), "")
		require.NoError(t, err, text)
		require.Equal(t, want, plainRedirect(f.Stmts[0].Redirs[0]), text)
	}
}
