//go:build unix

package patch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// lockDir waits for its turn to write in a directory. There may be no lock to be
// had, as on some network file systems: then it goes on without.
func lockDir(root *os.Root) (locked bool, free func()) {
	d, err := root.Open(".")
	if err != nil {
		return false, func() {}
	}
	for {
		err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	return err == nil, func() { d.Close() }
}

// links is how many names a file has.
func links(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// giveOwner gives a new file the owner and group of the one that it replaces.
func giveOwner(f *os.File, old fs.FileInfo) error {
	want, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if have, ok := info.Sys().(*syscall.Stat_t); ok && have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
		return fmt.Errorf("the file belongs to user %d and group %d, and the new one could not be given to them (%w): "+
			"run it as that user or as root", want.Uid, want.Gid, errors.Unwrap(err))
	}
	return nil
}
