package patch_test

import (
	"fmt"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/rcparse"
)

// Edits are byte ranges of the source: what no edit names stays as it is.
func ExampleApply() {
	src := []byte("name=harbourd\nrcvar=harbourd_enable\n")
	line := ": ${harbourd_svcj_options=\"net_basic\"}\n"
	out, err := patch.Apply(src, []lint.Edit{{Span: rcparse.Span{Start: 14, End: 14}, New: line}})
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// name=harbourd
	// : ${harbourd_svcj_options="net_basic"}
	// rcvar=harbourd_enable
	// <nil>
}
