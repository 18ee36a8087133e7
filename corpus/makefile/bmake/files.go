package bmake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/svcjify/svcjify/internal/message"
)

// Files are the Makefiles of one file system. A file that many include is read and parsed once. They may be
// used by several goroutines.
type Files struct {
	fsys     fs.FS
	patterns regexpCache

	mu      sync.Mutex
	entries map[string]*entry
}

// NewFiles gives the Makefiles of a file system.
func NewFiles(fsys fs.FS) *Files { return &Files{fsys: fsys, entries: make(map[string]*entry)} }

type entry struct {
	once sync.Once
	data string // given beforehand
	have bool   // data was given
	file *File
	err  *Error
}

// Preload gives the text of a file that was read already.
func (t *Files) Preload(name, data string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.entries[name]; !ok {
		t.entries[name] = &entry{data: data, have: true}
	}
}

// Parsed gives a file, read at the first call.
func (t *Files) Parsed(name string) (*File, *Error) {
	t.mu.Lock()
	en, ok := t.entries[name]
	if !ok {
		en = &entry{}
		t.entries[name] = en
	}
	t.mu.Unlock()
	en.once.Do(func() {
		if !en.have {
			data, err := readLimited(t.fsys, name)
			if err != nil {
				var e *Error
				if !errors.As(err, &e) {
					e = &Error{Path: name, Text: fmt.Sprintf("cannot be read: %v", message.Reason(err)), Err: err}
				}
				en.err = e
				return
			}
			en.data = string(data)
		}
		en.file, en.err = parse(name, en.data)
		en.data = ""
	})
	return en.file, en.err
}

// readLimited reads a file up to maxFileSize.
func readLimited(fsys fs.FS, name string) ([]byte, error) {
	tooBig := func(n int64) error {
		return &Error{Path: name, Text: fmt.Sprintf("found %d bytes: expected a Makefile of at most %d", n,
			maxFileSize)}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	if info.Size() > maxFileSize {
		return nil, tooBig(info.Size())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(data) > maxFileSize {
		return nil, tooBig(int64(len(data)))
	}
	return data, err
}

// Forget drops a file that will not be asked for again.
func (t *Files) Forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, name)
}
