package lint

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// shellText is what a hint must not quote from a script: an expansion that is
// more than a plain variable, which a person may be told to type, and a command.
var shellText = regexp.MustCompile(`\$\{[a-zA-Z_]*[^a-zA-Z0-9_}][^}]*\}|\$\(|%%`)

// What the rules say of a tree: no hint holds the script's own shell text, no
// finding stands there twice, and none says the same sentence twice. The real
// tree is the one in SVCJIFY_PORTSDIR.
func TestSentences(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	for _, root := range []string{"../corpus/testdata/ports", os.Getenv("SVCJIFY_PORTSDIR")} {
		if root == "" {
			continue
		}
		c, err := corpus.Open([]string{root})
		require.NoError(t, err)
		res, err := Run(context.Background(), c, Options{Simulate: pool})
		require.NoError(t, err)
		require.NotEmpty(t, res.Findings)
		seen := map[string]bool{}
		for _, f := range res.Findings {
			hint := regexp.MustCompile("`svcjify [^`]*`").ReplaceAllString(f.Hint, "")
			require.NotRegexp(t, shellText, hint, "%s:%d: %s", f.Path, f.Line, f.Message)
			require.NotContains(t, hint, "`", "%s:%d: %s", f.Path, f.Line, f.Message)
			place := strings.Join([]string{f.Path, f.Service, f.Message}, "\x00")
			require.False(t, seen[place], "%s:%d: twice: %s", f.Path, f.Line, f.Message)
			seen[place] = true
			said := map[string]bool{}
			for _, s := range regexp.MustCompile(`[;:.] `).Split(f.Message+". "+f.Hint, -1) {
				require.False(t, said[s] && len(s) > 12, "%s:%d: %q twice in: %s; %s", f.Path, f.Line, s, f.Message,
					f.Hint)
				said[s] = true
			}
		}
	}
}
