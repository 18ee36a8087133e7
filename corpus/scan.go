package corpus

import (
	"context"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// A scan is what a look at a port's Makefile told, without evaluating it. A
// tree holds tens of thousands of ports and a few hundred install a service;
// the others must cost no more than the reading of their Makefile.
type scan struct {
	dir  string
	text string // kept only where it may matter
	glance
	err error
}

// workers is how many goroutines read a tree; more than a few only wait for the disk.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 8) }

// parallel calls f for 0 to n-1, several at once; f gets the worker's number
// too. A panic in f is the caller's, who can say what to do about it. When the
// context ends, the rest is left out.
func parallel(ctx context.Context, n int, f func(worker, i int)) {
	w := min(workers(), n)
	if w <= 1 {
		for i := range n {
			if ctx.Err() != nil {
				return
			}
			f(0, i)
		}
		return
	}
	// Neighbours stand together on the disk and in the directory's memory.
	const chunk = 16
	var next atomic.Int64
	var wg sync.WaitGroup
	crash := make([]any, w)
	for k := range w {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					crash[k] = newInternal(p)
				}
			}()
			for {
				from := int(next.Add(chunk)) - chunk
				if from >= n {
					return
				}
				for i := from; i < min(from+chunk, n); i++ {
					if ctx.Err() != nil {
						return
					}
					f(k, i)
				}
			}
		})
	}
	wg.Wait()
	for _, c := range crash {
		if c != nil {
			panic(c)
		}
	}
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
		files := maxReachFiles
		if s.err == nil && (s.speaks() || l.rcDirs[path.Dir(s.dir)] ||
			len(s.includes) > 0 && l.reaches(s.dir, s.master, &s.glance, &files, 0)) {
			list = append(list, s.dir)
		}
	}
	return list
}

// maxReach is how deep includes are followed without evaluating them, and
// maxReachFiles how many are in all for one port.
const (
	maxReach      = 8
	maxReachFiles = 200
)

// reaches tells whether an include of the port leads to a file that names
// USE_RC_SUBR or rc.d. An operand that only an evaluation can tell counts, and so does
// a file that is not there: make would stop, and the evaluation says so.
func (l *loader) reaches(dir, master string, g *glance, files *int, depth int) bool {
	if depth > maxReach {
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
		file, err := l.glanceAt(name)
		switch {
		case err != nil:
			if !g.optional[i] && !exempt(name) {
				return true
			}
		case file.speaks():
			return true
		case len(file.includes) > 0 && name != path.Join(dir, "Makefile"):
			m := master
			if m == "" {
				m = file.master
			}
			if l.reaches(dir, m, file, files, depth+1) {
				return true
			}
		}
	}
	return false
}

// exempt are files that are made at build time or belong to the system.
func exempt(name string) bool { return strings.Contains(name, "/work/") }

// glanceAt looks at an included file; many ports include the same ones.
func (l *loader) glanceAt(name string) (*glance, error) {
	if path.Base(name) == "Makefile" {
		if s, ok := l.ports[path.Dir(name)]; ok {
			return &s.glance, s.err
		}
	}
	if r, ok := l.glances[name]; ok {
		return r.glance, r.err
	}
	text, err := l.fs.ReadFile(name)
	r := glanceResult{err: err}
	if err == nil {
		g := look(text)
		r.glance = &g
	}
	l.glances[name] = r
	return r.glance, r.err
}

type glanceResult struct {
	glance *glance
	err    error
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
