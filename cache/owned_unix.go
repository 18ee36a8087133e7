//go:build unix

package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// noFollow has open(2) refuse a symbolic link, and not wait for the writer of a FIFO.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// owned reports what keeps a directory from being the user's alone.
func owned(info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return errors.New("its owner can't be told")
	case int(st.Uid) != os.Geteuid():
		return fmt.Errorf("belongs to another user, number %d", st.Uid)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("may be written to by others (mode %04o): chmod 700 makes it yours alone", info.Mode().Perm())
	}
	return nil
}
