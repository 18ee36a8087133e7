package pkgset

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/ulikunitz/xz"

	"github.com/svcjify/svcjify/lint/infer/pkgset/pkgtest"
)

func pack(t *testing.T, p pkgtest.Package) []byte { return pkgtest.Tar(t, p) }

var made = pkgtest.Package{
	Name: "made", Origin: "net/made", Deps: []string{"lib"},
	Files: []pkgtest.File{
		{Path: "/usr/local/sbin/made", Data: []byte("program")},
		{Path: "/usr/local/lib/libmade.so.1.2", Data: []byte("library")},
		{Path: "/usr/local/lib/libmade.so.1", Link: "libmade.so.1.2"},
		{Path: "/usr/local/lib/libmade.so", Link: "/usr/local/lib/libmade.so.1"},
		{Path: "/usr/local/up", Link: "../../../../../../usr/local/sbin"},
		{Path: "/usr/local/loop", Link: "loop2"}, {Path: "/usr/local/loop2", Link: "loop"},
		{Path: "/usr/local/out", Link: "/etc/passwd"},
	},
}

// open puts files into a directory and makes a set of it.
func open(t *testing.T, files map[string][]byte) (*Set, error) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	s := New()
	return s, s.AddPackages(dir)
}

func xzip(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestPackage(t *testing.T) {
	tarball := pack(t, made)
	for name, data := range map[string][]byte{"made-1.pkg": pkgtest.Zstd(t, tarball), "made-1.txz": xzip(t, tarball),
		"made-2.pkg": tarball} {
		t.Run(name, func(t *testing.T) {
			s, err := open(t, map[string][]byte{name: data, "packagesite.pkg": []byte("junk"), "README": nil})
			require.NoError(t, err)
			c := s.Of([]string{"net/made"})[0]
			require.Equal(t, []string{"lib"}, c.Deps)
			for name, want := range map[string]string{
				"/usr/local/sbin/made": "/usr/local/sbin/made", "/usr/local/lib/libmade.so": "/usr/local/lib/libmade.so.1.2",
				"/usr/local/up/made": "/usr/local/sbin/made", "/usr/local/sbin/../sbin/made": "/usr/local/sbin/made",
				"/usr/local/loop": "", "/usr/local/out": "", "/usr/local/gone": "", "usr/local/sbin/made": "", "/../../etc/passwd": "",
			} {
				real, ok := c.Find(name)
				require.Equal(t, want != "", ok, name)
				if ok {
					require.Equal(t, want, real, name)
				}
			}
			real, ok := c.Library("libmade.so.1")
			require.True(t, ok)
			require.Equal(t, map[string][]byte{real: []byte("library"), "/usr/local/sbin/made": []byte("program")},
				c.Read(real, "/usr/local/sbin/made"))
			require.Empty(t, s.Problems())
			require.Empty(t, s.Of([]string{"net/other"}))
			require.Len(t, s.Holding("/usr/local/sbin/made"), 1)
		})
	}
}

func TestStage(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "usr/local/sbin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "usr/local/sbin/made"), []byte("program"), 0o755))
	require.NoError(t, os.Symlink("/usr/local/sbin/made", filepath.Join(dir, "usr/local/sbin/link")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "usr/local/sbin/out")))
	require.NoError(t, os.Symlink("/", filepath.Join(dir, "usr/local/root")))
	s := New()
	require.NoError(t, s.AddStage(dir))
	c := s.Of(nil)[0]
	real, ok := c.Find("/usr/local/sbin/link")
	require.True(t, ok)
	require.Equal(t, []byte("program"), c.Read(real)[real])
	require.True(t, c.Executable(real))
	for _, name := range []string{"/usr/local/sbin/out", "/usr/local/root/etc/passwd", "/etc/passwd"} {
		_, ok = c.Find(name)
		require.False(t, ok, name)
	}
	require.Empty(t, s.Problems())
	require.Error(t, New().AddStage(filepath.Join(dir, "gone")))

	// Directories without end.
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	for at := "usr"; len(at) < 2*maxName; at += "/" + strings.Repeat("d", 200) {
		require.NoError(t, root.MkdirAll(at, 0o755))
	}
	s = New()
	require.NoError(t, s.AddStage(dir))
	_, ok = s.Of(nil)[0].Find("/usr/local/sbin/made")
	require.True(t, ok)
	require.Len(t, s.Problems(), 1)
	require.Contains(t, s.Problems()[0].Text, "a name of more than 1024 bytes")
}

