//go:build freebsd || dragonfly || netbsd || openbsd || darwin

package main

import (
	"os"
	"syscall"
)

// statusSignals ask where the run is. SIGINFO is what ^T sends (termios(4), STATUS).
var statusSignals = []os.Signal{syscall.SIGINFO, syscall.SIGUSR1}
