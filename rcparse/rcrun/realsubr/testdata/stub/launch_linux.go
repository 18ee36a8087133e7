package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const rlimitProcs = 6 // RLIMIT_NPROC, which package syscall lacks

func setLimit(what int, most uint64) error {
	return syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most})
}

// mounts makes the root a small file system of its own, in a mount name space
// that ends with this process.
func (j *job) mounts() (undo func(), err error) {
	undo = func() {}
	if !j.Separate {
		return undo, j.link()
	}
	_ = os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte("31000"), 0)
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return undo, fmt.Errorf("making the mounts private: %w", err)
	}
	if err := syscall.Mount("tmpfs", j.Root, "tmpfs", syscall.MS_NOSUID,
		fmt.Sprintf("size=%d,nr_inodes=%d,mode=0755", j.Bytes, j.Inodes)); err != nil {
		return undo, fmt.Errorf("mounting tmpfs on %s: %w", j.Root, err)
	}
	if err := os.Chown(j.Root, j.UID, j.UID); err != nil {
		return undo, err
	}
	for _, dir := range j.Shares {
		to := filepath.Join(j.Root, dir)
		if err := j.mkdir(dir); err != nil {
			return undo, err
		}
		if err := syscall.Mount(filepath.Join(j.Template, dir), to, "", syscall.MS_BIND, ""); err != nil {
			return undo, fmt.Errorf("mounting %s: %w", to, err)
		}
		if err := syscall.Mount("", to, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			return undo, fmt.Errorf("making %s read-only: %w", to, err)
		}
	}
	return undo, nil
}

func (j *job) null() error {
	if err := j.mkdir("/dev"); err != nil {
		return err
	}
	p := filepath.Join(j.Root, "dev/null")
	if err := syscall.Mknod(p, syscall.S_IFCHR|0o666, 1<<8|3); err != nil {
		return fmt.Errorf("making /dev/null: %w", err)
	}
	return os.Chmod(p, 0o666)
}
