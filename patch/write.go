package patch

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// WriteTree makes the change in the tree on disk, under dir. It refuses, and
// leaves everything as it was, where a file is no regular file, is reached
// through a symlink, has other hard links, can't keep its owner, or is not what
// it was when it was read. Each file is replaced by a rename, so that no reader
// sees half of it. The new texts are all on the disk before the first rename; if
// a rename fails, the files replaced before it are put back.
//
// A run that is killed between two renames has raised a PORTREVISION and not
// yet changed the script: scripts come last, because the next run finds a script
// that is unchanged, but not a PORTREVISION that was forgotten.
//
// One run at a time writes in a directory: another waits.
func (c *Change) WriteTree(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	locked, free := lockDir(root)
	defer free()
	if locked { // what is left there is of a run that was killed
		for _, f := range c.Files {
			if err := sweep(root, path.Dir(f.Path)); err != nil {
				return err
			}
		}
	}
	files := slices.Clone(c.Files)
	slices.SortStableFunc(files, func(a, b File) int { return order(a) - order(b) })
	var replaced []replacement
	defer func() {
		for _, r := range replaced {
			_ = root.Remove(r.temp) // it was renamed, most likely
		}
	}()
	for _, f := range files {
		r, err := check(root, f)
		if err == nil {
			r.temp, err = r.write(root, f.New)
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		replaced = append(replaced, r)
	}
	for i, r := range replaced {
		if err := root.Rename(r.temp, r.name); err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, r.name), err)
			if back := putBack(root, replaced[:i], files); back != nil {
				return errors.Join(err, back)
			}
			return fmt.Errorf("%w; nothing was changed", err)
		}
	}
	return nil
}

// order has scripts last.
func order(f File) int {
	if f.Revision {
		return 0
	}
	return 1
}

// putBack undoes the renames that were made.
func putBack(root *os.Root, done []replacement, files []File) error {
	var all error
	for i, r := range done {
		temp, err := r.write(root, files[i].Old)
		if err == nil {
			err = root.Rename(temp, r.name)
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("%s was changed and could not be put back: %w",
				filepath.Join(root.Name(), r.name), err))
		}
	}
	return all
}

// A replacement is a file that is about to be replaced.
type replacement struct {
	name string // in the root
	info fs.FileInfo
	temp string // holds the new text
}

// check refuses what must not be written to.
func check(root *os.Root, f File) (replacement, error) {
	r := replacement{name: filepath.FromSlash(f.Path)}
	name := filepath.Join(root.Name(), r.name)
	for p := f.Path; p != "."; p = path.Dir(p) {
		info, err := root.Lstat(filepath.FromSlash(p))
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return r, fmt.Errorf("%s: %s is a symlink; edit the file it points to", name, p)
		}
		if p == f.Path {
			r.info = info
		}
	}
	if !r.info.Mode().IsRegular() {
		return r, fmt.Errorf("%s: not a regular file", name)
	}
	if n := links(r.info); n > 1 {
		return r, fmt.Errorf("%s: the file has %d hard links, and a new file would take the place of this one only: "+
			"copy it to make it a file of its own, or edit it by hand", name, n)
	}
	now, err := root.ReadFile(r.name)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	if !bytes.Equal(now, f.Old) {
		return r, fmt.Errorf("%s: it has changed since it was read; run again", name)
	}
	return r, nil
}

// write writes a text beside the file, with the file's mode and owner.
func (r replacement) write(root *os.Root, text []byte) (temp string, err error) {
	temp = filepath.Join(filepath.Dir(r.name), tempName())
	if err := writeNew(root, temp, text, r.info); err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Join(root.Name(), r.name), err)
	}
	return temp, nil
}

const (
	tempPrefix = ".svcjify-write."
	tempSuffix = ".tmp"
)

// tempName is new each time. The process's number would come again, in a
// container in the very next run.
func tempName() string { return tempPrefix + rand.Text()[:10] + tempSuffix }

// sweep removes what a run that was killed left in a directory.
func sweep(root *os.Root, dir string) error {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), tempSuffix) && e.Type().IsRegular() {
			if err := root.Remove(filepath.Join(filepath.FromSlash(dir), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Probe is the pattern of a file that is made and removed at once, to see whether one can be; what a run
// that was killed left of it goes as other leftovers do.
const Probe = tempPrefix + "*" + tempSuffix

// sweepOld removes what killed runs left at the top of a directory where no lock is taken: a
// write that lasts an hour is none. What can't be removed stays.
func sweepOld(root *os.Root) {
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) ||
			!e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = root.Remove(e.Name())
		}
	}
}

// writeNew makes a file that must not exist yet, with the mode and owner of
// another, if there is one; on an error nothing is left of it.
func writeNew(root *os.Root, name string, text []byte, like fs.FileInfo) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	mode := fs.FileMode(0o644)
	if like != nil {
		mode = like.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
		if err == nil {
			err = giveOwner(f, like)
		}
	}
	if err == nil {
		err = f.Chmod(mode) // after the owner, which takes setuid away
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}

// WriteFile puts a file into a directory of patches, atomically. It refuses a
// name that is taken by something other than a regular file; the mode and owner
// of one that it replaces stay.
func WriteFile(dir, name string, text []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: not a regular file; give another directory", filepath.Join(dir, name))
	}
	sweepOld(root)
	temp := tempName()
	if err := writeNew(root, temp, text, info); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return nil
}
