package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each change is one place, and all of them are still Go.
func TestMutations(t *testing.T) {
	const src = `package p

import "fmt"

type t struct {
	A int ` + "`json:\"a\"`" + `
}

func f(a, b int, s *t) (bool, error) {
	if a < b && s != nil {
		s.A = a + 1
	}
	for a > 3 {
		a--
	}
	switch {
	case a == 2:
		fmt.Println("two")
	}
	b += 2
	c := false
	defer f(1, 2, nil)
	return !c, nil
}
`
	name := filepath.Join(t.TempDir(), "p.go")
	require.NoError(t, os.WriteFile(name, []byte(src), 0o600))
	found, err := mutationsOf(name)
	require.NoError(t, err)
	var got []string
	for _, m := range found {
		text, err := m.text()
		require.NoError(t, err)
		require.NotEqual(t, src, string(text))
		_, err = parser.ParseFile(token.NewFileSet(), name, text, 0)
		require.NoError(t, err)
		line := strings.Split(string(text), "\n")[m.line-1]
		got = append(got, m.kind+": "+strings.TrimSpace(line))
	}
	require.Equal(t, []string{
		"condition: if !(a < b && s != nil) {", "operator: if a < b || s != nil {", "operator: if a <= b && s != nil {",
		"assignment: _ = a + 1", "operator: s.A = a - 1", "constant: s.A = a + 2",
		"condition: for !(a > 3) {", "operator: for a >= 3 {", "constant: for a > 4 {", "assignment: {}",
		"condition: case !(a == 2):", "constant: case a == 3:", "call: {}", `constant: fmt.Println("xtwo")`,
		"assignment: {}", "constant: b += 3", "constant: c := true", "call: {}", "constant: defer f(2, 2, nil)",
		"constant: defer f(1, 3, nil)", "condition: return !(!c), nil",
	}, got)
}

func TestTestsOf(t *testing.T) {
	require.Equal(t, [][]string{{"./cmd/svcjify"}}, testsOf("./cmd/svcjify"))
	require.Equal(t, [][]string{{"./corpus/makefile"}, {"./corpus"}, {"-run", "Golden", "./patch"},
		{"-run", "Script/(lint|list|layouts|names|overlay|badinput)|Layouts", "./cmd/svcjify"}},
		testsOf("./corpus/makefile"))
	require.NotContains(t, testsOf("./lint/page"), []string{"-run", "Golden", "./patch"})
	for pkg, users := range closeUsers {
		require.DirExists(t, filepath.Join("..", "..", pkg))
		for _, u := range users {
			require.DirExists(t, filepath.Join("..", "..", u))
		}
	}
}
