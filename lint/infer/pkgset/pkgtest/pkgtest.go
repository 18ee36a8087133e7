// Package pkgtest writes packages in the format of FreeBSD's pkg(8) for tests.
package pkgtest

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// A Package is what is written.
type Package struct {
	Name, Origin string
	Deps         []string
	Provides     []string
	Files        []File
}

// A File is one name of a package: a text, or a symbolic link.
type File struct {
	Path string
	Data []byte
	Link string
}

// Tar is the package before it is packed: the manifest, then the files.
func Tar(t *testing.T, p Package) []byte {
	t.Helper()
	deps := map[string]map[string]string{}
	for _, d := range p.Deps {
		deps[d] = map[string]string{"origin": "made/" + d, "version": "1"}
	}
	manifest, err := json.Marshal(map[string]any{
		"name": p.Name, "origin": p.Origin, "version": "1.0", "prefix": "/usr/local", "deps": deps, "shlibs_provided": p.Provides,
	})
	require.NoError(t, err)
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range append([]File{{Path: "+COMPACT_MANIFEST", Data: manifest}, {Path: "+MANIFEST", Data: manifest}},
		p.Files...) {
		h := &tar.Header{Name: f.Path, Mode: 0o755, Size: int64(len(f.Data)), Typeflag: tar.TypeReg}
		if f.Link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.Link, 0
		}
		require.NoError(t, w.WriteHeader(h))
		if f.Link == "" {
			_, err := w.Write(f.Data)
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// Zstd packs with zstd, as pkg(8) does by default.
func Zstd(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return z.EncodeAll(data, nil)
}

// Write makes name-1.0.pkg in a directory.
func Write(t *testing.T, dir string, p Package) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, p.Name+"-1.0.pkg"), Zstd(t, Tar(t, p)), 0o644))
}
