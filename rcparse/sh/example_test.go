package sh_test

import (
	"fmt"

	"github.com/svcjify/svcjify/rcparse/sh"
)

// FreeBSD's sh(1) takes a script, or says at which line it does not.
func ExampleParse() {
	_, err := sh.Parse([]byte("if true; then\n\techo a\n"))
	fmt.Println(err)
	// Output:
	// 1:1: "if" is not closed: the file ends, and "fi" is missing
}
