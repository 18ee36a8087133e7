//go:build !linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

const rlimitProcs = 7 // RLIMIT_NPROC of the BSDs, which package syscall lacks

func setLimit(what int, most uint64) error {
	return syscall.Setrlimit(what, &syscall.Rlimit{Cur: int64(most), Max: int64(most)})
}

// mounts links what is shared, and mounts devfs(5): no device can be made elsewhere.
func (j *job) mounts() (undo func(), err error) {
	undo = func() {}
	if err := j.link(); err != nil {
		return undo, err
	}
	dev := filepath.Join(j.Root, "dev")
	if err := os.MkdirAll(dev, 0o755); err != nil {
		return undo, err
	}
	if out, err := exec.Command("/sbin/mount", "-t", "devfs", "devfs", dev).CombinedOutput(); err != nil {
		return undo, fmt.Errorf("mounting devfs on %s: %w: %s", dev, err, out)
	}
	return func() { _ = exec.Command("/sbin/umount", "-f", dev).Run() }, nil
}

func (j *job) null() error {
	_, err := os.Stat(filepath.Join(j.Root, "dev/null"))
	return err
}