func TestDependencies(t *testing.T) {
	s, err := open(t, map[string][]byte{
		"a.pkg": pack(t, pkgtest.Package{Name: "a", Origin: "x/a", Deps: []string{"b", "gone"}}),
		"b.pkg": pack(t, pkgtest.Package{Name: "b", Origin: "x/b", Deps: []string{"a", "c"}}),
		"c.pkg": pack(t, pkgtest.Package{Name: "c", Origin: "x/c", Provides: []string{"libc9.so.1"}}),
	})
	require.NoError(t, err)
	a := s.Of([]string{"x/a"})[0]
	var names []string
	for _, d := range s.Dependencies(a) {
		names = append(names, d.Name)
	}
	require.Equal(t, []string{"b", "c"}, names)
	require.Equal(t, "c", s.Providers(a, "libc9.so.1")[1].Name)

	// A second directory of packages adds to the first.
	dir := t.TempDir()
	pkgtest.Write(t, dir, pkgtest.Package{Name: "gone", Origin: "x/gone"})
	require.NoError(t, s.AddPackages(dir))
	require.Len(t, s.Dependencies(a), 3)
	require.Len(t, s.Providers(a, "libc9.so.1"), 2)
}

// TestHostile: what is damaged or absurd costs one Problem that says what was
// found, and the other packages are there.
func TestHostile(t *testing.T) {
	whole := pack(t, made)
	raw := func(headers ...tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			h.Mode = 0o644
			body := []byte(`{"name":"bad","origin":"x/bad"}`)
			if h.Name == "+COMPACT_MANIFEST" {
				h.Size = int64(len(body))
			} else {
				body = bytes.Repeat([]byte{0}, int(h.Size))
			}
			require.NoError(t, w.WriteHeader(&h))
			_, err := w.Write(body)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	manifest := tar.Header{Name: "+COMPACT_MANIFEST"}
	many := []tar.Header{manifest}
	for i := range 60 {
		many = append(many, tar.Header{Name: fmt.Sprint("/f", i)})
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "fewer than 6 bytes"},
		{"text", []byte("hello, world"), "expected a package"},
		{"cut zstd", pkgtest.Zstd(t, whole)[:40], "unexpected EOF"},
		{"cut xz", xzip(t, whole)[:40], "damaged after 0 files"},
		{"cut tar", raw(manifest, tar.Header{Name: "/x", Size: 3000})[:1300], "damaged after 1 files: unexpected EOF"},
		{"no manifest", raw(tar.Header{Name: "/usr/local/x"}), "neither +COMPACT_MANIFEST nor +MANIFEST"},
		{"huge manifest", raw(tar.Header{Name: "+MANIFEST", Size: 5000}), "+MANIFEST of 5000 bytes, expected at most 4096"},
		{"no JSON", raw(tar.Header{Name: "+MANIFEST", Size: 10}), "is not a manifest of pkg(8)"},
		{"dot dot", raw(manifest, tar.Header{Name: "/usr/../../etc/x"}), `a file "/usr/../../etc/x": expected no ".." in its name`},
		{"long name", raw(manifest, tar.Header{Name: "/" + strings.Repeat("x", 1100)}), "a name of more than 1024 bytes"},
		{"many files", raw(many...), "more than 50 files"},
		{"much in names", raw(manifest, tar.Header{Name: "/" + strings.Repeat("x", 1000)}), "more than 1000 bytes of names"},
		{"bomb", pkgtest.Zstd(t, raw(manifest, tar.Header{Name: "/x", Size: 8 << 20})), "more than 200 times its size"},
		{"xz bomb", xzip(t, raw(manifest, tar.Header{Name: "/x", Size: 8 << 20})), "more than 200 times its size"},
		{"too large", raw(manifest, tar.Header{Name: "/x", Size: 40 << 20}), "more than 33554432 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.pkg"), c.data, 0o644))
			pkgtest.Write(t, dir, made)
			s := New()
			s.limits.entries, s.limits.manifest, s.limits.free, s.limits.unpacked = 50, 4096, 1<<20, 32<<20
			if c.name == "much in names" {
				s.limits.names = 1000
			}
			require.NoError(t, s.AddPackages(dir))
			for _, p := range s.packages {
				p.Find("/x")
			}
			require.Len(t, s.Problems(), 1)
			p := s.Problems()[0]
			require.Contains(t, p.Text, c.want)
			require.Equal(t, filepath.Join(dir, "bad.pkg"), p.Path)
			require.NotEmpty(t, p.Hint)
			require.Len(t, s.Of([]string{"net/made"}), 1)
		})
	}
}

