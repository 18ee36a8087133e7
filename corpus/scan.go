package corpus

import (
	"context"
	"io/fs"
	"path"
	"runtime"
	"strings"

	"github.com/svcjify/svcjify/internal/parallel"
)

// A scan is what the text of a port's Makefile tells, without evaluating it. A
// tree holds tens of thousands of ports and a few hundred install a service;
// the others must cost no more than the reading of their Makefile.
type scan struct {
	dir  string
	text string // kept only where it may matter
	outline
	err error
}

// workers is how many goroutines read a tree; more than a few only wait for the disk.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 8) }

// each calls f for 0 to n-1, several at once; f gets the worker's number too.
// Neighbours stand together on the disk and in the directory's memory.
func each(ctx context.Context, n int, f func(worker, i int)) {
	parallel.Each(ctx, n, parallel.Workers{Count: workers(), Chunk: 16}, f)
}

// candidates marks the ports whose Makefile must be evaluated: those that name
// USE_RC_SUBR or rc.d, themselves or in a file that they include.
func (l *loader) candidates() []string {
	var list []string
	for i := range l.scans {
		s := &l.scans[i]
		if l.ctx.Err() != nil {
			return nil
		}
		files := maxIncludedFiles
		if s.err == nil && (s.mayInstall() || l.rcDirs[path.Dir(s.dir)] ||
			len(s.includes) > 0 && l.includesInstaller(s.dir, s.master, &s.outline, &files, 0)) {
			list = append(list, s.dir)
		}
	}
	return list
}

// maxIncludes is how deep includes are followed without evaluating them, and
// maxIncludedFiles how many are in all for one port.
const (
	maxIncludes      = 8
	maxIncludedFiles = 200
)

// includesInstaller tells whether an include of the port leads to a file that names
// USE_RC_SUBR or rc.d. An operand that only an evaluation can tell counts, and so does
// a file that is not there: make would stop, and the evaluation says so.
func (l *loader) includesInstaller(dir, master string, g *outline, files *int, depth int) bool {
	if depth > maxIncludes {
		return true
	}
	for i, operand := range g.includes {
		if *files--; *files < 0 {
			return true
		}
		name, ok := simplePath(operand, dir, master)
		if !ok {
			return true
		}
		if !fs.ValidPath(name) || strings.HasPrefix(name, "Mk/") {
			continue
		}
		file, err := l.outlineAt(name)
		switch {
		case err != nil:
			if !g.optional[i] && !exempt(name) {
				return true
			}
		case file.mayInstall():
			return true
		case len(file.includes) > 0 && name != path.Join(dir, "Makefile"):
			m := master
			if m == "" {
				m = file.master
			}
			if l.includesInstaller(dir, m, file, files, depth+1) {
				return true
			}
		}
	}
	return false
}

// exempt are files that are made at build time or belong to the system.
func exempt(name string) bool { return strings.Contains(name, "/work/") }

// outlineAt looks at an included file; many ports include the same ones.
func (l *loader) outlineAt(name string) (*outline, error) {
	if path.Base(name) == "Makefile" {
		if s, ok := l.ports[path.Dir(name)]; ok {
			return &s.outline, s.err
		}
	}
	if r, ok := l.outlines[name]; ok {
		return r.outline, r.err
	}
	text, err := l.fs.ReadFile(name)
	r := outlineResult{err: err}
	if err == nil {
		g := outlineOf(text)
		r.outline = &g
	}
	l.outlines[name] = r
	return r.outline, r.err
}

type outlineResult struct {
	outline *outline
	err     error
}

// simplePath expands the few variables that operands of .include hold; ok is
// false for others. The result is relative to the tree.
func simplePath(operand, dir, master string) (name string, ok bool) {
	for range 3 {
		i := strings.Index(operand, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(operand[i:], '}')
		if j < 0 {
			return "", false
		}
		var value string
		switch operand[i+2 : i+j] {
		case ".CURDIR", "PKGDIR":
			value = "/" + dir
		case ".CURDIR:H":
			value = "/" + path.Dir(dir)
		case ".CURDIR:H:H":
			value = "/" + path.Dir(path.Dir(dir))
		case "PORTSDIR":
			value = ""
		case "MASTERDIR":
			if value = master; value == "" {
				value = "/" + dir
			}
		case "FILESDIR":
			if value = master; value == "" {
				value = "/" + dir
			}
			value += "/files"
		default:
			return "", false
		}
		operand = operand[:i] + value + operand[i+j+1:]
	}
	if strings.IndexByte(operand, '$') >= 0 {
		return "", false
	}
	if !strings.HasPrefix(operand, "/") {
		operand = "/" + dir + "/" + operand
	}
	name = strings.TrimPrefix(path.Clean(operand), "/")
	return name, name != ""
}
