//go:build unix

package hostile_test

import (
	"syscall"
	"time"
)

// usedCPU is the CPU time that the process has used: what others do on the machine does not count.
func usedCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
