package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
)

// BenchmarkStdin is what an editor waits for: a process that looks at one
// template, from its start to its end. The tree around it plays no part. With
// SVCJIFY_PORTSDIR it is every template of that tree, each with the median of
// five, and the metrics say how these are spread.
func BenchmarkStdin(b *testing.B) {
	made := filepath.Join("..", "..", "corpus", "testdata", "ports")
	for _, name := range []string{"www/svcj-ready/files/cornflower.in", "www/revision-comment/files/mantel.in"} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			path := filepath.Join(made, filepath.FromSlash(name))
			for b.Loop() {
				lintStdin(b, path)
			}
		})
	}
	real := os.Getenv("SVCJIFY_PORTSDIR")
	if real == "" {
		return
	}
	tree, err := corpus.Open([]string{real})
	require.NoError(b, err)
	b.Run("tree", func(b *testing.B) {
		var all []time.Duration
		for b.Loop() {
			all = nil
			for _, svc := range tree.Services {
				var five []time.Duration
				for range 5 {
					five = append(five, lintStdin(b, filepath.Join(real, filepath.FromSlash(svc.Template))))
				}
				slices.Sort(five)
				all = append(all, five[2])
			}
		}
		slices.Sort(all)
		under, _ := slices.BinarySearch(all, 30*time.Millisecond)
		b.ReportMetric(float64(len(all)), "templates")
		b.ReportMetric(float64(under), "under-30ms")
		for _, percent := range []int{50, 90, 99} {
			b.ReportMetric(float64(all[(len(all)-1)*percent/100].Microseconds())/1000, fmt.Sprintf("ms-p%d", percent))
		}
	})
}

// lintStdin runs the program on a template's text, and says how long it took.
func lintStdin(b *testing.B, path string) time.Duration {
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	// in PATH, by TestMain
	cmd := exec.Command("svcjify", "lint", "--fail-on", "never", "--config", "none", "--stdin-name", path, "-")
	cmd.Stdin = bytes.NewReader(text)
	began := time.Now()
	require.NoError(b, cmd.Run())
	return time.Since(began)
}
