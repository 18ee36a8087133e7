package realsubr

import (
	"flag"
	"os"

	"github.com/svcjify/svcjify/rcparse/rcrun/testsh"
)

var shellFlag = flag.String("shell", os.Getenv(testsh.Variable), testsh.Usage)

// shellOf is the shell that runs rc.subr.
func shellOf() (testsh.Shell, error) { return testsh.Find(*shellFlag) }
