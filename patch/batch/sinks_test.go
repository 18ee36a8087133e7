package batch

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// pageOf is a page in which a text of the tree, or of a batch file, stands wherever one may.
func pageOf(s string) *page {
	one := row{Links: []link{{Text: s, File: "to/" + s, Series: s, Report: "to/REPORT-" + s}}, Services: []string{s, s},
		Answer: s, Certainty: s, Evidence: s, Lost: s}
	return &page{
		Settings: Settings{Tree: s, Base: s}, Patches: 1, Services: 2, Stand: []count{{"patches", "patches", 1}},
		Categories: []category{{s, 1, 1, 0}},
		To: []section{{To: s, Anchor: "to-1", Dir: "to", Report: "to/" + s, Letter: "to/" + s, Patches: 1,
			Services: 1, Rows: []row{one}}},
		Cost: cost{Counted: true, Ports: 1, Dependents: 1, Many: []needed{{Origin: s, Direct: 1, All: 1}}},
		Held: []cause{{Title: s, Anchor: "held-1", Services: 1, Rows: []heldRow{{
			Ports: []string{s}, Services: []string{s},
			Answer: s, Certainty: s, What: s, Evidence: []string{s}, Do: []string{s}, More: []string{s}}}}},
		Later: []row{one}, Closed: []Closed{{Change: s, As: Landed, Because: s}}, Skips: []Skip{{s, s}},
		Sent: []Sent{{Change: s, PR: s}}, FreedRows: []row{one},
	}
}

// A shape is what a reader sees of a document, without its texts.
type shape struct {
	elements, targets []string
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))

// markdownShape parses as GitHub does, but for bare addresses, which show where they lead.
func markdownShape(t *testing.T, source []byte) (s shape) {
	require.NoError(t, ast.Walk(markdown.Parser().Parse(text.NewReader(source)),
		func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering || n.Kind() == ast.KindText || n.Kind() == ast.KindString {
				return ast.WalkContinue, nil
			}
			name := n.Kind().String()
			switch n := n.(type) {
			case *ast.Link:
				s.targets = append(s.targets, string(n.Destination))
			case *ast.RawHTML:
				name += string(n.Segments.Value(source))
			case *ast.HTMLBlock:
				name += string(n.Lines().Value(source))
			case *extast.Table:
			}
			s.elements = append(s.elements, name)
			return ast.WalkContinue, nil
		}))
	return s
}

func htmlShape(t *testing.T, source []byte) (s shape) {
	doc, err := html.Parse(bytes.NewReader(source))
	require.NoError(t, err)
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			continue
		}
		element := n.Data
		for _, a := range n.Attr {
			element += " " + a.Key
			if a.Key == "href" {
				s.targets = append(s.targets, a.Val)
			} else if a.Key != "class" { // a certainty
				element += "=" + a.Val
			}
		}
		s.elements = append(s.elements, element)
	}
	return s
}

// FuzzSummaries: whatever stands in a tree or a batch file, the summaries have the elements that they
// have with a plain word, their links lead nowhere else, and no character moves what follows.
func FuzzSummaries(f *testing.F) {
	for _, s := range []string{"word", "<script>alert(1)</script>", "[x](javascript:alert(1))", "| a | b |\n|--|--|",
		"\\|", "a\\", "&lt;", "`x`", "**x**", "![x](http://example.org/x.png)", "<!--", "]]>", "\u202etxt.exe",
		"\x1b[2J", "\x00", "\xff", "~~x~~", "$x$", "{{.}}", "\"onmouseover=\"x", "\r\n# x", "](x)[", "<a id=\"send\">",
		"- [ ] x", "&#106;avascript:x", "\u0085", "a  \n  b", "javascript:x", "//example.org", "www.example.org", "---",
		"\t", ""} {
		f.Add(s)
	}
	read := func(t *testing.T, s string) (md, page []byte) {
		p := pageOf(s)
		md, err := p.markdown()
		require.NoError(t, err)
		page, err = p.html()
		require.NoError(t, err)
		return md, page
	}
	f.Fuzz(func(t *testing.T, s string) {
		wantMD, wantPage := read(t, "word")
		md, page := read(t, s)
		want, got := markdownShape(t, wantMD), markdownShape(t, md)
		if s != "" { // a table's cell, or a link's text, without a text
			require.Equal(t, want.elements, got.elements)
		}
		for _, target := range got.targets {
			require.True(t, strings.HasPrefix(target, "to") || strings.HasPrefix(target, "#"), target)
		}
		want, got = htmlShape(t, wantPage), htmlShape(t, page)
		if s != "" { // what is empty is left out
			require.Equal(t, want.elements, got.elements)
		}
		for _, target := range got.targets {
			require.True(t, strings.HasPrefix(target, "to") || strings.HasPrefix(target, "#"), target)
		}
		for _, text := range [][]byte{md, page} {
			require.False(t, slices.ContainsFunc([]rune(string(text)), func(r rune) bool {
				return r != '\n' && (!unicode.IsPrint(r) || r == unicode.ReplacementChar)
			}))
		}
	})
}
