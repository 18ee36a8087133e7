package parallel_test

import (
	"context"
	"fmt"

	"github.com/svcjify/svcjify/internal/parallel"
)

// Each item has its own place in the result, so that no lock is needed and the order is that of the list.
func ExampleEach() {
	ships := []string{"brig", "sloop", "yawl"}
	lengths := make([]int, len(ships))
	parallel.Each(context.Background(), len(ships), parallel.Workers{}, func(_, i int) { lengths[i] = len(ships[i]) })
	fmt.Println(lengths)
	// Output: [4 5 4]
}
