package realsubr

import "syscall"

const canSeparate = true

// attributes gives the launcher name spaces, so that its mounts and all its
// processes end with it.
func attributes(separate bool) *syscall.SysProcAttr {
	if !separate {
		return &syscall.SysProcAttr{Setpgid: true}
	}
	return &syscall.SysProcAttr{
		Setpgid: true, Pdeathsig: syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
}
