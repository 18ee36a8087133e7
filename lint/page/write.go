package page

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/svcjify/svcjify/internal/message"
)

// The files of a report.
const (
	pageName = "index.html"
	dataName = "report.json"
)

// A DirError says why a directory can't hold a report, and what to do.
type DirError struct {
	// Path is the file or directory, Text what was found there, Hint what to do.
	Path, Text, Hint string
	Err              error
}

func (e *DirError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Path, e.Text, e.Err)
	}
	return e.Path + ": " + e.Text
}

func (e *DirError) Unwrap() error { return e.Err }

// Check makes the directory if need be, and sees that a report may be written there: a file
// of a report's name that is not one of ours stays. Other files in it don't matter.
func Check(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		hint := "name a directory that you may make or write to"
		if info, serr := os.Lstat(dir); serr == nil && info.Mode()&fs.ModeSymlink != 0 {
			hint = "it is a symbolic link to something that is not a directory: name the directory itself"
		}
		return &DirError{dir, "no directory can be made of that name", hint, message.Reason(err)}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &DirError{dir, "cannot be opened", "name a directory that you may write to", message.Reason(err)}
	}
	defer root.Close()
	for name, mark := range map[string]string{pageName: `content="` + madeBy + `"`,
		dataName: `"made_by": "` + madeBy + `"`} {
		if err := ours(root, name, mark); err != nil {
			return err
		}
	}
	sweep(root)
	temp := tempName(pageName)
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return &DirError{dir, "cannot be written to", "name another directory", message.Reason(err)}
	}
	return errors.Join(f.Close(), root.Remove(temp))
}

// ours tells whether a file is free to be replaced: it is not there, or is a report's.
func ours(root *os.Root, name, mark string) error {
	path := filepath.Join(root.Name(), name)
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &DirError{path, "cannot be looked at", "name another directory", message.Reason(err)}
	case !info.Mode().IsRegular():
		return &DirError{path, "is not a regular file, expected a report or nothing",
			"move it away, or name another directory", nil}
	}
	f, err := root.Open(name)
	if err != nil {
		return &DirError{path, "cannot be read", "move it away, or name another directory", message.Reason(err)}
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return &DirError{path, "cannot be read", "move it away, or name another directory", message.Reason(err)}
	}
	if !bytes.Contains(head, []byte(mark)) {
		return &DirError{path, "was not written by svcjify report and stays as it is",
			"move it away, or name another directory", nil}
	}
	return nil
}

// Write puts a report into a directory that Check has seen. Each file is replaced as a
// whole, or stays as it was.
func (r *Report) Write(dir string) error {
	data, err := r.JSON()
	if err != nil {
		return err
	}
	page, err := r.HTML()
	if err != nil {
		return err
	}
	if err := Check(dir); err != nil { // much time may have passed
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &DirError{dir, "cannot be opened", "name a directory that you may write to", message.Reason(err)}
	}
	defer root.Close()
	if err := put(root, dataName, data); err != nil {
		return err
	}
	return put(root, pageName, page)
}

// put replaces one file.
func put(root *os.Root, name string, text []byte) error {
	temp := tempName(name)
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err == nil {
		_, err = f.Write(text)
		if err == nil {
			err = f.Sync()
		}
		err = errors.Join(err, f.Close())
		if err == nil {
			err = root.Rename(temp, name)
		}
		if err != nil {
			err = errors.Join(err, root.Remove(temp))
		}
	}
	if err != nil {
		return &DirError{filepath.Join(root.Name(), name), "cannot be written",
			"what was there is whole; make room, or name another directory", message.Reason(err)}
	}
	return nil
}

// sweep removes what runs that were killed have left: a write that lasts an hour is none.
// What can't be removed stays.
func sweep(root *os.Root) {
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		for _, name := range []string{pageName, dataName} {
			ours := strings.HasPrefix(e.Name(), ".svcjify."+name+".") && strings.HasSuffix(e.Name(), ".tmp")
			info, err := e.Info()
			if ours && err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
				_ = root.Remove(e.Name())
			}
		}
	}
}

func tempName(name string) string { return fmt.Sprintf(".svcjify.%s.%d.tmp", name, os.Getpid()) }
