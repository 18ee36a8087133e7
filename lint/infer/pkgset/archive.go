package pkgset

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"

	"github.com/svcjify/svcjify/internal/message"
)

// maxName is how long a name in a package may be, PATH_MAX of FreeBSD.
const maxName = 1024

// errEnough ends a walk early; it is no fault.
var errEnough = errors.New("enough")

// open gives the package's tar archive as a stream.
func (c *Container) open() (io.Reader, func(), error) {
	info, err := c.root.Stat(c.file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot be read: %w: expected a package, or a link to one in the same directory",
			message.Reason(err))
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("is not a regular file: expected a package")
	}
	f, err := c.root.Open(c.file)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot be read: %w", message.Reason(err))
	}
	packed := &counter{r: f}
	in := bufio.NewReaderSize(packed, 1<<16)
	plainTar, done, err := c.unpack(in)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return &bounded{r: plainTar, packed: packed, limits: c.set.limits}, func() { done(); f.Close() }, nil
}

// zstd gives a decoder, one that was used before if there is one: its memory
// costs more than the manifest of a package does.
func (s *Set) zstd(in io.Reader) (*zstd.Decoder, error) {
	if z, ok := s.decoders.Get().(*zstd.Decoder); ok {
		return z, z.Reset(in)
	}
	return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(s.limits.window))
}

// unpack looks at the first bytes, not at the name, to tell the compression.
func (c *Container) unpack(in *bufio.Reader) (io.Reader, func(), error) {
	head, err := in.Peek(6)
	if err != nil {
		return nil, nil, fmt.Errorf("has fewer than 6 bytes: expected a package")
	}
	nothing := func() {}
	switch {
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		z, err := c.set.zstd(in)
		if err != nil {
			return nil, nil, fmt.Errorf("is not a valid zstd file: %w", err)
		}
		return z, func() {
			if z.Reset(nil) == nil {
				c.set.decoders.Put(z)
			}
		}, nil
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		z, err := xz.NewReader(in, uint32(c.set.limits.window))
		if err != nil {
			return nil, nil, fmt.Errorf("is not a valid xz file: %w", err)
		}
		return z, nothing, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(in), nothing, nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("is not a valid gzip file: %w", err)
		}
		return z, nothing, nil
	case head[0] == '+' || head[0] == '/' || head[0] == '.': // a tar archive begins with a name
		return in, nothing, nil
	}
	return nil, nil, fmt.Errorf("begins with %q: expected a package (a tar archive, plain or packed with zstd, xz, gzip or bzip2)", head)
}

// A counter counts what has been read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded refuses to unpack without end.
type bounded struct {
	r      io.Reader
	packed *counter
	limits limits
	n      int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.n > b.limits.unpacked {
		return 0, fmt.Errorf("unpacks to more than %d bytes: expected a package of a sane size", b.limits.unpacked)
	}
	if b.n > b.limits.free && b.n/b.limits.ratio > b.packed.n {
		return 0, fmt.Errorf("unpacks to more than %d times its size: expected a package of a sane size",
			b.limits.ratio)
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	return n, err
}

// walk calls visit for each name of the package after its manifests; the
// reader gives the text of a regular file.
func (c *Container) walk(visit func(name string, e entry, r io.Reader) error) error {
	names := 0
	return c.each(func(h *tar.Header, r io.Reader) error {
		if strings.HasPrefix(h.Name, "+") {
			return nil
		}
		if len(h.Name) > maxName || len(h.Linkname) > maxName {
			return fmt.Errorf("has a name of more than %d bytes", maxName)
		}
		if names += len(h.Name) + len(h.Linkname); names > c.set.limits.names {
			return fmt.Errorf("has more than %d bytes of names", c.set.limits.names)
		}
		if slices.Contains(strings.Split(h.Name, "/"), "..") {
			return fmt.Errorf("has a file %q: expected no \"..\" in its name", h.Name)
		}
		e := entry{size: h.Size, mode: h.FileInfo().Mode()}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir:
			e.dir = true
		case tar.TypeSymlink:
			e.link = h.Linkname
		case tar.TypeLink:
			e.link = path.Join("/", h.Linkname)
		default:
			return nil // a device or the like: no program
		}
		if (h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink) && e.link == "" {
			return nil
		}
		return visit(path.Join("/", h.Name), e, r)
	})
}

// each goes through the archive's headers.
func (c *Container) each(visit func(*tar.Header, io.Reader) error) (err error) {
	// The decompressors promise errors and not panics; the one file that proves
	// otherwise must not end the run.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("is damaged: %v", p)
		}
	}()
	stream, done, err := c.open()
	if err != nil {
		return err
	}
	defer done()
	t := tar.NewReader(stream)
	for n := 0; ; n++ {
		h, err := t.Next()
		switch {
		case err == io.EOF && n == 0:
			return errors.New("is an empty archive: expected +COMPACT_MANIFEST and files")
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("is damaged after %d files: %w", n, err)
		case n >= c.set.limits.entries:
			return fmt.Errorf("holds more than %d files", c.set.limits.entries)
		}
		if err := visit(h, t); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
	}
}

// manifest is the part of pkg-create(8)'s manifest that is of use here.
type manifest struct {
	Name     string              `json:"name"`
	Origin   string              `json:"origin"`
	Deps     map[string]struct{} `json:"deps"`
	Provides []string            `json:"shlibs_provided"`
}

// readManifest reads +COMPACT_MANIFEST, or +MANIFEST where there is no other;
// they come first in a package.
func (c *Container) readManifest() error {
	found := false
	err := c.each(func(h *tar.Header, r io.Reader) error {
		if !strings.HasPrefix(h.Name, "+") {
			return errEnough
		}
		if h.Name != "+COMPACT_MANIFEST" && h.Name != "+MANIFEST" {
			return nil
		}
		if h.Size > c.set.limits.manifest {
			return fmt.Errorf("has a %s of %d bytes, expected at most %d", h.Name, h.Size, c.set.limits.manifest)
		}
		text, err := io.ReadAll(io.LimitReader(r, h.Size))
		if err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
		var m manifest
		if err := json.Unmarshal(text, &m); err != nil {
			return fmt.Errorf("%s is not a manifest of pkg(8): %w", h.Name, err)
		}
		if m.Name == "" || m.Origin == "" {
			return fmt.Errorf("%s has no name or no origin", h.Name)
		}
		found = true
		c.Name, c.Origin, c.Provides = m.Name, m.Origin, m.Provides
		for name := range m.Deps {
			c.Deps = append(c.Deps, name)
		}
		slices.Sort(c.Deps)
		return errEnough
	})
	if err == nil && !found {
		err = errors.New("has neither +COMPACT_MANIFEST nor +MANIFEST at its head: expected a package")
	}
	return err
}
