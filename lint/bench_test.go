package lint

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// BenchmarkSimulate is the simulation of every service of the made tree, or of
// SVCJIFY_PORTSDIR: in this process, so that -cpuprofile shows where its time goes, and in a child.
func BenchmarkSimulate(b *testing.B) {
	dir := os.Getenv("SVCJIFY_PORTSDIR")
	if dir == "" {
		dir = "../corpus/testdata/ports"
	}
	c, err := corpus.Open([]string{dir})
	require.NoError(b, err)
	scripts := map[*corpus.Service]*rcparse.Script{}
	for _, svc := range c.Services {
		if svc.Template == "" {
			continue
		}
		src, problem := svc.Tree.ReadFile(svc.Template)
		if problem != nil {
			continue
		}
		if s := rcparse.Parse(src, Substitutions(svc)); s.UsesRcSubr() && s.Err == nil {
			scripts[svc] = s
		}
	}
	release, err := rcrun.ReleaseOf("")
	require.NoError(b, err)
	for _, where := range []string{"in process", "in a child"} {
		b.Run(where, func(b *testing.B) {
			pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: 1, InProcess: where == "in process"})
			require.NoError(b, err)
			defer pool.Close()
			b.ReportAllocs()
			for b.Loop() {
				for _, svc := range c.Services {
					if s := scripts[svc]; s != nil {
						simulate(b.Context(), Options{Simulate: pool, Release: release}, pool.Session(), svc, s)
					}
				}
			}
			b.ReportMetric(float64(len(scripts)), "services")
		})
	}
}
