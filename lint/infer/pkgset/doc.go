// Package pkgset gives the files of FreeBSD packages and stage directories,
// without installing anything: pkg(8)'s archives as poudriere leaves them in
// packages/All, and work/stage of a port.
//
// Nothing it reads is trusted. An archive is read as a stream, no file is
// written, a symbolic link is followed only among the names of the same
// package or directory, and every size has a limit. What can't be read is a
// corpus.Problem with its path; the run goes on.
package pkgset

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/internal/parallel"
)

// A Set is the packages and stage directories of one run. The methods that
// look things up may be called at the same time; those that add may not.
type Set struct {
	limits   limits
	packages []*Container
	stages   []*Container
	byName   map[string]*Container
	provides map[string][]*Container // by the name of a shared library
	decoders sync.Pool               // of *zstd.Decoder

	mu       sync.Mutex
	problems []corpus.Problem
}

// New makes an empty set.
func New() *Set {
	return &Set{limits: standard, byName: map[string]*Container{}, provides: map[string][]*Container{}}
}

// limits bounds what is read. Beyond is a Problem, never a part of the truth.
type limits struct {
	packages int   // in one directory
	entries  int   // of one package or stage directory
	names    int   // bytes of all their names
	manifest int64 // bytes of +COMPACT_MANIFEST
	file     int64 // bytes of one file of interest
	read     int64 // bytes of all files given by one Read
	unpacked int64 // bytes of one archive
	ratio    int64 // unpacked to packed, beyond the first free bytes
	free     int64
	window   uint64 // bytes of memory that a decompressor may ask for
}

// standard takes what the largest real packages need several times over: in
// 2025 those have 120,000 files and unpack to 4 GB, at a ratio of at most 40.
var standard = limits{
	packages: 100_000, entries: 500_000, names: 128 << 20, manifest: 16 << 20,
	file: 256 << 20, read: 512 << 20, unpacked: 16 << 30, ratio: 200, free: 64 << 20, window: 128 << 20,
}

// packageName matches what pkg-create(8) makes, now and before pkg 1.17.
var packageSuffixes = []string{".pkg", ".txz", ".tzst", ".tbz", ".tgz"}

// repositoryFiles stand beside packages and are none: pkg-repo(8)'s catalogue.
var repositoryFiles = []string{"packagesite", "data", "filesite", "digests", "meta"}

// AddPackages opens each package of a directory; of a repository, those in its
// directory All. The error says that the directory itself is of no use.
func (s *Set) AddPackages(dir string) error {
	if info, err := os.Stat(filepath.Join(dir, "All")); err == nil && info.IsDir() {
		dir = filepath.Join(dir, "All")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("%s: cannot be opened: %w", dir, message.Reason(err))
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("listing the packages: %w", err)
	}
	var found []*Container
	for _, e := range list {
		base := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		if e.IsDir() || !slices.Contains(packageSuffixes, path.Ext(e.Name())) ||
			slices.Contains(repositoryFiles, base) {
			continue
		}
		if len(found) == s.limits.packages {
			s.problem(dir, fmt.Sprintf("holds more than %d packages: expected one repository", s.limits.packages),
				"give svcjify fewer")
			break
		}
		found = append(found, &Container{Where: filepath.Join(dir, e.Name()), set: s, root: root, file: e.Name()})
	}
	if len(found) == 0 {
		return fmt.Errorf("%s: found no package, expected files with names in %s", dir,
			strings.Join(packageSuffixes, " "))
	}
	s.packages = append(s.packages, s.readManifests(found)...)
	slices.SortStableFunc(s.packages, func(a, b *Container) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Where, b.Where))
	})
	s.remember()
	return nil
}

// remember makes packages found by their names and libraries.
func (s *Set) remember() {
	clear(s.byName)
	clear(s.provides)
	for _, c := range s.packages {
		if s.byName[c.Name] == nil {
			s.byName[c.Name] = c
		}
		for _, lib := range c.Provides {
			s.provides[lib] = append(s.provides[lib], c)
		}
	}
}

// readManifests reads each package's manifest and leaves out the bad ones.
func (s *Set) readManifests(list []*Container) []*Container {
	good := make([]bool, len(list))
	parallel.Each(context.Background(), len(list), parallel.Workers{Count: runtime.GOMAXPROCS(0)}, func(_, i int) {
		if err := list[i].readManifest(); err != nil {
			s.problem(list[i].Where, err.Error(), "make the package again, or take it out of the directory")
			return
		}
		good[i] = true
	})
	var out []*Container
	for i, c := range list {
		if good[i] {
			out = append(out, c)
		}
	}
	return out
}

// AddStage takes a directory for what a port would install below /.
func (s *Set) AddStage(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("%s: cannot be opened: %w", dir, message.Reason(err))
	}
	s.stages = append(s.stages, &Container{Where: dir, Name: dir, set: s, root: root, stage: true})
	return nil
}

// Problems is what could not be read so far, sorted.
func (s *Set) Problems() []corpus.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.problems, func(a, b corpus.Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(slices.Clone(s.problems),
		func(a, b corpus.Problem) bool { return a.Path == b.Path && a.Text == b.Text })
}

func (s *Set) problem(where, text, hint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, corpus.Problem{Kind: corpus.Unreadable, Path: filepath.ToSlash(where), Text: text,
		Hint: hint})
}

// Of is where a port's program may stand: the packages made from its origin,
// whatever their flavour, and then every stage directory.
func (s *Set) Of(origins []string) []*Container {
	var out []*Container
	for _, c := range s.packages {
		if slices.Contains(origins, c.Origin) {
			out = append(out, c)
		}
	}
	return append(out, s.stages...)
}

// Dependencies is the packages that a package needs, and those need, as far
// as they are in the set, the nearest first.
func (s *Set) Dependencies(c *Container) []*Container {
	seen := map[*Container]bool{c: true}
	var out []*Container
	for next := []*Container{c}; len(next) > 0; {
		from := next[0]
		next = next[1:]
		for _, name := range from.Deps {
			if d := s.byName[name]; d != nil && !seen[d] {
				seen[d] = true
				out, next = append(out, d), append(next, d)
			}
		}
	}
	return out
}

// Providers is where a shared library stands that a file of c wants, if those
// who have it say so: c itself, the packages that provide it, the stage directories.
func (s *Set) Providers(c *Container, soname string) []*Container {
	return append(append([]*Container{c}, s.provides[soname]...), s.stages...)
}

// Holding is the packages whose list of files has the path; for a script that
// belongs to no port. It reads the list of every package.
func (s *Set) Holding(name string) []*Container {
	var out []*Container
	for _, c := range s.packages {
		if _, ok := c.Find(name); ok {
			out = append(out, c)
		}
	}
	return append(out, s.stages...)
}
