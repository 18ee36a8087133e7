package infer_test

import (
	"fmt"
	"testing/fstest"

	"github.com/svcjify/svcjify/lint/infer"
)

// The table of programs is read from paragraphs of "field: value" lines.
func ExampleReadKnowledge() {
	k, err := infer.ReadKnowledge(fstest.MapFS{"net.txt": {Data: []byte(`service: harbourd
needs: net_basic
why: It answers ships on TCP 4711.
certainty: likely
source: harbourd(8)
`)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range k.Entries {
		fmt.Println(e.Services, e.Needs, e.Certainty, e.Why)
	}
	// Output: [harbourd] [net_basic] likely It answers ships on TCP 4711.
}
