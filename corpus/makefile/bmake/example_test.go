package bmake

import (
	"context"
	"fmt"
	"testing/fstest"
)

// A Makefile is evaluated by itself: alone, of the tests, is a framework that defines nothing.
func ExampleEvaluation() {
	var e Evaluation
	e.Begin(context.Background(), NewFiles(fstest.MapFS{"c/p/Makefile": {Data: []byte(`SHIPS=	brig sloop
.for s in ${SHIPS}
.if ${s} != sloop
FLEET+=	${s:tu}
.endif
.endfor
`)}}), alone{}, "c/p", "/root/c/p", "/root")
	if err := e.ReadMakefile(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Value("FLEET"))
	// Output: BRIG
}
