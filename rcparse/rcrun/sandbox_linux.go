//go:build linux && (amd64 || arm64) && !race

package rcrun

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sandbox is a second barrier behind the interpreter: from here on, all threads of
// this process can only do what it takes to compute, and to read and write what
// is open. No path is looked at, nothing is opened, connected, started or
// signalled, see seccomp(2). It is there for a fault in the interpreter, or in
// this package, through which a script would reach the system. A kernel without
// seccomp is no error: then there is the interpreter alone, as elsewhere.
//
// The race detector makes system calls of its own, and goes without.
func sandbox() error {
	runtime.LockOSThread() // no_new_privs is a thread's; the filter gives it to the others
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_NO_NEW_PRIVS): %w", err)
	}
	filter := sandboxFilter(uint32(os.Getpid()))
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	switch {
	case errno == unix.ENOSYS, errno == unix.EINVAL, errno == unix.EPERM:
		return nil // a kernel, or a container, that has none of it
	case errno != 0:
		return fmt.Errorf("seccomp: %w", errno)
	case thread != 0:
		return fmt.Errorf("seccomp: thread %d does not take the filter", thread)
	}
	return nil
}

// allowed is the system calls that the Go runtime makes for memory, threads, time
// and pipes, and those of the C library's threads in a build with cgo. None takes
// a path, an address of the network or another process.
var allowed = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_FCNTL,
	unix.SYS_PIPE2,
	unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EVENTFD2,
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MADVISE, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_BRK,
	unix.SYS_MINCORE,
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETTID, unix.SYS_GETPID,
	unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_RESTART_SYSCALL, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY,
	unix.SYS_GETRUSAGE, unix.SYS_GETRANDOM,
}

// Offsets in struct seccomp_data; an argument's low half comes first on both machines.
const (
	dataNumber = 0
	dataArch   = 4
	dataArg0   = 16
	dataArg1   = 24
)

// sandboxFilter is the BPF program: what is not allowed fails with EPERM, as if
// the user had no right to it.
func sandboxFilter(pid uint32) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	// otherwise skips some instructions where the comparison fails.
	otherwise := func(op uint16, k uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | op | unix.BPF_K, Jf: skip, K: k}
	}
	give := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	deny := func(errno unix.Errno) unix.SockFilter { return give(unix.SECCOMP_RET_ERRNO | uint32(errno)) }

	arch := uint32(unix.AUDIT_ARCH_X86_64)
	if runtime.GOARCH == "arm64" {
		arch = unix.AUDIT_ARCH_AARCH64
	}
	filter := []unix.SockFilter{
		load(dataArch),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: arch},
		give(unix.SECCOMP_RET_KILL_PROCESS), // another machine's calls have other numbers
		load(dataNumber),
	}
	for _, nr := range allowed {
		filter = append(filter, otherwise(unix.BPF_JEQ, nr, 1), give(unix.SECCOMP_RET_ALLOW))
	}
	return append(filter,
		// The C library makes threads by clone where there is no clone3, whose
		// arguments can't be seen here.
		otherwise(unix.BPF_JEQ, unix.SYS_CLONE3, 1), deny(unix.ENOSYS),
		// A thread, not a process.
		otherwise(unix.BPF_JEQ, unix.SYS_CLONE, 4),
		load(dataArg0), otherwise(unix.BPF_JSET, unix.CLONE_THREAD, 1), give(unix.SECCOMP_RET_ALLOW), deny(unix.EPERM),
		// A signal to itself, with which the runtime interrupts a goroutine.
		otherwise(unix.BPF_JEQ, unix.SYS_TGKILL, 4),
		load(dataArg0), otherwise(unix.BPF_JEQ, pid, 1), give(unix.SECCOMP_RET_ALLOW), deny(unix.EPERM),
		// Its own CPU time, which limitCPU bounds for each job.
		otherwise(unix.BPF_JEQ, unix.SYS_PRLIMIT64, 6),
		load(dataArg0), otherwise(unix.BPF_JEQ, 0, 3),
		load(dataArg1), otherwise(unix.BPF_JEQ, unix.RLIMIT_CPU, 1), give(unix.SECCOMP_RET_ALLOW), deny(unix.EPERM),
		// The names that the runtime gives to its memory.
		otherwise(unix.BPF_JEQ, unix.SYS_PRCTL, 3),
		load(dataArg0), otherwise(unix.BPF_JEQ, unix.PR_SET_VMA, 1), give(unix.SECCOMP_RET_ALLOW),
		deny(unix.EPERM),
	)
}
