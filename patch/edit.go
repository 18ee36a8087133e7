// Package patch turns findings into changes of a ports tree that a maintainer
// can merge: the template edited byte by byte, PORTREVISION raised in every
// port that installs it, a message; and the proof of each before it is written.
package patch

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/svcjify/svcjify/lint"
)

var errOverlap = errors.New("two edits overlap")

// Apply makes the edits, which are offsets into src, and leaves every other
// byte as it is.
func Apply(src []byte, edits []lint.Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b lint.Edit) int { return cmp.Compare(a.Start, b.Start) })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(src) {
			return nil, errOverlap
		}
		out.Write(src[at:e.Start])
		out.WriteString(e.New)
		at = e.End
	}
	out.Write(src[at:])
	return out.Bytes(), nil
}

// An overlay is a tree with some files changed in memory.
type overlay struct {
	fs.FS
	files map[string][]byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if data, ok := o.files[name]; ok {
		return &memFile{Reader: bytes.NewReader(data), name: name, size: int64(len(data))}, nil
	}
	return o.FS.Open(name)
}

// memFile is a regular file in memory, and its own fs.FileInfo.
type memFile struct {
	*bytes.Reader
	name string
	size int64
}

var _ io.Reader = (*memFile)(nil)

func (f *memFile) Stat() (fs.FileInfo, error) { return memInfo{f}, nil }
func (f *memFile) Close() error               { return nil }

type memInfo struct{ f *memFile }

func (i memInfo) Name() string       { return i.f.name }
func (i memInfo) Size() int64        { return i.f.size }
func (i memInfo) Mode() fs.FileMode  { return 0o644 }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return false }
func (i memInfo) Sys() any           { return nil }
