package corpus

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// elsewhere says once which files are in the tree that this one stands on,
// where nobody named it. A port counts if it installs an rc.d script or has one
// in files/, or is the slave of a port that may.
func (l *loader) elsewhere(sel *selection) {
	var ports []*portResult
	for dir, r := range l.evaluated {
		if r == nil || r.err != nil || !sel.touches(dir) {
			continue
		}
		lacks := r.port.Make.Lacks()
		scripts := len(r.words) > 0 || len(r.installed) > 0
		if len(lacks) > 0 && (scripts || slices.ContainsFunc(lacks, isMakefile) || l.holdsTemplate(dir)) {
			ports = append(ports, r)
		}
	}
	if len(ports) == 0 {
		return
	}
	slices.SortFunc(ports, func(a, b *portResult) int { return strings.Compare(a.port.Dir, b.port.Dir) })
	first := ports[0]
	lack := first.port.Make.Lacks()[0]
	what := "the port reads " + lack.Name
	if n := len(ports); n > 1 {
		what = fmt.Sprintf("%d ports read files, such as %s (%s),", n, lack.Name, first.port.Dir)
	}
	l.problem(Problem{Kind: Elsewhere, Path: lack.File, Line: lack.Line, Origin: first.port.Dir,
		Text: what + " of the ports tree that this one stands on, which is not named: what they set is not known",
		Hint: "name that tree, as in --portsdir /usr/ports"})
}

// holdsTemplate tells whether a script stands in a port's files/.
func (l *loader) holdsTemplate(dir string) bool {
	entries, err := l.fs.ReadDir(path.Join(dir, "files"))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		name := path.Join(dir, "files", e.Name())
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), "patch-") {
			return false
		}
		text, err := l.fs.ReadFile(name)
		return err == nil && isScript(text)
	})
}

// isMakefile tells a file that may say which scripts a port installs, as that
// of its master does.
func isMakefile(l makefile.Lack) bool { return strings.HasSuffix(l.Name, "/Makefile") }
