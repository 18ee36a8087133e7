package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The bounds of the walk that looks for ports. FreeBSD's tree has 36,000
// directories of ports, two levels deep.
const (
	maxDepth       = 16
	maxDirectories = 400_000
)

// notPorts are directories at the top of a ports tree that hold no ports; work,
// distfiles and what begins with a dot hold none anywhere.
var notPorts = map[string]bool{"Mk": true, "Templates": true, "Tools": true, "Keywords": true, "packages": true}

func skipped(above, name string) bool {
	return strings.HasPrefix(name, ".") || name == "work" || name == "distfiles" || above == "." && notPorts[name]
}

// A visit is what one directory of the tree turned out to be.
type visit struct {
	port   bool // it has a Makefile that is a port's
	scan   scan
	below  []string // directories to go on with
	inc    bool     // it has a Makefile.inc
	nested bool     // another tree, or another repository, begins here
	unread []unread
	err    error
}

// An unread is a problem that counts only if ports stand in a directory.
type unread struct {
	dir string
	Problem
}

// scanTree looks for the ports of a tree, at any depth, and looks at each
// Makefile. A port's own directories are not gone through. The result is
// sorted by directory.
func (l *loader) scanTree() {
	l.whole = hasFramework(l.fs, ".")
	bufs := make([][]byte, workers())
	count := 0
	level := []string{"."}
	if l.only != "" {
		level = []string{l.only}
		l.noteInc(path.Dir(l.only))
	}
	for depth := 0; len(level) > 0; depth++ {
		if l.ctx.Err() != nil {
			return
		}
		if count += len(level); depth > maxDepth || count > maxDirectories {
			l.problem(Problem{Kind: Unreadable, Path: level[0],
				Text: fmt.Sprintf("the search for ports ends here, after %d levels and %d directories: expected a ports tree",
					depth, count-len(level)),
				Hint: "name the part of the tree that holds the ports"})
			break
		}
		visits := make([]visit, len(level))
		each(l.ctx, len(level), func(w, i int) {
			if bufs[w] == nil {
				bufs[w] = make([]byte, 64<<10)
			}
			visits[i] = l.visit(level[i], bufs[w])
		})
		l.scans = slices.Grow(l.scans, len(level))
		var next []string
		for i := range visits {
			v := &visits[i]
			if v.port {
				l.scans = append(l.scans, v.scan)
			}
			if v.nested {
				l.nested = append(l.nested, level[i])
				continue
			}
			if v.inc {
				l.noteInc(level[i])
			}
			if v.err != nil {
				l.unlisted = append(l.unlisted, unread{path.Dir(level[i]), readProblem(level[i], "", v.err)})
			}
			l.unlisted = append(l.unlisted, v.unread...)
			if l.only == "" {
				next = append(next, v.below...)
			}
		}
		l.fs.trust(next)
		level = next
	}
	slices.SortFunc(l.scans, func(a, b scan) int { return strings.Compare(a.dir, b.dir) })
	l.ports = make(map[string]*scan, len(l.scans))
	beside := make(map[string]bool) // directories that hold ports
	for i := range l.scans {
		s := &l.scans[i]
		l.ports[s.dir] = s
		beside[path.Dir(s.dir)] = true
		if s.err != nil {
			l.problem(readProblem(path.Join(s.dir, "Makefile"), s.dir, s.err))
		}
	}
	// What can't be read matters where ports are, and not in a directory of
	// something else.
	for _, p := range l.unlisted {
		if beside[p.dir] || p.dir == "." && l.hasCategories() {
			l.problem(p.Problem)
		}
	}
}

// hasCategories tells whether there are ports two levels below the top.
func (l *loader) hasCategories() bool {
	return slices.ContainsFunc(l.scans, func(s scan) bool { return strings.Count(s.dir, "/") == 1 })
}

// visit looks at one directory.
func (l *loader) visit(dir string, buf []byte) visit {
	var v visit
	text, err := l.fs.readInto(path.Join(dir, "Makefile"), buf)
	switch {
	case err == nil:
		if v.port = portText(text); v.port {
			v.scan = newScan(dir, text)
		}
	case errors.Is(err, fs.ErrNotExist):
	case l.only != "" || portBeside(l.fs, dir):
		v.port, v.scan = true, scan{dir: dir, err: err}
	default:
		v.unread = append(v.unread, unread{path.Dir(dir), readProblem(path.Join(dir, "Makefile"), dir, err)})
	}
	if v.port && dir != "." {
		// In a full tree, no port is a repository of its own.
		v.nested = !l.whole && l.repository(dir)
		v.port = !v.nested
		if !bytes.Contains(text, []byte("bsd.")) && !v.nested { // perhaps another program's
			v.list(l, dir)
		}
		return v
	}
	v.list(l, dir)
	return v
}

