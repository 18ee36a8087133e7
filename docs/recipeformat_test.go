package docs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// Codes prints a line for each finding: its rule, and the place.
func Codes(w io.Writer, res *lint.Result) error {
	for _, f := range res.Findings {
		if _, err := fmt.Fprintf(w, "%s %s:%d\n", f.Code, report.OneLine(f.Path), f.Line); err != nil {
			return err
		}
	}
	return nil
}

// TestRecipeFormat: the recipe's printer is the one above, and prints.
func TestRecipeFormat(t *testing.T) {
	source, err := os.ReadFile("recipeformat_test.go")
	require.NoError(t, err)
	require.Contains(t, string(source), recipe(t, "go format"))
	var b bytes.Buffer
	found := lint.Finding{Code: "SJ101", Path: "net/harbour/Makefile", Line: 3}
	require.NoError(t, Codes(&b, &lint.Result{Findings: []lint.Finding{found}}))
	require.Equal(t, "SJ101 net/harbour/Makefile:3\n", b.String())
}
