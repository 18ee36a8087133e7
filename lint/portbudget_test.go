package lint_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/hostile"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A port of many hostile scripts costs what a port may cost: the services beyond that are unknown,
// each with a finding that says so, and which they are does not depend on the workers.
func TestPortBudget(t *testing.T) {
	for _, a := range hostile.Scripts() {
		if a.Name != "loops" && a.Name != "comments" { // TestHostileCost looks at all
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(root, "Mk"), 0o777))
			require.NoError(t, os.WriteFile(filepath.Join(root, "Mk", "bsd.port.mk"), nil, 0o666))
			require.NoError(t, a.Write(filepath.Join(root, "net")))
			judge := func(workers int) []string {
				c, err := corpus.Open([]string{root})
				require.NoError(t, err)
				require.Len(t, c.Services, 100)
				pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: workers})
				require.NoError(t, err)
				defer pool.Close()
				res, err := lint.Run(context.Background(), c, lint.Options{Simulate: pool, Workers: workers})
				require.NoError(t, err)
				require.Len(t, res.Subjects, 100)
				told := map[string]bool{}
				var out []string
				for _, f := range res.Findings {
					require.NotContains(t, f.Message, "CPU time", "steps come first")
					require.NotContains(t, f.Message, "by the clock")
					if strings.Contains(f.Message, "all runs of the port's services together") ||
						strings.Contains(f.Message, "the scripts of its port have more than") {
						told[f.Path] = true
					}
					out = append(out, f.Location()+" "+f.Message)
				}
				require.NotEmpty(t, told)
				last := res.Subjects[99]
				require.Equal(t, lint.Unknown, last.State)
				require.True(t, told[last.Service.Template])
				for _, s := range res.Subjects {
					if told[s.Service.Template] && (s.Records == nil || s.Records.Untried == "") {
						require.Equal(t, lint.Unknown, s.State)
					}
				}
				return out
			}
			require.Equal(t, judge(1), judge(3))
		})
	}
}
