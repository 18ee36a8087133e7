package advise

import (
	"path"

	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/lint/infer/pkgset"
	"github.com/svcjify/svcjify/lint/infer/program"
)

// baseDirs is where the base system has its programs and libraries.
var baseDirs = []string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/libexec", "/usr/libexec", "/lib", "/usr/lib"}

// finder looks at the programs that the packages have installed, and at those of
// the base system; nil where no package is known.
func (m *Machine) finder() *program.Finder {
	m.programs.Do(func() {
		var list []pkgset.Installed
		if m.Packages != nil {
			all, err := m.Packages.All()
			if err != nil {
				return // the database has been a problem before
			}
			for _, l := range all {
				list = append(list, pkgset.Installed{Name: l.Package.Name, Origin: l.Package.Origin, Deps: l.Deps,
					Provides: l.Provides,
					Files:    func() []string { files, _ := m.Packages.Files(l.Package); return files }})
			}
		}
		set := pkgset.New()
		set.AddInstalled(m.Root.Top(), m.Root.Dir, list)
		if len(list) > 0 {
			m.found = program.NewFinder(set, nil)
		}
	})
	return m.found
}

// baseFinder looks at programs of the base system, which no package lists.
func (m *Machine) baseFinder() *program.Finder {
	m.base.Do(func() {
		set := pkgset.New()
		set.AddInstalled(m.Root.Top(), m.Root.Dir,
			[]pkgset.Installed{{Name: "base", Files: func() []string { return baseFiles(m.Root) }}})
		m.foundBase = program.NewFinder(set, nil)
	})
	return m.foundBase
}

// baseFiles is the files in the base system's directories.
func baseFiles(root *host.Root) []string {
	var out []string
	for _, dir := range baseDirs {
		list, err := root.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range list {
			if !e.IsDir() {
				out = append(out, path.Join(dir, e.Name()))
			}
		}
	}
	return out
}