func TestLimitsOfRead(t *testing.T) {
	s, err := open(t, map[string][]byte{"made.pkg": pack(t, made)})
	require.NoError(t, err)
	s.limits.file = 3
	require.Empty(t, s.Of([]string{"net/made"})[0].Read("/usr/local/sbin/made"))
	require.Contains(t, s.Problems()[0].Text, "/usr/local/sbin/made has 7 bytes, expected at most 3 of one file")
}

func TestLinksInTheDirectory(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "All"), 0o755))
	all := filepath.Join(dir, "All")
	require.NoError(t, os.Mkdir(filepath.Join(all, "Hashed"), 0o755))
	pkgtest.Write(t, filepath.Join(all, "Hashed"), made)
	require.NoError(t, os.Symlink("Hashed/made-1.0.pkg", filepath.Join(all, "made-1.0.pkg")))
	outside := t.TempDir()
	pkgtest.Write(t, outside, made)
	require.NoError(t, os.Symlink(filepath.Join(outside, "made-1.0.pkg"), filepath.Join(all, "out-1.0.pkg")))
	s := New()
	require.NoError(t, s.AddPackages(dir))
	require.Len(t, s.packages, 1)
	require.Len(t, s.Problems(), 1)
	require.Contains(t, s.Problems()[0].Text, "escapes")
	_, err := open(t, map[string][]byte{"README": nil})
	require.ErrorContains(t, err, "found no package")
	require.Error(t, New().AddPackages(filepath.Join(dir, "gone")))
}

func FuzzPackage(f *testing.F) {
	// Seeds as pkgtest writes them; Tar wants a *testing.T, which is not at hand here.
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	manifest := `{"name":"made","origin":"net/made"}`
	for _, h := range []tar.Header{{Name: "+MANIFEST", Size: int64(len(manifest))},
		{Name: "/usr/local/lib/libx.so", Typeflag: tar.TypeSymlink, Linkname: "libx.so.1"}} {
		require.NoError(f, w.WriteHeader(&h))
		if h.Size > 0 {
			_, err := w.Write([]byte(manifest))
			require.NoError(f, err)
		}
	}
	require.NoError(f, w.Close())
	f.Add(b.Bytes())
	f.Add([]byte("\x28\xb5\x2f\xfd\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.pkg"), data, 0o644))
		s := New()
		s.limits.free, s.limits.unpacked = 1<<20, 8<<20
		require.NoError(t, s.AddPackages(dir))
		for _, c := range s.packages {
			c.Library("libx.so")
			names := c.Names("/")
			c.Read(names...)
			for _, n := range names {
				c.Find(n)
			}
		}
	})
}
