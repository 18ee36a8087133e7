package infer

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fromHarbour reads the script: a variable that ends in _pier is a TCP port.
func fromHarbour(in Input) []Evidence {
	var out []Evidence
	for _, d := range in.Script.Block() {
		if strings.HasSuffix(d.Var, "_pier") {
			out = append(out, Evidence{Path: in.Template, Line: d.Pos.Line, Kind: FromListen, Supports: "net_basic",
				Strength: Likely, Fact: d.Var + " is a pier: ships come there over TCP"})
		}
	}
	return out
}

// TestRecipeSign: the sign of CONTRIBUTING.md is the one above; a script with it gets its option, one without does not.
func TestRecipeSign(t *testing.T) {
	page, err := os.ReadFile("../../CONTRIBUTING.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```go sign\n")
	require.True(t, found)
	code, _, _ := strings.Cut(rest, "```\n")
	source, err := os.ReadFile("recipe_test.go")
	require.NoError(t, err)
	require.Contains(t, string(source), code)

	with := inputOf(strings.Replace(plain, "command=", ": ${mud_pier=\"4711\"}\ncommand=", 1), nil)
	v := Infer(with, fromHarbour(with), &Knowledge{})
	require.Equal(t, []string{"net_basic"}, v.Options)
	require.Equal(t, Likely, v.Certainty)
	without := inputOf(plain, nil)
	require.Empty(t, fromHarbour(without))
}
