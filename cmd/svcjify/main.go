// Svcjify makes the rc.d scripts of a FreeBSD ports tree ready for service jails.
package main

import (
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// softMemory is from how many bytes on the garbage collector works harder. A real tree of 1,537
// services peaks at some 190 MiB; in one of a thousand hostile ports, most of the memory would be garbage.
const softMemory = 512 << 20

func main() {
	if len(os.Args) > 1 && os.Args[1] == rcrun.WorkerArg { // a child of our own that runs scripts in the simulation
		for _, s := range statusSignals {
			signal.Ignore(s) // pkill(1) asks every process of the name
		}
		os.Exit(rcrun.Main(os.Stdin, os.Stdout))
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	c := Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(c.Main(os.Args[1:]))
}
