package makefile_test

import (
	"fmt"
	"testing/fstest"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// A port is read without make: which scripts it installs, and under which condition.
func ExampleRead() {
	port, err := makefile.Read(fstest.MapFS{"net/harbour/Makefile": {Data: []byte(`PORTNAME=	harbour
DISTVERSION=	1.2
PORTREVISION=	3
OPTIONS_DEFINE=	PILOT
USE_RC_SUBR=	${PORTNAME}d
PILOT_USE=	RC_SUBR=pilot
.include <bsd.port.mk>
`)}}, "net/harbour")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(port.Value("PKGNAME"))
	for _, w := range port.Words("USE_RC_SUBR") {
		fmt.Printf("%s, line %d, %q\n", w.Text, w.Line, w.Condition)
	}
	// Output:
	// harbour-1.2_3
	// harbourd, line 5, ""
	// pilot, line 6, "option PILOT"
}
