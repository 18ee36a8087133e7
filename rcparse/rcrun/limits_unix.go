//go:build unix

package rcrun

import (
	"fmt"
	"syscall"
)

// A resource is one of setrlimit(2)'s.
type resource struct {
	name string
	what int
	most uint64
}

// confine puts limits on this process for good: a file that is written may not
// grow beyond nothing, there is no core, few files are open, and the CPU time
// ends a loop that nothing else ends. Memory is bounded but under the race
// detector, which reserves terabytes.
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
	return nil
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
