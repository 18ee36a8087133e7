package gitfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// An FS is the index or a revision as a file system. It may be used by several
// goroutines. A symbolic link is one, whatever it leads to (fs.ReadLinkFS); a
// submodule is an empty directory; there are no times.
type FS struct {
	lister  lister
	objects objectReader
	work    string   // what to put before a path for the work tree; "" for none
	lost    sync.Map // the objects that are not there
	missing atomic.Int64
}

// Missing is how many files and directories could not be read since then because a partial
// clone never fetched them.
func (f *FS) Missing() int { return int(f.missing.Load()) }

// miss notes an object that is not there. The error is then not of the kind of
// fs.ErrNotExist: the file is there, its text is not.
func (f *FS) miss(err error) error {
	var missing *missingError
	if !errors.As(err, &missing) {
		return err
	}
	if _, known := f.lost.LoadOrStore(missing.hash, true); !known {
		f.missing.Add(1)
	}
	return errors.New(missing.Error())
}

func pathError(op, name string, err error) error {
	if errors.Is(err, errNoEntry) {
		err = fs.ErrNotExist
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// find is Lstat without the size.
func (f *FS) find(op, name string) (entry, error) {
	switch {
	case !fs.ValidPath(name):
		return entry{}, pathError(op, name, fs.ErrInvalid)
	case name == ".":
		return entry{name: ".", mode: ModeDir}, nil
	}
	e, err := f.lister.find(name)
	if err != nil {
		return entry{}, pathError(op, name, f.miss(err))
	}
	return e, nil
}

// Object is the name of the blob or tree that a path is, by which one state of it is told from
// another; "" where there is none, or it is not known, as that of a directory of the index.
func (f *FS) Object(name string) string {
	if l, ok := f.lister.(*treeLister); ok && name == "." {
		return l.root.String()
	}
	e, err := f.find("object", name)
	if err != nil {
		return ""
	}
	return e.hash.String()
}

// Open opens a file or directory. A file larger than 1 MiB is refused.
func (f *FS) Open(name string) (fs.File, error) {
	e, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if e.isDir() {
		list, err := f.ReadDir(name)
		return &dir{info: info{f, name, e}, list: list}, err
	}
	data, err := f.blob("open", name, e, nil, maxFileSize)
	if err != nil {
		return nil, err
	}
	return &file{info: sized{info{f, name, e}, int64(len(data))}, Reader: bytes.NewReader(data)}, nil
}

// ReadFile reads a regular file of at most 1 MiB.
func (f *FS) ReadFile(name string) ([]byte, error) {
	data, err := f.ReadInto(name, nil, maxFileSize)
	if errors.Is(err, regular.ErrIsLink) {
		err = pathError("read", name, regular.ErrNotRegular)
	}
	return bytes.Clone(data), err
}

// ReadInto is ReadFile for a caller with a buffer: the text may stand in buf,
// and must not be changed. The error is regular.ErrIsLink for a symbolic link.
func (f *FS) ReadInto(name string, buf []byte, limit int64) ([]byte, error) {
	e, err := f.find("read", name)
	if err != nil {
		return nil, err
	}
	switch e.mode.kind() {
	case ModeFile.kind():
		return f.blob("read", name, e, buf, limit)
	case ModeSymlink:
		return nil, pathError("read", name, regular.ErrIsLink)
	}
	return nil, pathError("read", name, regular.ErrNotRegular)
}

// ReadDir lists a directory, sorted by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := f.find("readdir", name); err != nil {
		return nil, err
	}
	list, err := f.lister.list(name)
	if err != nil {
		return nil, pathError("readdir", name, f.miss(err))
	}
	out := make([]fs.DirEntry, len(list))
	for i, e := range list {
		out[i] = fs.FileInfoToDirEntry(info{f, path.Join(name, e.name), e})
	}
	return out, nil
}

// Lstat tells of a file without following a link.
func (f *FS) Lstat(name string) (fs.FileInfo, error) {
	e, err := f.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{f, name, e}, nil
}

// Stat does the same: package corpus follows links, and within the tree only.
func (f *FS) Stat(name string) (fs.FileInfo, error) { return f.Lstat(name) }

// ReadLink gives a symbolic link's target.
func (f *FS) ReadLink(name string) (string, error) {
	e, err := f.find("readlink", name)
	if err != nil {
		return "", err
	}
	if e.mode.kind() != ModeSymlink {
		return "", pathError("readlink", name, fs.ErrInvalid)
	}
	data, err := f.blob("readlink", name, e, nil, maxFileSize)
	return string(data), err
}

// blob reads a blob, out of the work tree where the text there has its hash.
func (f *FS) blob(op, name string, e entry, buf []byte, limit int64) ([]byte, error) {
	if f.work != "" && e.mode.kind() == ModeFile.kind() {
		data, err := regular.Read(f.work+filepath.FromSlash(name), buf, limit)
		if err == nil && e.hash.sum(kindBlob, data) == e.hash {
			return data, nil
		}
	}
	kind, data, err := f.objects.object(e.hash, limit)
	err = f.miss(err)
	if err == nil && kind != kindBlob {
		err = fmt.Errorf("is damaged: object %s is a %s, expected a blob", e.hash, kind)
	}
	if err != nil {
		return nil, pathError(op, name, err)
	}
	return data, nil
}

func (e entry) isDir() bool { return e.mode.kind() == ModeDir || e.mode.kind() == ModeGitlink }

// An info is what the index or a tree tells of a file.
type info struct {
	fs   *FS
	path string
	e    entry
}

func (i info) Name() string       { return path.Base(i.path) }
func (i info) IsDir() bool        { return i.e.isDir() }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) Sys() any           { return nil }

// Size reads the blob, since git keeps no size of it; 0 where that fails.
func (i info) Size() int64 {
	if i.IsDir() {
		return 0
	}
	data, err := i.fs.blob("stat", i.path, i.e, nil, maxFileSize)
	var size *regular.SizeError
	if errors.As(err, &size) {
		return size.Size
	}
	return int64(len(data))
}

func (i info) Mode() fs.FileMode {
	switch {
	case i.IsDir():
		return fs.ModeDir | 0o755
	case i.e.mode.kind() == ModeSymlink:
		return fs.ModeSymlink | 0o777
	case i.e.mode&0o100 != 0:
		return 0o755
	}
	return 0o644
}

type sized struct {
	info
	size int64
}

func (s sized) Size() int64 { return s.size }

type file struct {
	info sized
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type dir struct {
	info info
	list []fs.DirEntry
}

func (d *dir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *dir) Close() error               { return nil }
func (d *dir) Read([]byte) (int, error) {
	return 0, pathError("read", d.info.path, errors.New("is a directory"))
}

func (d *dir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.list)
	} else if len(d.list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.list))
	list := d.list[:n]
	d.list = d.list[n:]
	return list, nil
}
