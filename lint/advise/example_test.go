package advise_test

import (
	"context"
	"fmt"

	"github.com/svcjify/svcjify/lint/advise"
)

// A system below a directory is opened, and asked about one of its services.
func ExampleMachine_Advise() {
	m, err := advise.Open(context.Background(), "testdata/root", advise.Options{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	list, _ := m.Advise(context.Background(), advise.Question{Names: []string{"bindweed"}})
	for _, a := range list {
		for _, l := range a.Lines {
			fmt.Println(a.Verdict, advise.Assignment(l))
		}
	}
	// Output: one-line bindweed_svcj="YES"
}
