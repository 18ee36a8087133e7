package corpus

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/internal/regular"
	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/internal/message"
)

// maxFileSize is the largest file that is read, in bytes. The largest rc.d
// script known to us has 21 kB, the largest Makefile of a port 150 kB.
const maxFileSize = 1 << 20

// maxLinks is how many symbolic links one path may lead through, as in the kernel.
const maxLinks = 32

var errLinkLoop = errors.New("is a loop of symbolic links")

// An escapeError is a symbolic link that leaves the tree.
type escapeError struct{ target string }

func (e *escapeError) Error() string {
	return fmt.Sprintf("is a symbolic link out of the tree, to %q", e.target)
}

// guarded is a file system whose files are safe to read though nobody knows
// who wrote the tree: a symbolic link is followed only within the tree, only
// regular files are opened, and no more than maxFileSize is read.
//
// It reads either another fs.FS or, faster, a directory of the system.
type guarded struct {
	base fs.FS
	dir  string // of the system; "" when base is read
	// portsdir is another tree, which is seen below makefile.BaseDir; nil for none.
	portsdir *guarded

	mu    sync.Mutex
	known map[string]resolved // directories
}

type resolved struct {
	real string
	err  error
}

func guardDir(dir string) *guarded {
	return &guarded{dir: dir, known: map[string]resolved{".": {real: "."}}}
}

func guardFS(fsys fs.FS) *guarded {
	if g, ok := fsys.(*guarded); ok {
		return g
	}
	return &guarded{base: fsys, known: map[string]resolved{".": {real: "."}}}
}

// trust notes that a directory is one, and reached through no link: the
// listing of the directory above said so.
func (g *guarded) trust(names []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := make(map[string]resolved, len(g.known)+len(names)+len(names)/4)
	maps.Copy(known, g.known)
	for _, n := range names {
		known[n] = resolved{real: n}
	}
	g.known = known
}

// other gives the tree that this one stands on, for a name that leads there.
func (g *guarded) other(name string) (*guarded, string, bool) {
	if g.portsdir == nil || !strings.HasPrefix(name, makefile.BaseDir+"/") {
		return nil, "", false
	}
	return g.portsdir, name[len(makefile.BaseDir)+1:], true
}

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// lstat does not follow a link at the end of the name.
func (g *guarded) lstat(name string) (fs.FileInfo, error) {
	if g.dir != "" {
		return lstatFile(filepath.Join(g.dir, filepath.FromSlash(name)))
	}
	return fs.Lstat(g.base, name)
}

func (g *guarded) readlink(name string) (string, error) {
	if g.dir != "" {
		return readLink(filepath.Join(g.dir, filepath.FromSlash(name)))
	}
	return fs.ReadLink(g.base, name)
}

// resolveDir gives the real place of a directory.
func (g *guarded) resolveDir(name string) (string, error) {
	g.mu.Lock()
	r, ok := g.known[name]
	g.mu.Unlock()
	if ok {
		return r.real, r.err
	}
	r.real, r.err = g.resolve(name)
	g.mu.Lock()
	g.known[name] = r
	g.mu.Unlock()
	return r.real, r.err
}

// resolve follows the links in a name, as long as they stay in the tree.
func (g *guarded) resolve(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", fs.ErrInvalid
	}
	links, last := 0, name
	real := "."
	rest := strings.Split(name, "/")
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case ".", "":
			continue
		case "..":
			if real == "." {
				return "", &escapeError{last}
			}
			real = path.Dir(real)
			continue
		}
		next := path.Join(real, part)
		info, err := g.lstat(next)
		if err != nil {
			return "", message.Reason(err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			real = next
			continue
		}
		if links++; links > maxLinks {
			return "", errLinkLoop
		}
		target, err := g.readlink(next)
		if err != nil {
			return "", message.Reason(err)
		}
		last = target
		inside, ok := g.inside(target)
		if !ok {
			return "", &escapeError{target}
		}
		if path.IsAbs(filepath.ToSlash(target)) {
			real = "."
		}
		rest = append(strings.Split(inside, "/"), rest...)
	}
	return real, nil
}

// inside makes a link's absolute target relative to the tree.
func (g *guarded) inside(target string) (string, bool) {
	target = filepath.ToSlash(target)
	if !path.IsAbs(target) {
		return target, true
	}
	if g.dir == "" {
		return "", false
	}
	root, err := filepath.Abs(g.dir)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(path.Clean(target), filepath.ToSlash(root)+"/")
}

