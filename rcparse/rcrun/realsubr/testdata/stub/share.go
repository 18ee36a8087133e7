package main

import (
	"io/fs"
	"os"
	"path/filepath"
)

// link puts hard links to what all runs share into the root. They stay root's,
// so that the run's user cannot change them.
func (j *job) link() error {
	if err := os.Chown(j.Root, j.UID, j.UID); err != nil {
		return err
	}
	for _, dir := range j.Shares {
		from := filepath.Join(j.Template, dir)
		to := filepath.Join(j.Root, dir)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, p)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(filepath.Join(to, rel), 0o755)
			}
			return os.Link(p, filepath.Join(to, rel))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
