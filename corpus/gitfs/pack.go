package gitfs

import (
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// A pack is a packfile with its .idx, both read only where they must be: a
// ports tree's history has millions of objects, and a hook needs ten of them.
type pack struct {
	idx, data *os.File
	hashSize  int
	fanout    [256]uint32
	size      int64 // of data
}

// maxChain is how many deltas may stand on each other; git makes 50, by request up to 4095.
const maxChain = 4096

// openPacks opens the packs of the directories, the newest first as git does.
func openPacks(dirs []string, hashSize int) ([]*pack, error) {
	type found struct {
		path string
		when int64
	}
	var list []found
	for _, dir := range dirs {
		entries, err := os.ReadDir(filepath.Join(dir, "pack"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".idx")
			if info, err := e.Info(); ok && err == nil {
				list = append(list, found{filepath.Join(dir, "pack", name), info.ModTime().UnixNano()})
			}
		}
	}
	slices.SortFunc(list, func(a, b found) int {
		if a.when != b.when && (a.when > b.when) {
			return -1
		} else if a.when != b.when {
			return 1
		}
		return strings.Compare(a.path, b.path)
	})
	if len(list) > maxPacks {
		return nil, &Error{Text: fmt.Sprintf("the repository has %d packs, more than the %d that are read", len(list),
			maxPacks), Hint: "git gc makes few of many"}
	}
	var packs []*pack
	for _, f := range list {
		p, err := openPack(f.path, hashSize)
		if errors.Is(err, fs.ErrNotExist) {
			continue // git repack just took it away
		} else if err != nil {
			for _, p := range packs {
				p.close()
			}
			return nil, fmt.Errorf("%s.idx %w", f.path, err)
		}
		packs = append(packs, p)
	}
	return packs, nil
}

// close gives the files back.
func (p *pack) close() {
	p.idx.Close()
	p.data.Close()
}

// openPack opens a pack, whose files stay open until close.
func openPack(base string, hashSize int) (_ *pack, err error) {
	p := &pack{hashSize: hashSize}
	defer func() {
		if err != nil {
			p.close() // of a nil file is an error and no more
		}
	}()
	if p.idx, err = regular.Open(base + ".idx"); err != nil {
		return nil, err
	}
	if p.data, err = regular.Open(base + ".pack"); err != nil {
		return nil, err
	}
	info, err := p.data.Stat()
	if err != nil {
		return nil, err
	}
	p.size = info.Size()
	head := make([]byte, 8+1024)
	if _, err := p.idx.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if string(head[:8]) != "\xfftOc\x00\x00\x00\x02" {
		return nil, fmt.Errorf("has a version other than 2: %w", errUnsupported)
	}
	last := uint32(0)
	for i := range p.fanout {
		p.fanout[i] = binary.BigEndian.Uint32(head[8+4*i:])
		if p.fanout[i] < last {
			return nil, errors.New("is damaged: its fan-out table falls")
		}
		last = p.fanout[i]
	}
	return p, nil
}

// offset finds where an object stands in the pack, by bisection of the sorted
// names: gitformat-pack(5), "Version 2 pack-*.idx files".
func (p *pack) offset(h hash) (int64, bool, error) {
	lo, hi := int64(0), int64(p.fanout[h[0]])
	if h[0] > 0 {
		lo = int64(p.fanout[h[0]-1])
	}
	const names = 8 + 1024
	size := int64(p.hashSize)
	total := int64(p.fanout[255])
	name := make([]byte, p.hashSize)
	for lo < hi {
		mid := (lo + hi) / 2
		if _, err := p.idx.ReadAt(name, names+mid*size); err != nil {
			return 0, false, err
		}
		switch c := strings.Compare(string(name), string(h)); {
		case c < 0:
			lo = mid + 1
		case c > 0:
			hi = mid
		default:
			// After the names: 4 bytes of CRC each, then 4 of offset.
			at := make([]byte, 8)
			if _, err := p.idx.ReadAt(at[:4], names+total*(size+4)+mid*4); err != nil {
				return 0, false, err
			}
			off := int64(binary.BigEndian.Uint32(at))
			if off>>31 == 0 {
				return off, true, nil
			}
			if _, err := p.idx.ReadAt(at, names+total*(size+8)+(off&0x7fffffff)*8); err != nil {
				return 0, false, err
			}
			return int64(binary.BigEndian.Uint64(at) &^ (1 << 63)), true, nil
		}
	}
	return 0, false, nil
}

// The types of a pack's entries.
var packKinds = map[byte]string{1: kindCommit, 2: kindTree, 3: kindBlob, 4: kindTag}

const (
	packOfsDelta = 6
	packRefDelta = 7
)

var errPack = errors.New("is damaged: a pack's entry makes no sense")

// read reads the object at an offset.
func (p *pack) read(at, limit int64) (kind string, data []byte, err error) {
	return p.readChain(at, limit, &chain{left: maxChain, bytes: maxObjectSize})
}

// A chain is what deltas that stand on each other may still take.
type chain struct {
	left  int
	bytes int64
}

// maxRatio is more than zlib can shrink anything to.
const maxRatio = 1040

// readChain reads the object at an offset with the deltas that it stands on.
func (p *pack) readChain(at, limit int64, c *chain) (kind string, data []byte, err error) {
	if c.left--; at < 12 || at >= p.size || c.left < 0 {
		return "", nil, errPack
	}
	// A window that holds most entries whole.
	r := &window{file: p.data, at: at}
	b, err := r.ReadByte()
	if err != nil {
		return "", nil, err
	}
	typ, size := b>>4&7, int64(b&15)
	for shift := 4; b >= 128; shift += 7 {
		if b, err = r.ReadByte(); err != nil || shift > 56 {
			return "", nil, errPack
		}
		size |= int64(b&127) << shift
	}
	if size < 0 || size/maxRatio > p.size-at { // it can't be that much, and memory is taken for it at once
		return "", nil, errPack
	}
	if kind, ok := packKinds[typ]; ok {
		if size > limit {
			return "", nil, &regular.SizeError{Size: size, Limit: limit}
		}
		data, err := inflate(r, size)
		return kind, data, err
	}
	if c.bytes -= size; c.bytes < 0 {
		return "", nil, &regular.SizeError{Size: size, Limit: maxObjectSize}
	}
	base := int64(0)
	switch typ {
	case packOfsDelta:
		back, err := ofsVarint(r)
		if err != nil {
			return "", nil, err
		}
		if base = at - back; back < 1 {
			return "", nil, errPack
		}
	case packRefDelta:
		name := make([]byte, p.hashSize)
		if _, err := io.ReadFull(r, name); err != nil {
			return "", nil, err
		}
		// In a pack on the disk the base stands in the same pack.
		off, ok, err := p.offset(hash(name))
		if err != nil || !ok {
			return "", nil, errors.Join(errPack, err)
		}
		base = off
	default:
		return "", nil, errPack
	}
	delta, err := inflate(r, size)
	if err != nil {
		return "", nil, err
	}
	_, n := binary.Uvarint(delta) // the base's size
	if n <= 0 {
		return "", nil, errPack
	}
	want, n := binary.Uvarint(delta[n:])
	if n <= 0 {
		return "", nil, errPack
	}
	if want > uint64(limit) {
		return "", nil, &regular.SizeError{Size: int64(min(want, 1<<62)), Limit: limit}
	}
	kind, from, err := p.readChain(base, maxObjectSize, c)
	if err != nil {
		return "", nil, err
	}
	data, err = packfile.PatchDelta(from, delta)
	return kind, data, err
}

// ofsVarint reads how far back a delta's base stands.
func ofsVarint(r io.ByteReader) (int64, error) {
	n := int64(0)
	for {
		c, err := r.ReadByte()
		if err != nil || n > 1<<55 {
			return 0, errPack
		}
		n |= int64(c & 127)
		if c < 128 {
			return n, nil
		}
		n = (n + 1) << 7
	}
}

func inflate(r io.Reader, size int64) ([]byte, error) {
	z, err := zlib.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	defer z.Close()
	data := make([]byte, size)
	if _, err := io.ReadFull(z, data); err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	return data, nil
}

// A window reads a file from an offset on, 4 kB at a time, which is an entry
// or two; several goroutines read one pack.
type window struct {
	file *os.File
	at   int64
	buf  [4096]byte
	rest []byte
}

func (w *window) fill() error {
	if len(w.rest) > 0 {
		return nil
	}
	n, err := w.file.ReadAt(w.buf[:], w.at)
	if n == 0 {
		return err
	}
	w.at += int64(n)
	w.rest = w.buf[:n]
	return nil
}

func (w *window) ReadByte() (byte, error) {
	if err := w.fill(); err != nil {
		return 0, err
	}
	c := w.rest[0]
	w.rest = w.rest[1:]
	return c, nil
}

func (w *window) Read(b []byte) (int, error) {
	if err := w.fill(); err != nil {
		return 0, err
	}
	n := copy(b, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}
