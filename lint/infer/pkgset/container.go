package pkgset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/internal/message"
)

// A Container is one package, or one stage directory.
type Container struct {
	// Where is its path as the user would write it.
	Where string
	// Name, Origin, Deps and Provides are the manifest's name, origin, names of
	// deps and shlibs_provided; of a stage directory only Name is set.
	Name, Origin   string
	Deps, Provides []string

	set   *Set
	root  *os.Root
	file  string // the package's name in root
	stage bool
	files func() []string // of an installed package; nil for others

	once    sync.Once
	entries map[string]entry
	bySo    map[string][]string // paths by base name, of names with .so
}

// An entry is one name in a container.
type entry struct {
	size int64
	dir  bool
	link string // of a symbolic link: where it leads; of a hard link: the absolute name
	mode fs.FileMode
}

// maxLinks is how many symbolic links one path may lead through, as in the kernel.
const maxLinks = 32

// index lists the container once.
func (c *Container) index() map[string]entry {
	c.once.Do(func() {
		c.entries = map[string]entry{}
		var err error
		if c.files != nil {
			c.listInstalled()
		} else if c.stage {
			err = c.listStage()
		} else {
			err = c.walk(func(name string, e entry, _ io.Reader) error {
				c.entries[name] = e
				return nil
			})
		}
		if err != nil {
			c.set.problem(c.Where, err.Error(), "make it again, or leave it out; what was read before that is used")
		}
		c.bySo = map[string][]string{}
		for name := range c.entries {
			if base := path.Base(name); strings.Contains(base, ".so") {
				c.bySo[base] = append(c.bySo[base], name)
			}
		}
		for _, list := range c.bySo {
			slices.Sort(list)
		}
	})
	return c.entries
}

// Find gives the real name of a regular file, which symbolic links of the
// container itself may lead to. Names are absolute, as after installation. It
// gives the name without ok where the links lead to a file that is not here.
func (c *Container) Find(name string) (real string, ok bool) {
	entries := c.index()
	if !path.IsAbs(name) || len(name) > maxName {
		return "", false
	}
	rest := strings.Split(path.Clean(name), "/")[1:]
	at, links := "/", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at) // above / is /, as in chroot(2)
			continue
		}
		next := path.Join(at, part)
		e, known := entries[next]
		if !known || e.link == "" {
			at = next // packages leave out directories
			continue
		}
		if links++; links > maxLinks || len(e.link) > maxName {
			return "", false
		}
		if path.IsAbs(e.link) {
			at = "/"
		}
		rest = append(strings.Split(e.link, "/"), rest...)
	}
	e, known := entries[at]
	return at, known && !e.dir && e.link == ""
}

// Library is the real name of the file that a shared library's name leads to.
// Of several the first in the order of names counts, those in a lib directory before others.
func (c *Container) Library(soname string) (real string, ok bool) {
	c.index()
	list := c.bySo[path.Base(soname)]
	for _, inLib := range []bool{true, false} {
		for _, name := range list {
			if inLib == (path.Base(path.Dir(name)) == "lib") {
				if real, ok = c.Find(name); ok {
					return real, true
				}
			}
		}
	}
	return "", false
}

// Names is every regular file below a directory, sorted.
func (c *Container) Names(below string) []string {
	var out []string
	below = strings.TrimSuffix(below, "/") + "/"
	for name, e := range c.index() {
		if !e.dir && e.link == "" && strings.HasPrefix(name, below) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Size is a file's size in bytes, by its real name.
func (c *Container) Size(name string) int64 { return c.index()[name].size }

// Executable reports whether a file of the container may be executed.
func (c *Container) Executable(name string) bool { return c.index()[name].mode&0o111 != 0 }

// Read gives the text of regular files by their real names. A file that is too
// large, or comes when the limit for all is reached, is a Problem and missing in the answer.
func (c *Container) Read(names ...string) map[string][]byte {
	out := map[string][]byte{}
	want := map[string]bool{}
	for _, n := range names {
		want[n] = true
	}
	left := c.set.limits.read
	take := func(name string, size int64, open func() (io.ReadCloser, error)) error {
		if !want[name] {
			return nil
		}
		delete(want, name)
		if size > c.set.limits.file || size > left {
			c.set.problem(c.Where, fmt.Sprintf("%s has %d bytes, expected at most %d of one file and %d of all", name,
				size, c.set.limits.file, c.set.limits.read), "nothing is known of this file")
			return nil
		}
		r, err := open()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer r.Close()
		data := make([]byte, min(size, 1<<20))
		n, err := io.ReadFull(r, data)
		if err == nil && int64(n) < size { // grown as it comes: a header may lie
			var more []byte
			more, err = io.ReadAll(io.LimitReader(r, size-int64(n)))
			data = append(data, more...)
			if err == nil && int64(len(data)) < size {
				err = io.ErrUnexpectedEOF
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		left -= size
		out[name] = data
		return nil
	}
	var err error
	if c.stage {
		for _, name := range slices.Sorted(slices.Values(names)) {
			if err = take(name, c.index()[name].size,
				func() (io.ReadCloser, error) { return c.openStaged(name) }); err != nil {
				break
			}
		}
	} else {
		err = c.walk(func(name string, e entry, r io.Reader) error {
			if e.dir || e.link != "" {
				return nil
			}
			if err := take(name, e.size, func() (io.ReadCloser, error) { return io.NopCloser(r), nil }); err != nil {
				return err
			}
			if len(want) == 0 {
				return errEnough
			}
			return nil
		})
	}
	if err != nil && !errors.Is(err, errEnough) {
		c.set.problem(c.Where, err.Error(), "make it again, or leave it out")
	}
	return out
}

// listStage lists a directory of the system; it follows no link.
func (c *Container) listStage() error {
	names := 0
	return fs.WalkDir(c.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			c.set.problem(path.Join(c.Where, name), "cannot be read: "+message.Reason(err).Error(),
				"let svcjify read it")
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if len(c.entries) >= c.set.limits.entries {
			return fmt.Errorf("holds more than %d files: expected what one port installs", c.set.limits.entries)
		}
		if len(name) > maxName {
			c.set.problem(c.Where, fmt.Sprintf("has a name of more than %d bytes: %.40s...", maxName, name),
				"nothing is known of what is in it")
			return fs.SkipDir
		}
		if names += len(name); names > c.set.limits.names {
			return fmt.Errorf("has more than %d bytes of names", c.set.limits.names)
		}
		e := entry{dir: d.IsDir()}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			if e.link, err = c.root.Readlink(name); err != nil || e.link == "" {
				return nil
			}
		case d.Type().IsRegular():
			info, err := d.Info()
			if err != nil {
				return nil // gone meanwhile
			}
			e.size, e.mode = info.Size(), info.Mode()
		case !e.dir:
			return nil // a socket, a device: no program
		}
		c.entries[path.Join("/", name)] = e
		return nil
	})
}

// openStaged opens a regular file whose real name the index gave.
func (c *Container) openStaged(name string) (io.ReadCloser, error) {
	rel := strings.TrimPrefix(name, "/")
	info, err := c.root.Lstat(rel)
	if err != nil {
		return nil, message.Reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file any more")
	}
	f, err := c.root.Open(rel)
	if err != nil {
		return nil, message.Reason(err)
	}
	return f, nil
}
