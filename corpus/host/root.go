package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
)

// maxLinks is how many symbolic links one path may lead through, as in the kernel.
const maxLinks = 32

var (
	errLinkLoop   = errors.New("is a loop of symbolic links")
	errNotRegular = errors.New("is not a regular file")
)

// A tooLarge error says by how much.
type tooLarge struct{ size, limit int64 }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("has %d bytes, expected at most %d", e.size, e.limit)
}

// A Root is the directory that a system is installed below. Its methods may be
// called at the same time. Names are absolute paths of the system.
type Root struct {
	// Dir is the directory as the user named it.
	Dir string
	top *os.Root

	mu    sync.Mutex
	known map[string]resolved // directories
}

type resolved struct {
	real string
	err  error
}

// Open opens a root. os.Root makes sure that nothing outside is reached, even if
// the system below changes meanwhile.
func Open(dir string) (*Root, error) {
	top, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be opened as the root of a system: %w", dir, message.Reason(err))
	}
	return &Root{Dir: dir, top: top, known: map[string]resolved{}}, nil
}

// Close gives the directory back.
func (r *Root) Close() error { return r.top.Close() }

// Top is the directory itself, for packages that guard their own reading.
func (r *Root) Top() *os.Root { return r.top }

// rel is a name as os.Root takes it.
func rel(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name != "" {
		return name
	}
	return "."
}

// resolve gives the real place of a path, every link in it followed within the root.
func (r *Root) resolve(name string) (string, error) {
	dir, base := path.Split(path.Clean("/" + name))
	dir = path.Clean(dir)
	if dir == "/" {
		return r.walk("/", []string{base})
	}
	r.mu.Lock()
	d, ok := r.known[dir]
	r.mu.Unlock()
	if !ok {
		d.real, d.err = r.walk("/", strings.Split(dir[1:], "/"))
		r.mu.Lock()
		r.known[dir] = d
		r.mu.Unlock()
	}
	if d.err != nil {
		return "", d.err
	}
	return r.walk(d.real, []string{base})
}

func (r *Root) walk(at string, rest []string) (string, error) {
	links := 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at) // above the root is the root, as in chroot(2)
			continue
		}
		next := path.Join(at, part)
		info, err := r.top.Lstat(rel(next))
		if err != nil {
			return "", message.Reason(err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", errLinkLoop
		}
		target, err := r.top.Readlink(rel(next))
		if err != nil {
			return "", message.Reason(err)
		}
		target = filepath.ToSlash(target)
		if path.IsAbs(target) {
			at = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return at, nil
}

// Stat is about the file that a path leads to.
func (r *Root) Stat(name string) (fs.FileInfo, error) {
	real, err := r.resolve(name)
	if err != nil {
		return nil, err
	}
	info, err := r.top.Lstat(rel(real))
	return info, message.Reason(err)
}

// open opens a regular file; the caller closes it.
func (r *Root) open(name string) (*os.File, fs.FileInfo, error) {
	real, err := r.resolve(name)
	if err != nil {
		return nil, nil, err
	}
	// Looked at first: to open a device may do something. O_NONBLOCK is for a FIFO
	// that takes the file's place in between.
	info, err := r.top.Lstat(rel(real))
	if err != nil {
		return nil, nil, message.Reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errNotRegular
	}
	f, err := r.top.OpenFile(rel(real), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, message.Reason(err)
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, errNotRegular
	}
	return f, info, nil
}

// ReadFile reads a regular file of at most limit bytes.
func (r *Root) ReadFile(name string, limit int64) ([]byte, error) {
	f, info, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() > limit {
		return nil, &tooLarge{info.Size(), limit}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, message.Reason(err)
	}
	if int64(len(data)) > limit {
		return nil, &tooLarge{int64(len(data)), limit}
	}
	return data, nil
}

// ReadDir lists a directory, sorted by name.
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	real, err := r.resolve(name)
	if err != nil {
		return nil, err
	}
	info, err := r.top.Lstat(rel(real))
	if err != nil {
		return nil, message.Reason(err)
	}
	if !info.IsDir() {
		return nil, errors.New("is not a directory")
	}
	list, err := fs.ReadDir(r.top.FS(), rel(real))
	return list, message.Reason(err)
}

// FS is the root as a file system whose names have no slash in front, for the
// packages that read one. Links are followed as everywhere here.
func (r *Root) FS() fs.FS { return rootFS{r} }

type rootFS struct{ r *Root }

func (f rootFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, _, err := f.r.open(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return file, nil
}

// Lstat follows links, so that whoever guards this file system finds none that is absolute.
func (f rootFS) Lstat(name string) (fs.FileInfo, error) {
	info, err := f.r.Stat(name)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return info, nil
}

func (f rootFS) Stat(name string) (fs.FileInfo, error)      { return f.Lstat(name) }
func (f rootFS) ReadLink(name string) (string, error)       { return f.r.top.Readlink(rel(name)) }
func (f rootFS) ReadDir(name string) ([]fs.DirEntry, error) { return f.r.ReadDir(name) }

// unreadable says why a file could not be read, and what to do. The bool is
// false where it is simply not there.
func unreadable(name string, err error) (corpus.Problem, bool) {
	var large *tooLarge
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return corpus.Problem{}, false
	case errors.As(err, &large):
		return problem(name, err.Error()+": nothing of it is read",
			"see what filled it; a file of settings or a script has some kilobytes"), true
	case errors.Is(err, errLinkLoop):
		return problem(name, err.Error()+": expected a file", "put the file itself there"), true
	case errors.Is(err, errNotRegular):
		return problem(name, err.Error()+": nothing of it is read", "put a file there, or remove it"), true
	case errors.Is(err, fs.ErrPermission):
		return problem(name, "must not be read (permission denied): what it says does not count here",
			"run svcjify as a user who may read it, such as root"), true
	}
	return problem(name, "cannot be read: "+err.Error(), "see whether the file system is whole"), true
}