// repository tells whether a repository begins in a directory of the tree.
func (l *loader) repository(dir string) bool {
	_, err := l.fs.Lstat(path.Join(dir, ".git"))
	return err == nil
}

// list notes what stands in a directory.
func (v *visit) list(l *loader, dir string) {
	entries, err := l.fs.ReadDir(dir)
	if err != nil {
		v.err = err
		return
	}
	for _, d := range entries {
		name := d.Name()
		full := path.Join(dir, name)
		switch {
		case dir != "." && (name == ".git" || name == "Mk" && d.IsDir() && hasFramework(l.fs, dir)):
			*v = visit{nested: true}
			return
		case name == "Makefile.inc" && !d.IsDir():
			v.inc = true
		case skipped(dir, name) || v.port && (name == "files" || name == "scripts"):
		case d.IsDir():
			v.below = append(v.below, full)
		case d.Type()&fs.ModeSymlink != 0:
			// Where it leads in the tree, the ports are found anyway, and
			// outside of it nothing is read.
			if _, err := l.fs.resolve(full); err != nil && !errors.Is(err, fs.ErrNotExist) {
				v.unread = append(v.unread, unread{dir, readProblem(full, "", err)})
			}
		}
	}
}

// noteInc notes a Makefile.inc that names rc scripts: it is read for each port
// of the directory.
func (l *loader) noteInc(dir string) {
	text, err := l.fs.ReadFile(path.Join(dir, "Makefile.inc"))
	if err == nil && hasRCSubr(text) {
		l.rcDirs[dir] = true
	}
}

// maxKept is how large a Makefile's text may be to be kept until it is evaluated, in bytes. A larger
// one is read again: in a tree that means harm, a thousand may have a megabyte each.
const maxKept = 64 << 10

// newScan is what the text of a Makefile tells.
func newScan(dir string, text []byte) scan {
	s := scan{dir: dir, outline: outlineOf(text)}
	if len(text) <= maxKept && (s.mayHoldScripts() || s.master != "" || len(s.includes) > 0) {
		s.text = string(text)
	}
	return s
}

// portText tells a port's Makefile from that of a category, of the tree, or of
// something that is no port.
func portText(text []byte) bool {
	for rest := text; ; { // bsd.port.mk and its like
		i := bytes.Index(rest, []byte("bsd."))
		if i < 0 {
			break
		}
		rest = rest[i+len("bsd."):]
		after, ok := bytes.CutPrefix(bytes.TrimPrefix(rest[:min(len(rest), 20)], []byte("m")), []byte("port."))
		if ok && !bytes.HasPrefix(after, []byte("subdir.mk")) {
			return true
		}
	}
	if bytes.Contains(text, []byte("PORTNAME")) {
		return true
	}
	// A slave of a few lines: it includes its master's Makefile, or one that
	// several ports have in common.
	if !bytes.Contains(text, []byte("Makefile")) && !bytes.Contains(text, []byte("MASTERDIR")) {
		return false
	}
	for _, operand := range outlineOf(text).includes {
		if base := path.Base(operand); strings.HasPrefix(base, "Makefile") && strings.Contains(operand, "/") {
			return true
		}
	}
	return false
}

// portBeside tells a port's directory by what else stands in it: its Makefile
// can't be read.
func portBeside(g *guarded, dir string) bool {
	for _, name := range []string{"pkg-descr", "distinfo", "pkg-plist", "files"} {
		if _, err := g.Lstat(path.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// isPort tells a port's directory by its Makefile.
func isPort(g *guarded, dir string) bool {
	text, err := g.ReadFile(path.Join(dir, "Makefile"))
	return err == nil && portText(text)
}

// maxProbes is how many directories are looked into for a first port.
const maxProbes = 2000

// anyPort tells whether a directory is a port or holds one at some depth.
func anyPort(ctx context.Context, g *guarded, dir string) bool {
	return anyPortWithin(ctx, g, dir, maxDepth)
}

// anyPortWithin is anyPort for the levels down to a depth.
func anyPortWithin(ctx context.Context, g *guarded, dir string, depth int) bool {
	probes := maxProbes
	for level := []string{dir}; len(level) > 0 && depth >= 0; depth-- {
		var next []string
		for _, d := range level {
			if probes--; probes < 0 || ctx.Err() != nil {
				return false
			}
			if isPort(g, d) {
				return true
			}
			entries, _ := g.ReadDir(d)
			for _, e := range entries {
				if e.IsDir() && !skipped(d, e.Name()) {
					next = append(next, path.Join(d, e.Name()))
				}
			}
		}
		level = next
	}
	return false
}
