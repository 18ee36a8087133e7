package gitfs

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unsafe"
)

// errUnsupported marks what only the git program reads.
var errUnsupported = errors.New("is of a kind that only the git program reads")

// A Mode is a file's mode as git keeps it in trees and in the index.
type Mode uint32

// The modes of gitformat-index(5).
const (
	ModeDir     Mode = 0o040000
	ModeFile    Mode = 0o100644
	ModeExec    Mode = 0o100755
	ModeSymlink Mode = 0o120000
	ModeGitlink Mode = 0o160000
)

func (m Mode) kind() Mode { return m & 0o170000 }

// A hash is an object's name as bytes, 20 of SHA-1 or 32 of SHA-256.
type hash string

// sum hashes an object as git does, with the algorithm of h.
func (h hash) sum(kind string, data []byte) hash {
	header := fmt.Appendf(nil, "%s %d\x00", kind, len(data))
	if len(h) == sha256.Size {
		s := sha256.New()
		s.Write(header)
		s.Write(data)
		return hash(s.Sum(nil))
	}
	s := sha1.New()
	s.Write(header)
	s.Write(data)
	return hash(s.Sum(nil))
}

func (h hash) String() string { return fmt.Sprintf("%x", string(h)) }

// An entry is a path of the index that the next commit will hold.
type entry struct {
	name string
	hash hash
	mode Mode
}

// An index is what `git ls-files --stage` shows, sorted by name.
type index struct {
	entries []entry
	// unmerged is the paths with a conflict, each once; they are in no entry.
	unmerged []string
	// cache is the trees that are known to be the same as entries; empty for none.
	cache []cacheNode
}

// A cacheNode is one directory of the index's TREE extension: the tree object
// that it would be written as. hash is empty where something below changed.
// The directories below follow it, up to end.
type cacheNode struct {
	name  string
	hash  hash
	count int // of entries below
	end   int
}

// The limits of an index; that of a whole FreeBSD ports tree has 20 MB.
const (
	maxIndexSize  = 1 << 30
	maxCacheDepth = 128
)

// parseIndex reads an index file of version 2, 3 or 4, and keeps the memory. The
// error wraps errUnsupported for what must not be ignored and is not known here.
func parseIndex(data []byte, hashSize int) (*index, error) {
	if len(data) < 12+hashSize || string(data[:4]) != "DIRC" {
		return nil, errors.New("is not an index: expected the signature DIRC")
	}
	version := binary.BigEndian.Uint32(data[4:])
	if version < 2 || version > 4 {
		return nil, fmt.Errorf("has version %d: expected 2, 3 or 4: %w", version, errUnsupported)
	}
	body, trailer := data[:len(data)-hashSize], data[len(data)-hashSize:]
	// As much work as all the rest, so beside it.
	sum := make(chan string, 1)
	go func() { sum <- checksum(body, hashSize) }()
	ix, err := readIndex(body, version, hashSize)
	// With index.skipHash git writes zeros.
	if bytes.Count(trailer, []byte{0}) != hashSize && <-sum != string(trailer) {
		return nil, errors.New("is damaged: its checksum is wrong")
	}
	return ix, err
}

func readIndex(body []byte, version uint32, hashSize int) (*index, error) {
	// The names are parts of the text, which nobody changes: no copy.
	p := &indexParser{text: unsafe.String(unsafe.SliceData(body), len(body)), pos: 12, hashSize: hashSize,
		version: version}
	count := int(binary.BigEndian.Uint32(body[8:]))
	if count > len(body)/(42+hashSize) {
		return nil, fmt.Errorf("is damaged: %d entries in %d bytes", count, len(body))
	}
	ix := &index{entries: make([]entry, 0, count)}
	for range count {
		if err := p.entry(ix); err != nil {
			return nil, err
		}
	}
	return ix, p.extensions(ix)
}

func checksum(b []byte, size int) string {
	if size == sha256.Size {
		s := sha256.Sum256(b)
		return string(s[:])
	}
	s := sha1.Sum(b)
	return string(s[:])
}

// An indexParser stands somewhere in an index file; names and hashes are parts of text.
type indexParser struct {
	text     string
	pos      int
	hashSize int
	version  uint32
	last     string // the last entry's name
	lastAt   int    // its stage
	nameless bool   // there was an entry without a name
}

var errShort = errors.New("is damaged: it ends within an entry")

func (p *indexParser) uint32(at int) uint32 {
	s := p.text[at : at+4]
	return uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3])
}

// The flags of an entry.
const (
	flagExtended    = 1 << 14
	flagIntentToAdd = 1 << 13
)

