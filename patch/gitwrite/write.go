package gitwrite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// Write puts the chain's objects into the repository, as one pack, and then
// makes or moves the branch. If anything fails the branch is as it was, and no
// half-written file is left.
func (c *Chain) Write(branch string, force bool) error {
	ref, err := branchName(branch)
	if err != nil {
		return err
	}
	if len(c.Commits) == 0 {
		return errors.New("there is nothing to commit")
	}
	common := c.head.repo.CommonDir
	if err := mayHave(common, ref, force); err != nil {
		return err
	}
	if err := c.writePack(); err != nil {
		return fmt.Errorf("writing the objects: %w; nothing was changed", err)
	}
	return setBranch(common, ref, c.Commits[len(c.Commits)-1], force, c.by)
}

// deltaWindow is git's default.
const deltaWindow = 10

// writePack writes all new objects. A pack shows when its index is there, so
// that comes last.
func (c *Chain) writePack() error {
	var pack, idx bytes.Buffer
	sum, err := packfile.NewEncoder(&pack, c.store, false).Encode(c.hashes, deltaWindow)
	if err != nil {
		return err
	}
	w := new(idxfile.Writer)
	parser, err := packfile.NewParser(packfile.NewScanner(bytes.NewReader(pack.Bytes())), w)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(); err != nil {
		return err
	}
	index, err := w.Index()
	if err != nil {
		return err
	}
	if _, err := idxfile.NewEncoder(&idx).Encode(index); err != nil {
		return err
	}
	dir := filepath.Join(c.head.repo.CommonDir, "objects", "pack")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	base := filepath.Join(dir, "pack-"+sum.String())
	if err := writeOnce(base+".pack", pack.Bytes()); err != nil {
		return err
	}
	return writeOnce(base+".idx", idx.Bytes())
}

// writeOnce makes a read-only file whole or not at all. One of that name has
// the same content, as the name says.
func writeOnce(name string, text []byte) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "tmp_svcjify_*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(0o444)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
