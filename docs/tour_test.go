// Package docs has the tests of the pages that no other package owns.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTour looks each name of the tour up in the file that it links to.
func TestTour(t *testing.T) {
	text := lookUp(t, "tour.md")
	for _, p := range regexp.MustCompile("`((?:corpus|rcparse|lint|patch|cmd|docs)/[\\w./-]+)`").FindAllStringSubmatch(
		text, -1) {
		if p[1] != "lint/sjNNN.go" && p[1] != "lint/testdata/rules/CODE" {
			_, err := os.Stat("../" + p[1])
			require.NoError(t, err, "the tour names %s", p[1])
		}
	}
}

// lookUp reads a page and looks each name with a link beside it up in the file that it links to.
func lookUp(t *testing.T, page string) string {
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(data)
	links := regexp.MustCompile("\\[`(\\w+)`\\]\\(([^)]+)\\)").FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, links)
	for _, l := range links {
		f, err := parser.ParseFile(token.NewFileSet(), l[2], nil, 0)
		require.NoError(t, err, "%s links to %s", page, l[2])
		require.Contains(t, declared(f), l[1], "%s says that %s is in %s", page, l[1], l[2])
	}
	return text
}

// TestLinks looks whether the pages that the pages link to are there.
func TestLinks(t *testing.T) {
	pages, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, p := range pages {
		if p.IsDir() || !regexp.MustCompile(`\.md$`).MatchString(p.Name()) {
			continue
		}
		text, err := os.ReadFile(p.Name())
		require.NoError(t, err)
		for _, l := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(l[1])
			require.NoError(t, err, "%s links to %s", p.Name(), l[1])
		}
	}
}

// declared is the names of a file's top level, methods among them.
func declared(f *ast.File) []string {
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}
