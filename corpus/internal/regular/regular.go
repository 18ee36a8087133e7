// Package regular reads regular files of the system, and nothing else: no
// symbolic link at the end of the name, no device, no FIFO that waits for ever.
package regular

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/svcjify/svcjify/internal/inputs"
)

var (
	// ErrIsLink says that the name is a symbolic link, which was not followed.
	ErrIsLink = errors.New("is a symbolic link")
	// ErrNotRegular says that the name is not a regular file.
	ErrNotRegular = errors.New("is not a regular file")
)

// A SizeError is a file that is too large to be read; sizes are in bytes.
type SizeError struct{ Size, Limit int64 }

func (e *SizeError) Error() string {
	return fmt.Sprintf("has %d bytes, more than the %d that are read", e.Size, e.Limit)
}

// Open opens a regular file, following links; it waits for no other process.
func Open(p string) (*os.File, error) {
	inputs.Note(p)
	f, err := open(p)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: p, Err: ErrNotRegular}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
