package gitfs

import (
	"io/fs"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// The largest files of a git directory that are read, in bytes.
const (
	maxRef        = 64 << 10 // HEAD, a reference, MERGE_HEAD, commondir, a .git file
	maxConfig     = 4 << 20  // config, info/alternates
	maxPackedRefs = 64 << 20
)

// maxPacks is how many packs are opened; git gc makes one of 50.
const maxPacks = 2000

// readRegular reads a file of a git directory, whose author may be anybody: a link is followed, as
// git does, but nothing is read that is not a regular file, nor one that is too large.
func readRegular(name string, limit int64) ([]byte, error) {
	text, err := regular.ReadLinked(name, limit)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return text, nil
}
