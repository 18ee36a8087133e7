package gitfs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzIndex reads hostile bytes as an index, with and without its checksum
// holding: an error, or entries that are there. testdata/fuzz has what git wrote of
// each version.
func FuzzIndex(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = parseIndex(data, 20)
		if len(data) < 12 {
			return
		}
		for version := uint32(2); version <= 4; version++ {
			ix, err := readIndex(data, version, 20)
			if err == nil && ix == nil {
				t.Fatal("neither an index nor an error")
			}
		}
	})
}

// FuzzObject reads hostile bytes as a loose object, a tree, a commit, and as a
// pack with its index.
func FuzzObject(f *testing.F) {
	f.Fuzz(func(t *testing.T, idx, body []byte) {
		_, _, _ = readLoose(bytes.NewReader(body), 1<<20)
		_, _ = parseTree(body, 20)
		_, _ = parseCommit(body, 20)
		base := filepath.Join(t.TempDir(), "pack-x")
		for name, data := range map[string][]byte{".idx": idx, ".pack": body} {
			if err := os.WriteFile(base+name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p, err := openPack(base, 20)
		if err != nil {
			return
		}
		defer p.close()
		for at := int64(0); at < 64; at++ {
			_, _, _ = p.read(at, 1<<20)
		}
		if at, ok, err := p.offset(hash(idx[:min(20, len(idx))])); ok && err == nil {
			_, _, _ = p.read(at, 1<<20)
		}
	})
}
