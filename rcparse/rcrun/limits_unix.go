//go:build unix

package rcrun

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// A resource is one of setrlimit(2)'s.
type resource struct {
	name string
	what int
	most uint64
}

// confine puts limits on this process for good: a file that is written may not
// grow beyond nothing, there is no core, few files are open, and the CPU time
// is bounded for all jobs, in addition to what limitCPU does for each. Memory is bounded but
// under the race detector, which reserves terabytes.
func confine() error {
	for _, r := range append([]resource{
		{"core size", syscall.RLIMIT_CORE, 0},
		{"file size", syscall.RLIMIT_FSIZE, 0},
		{"open files", syscall.RLIMIT_NOFILE, 256},
		{"CPU time", syscall.RLIMIT_CPU, 600},
	}, memoryLimits...) {
		if err := r.set(); err != nil {
			return fmt.Errorf("limiting the %s to %d: %w", r.name, r.most, err)
		}
	}
	over := make(chan os.Signal, 1)
	signal.Notify(over, syscall.SIGXCPU)
	go func() {
		<-over
		os.Exit(exitCPU)
	}()
	return nil
}

// limitCPU ends this process with exitCPU once it has used so much CPU time more. The kernel
// counts whole seconds.
func limitCPU(more time.Duration) {
	var now syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CPU, &now) != nil {
		return
	}
	most := uint64((usedCPU() + more + time.Second - 1) / time.Second)
	now.Cur = now.Max
	lower(&now.Cur, most)
	_ = syscall.Setrlimit(syscall.RLIMIT_CPU, &now) // it stays within the hard limit, which is always allowed
}

// usedCPU is the CPU time that this process has used.
func usedCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// set never raises a limit that is lower already.
func (r resource) set() error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(r.what, &now); err != nil {
		return err
	}
	lower(&now.Max, r.most)
	lower(&now.Cur, r.most)
	return syscall.Setrlimit(r.what, &now)
}

// lower is generic because the fields are signed on FreeBSD only.
func lower[T int64 | uint64](to *T, most uint64) {
	if uint64(*to) > most {
		*to = T(most)
	}
}
