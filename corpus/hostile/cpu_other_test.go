//go:build !unix

package hostile_test

import "time"

var started = time.Now()

func usedCPU() time.Duration { return time.Since(started) }
