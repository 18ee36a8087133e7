package sh

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the table in docs/shell.md")

// docs/shell.md shows the table as it is.
func TestPage(t *testing.T) {
	const path, start, end = "../../docs/shell.md", "<!-- table -->\n", "<!-- end of table -->\n"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), start)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + start + tableText() + end + after
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(page), "make it with go test ./rcparse/sh -run Page -update")
}

func tableText() string {
	var b strings.Builder
	b.WriteString("| written | Bash | FreeBSD's sh(1) | svcjify says | for sh(1) |\n|---|---|---|---|---|\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	for _, d := range Table() {
		says := map[Outcome]string{Same: "nothing", Slight: "SJ407, info", Refused: "SJ403, error"}[d.Outcome]
		if says == "" {
			says = "SJ407, warning"
		}
		fmt.Fprintf(&b, "| `` %s `` | %s | %s | %s | %s |\n", cell(d.Construct), cell(d.Elsewhere), cell(d.Here), says,
			cell(d.Instead))
	}
	return b.String()
}
