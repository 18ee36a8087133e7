package cache

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// abandonedAfter is the age at which a file that is still being written belongs to a
// run that was killed.
const abandonedAfter = time.Hour

// prune removes what killed runs have left, and the oldest answers, of whatever
// build, until they take four fifths of what they may. Another run may do the same: a
// file that is gone is as good as removed.
func (d *Dir) prune() {
	type entry struct {
		name string
		size int64
		time time.Time
	}
	var all []entry
	var size int64
	builds, err := os.ReadDir(d.top)
	if err != nil {
		return
	}
	for _, b := range builds {
		if !b.IsDir() || !strings.HasPrefix(b.Name(), format) {
			continue
		}
		dir := filepath.Join(d.top, b.Name())
		files, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || !info.Mode().IsRegular() || !isOwn(f.Name()) {
				continue
			}
			name := filepath.Join(dir, f.Name())
			if strings.HasPrefix(f.Name(), temporary) && time.Since(info.ModTime()) > abandonedAfter {
				_ = os.Remove(name)
				continue
			}
			all = append(all, entry{name, info.Size(), info.ModTime()})
			size += info.Size()
		}
	}
	if size <= d.options.Limit {
		return
	}
	slices.SortFunc(all, func(a, b entry) int { return a.time.Compare(b.time) })
	for _, e := range all {
		if size <= d.options.Limit/5*4 {
			break
		}
		if err := os.Remove(e.name); err == nil || os.IsNotExist(err) {
			size -= e.size
		}
	}
	for _, b := range builds { // those of old builds that are empty now
		if dir := filepath.Join(d.top, b.Name()); b.IsDir() && strings.HasPrefix(b.Name(), format) && dir != d.own {
			_ = os.Remove(dir)
		}
	}
}

// readFile reads a regular file that is no symbolic link, and tells its age.
func readFile(name string, limit int64) ([]byte, time.Duration, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, 0, fs.ErrInvalid
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, 0, fs.ErrInvalid
	}
	return data, time.Since(info.ModTime()), nil
}