// locate gives the real place of a file, following no more than it must.
func (g *guarded) locate(name string) (real string, info fs.FileInfo, err error) {
	if !fs.ValidPath(name) {
		return "", nil, fs.ErrInvalid
	}
	dir, err := g.resolveDir(path.Dir(name))
	if err != nil {
		return "", nil, err
	}
	real = path.Join(dir, path.Base(name))
	if info, err = g.lstat(real); err != nil {
		return "", nil, message.Reason(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if real, err = g.resolve(real); err != nil {
			return "", nil, err
		}
		if info, err = g.lstat(real); err != nil {
			return "", nil, message.Reason(err)
		}
	}
	return real, info, nil
}

// Open opens regular files and directories.
func (g *guarded) Open(name string) (fs.File, error) {
	if o, rest, ok := g.other(name); ok {
		return o.Open(rest)
	}
	real, info, err := g.locate(name)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, pathError("open", name, regular.ErrNotRegular)
	}
	if g.dir != "" {
		return openFile(filepath.Join(g.dir, filepath.FromSlash(real)))
	}
	return g.base.Open(real)
}

// ReadFile reads a regular file of at most maxFileSize.
func (g *guarded) ReadFile(name string) ([]byte, error) {
	if o, rest, ok := g.other(name); ok {
		return o.ReadFile(rest)
	}
	if !fs.ValidPath(name) {
		return nil, pathError("read", name, fs.ErrInvalid)
	}
	if g.dir != "" {
		dir, err := g.resolveDir(path.Dir(name))
		if err == nil {
			data, err := regular.Read(g.dir+"/"+path.Join(dir, path.Base(name)), nil, maxFileSize)
			if err == nil || !errors.Is(err, regular.ErrIsLink) {
				return data, wrap("read", name, err)
			}
		}
	}
	real, info, err := g.locate(name)
	if err != nil {
		return nil, pathError("read", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, pathError("read", name, regular.ErrNotRegular)
	}
	if g.dir != "" {
		data, err := regular.Read(g.dir+"/"+real, nil, maxFileSize)
		return data, wrap("read", name, err)
	}
	f, err := g.base.Open(real)
	if err != nil {
		return nil, pathError("read", name, message.Reason(err))
	}
	defer f.Close()
	// The file's own size: that of a blob is not known before it is opened.
	if info, err := f.Stat(); err == nil && info.Size() > maxFileSize {
		return nil, pathError("read", name, &regular.SizeError{Size: info.Size(), Limit: maxFileSize})
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(data) > maxFileSize {
		err = &regular.SizeError{Size: int64(len(data)), Limit: maxFileSize}
	}
	return data, wrap("read", name, err)
}

// An intoReader reads a regular file of at most limit bytes, into buf where it
// fits; the error is regular.ErrIsLink for a symbolic link. A file system of
// thousands of files that are read once has it.
type intoReader interface {
	ReadInto(name string, buf []byte, limit int64) ([]byte, error)
}

// readInto is ReadFile of a file whose directory is trusted; the text may
// stand in buf until its next use.
func (g *guarded) readInto(name string, buf []byte) ([]byte, error) {
	var data []byte
	var err error
	if g.dir != "" {
		data, err = regular.Read(g.dir+"/"+name, buf, maxFileSize)
	} else if r, ok := g.base.(intoReader); ok {
		data, err = r.ReadInto(name, buf, maxFileSize)
	} else {
		return g.ReadFile(name)
	}
	if errors.Is(err, regular.ErrIsLink) {
		return g.ReadFile(name)
	}
	return data, wrap("read", name, err)
}

func wrap(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return pathError(op, name, message.Reason(err))
}

// Stat follows links within the tree.
func (g *guarded) Stat(name string) (fs.FileInfo, error) {
	if o, rest, ok := g.other(name); ok {
		return o.Stat(rest)
	}
	if name == "." {
		if g.dir != "" {
			return statPath(g.dir)
		}
		return fs.Stat(g.base, name)
	}
	_, info, err := g.locate(name)
	return info, wrap("stat", name, err)
}

// Lstat and ReadLink make guarded an fs.ReadLinkFS.
func (g *guarded) Lstat(name string) (fs.FileInfo, error) {
	if o, rest, ok := g.other(name); ok {
		return o.Lstat(rest)
	}
	dir, err := g.resolveDir(path.Dir(name))
	if err != nil {
		return nil, pathError("lstat", name, err)
	}
	return g.lstat(path.Join(dir, path.Base(name)))
}

// ReadLink gives a symbolic link's target, wherever it leads.
func (g *guarded) ReadLink(name string) (string, error) {
	if o, rest, ok := g.other(name); ok {
		return o.ReadLink(rest)
	}
	dir, err := g.resolveDir(path.Dir(name))
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	return g.readlink(path.Join(dir, path.Base(name)))
}

// ReadDir lists a directory, sorted by name.
func (g *guarded) ReadDir(name string) ([]fs.DirEntry, error) {
	if o, rest, ok := g.other(name); ok {
		return o.ReadDir(rest)
	}
	real, err := g.resolveDir(name)
	if err != nil {
		return nil, pathError("readdir", name, err)
	}
	if g.dir != "" {
		return readDir(filepath.Join(g.dir, filepath.FromSlash(real)))
	}
	return fs.ReadDir(g.base, real)
}
