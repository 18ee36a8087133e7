//go:build !unix

package corpus

import (
	"errors"
	"io/fs"
	"os"
)

// errIsLink says that the name is a symbolic link, which was not followed.
var errIsLink = errors.New("is a symbolic link")

// readRegular reads a regular file and follows no link at the end of the name.
func readRegular(p string, _ []byte) ([]byte, error) {
	info, err := os.Lstat(p)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errIsLink
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > maxFileSize:
		return nil, &sizeError{info.Size()}
	}
	return os.ReadFile(p)
}
