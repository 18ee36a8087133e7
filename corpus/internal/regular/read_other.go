//go:build !unix

package regular

import (
	"io/fs"
	"os"

	"github.com/svcjify/svcjify/internal/inputs"
)

// Read reads a regular file of at most limit bytes and follows no link at the end of the name.
func Read(p string, _ []byte, limit int64) ([]byte, error) {
	inputs.Note(p)
	info, err := os.Lstat(p)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, ErrIsLink
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	case info.Size() > limit:
		return nil, &SizeError{info.Size(), limit}
	}
	return os.ReadFile(p)
}

// ReadLinked is Read, and follows a link at the end of the name.
func ReadLinked(p string, limit int64) ([]byte, error) {
	inputs.Note(p)
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	case info.Size() > limit:
		return nil, &SizeError{info.Size(), limit}
	}
	return os.ReadFile(p)
}

func open(p string) (*os.File, error) {
	if info, err := os.Stat(p); err == nil && !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	return os.Open(p)
}
