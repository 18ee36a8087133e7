package gitfs

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// The kinds of objects.
const (
	kindCommit = "commit"
	kindTree   = "tree"
	kindBlob   = "blob"
	kindTag    = "tag"
)

const (
	// maxFileSize is the largest blob that is read, in bytes; package corpus reads no larger file.
	maxFileSize = 1 << 20
	// maxObjectSize is the largest commit, tree, or base of a delta.
	maxObjectSize = 64 << 20
	// maxAlternates is how many object directories may be chained.
	maxAlternates = 16
)

// An objectReader gives objects by name.
type objectReader interface {
	// object reads one; the error is a *missingError where it is not there, and a
	// *regular.SizeError where it is larger than limit bytes.
	object(h hash, limit int64) (kind string, data []byte, err error)
}

// A missingError is an object that the repository lacks: in a partial clone
// it was never fetched.
type missingError struct{ hash hash }

func (e *missingError) Error() string {
	return fmt.Sprintf("is not in the repository (object %s; a partial clone?)", e.hash)
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }

// A database is a repository's objects directory and its alternates.
type database struct {
	dirs   []string
	packs  func() ([]*pack, error)
	opened []*pack
}

// close gives the packs back; nothing can be read any more.
func (d *database) close() {
	for _, p := range d.opened {
		p.close()
	}
}

func newDatabase(dirs []string, hashSize int) *database {
	d := &database{}
	for _, dir := range dirs {
		d.add(dir)
	}
	d.packs = sync.OnceValues(func() (_ []*pack, err error) {
		d.opened, err = openPacks(d.dirs, hashSize)
		return d.opened, err
	})
	return d
}

// add adds a directory with those that its info/alternates names.
func (d *database) add(dir string) {
	for _, have := range d.dirs {
		if have == dir {
			return
		}
	}
	if len(d.dirs) >= maxAlternates {
		return
	}
	d.dirs = append(d.dirs, dir)
	text, err := readRegular(filepath.Join(dir, "info", "alternates"), maxConfig)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line == "" || line[0] == '#' {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(dir, line)
		}
		d.add(filepath.Clean(line))
	}
}

func (d *database) object(h hash, limit int64) (string, []byte, error) {
	kind, data, err := d.find(h, limit)
	if err != nil {
		return "", nil, err
	}
	if h.sum(kind, data) != h {
		return "", nil, fmt.Errorf("is damaged: object %s holds something else", h)
	}
	return kind, data, nil
}

// find looks into the packs first, which hold most.
func (d *database) find(h hash, limit int64) (string, []byte, error) {
	packs, err := d.packs()
	if err != nil {
		return "", nil, err
	}
	for _, p := range packs {
		if at, ok, err := p.offset(h); err != nil {
			return "", nil, err
		} else if ok {
			return p.read(at, limit)
		}
	}
	name := h.String()
	for _, dir := range d.dirs {
		f, err := regular.Open(filepath.Join(dir, name[:2], name[2:]))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return "", nil, err
		}
		defer f.Close()
		return readLoose(f, limit)
	}
	return "", nil, &missingError{h}
}

// readLoose reads an object's own file: zlib over `kind SP size NUL content`.
func readLoose(f io.Reader, limit int64) (string, []byte, error) {
	z, err := zlib.NewReader(f)
	if err != nil {
		return "", nil, fmt.Errorf("is damaged: %w", err)
	}
	defer z.Close()
	// The header is short; what was read beyond it is content.
	head := make([]byte, 64)
	n, err := io.ReadFull(z, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", nil, fmt.Errorf("is damaged: %w", err)
	}
	header, rest, ok := bytes.Cut(head[:n], []byte{0})
	kind, text, ok2 := strings.Cut(string(header), " ")
	size, err := strconv.ParseInt(text, 10, 64)
	if !ok || !ok2 || err != nil || size < int64(len(rest)) {
		return "", nil, errors.New("is damaged: the object has no header")
	}
	if size > limit {
		return "", nil, &regular.SizeError{Size: size, Limit: limit}
	}
	data := make([]byte, size)
	copy(data, rest)
	if _, err := io.ReadFull(z, data[len(rest):]); err != nil {
		return "", nil, fmt.Errorf("is damaged: %w", err)
	}
	return kind, data, nil
}

// A cachedReader keeps what was read of small objects: a port's Makefile is
// looked at several times.
type cachedReader struct {
	objectReader
	ctx  context.Context // nothing is read after its end
	mu   sync.Mutex
	kept map[hash]keptObject
	size int
	most int // bytes that are kept
}

type keptObject struct {
	kind string
	data []byte
}

// maxKept is how many bytes of objects are kept where nobody says.
const maxKept = 32 << 20

func (c *cachedReader) object(h hash, limit int64) (string, []byte, error) {
	if err := c.ctx.Err(); err != nil {
		return "", nil, err
	}
	c.mu.Lock()
	k, ok := c.kept[h]
	c.mu.Unlock()
	if ok && int64(len(k.data)) <= limit {
		return k.kind, k.data, nil
	}
	kind, data, err := c.objectReader.object(h, limit)
	if err == nil {
		c.mu.Lock()
		if c.size += len(data); c.size <= c.most {
			c.kept[h] = keptObject{kind, data}
		}
		c.mu.Unlock()
	}
	return kind, data, err
}
