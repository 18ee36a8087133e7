//go:build !unix

package rcrun

import "time"

// confine does nothing where there is no setrlimit(2).
func confine() error { return nil }

// limitCPU does nothing where there is no setrlimit(2).
func limitCPU(time.Duration) {}

// usedCPU is not known here.
func usedCPU() time.Duration { return 0 }
