//go:build unix && !(freebsd || dragonfly || netbsd || openbsd || darwin)

package main

import (
	"os"
	"syscall"
)

// statusSignals ask where the run is; there is no SIGINFO here.
var statusSignals = []os.Signal{syscall.SIGUSR1}
