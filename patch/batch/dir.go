package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// A Dir is the directory of a batch, locked for this run.
type Dir struct {
	// Batch is what the batch file says; nil where there is none yet.
	Batch *Batch

	root *os.Root
	lock *os.File
}

const (
	lockName   = ".svcjify.lock"
	tempPrefix = ".svcjify."
	tempSuffix = ".tmp"
)

// ErrNoBatch: the directory holds no batch file.
var ErrNoBatch = errors.New("holds no batch: svcjify patch -o makes one")

// Create opens a directory for a batch, making it if need be.
func Create(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return nil, fmt.Errorf("%s: no directory can be made of that name: %w", name, message.Reason(err))
	}
	return open(name, true)
}

// Open opens a directory that holds a batch, and locks it.
func Open(name string) (*Dir, error) {
	d, err := open(name, true)
	if err == nil && d.Batch == nil {
		return nil, errors.Join(fmt.Errorf("%s %w", name, ErrNoBatch), d.Close())
	}
	return d, err
}

// OpenReadOnly opens a directory that holds a batch to read it. It writes nothing, no
// lock either: what another run is writing may be seen half done.
func OpenReadOnly(name string) (*Dir, error) {
	d, err := open(name, false)
	if err == nil && d.Batch == nil {
		return nil, errors.Join(fmt.Errorf("%s %w", name, ErrNoBatch), d.Close())
	}
	return d, err
}

func open(name string, lock bool) (*Dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root}
	if lock {
		if d.lock, err = takeLock(root, lockName); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", name, err), root.Close())
		}
	}
	if err := d.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), d.Close())
	}
	return d, nil
}

// read reads the batch file, if there is one.
func (d *Dir) read() error {
	info, err := d.root.Lstat(FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", FileName)
	}
	if err != nil {
		return err
	}
	f, err := d.root.Open(FileName)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return err
	}
	d.Batch, err = Parse(text)
	return err
}

// Close gives the directory free.
func (d *Dir) Close() error {
	err := d.root.Close()
	if d.lock != nil {
		err = errors.Join(err, freeLock(d.lock))
	}
	return err
}

// Read reads a file of the batch.
func (d *Dir) Read(name string) ([]byte, error) {
	info, err := d.root.Lstat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, fmt.Errorf("%s: %w: not a regular file of sensible size", name, fs.ErrInvalid)
	}
	return d.root.ReadFile(filepath.FromSlash(name))
}

// A Kept is a file that was left as it is, because a person wrote or changed it.
type Kept struct{ Name, Reason string }

// Write makes the directory hold a batch: texts has every file of it. What it
// held before of svcjify's and is in texts no more is removed. Files that
// svcjify did not write, or that were changed since, stay, and are returned.
//
// The batch file is written first, with the sums before and after of
// every file that changes, and once more at the end: however a run ends, the
// next one knows its own.
func (d *Dir) Write(ctx context.Context, b *Batch, texts map[string][]byte) ([]Kept, error) {
	own := map[string]Written{}
	if d.Batch != nil {
		for _, w := range d.Batch.written() {
			own[w.Name] = *w
		}
	}
	b.sortAll()
	var kept []Kept
	var write, remove []string
	for _, w := range b.written() {
		text, ok := texts[w.Name]
		if !ok { // stays as it is
			w.Sum = own[w.Name].Sum
			continue
		}
		w.Sum = sum(text)
		now, exists, err := d.sumOf(w.Name)
		switch {
		case err != nil:
			kept = append(kept, Kept{w.Name, err.Error()})
			w.Sum = own[w.Name].Sum
		case !exists:
			write = append(write, w.Name)
		case now == w.Sum:
		case own[w.Name].is(now):
			w.Before = now
			write = append(write, w.Name)
		case own[w.Name].Name == "":
			kept = append(kept, Kept{w.Name, "it is not svcjify's"})
		default:
			kept = append(kept, Kept{w.Name, "it was changed since svcjify wrote it"})
			w.Sum = own[w.Name].Sum
		}
		delete(own, w.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if slices.ContainsFunc(b.written(), func(w *Written) bool { return w.Name == name }) {
			continue
		}
		now, exists, err := d.sumOf(name)
		switch {
		case err != nil:
			kept = append(kept, Kept{name, err.Error()})
		case exists && own[name].is(now):
			remove = append(remove, name)
			b.Files = append(b.Files, Written{Name: name, Before: now})
		case exists:
			kept = append(kept, Kept{name, "it was changed since svcjify wrote it; the batch has no more use for it"})
		}
	}
	for _, name := range slices.Concat(write, remove) { // what an interrupted run left
		if err := d.sweep(path.Dir(name)); err != nil {
			return kept, err
		}
	}
	if err := d.sweep("."); err != nil {
		return kept, err
	}
	if err := d.putBatch(b); err != nil {
		return kept, err
	}
	for _, name := range write {
		if err := ctx.Err(); err != nil {
			return kept, err
		}
		if err := d.put(name, texts[name]); err != nil {
			return kept, err
		}
	}
	for _, name := range remove {
		if err := d.remove(name); err != nil {
			return kept, err
		}
	}
	for _, w := range b.written() {
		w.Before = ""
	}
	b.Files = slices.DeleteFunc(b.Files, func(w Written) bool { return w.Sum == "" })
	b.Patches = slices.DeleteFunc(b.Patches, func(e Entry) bool { return e.Sum == "" })
	d.Batch = b
	return kept, d.putBatch(b)
}

// Save writes the batch file alone: what was sent, for instance.
func (d *Dir) Save() error {
	if err := d.sweep("."); err != nil {
		return err
	}
	d.Batch.sortAll()
	return d.putBatch(d.Batch)
}

func (d *Dir) putBatch(b *Batch) error {
	text, err := b.Format()
	if err != nil {
		return err
	}
	return d.put(FileName, text)
}

// written is every file of the batch.
func (b *Batch) written() []*Written {
	var out []*Written
	for i := range b.Patches {
		out = append(out, &b.Patches[i].Written)
	}
	for i := range b.Files {
		out = append(out, &b.Files[i])
	}
	return out
}

// is reports whether a sum is that of a text which svcjify wrote there.
func (w Written) is(now string) bool { return w.Name != "" && (now == w.Sum || now == w.Before) }

// sumOf is the sum of a file as it is now.
func (d *Dir) sumOf(name string) (sumNow string, exists bool, err error) {
	text, err := d.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", true, err
	}
	return sum(text), true, nil
}

// put writes a file whole or not at all.
func (d *Dir) put(name string, text []byte) error {
	name = filepath.FromSlash(name)
	dir := filepath.Dir(name)
	if err := d.root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temp := filepath.Join(dir, fmt.Sprintf("%s%d%s", tempPrefix, os.Getpid(), tempSuffix))
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Join(d.root.Name(), name), err)
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Join(d.root.Name(), name), errors.Join(err, d.root.Remove(temp)))
	}
	return nil
}

// remove takes a file away, and its directory if it is empty then.
func (d *Dir) remove(name string) error {
	if err := d.root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if d.root.Remove(filepath.FromSlash(dir)) != nil {
			break
		}
	}
	return nil
}

// sweep removes what an interrupted run left in a directory.
func (d *Dir) sweep(dir string) error {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) && strings.HasSuffix(e.Name(), tempSuffix) && e.Type().IsRegular() {
			if err := d.root.Remove(filepath.Join(filepath.FromSlash(dir), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
