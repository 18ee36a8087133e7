// Package sarif holds what svcjify prints as SARIF against the schema of the
// OASIS standard. It is a module of its own, so that nobody who builds svcjify
// has to fetch a schema and a validator. The schema is not in this repository: it
// is a constant in the source of a module that go.mod names, and is read there.
package sarif

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // for its schema.go
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// schema compiles the constant named schema.
func schema(t *testing.T) *jsonschema.Schema {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}",
		"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	require.NoError(t, err)
	file, err := parser.ParseFile(token.NewFileSet(),
		filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	require.NoError(t, err)
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "schema" {
			text, err = strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
		}
		return true
	})
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("sarif.json", doc))
	s, err := c.Compile("sarif.json")
	require.NoError(t, err)
	return s
}

// TestSchema validates the golden files, hostile names among them, and a run
// over the whole made tree; and shows that the schema would refuse a fault.
func TestSchema(t *testing.T) {
	s := schema(t)
	texts := map[string][]byte{}
	golden, err := filepath.Glob("../../lint/report/testdata/sarif.*")
	require.NoError(t, err)
	require.Len(t, golden, 2)
	for _, g := range golden {
		texts[g], err = os.ReadFile(g)
		require.NoError(t, err)
	}
	run := exec.Command("go", "run", "./cmd/svcjify", "lint", "--config", "none", "--fail-on", "never", "--format",
		"sarif", "corpus/testdata/ports")
	run.Dir = filepath.Join("..", "..")
	run.Stderr = os.Stderr
	texts["the made tree"], err = run.Output()
	require.NoError(t, err)
	for name, text := range texts {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err, name)
		require.NoError(t, s.Validate(doc), name)
	}
	for _, fault := range [][2]string{{`"startLine": 5`, `"startLine": 0`}, {`"level": "note"`, `"level": "info"`},
		{`"ruleId"`, `"rule"`}, {`"uri": "ports/`, `"uri": "ports%zz/`}} {
		bad := strings.Replace(string(texts["../../lint/report/testdata/sarif.plain"]), fault[0], fault[1], 1)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		require.NoError(t, err)
		require.Error(t, s.Validate(doc), fault[1])
	}
}
