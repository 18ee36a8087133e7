package docs

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// recipe is the fenced block of CONTRIBUTING.md with an info string.
func recipe(t *testing.T, info string) string {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	require.NoError(t, err)
	m := regexp.MustCompile("(?ms)^```" + info + "\n(.*?)^```$").FindStringSubmatch(string(text))
	require.NotNil(t, m, "CONTRIBUTING.md has no block %q", info)
	return m[1]
}

// TestRecipeKnowledge reads the recipe's entry as the table is read.
func TestRecipeKnowledge(t *testing.T) {
	k, err := infer.ReadKnowledge(fstest.MapFS{"net.txt": {Data: []byte(recipe(t, "knowledge"))}})
	require.NoError(t, err)
	require.Len(t, k.Entries, 1)
	require.Equal(t, []string{"net_basic"}, k.Entries[0].Needs)
	require.Equal(t, infer.Likely, k.Entries[0].Certainty)
}

// TestRecipeRule judges the recipe's case by the rule that the recipe points at.
func TestRecipeRule(t *testing.T) {
	ar := txtar.Parse([]byte(recipe(t, "case")))
	require.Len(t, ar.Files, 1)
	fsys := fstest.MapFS{ar.Files[0].Name: {Data: ar.Files[0].Data}}
	svc := &corpus.Service{Tree: &corpus.Tree{FS: fsys, Scripts: true}, Name: "foo", Template: ar.Files[0].Name}
	k, err := infer.Embedded()
	require.NoError(t, err)
	var codes []string
	for _, f := range lint.Judge(t.Context(), svc, ar.Files[0].Data, k, lint.Options{}).Findings {
		codes = append(codes, f.Code)
	}
	require.Contains(t, codes, "SJ110")
}

// TestRecipeFiles: every path that CONTRIBUTING.md and the pages for newcomers name is there.
func TestRecipeFiles(t *testing.T) {
	for _, page := range []string{"../CONTRIBUTING.md", "design.md", "glossary.md", "README.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, p := range regexp.MustCompile(
			"`((?:corpus|rcparse|lint|patch|cmd|docs)/[\\w./-]+)`").FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(p[1], "NNN") {
				continue
			}
			_, err := os.Stat("../" + p[1])
			require.NoError(t, err, "%s names %s", page, p[1])
		}
	}
}

// TestGlossary looks each name of the glossary up in the file that it links to.
func TestGlossary(t *testing.T) { lookUp(t, "glossary.md") }