// entry reads one entry; 40 bytes of stat data come first, of which only the mode counts.
func (p *indexParser) entry(ix *index) error {
	start := p.pos
	p.pos += 40 + p.hashSize + 2
	if p.pos+2 > len(p.text) {
		return errShort
	}
	mode := Mode(p.uint32(start + 24))
	h := hash(p.text[start+40 : p.pos-2])
	flags := int(p.text[p.pos-2])<<8 | int(p.text[p.pos-1])
	stage, later := flags>>12&3, 0
	if flags&flagExtended != 0 {
		if p.version < 3 {
			return errors.New("is damaged: an entry has extended flags in version 2")
		}
		later = int(p.text[p.pos])<<8 | int(p.text[p.pos+1])
		p.pos += 2
	}
	prefix := ""
	if p.version == 4 {
		strip, ok := p.varint()
		if !ok || strip > len(p.last) {
			return errShort
		}
		prefix = p.last[:len(p.last)-strip]
	}
	end := strings.IndexByte(p.text[p.pos:], 0)
	if end < 0 {
		return errShort
	}
	name := p.text[p.pos : p.pos+end]
	p.pos += end + 1
	if p.version == 4 {
		name = prefix + name
	} else {
		// One to eight NULs make the entry a multiple of eight bytes long.
		p.pos = start + (p.pos-1-start)/8*8 + 8
	}
	if name == "" {
		p.nameless = true // it replaces one of a shared index, if this is a split one
		return nil
	}
	if name < p.last || name == p.last && stage <= p.lastAt {
		return fmt.Errorf("is damaged: %q stands after %q", name, p.last)
	}
	p.last, p.lastAt = name, stage
	switch {
	case mode.kind() == ModeDir:
		return fmt.Errorf("is sparse: %w", errUnsupported)
	case later&flagIntentToAdd != 0:
		// `git add -N`: the commit will not hold it.
	case stage == 0:
		ix.entries = append(ix.entries, entry{name, h, mode})
	case len(ix.unmerged) == 0 || ix.unmerged[len(ix.unmerged)-1] != name:
		ix.unmerged = append(ix.unmerged, name)
	}
	return nil
}

// varint reads the number of version 4, which is that of OFS_DELTA.
func (p *indexParser) varint() (int, bool) {
	n := 0
	for i := 0; ; i++ {
		if p.pos >= len(p.text) || n > maxIndexSize {
			return 0, false
		}
		c := p.text[p.pos]
		p.pos++
		n |= int(c & 127)
		if c < 128 {
			return n, true
		}
		n = (n + 1) << 7
	}
}

// extensions reads what follows the entries. A name that does not start with a
// capital must not be ignored.
func (p *indexParser) extensions(ix *index) error {
	for p.pos < len(p.text) {
		if p.pos+8 > len(p.text) {
			return errShort
		}
		name, size := p.text[p.pos:p.pos+4], int(p.uint32(p.pos+4))
		p.pos += 8
		if size > len(p.text)-p.pos {
			return errShort
		}
		body := p.text[p.pos : p.pos+size]
		p.pos += size
		switch {
		case name == "TREE":
			// A damaged one costs time and no more.
			if rest, ok := ix.parseCache(body, p.hashSize, 0); !ok || rest != "" {
				ix.cache = nil
			}
		case name == "link":
			return fmt.Errorf("is split: %w", errUnsupported)
		case name == "sdir":
			return fmt.Errorf("is sparse: %w", errUnsupported)
		case name[0] < 'A' || name[0] > 'Z':
			return fmt.Errorf("has the extension %q: %w", name, errUnsupported)
		}
	}
	if p.nameless {
		return errors.New("is damaged: an entry has no name")
	}
	return nil
}

// parseCache reads a directory: name NUL, count SP, number of subdirectories
// LF, hash unless count is negative, and the subdirectories.
func (ix *index) parseCache(s string, hashSize, depth int) (rest string, ok bool) {
	name, rest, ok1 := strings.Cut(s, "\x00")
	line, rest, ok2 := strings.Cut(rest, "\n")
	left, right, ok3 := strings.Cut(line, " ")
	count, err1 := strconv.Atoi(left)
	subs, err2 := strconv.Atoi(right)
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil || depth > maxCacheDepth {
		return "", false
	}
	node := cacheNode{name: name, count: count}
	if count >= 0 {
		if len(rest) < hashSize {
			return "", false
		}
		node.hash, rest = hash(rest[:hashSize]), rest[hashSize:]
	}
	at := len(ix.cache)
	ix.cache = append(ix.cache, node)
	for range subs {
		if rest, ok = ix.parseCache(rest, hashSize, depth+1); !ok {
			return "", false
		}
	}
	ix.cache[at].end = len(ix.cache)
	return rest, true
}

// subCache is the place in cache of a directory's subdirectory; -1 for none.
func (ix *index) subCache(at int, name string) int {
	if at < 0 {
		return -1
	}
	for i := at + 1; i < ix.cache[at].end; i = ix.cache[i].end {
		if ix.cache[i].name == name {
			return i
		}
	}
	return -1
}

// from is the place of the first entry whose name is not before name.
func (ix *index) from(name string) int {
	return sort.Search(len(ix.entries), func(i int) bool { return ix.entries[i].name >= name })
}

// end is where a directory ends.
func (ix *index) end(prefix string) int {
	if prefix == "" {
		return len(ix.entries)
	}
	return ix.from(strings.TrimSuffix(prefix, "/") + "0") // '0' comes after '/'
}
