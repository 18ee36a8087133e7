//go:build unix

package batch

import (
	"errors"
	"os"
	"syscall"
)

var errLocked = errors.New("another svcjify is at work there: wait for it")

// takeLock takes a lock that ends with the process, however it ends.
func takeLock(root *os.Root, name string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// freeLock gives the lock free, though a child that is just being started may
// have the file open for another moment.
func freeLock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}
