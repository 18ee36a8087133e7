package rcrun

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchTree is the made tree, or the one of SVCJIFY_PORTSDIR.
func benchTree(b *testing.B) []Job {
	root := os.Getenv("SVCJIFY_PORTSDIR")
	if root == "" {
		root = madeTree
	}
	var jobs []Job
	for _, t := range templatesOf(b, root) {
		jobs = append(jobs, Job{Src: t.src, Subst: t.subst, Scenarios: []Scenario{
			{Verb: "start", InstalledAs: t.name}, {Verb: "start", InstalledAs: t.name, Svcj: true},
			{Verb: "stop", InstalledAs: t.name, Running: true}, {Verb: "start", InstalledAs: t.name, Svcj: true, Boot: true},
		}})
	}
	require.NotEmpty(b, jobs)
	return jobs
}

// madeTree is the ports tree that was written for tests.
const madeTree = "../../corpus/testdata/ports"

// BenchmarkTree is every script of the tree in four scenarios, in this process.
func BenchmarkTree(b *testing.B) {
	jobs := benchTree(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, j := range jobs {
			j.run()
		}
	}
	b.ReportMetric(float64(len(jobs)), "scripts")
}

// BenchmarkPool is the same in child processes.
func BenchmarkPool(b *testing.B) {
	jobs := benchTree(b)
	for _, n := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", n), func(b *testing.B) {
			pool, err := NewPool(PoolOptions{Workers: n})
			require.NoError(b, err)
			defer pool.Close()
			b.ReportAllocs()
			for b.Loop() {
				pool.Run(b.Context(), jobs)
			}
		})
	}
}
