package pkgset

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// An Installed is a package whose files stand below the root of a system.
type Installed struct {
	// Name, Origin, Deps and Provides are as in Container.
	Name, Origin   string
	Deps, Provides []string
	// Files is the package's list of files, absolute names; it is asked once, when
	// the package is looked into.
	Files func() []string
}

// The limits of a system's packages: a daemon has some megabytes, and those who
// wait for advice sit at a terminal.
const (
	maxInstalled     = 64 << 20 // bytes of one file
	maxInstalledRead = 128 << 20
	// manyFiles is from how many files on only programs and libraries of a package are listed.
	manyFiles = 2000
)

// AddInstalled takes the packages of a system below root, which the caller closes,
// after those that read it are done.
func (s *Set) AddInstalled(root *os.Root, where string, list []Installed) {
	s.limits.file, s.limits.read = maxInstalled, maxInstalledRead
	for _, p := range list {
		c := &Container{Where: path.Join(where, p.Name), Name: p.Name, Origin: p.Origin, Deps: p.Deps,
			Provides: p.Provides,
			set:      s, root: root, stage: true, files: p.Files}
		s.packages = append(s.packages, c)
	}
	slices.SortStableFunc(s.packages, func(a,
		b *Container) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Where, b.Where))
	})
	s.remember()
}

// listInstalled looks at each file that the package has, and follows no link.
func (c *Container) listInstalled() {
	list := c.files()
	for _, name := range list {
		dir := path.Dir(name)
		program := strings.HasSuffix(dir, "/bin") || strings.HasSuffix(dir, "/sbin") ||
			strings.Contains(name, "/libexec/") || strings.Contains(path.Base(name), ".so")
		if !path.IsAbs(name) || len(name) > maxName || len(list) > manyFiles && !program {
			continue
		}
		rel := strings.TrimPrefix(path.Clean(name), "/")
		info, err := c.root.Lstat(rel)
		if err != nil {
			continue // gone, or behind a link
		}
		e := entry{size: info.Size(), mode: info.Mode()}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			if e.link, err = c.root.Readlink(rel); err != nil || e.link == "" {
				continue
			}
		case !info.Mode().IsRegular():
			continue
		}
		c.entries[path.Join("/", rel)] = e
	}
}
