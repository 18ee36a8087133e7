//go:build !linux

package realsubr

import "syscall"

const canSeparate = false

func attributes(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
