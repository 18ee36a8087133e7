//go:build unix && !race

package rcrun

import "syscall"

// memoryLimits are of addresses, of which the Go runtime reserves many more
// than it uses (over 1 GiB on Linux), and of data, which Linux counts by what
// is writable and FreeBSD not at all for memory from mmap(2).
var memoryLimits = []resource{
	{"address space", syscall.RLIMIT_AS, 4 << 30},
	{"data size", syscall.RLIMIT_DATA, 256 << 20},
}
