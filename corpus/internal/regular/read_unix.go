//go:build unix

package regular

import (
	"os"
	"syscall"

	"github.com/svcjify/svcjify/internal/inputs"
)

// Read reads a regular file of at most limit bytes; it follows no link at the end of the name
// and waits for no other process (a FIFO). Thousands of files are read for one
// answer, so it makes only the system calls that it needs: os.ReadFile would
// double them. What fits into buf stands there, else in memory of its own.
func Read(p string, buf []byte, limit int64) ([]byte, error) {
	return read(p, buf, limit, syscall.O_NOFOLLOW)
}

// ReadLinked is Read, and follows a link at the end of the name.
func ReadLinked(p string, limit int64) ([]byte, error) { return read(p, nil, limit, 0) }

func read(p string, buf []byte, limit int64, flags int) ([]byte, error) {
	inputs.Note(p)
	var fd int
	var err error
	for {
		fd, err = syscall.Open(p, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC|flags, 0)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		// FreeBSD says EMLINK for a link that is not to be followed.
		if flags != 0 && (err == syscall.ELOOP || err == syscall.EMLINK) {
			return nil, ErrIsLink
		}
		if err == syscall.ENXIO { // a socket
			return nil, ErrNotRegular
		}
		return nil, err
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return nil, err
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, ErrNotRegular
	}
	if st.Size > limit {
		return nil, &SizeError{st.Size, limit}
	}
	if int64(len(buf)) <= st.Size {
		buf = make([]byte, st.Size+1)
	}
	n := 0
	for {
		m, err := syscall.Read(fd, buf[n:])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return nil, err
		case m <= 0:
			return buf[:n], nil
		}
		n += m
		if n == len(buf) {
			// It grew while it was read.
			if int64(n) > limit {
				return nil, &SizeError{int64(n), limit}
			}
			buf = append(buf, make([]byte, len(buf))...)
		} else if int64(n) == st.Size {
			// All there is; a file that grows now is read as it was.
			return buf[:n], nil
		}
	}
}

// open opens a file without waiting for another process.
func open(p string) (*os.File, error) { return os.OpenFile(p, os.O_RDONLY|syscall.O_NONBLOCK, 0) }
