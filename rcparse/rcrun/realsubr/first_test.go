package realsubr

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestFirst(t *testing.T) {
	if os.Getenv("SVCJIFY_RCSUBR") == "" {
		t.Skip("SVCJIFY_RCSUBR is not set")
	}
	b, err := os.ReadFile(os.Getenv("SVCJIFY_RCSUBR"))
	require.NoError(t, err)
	h := newHarness(t, string(b))
	root := os.Getenv("TREE")
	list, err := scripts(root)
	require.NoError(t, err)
	t.Log(len(list))
	began := time.Now()
	few := os.Getenv("FEW") != ""
	work := make(chan *subject)
	var wg sync.WaitGroup
	var mu sync.Mutex
	n, eq := 0, 0
	for range 2 {
		wg.Go(func() {
			for s := range work {
				if m, _ := filepath.Match(os.Getenv("ONLY"), s.name); os.Getenv("ONLY") != "" && !m {
					continue
				}
				script := rcrun.FromText(s.text)
				s.assumed = script.Run(t.Context(), rcrun.Scenario{Verb: "start", InstalledAs: s.name}).Assumed
				if err := h.settle(t.Context(), s); err != nil {
					fmt.Println("ERR", s.where, err)
					continue
				}
				for _, c := range circumstances(s, few) {
					ob, err := h.run(t.Context(), s, c.sc)
					if err != nil {
						fmt.Println("ERR", s.where, err)
						continue
					}
					rec := script.Run(t.Context(), c.sc)
					mu.Lock()
					n++
					ds := compare(ob, rec)
					if len(ds) == 0 {
						eq++
					}
					for _, d := range ds {
						d.script, d.scenario = s.where, c.name
						fmt.Println(d)
						if os.Getenv("V") != "" {
							fmt.Println(ob.Output, rec.Unknown)
						}
					}
					mu.Unlock()
				}
			}
		})
	}
	for _, s := range list {
		work <- s
	}
	close(work)
	wg.Wait()
	fmt.Println(n, eq, time.Since(began))
}
