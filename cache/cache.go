// Package cache keeps answers that cost much and depend on nothing but what was
// asked, in a directory of files, from one run of the program to the next.
//
// A file is named by the hash of the question. It may go at any time, two runs may
// write at once, and one that is damaged counts as one that is not there: the answer
// is found again. A directory that can't be used costs the answers and never the run.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/svcjify/svcjify/internal/message"
)

// A Key is the hash of a question, with all that its answer depends on.
type Key = [sha256.Size]byte

// Options say how a directory is used.
type Options struct {
	// Build tells this program from any other build of it: each has answers of its own.
	Build string
	// Limit is the size of all files, in bytes, above which the oldest go; 0 is DefaultLimit.
	Limit int64
	// Verify has no answer given and each compared with the one that is kept.
	Verify bool
}

// DefaultLimit holds the answers for FreeBSD's tree, of which this is some ten times the size.
const DefaultLimit = 256 << 20

// maxEntry bounds one file, in bytes.
const maxEntry = 8 << 20

// A Dir is a directory of answers. Its methods may be called by several
// goroutines, and do nothing where it is nil.
type Dir struct {
	top, own string // the directory, and that of this build in it
	options  Options
	used     bool // there were answers of this build

	stop            atomic.Bool // nothing more is written
	wrote           atomic.Bool
	given, compared atomic.Int64

	mu     sync.Mutex
	err    error // why the first answer that could not be kept was not
	differ []string
}

// format begins the names of the directories of all builds, and changes with
// what the files look like.
const format = "v1-"

// Open makes the directory, if it is not there, and looks whether it may be trusted:
// what stands in it becomes a verdict. It must be the user's own, no one else may write
// to it, and it is no symbolic link.
func Open(dir string, o Options) (*Dir, error) {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	build := sha256.Sum256([]byte(o.Build))
	d := &Dir{top: dir, own: filepath.Join(dir, format+hex.EncodeToString(build[:8])), options: o}
	if err := os.MkdirAll(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, reason(dir, err)
	}
	if err := trusted(dir); err != nil {
		return nil, reason(dir, err)
	}
	switch err := trusted(d.own); {
	case err == nil:
		d.used = true
	case !errors.Is(err, fs.ErrNotExist):
		return nil, reason(d.own, err)
	}
	return d, nil
}

// reason puts the directory before an error that does not name it.
func reason(dir string, err error) error {
	return fmt.Errorf("%s: %w", dir, message.Reason(err))
}

// trusted reports what keeps a directory from being relied on.
func trusted(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("is a symbolic link: expected a directory")
	case !info.IsDir():
		return errors.New("is not a directory")
	}
	return owned(info)
}

// Used reports whether answers of this build were there when it was opened.
func (d *Dir) Used() bool { return d != nil && d.used && !d.options.Verify }

func (d *Dir) file(k Key) string { return filepath.Join(d.own, hex.EncodeToString(k[:])) }

// Get gives the answer to a question, if it is kept.
func (d *Dir) Get(k Key) ([]byte, bool) {
	if d == nil || d.options.Verify {
		return nil, false
	}
	value, ok := d.read(k)
	if ok {
		d.given.Add(1)
	}
	return value, ok
}

// Kept is Get, of a Dir that verifies too: for an answer that can't be compared as it is.
func (d *Dir) Kept(k Key) ([]byte, bool) {
	if d == nil {
		return nil, false
	}
	return d.read(k)
}

// Compare counts an answer that the caller has compared with the one that is kept.
func (d *Dir) Compare(k Key, same bool) {
	d.compared.Add(1)
	if !same {
		d.mu.Lock()
		d.differ = append(d.differ, hex.EncodeToString(k[:]))
		d.mu.Unlock()
	}
}

// touchAfter is the age at which an answer that is used gets a new date, by which
// the oldest are found.
const touchAfter = 24 * time.Hour

// read reads a file: the hash of key and answer, and then the answer.
func (d *Dir) read(k Key) ([]byte, bool) {
	name := d.file(k)
	data, age, err := readFile(name, maxEntry)
	if err != nil || len(data) < sha256.Size {
		return nil, false
	}
	value := data[sha256.Size:]
	if sum := sumOf(k, value); !bytes.Equal(data[:sha256.Size], sum[:]) {
		return nil, false
	}
	if age > touchAfter {
		now := time.Now()
		_ = os.Chtimes(name, now, now) // it goes earlier than it might, no more
	}
	return value, true
}

func sumOf(k Key, value []byte) Key {
	h := sha256.New()
	h.Write(k[:])
	h.Write(value)
	return Key(h.Sum(nil))
}

// Put keeps an answer. What goes wrong is told by Err.
func (d *Dir) Put(k Key, value []byte) {
	if d == nil || len(value) > maxEntry-sha256.Size {
		return
	}
	if d.options.Verify {
		if old, ok := d.read(k); ok {
			d.Compare(k, bytes.Equal(old, value))
		}
		return
	}
	if d.stop.Load() {
		return
	}
	d.wrote.Store(true)
	if err := d.write(k, value); err != nil {
		d.stop.Store(true)
		d.mu.Lock()
		d.err = reason(d.top, err)
		d.mu.Unlock()
	}
}

// temporary begins the names of files that are being written.
const temporary = "tmp-"

// write writes beside the file and renames, so that it is whole or not there.
func (d *Dir) write(k Key, value []byte) error {
	f, err := os.CreateTemp(d.own, temporary)
	if errors.Is(err, fs.ErrNotExist) { // the first, or another run has removed the empty directory
		if err := os.Mkdir(d.own, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		f, err = os.CreateTemp(d.own, temporary)
	}
	if err != nil {
		return err
	}
	sum := sumOf(k, value)
	_, err = f.Write(append(sum[:], value...))
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), d.file(k))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Compared is, of a Dir that verifies, how many answers were there to be compared, and
// the names of the files that hold another one.
func (d *Dir) Compared() (n int, differ []string) {
	if d == nil {
		return 0, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return int(d.compared.Load()), d.differ
}

// Given is how many answers were given.
func (d *Dir) Given() int {
	if d == nil {
		return 0
	}
	return int(d.given.Load())
}

// Close removes the oldest answers where there are too many, and tells why answers
// could not be kept, if they could not.
func (d *Dir) Close() error {
	if d == nil {
		return nil
	}
	if d.wrote.Load() {
		d.prune()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// isOwn tells the names that this package gives to files, which alone it removes.
func isOwn(name string) bool {
	if strings.HasPrefix(name, temporary) {
		return true
	}
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == 2*sha256.Size
}
