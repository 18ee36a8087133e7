package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// WriteTree makes the change in the tree on disk, under dir. It refuses, and
// leaves everything as it was, where a file is no regular file, is reached
// through a symlink, or is not what it was when it was read. Each file is
// replaced by a rename, so that no reader sees half of it; if one can't be
// written, those replaced before it are put back.
func (c *Change) WriteTree(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range c.Files {
		if err := check(root, f); err != nil {
			return err
		}
	}
	for i, f := range c.Files {
		if err := replace(root, f.Path, f.New); err != nil {
			for _, done := range c.Files[:i] {
				err = errors.Join(err, replace(root, done.Path, done.Old))
			}
			return fmt.Errorf("%s: %w; nothing was changed", filepath.Join(dir, filepath.FromSlash(f.Path)), err)
		}
	}
	return nil
}

// check refuses what must not be written to.
func check(root *os.Root, f File) error {
	name := filepath.Join(root.Name(), filepath.FromSlash(f.Path))
	for p := f.Path; p != "."; p = path.Dir(p) {
		info, err := root.Lstat(filepath.FromSlash(p))
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s: %s is a symlink; edit the file it points to", name, p)
		}
		if p == f.Path && !info.Mode().IsRegular() {
			return fmt.Errorf("%s: not a regular file", name)
		}
	}
	now, err := root.ReadFile(filepath.FromSlash(f.Path))
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Old) {
		return fmt.Errorf("%s: it has changed since it was read; run again", name)
	}
	return nil
}

// replace writes a file beside the old one and renames it over.
func replace(root *os.Root, name string, text []byte) error {
	name = filepath.FromSlash(name)
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".svcjify.%d.tmp", os.Getpid()))
	if err := writeNew(root, temp, text, info.Mode().Perm()); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return nil
}

// writeNew makes a file that must not exist yet; on an error nothing is left of it.
func writeNew(root *os.Root, name string, text []byte, perm fs.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	if err == nil {
		err = f.Chmod(perm)
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
// name that is taken by something other than a regular file.
func WriteFile(dir, name string, text []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: not a regular file; give another directory", filepath.Join(dir, name))
	}
	temp := fmt.Sprintf(".%s.%d.tmp", name, os.Getpid())
	if err := writeNew(root, temp, text, 0o644); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return nil
}
