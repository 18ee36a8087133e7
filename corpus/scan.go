package corpus

import (
	"errors"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// notCategories are directories at the top of a ports tree that hold no ports.
var notCategories = map[string]bool{
	"Mk": true, "Templates": true, "Tools": true, "Keywords": true, "distfiles": true, "packages": true, "work": true,
}

// A scan is what a look at a port's Makefile told, without evaluating it. A
// tree holds tens of thousands of ports and a few hundred install a service;
// the others must cost no more than the reading of their Makefile.
type scan struct {
	origin string
	text   string // kept only where it may matter
	glance
	err error
}

// workers is how many goroutines read a tree; more than a few only wait for the disk.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 8) }

// parallel calls f for 0 to n-1, several at once; f gets the worker's number
// too. A panic in f is the caller's, who can say what to do about it.
func parallel(n int, f func(worker, i int)) {
	w := min(workers(), n)
	if w <= 1 {
		for i := range n {
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
			defer func() { crash[k] = recover() }()
			for {
				from := int(next.Add(chunk)) - chunk
				if from >= n {
					return
				}
				for i := from; i < min(from+chunk, n); i++ {
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

// scanTree lists the ports of a tree and looks at each Makefile. The result is
// sorted by origin.
func (l *loader) scanTree() {
	if l.only != "" {
		category, _, _ := strings.Cut(l.only, "/")
		l.categoryInc(category)
		l.scanPorts([]string{l.only})
		return
	}
	entries, err := l.fs.ReadDir(".")
	if err != nil {
		l.problem(readProblem(".", "", err))
		return
	}
	var categories []string
	for _, d := range entries {
		name := d.Name()
		if notCategories[name] || strings.HasPrefix(name, ".") {
			continue
		}
		if isDir, ok := l.directory(name, d); ok && isDir {
			categories = append(categories, name)
		}
	}
	l.fs.trust(categories)
	lists := make([][]fs.DirEntry, len(categories))
	errs := make([]error, len(categories))
	parallel(len(categories), func(_, i int) { lists[i], errs[i] = l.fs.ReadDir(categories[i]) })
	total := 0
	for _, list := range lists {
		total += len(list)
	}
	origins := make([]string, 0, total)
	for i, list := range lists {
		if errs[i] != nil {
			l.problem(readProblem(categories[i], "", errs[i]))
		}
		for _, d := range list {
			name := d.Name()
			if !d.IsDir() && d.Type()&fs.ModeSymlink == 0 {
				if name == "Makefile.inc" {
					l.categoryInc(categories[i])
				}
				continue
			}
			if strings.HasPrefix(name, ".") {
				continue
			}
			origin := categories[i] + "/" + name
			if isDir, ok := l.directory(origin, d); ok && isDir {
				origins = append(origins, origin)
			}
		}
	}
	l.fs.trust(origins)
	l.scanPorts(origins)
}

// scanPorts looks at the Makefiles of ports.
func (l *loader) scanPorts(origins []string) {
	l.scans = make([]scan, len(origins))
	bufs := make([][]byte, workers())
	parallel(len(origins), func(w, i int) {
		if bufs[w] == nil {
			bufs[w] = make([]byte, 64<<10)
		}
		l.scans[i] = l.scanPort(origins[i], bufs[w])
	})
	l.ports = make(map[string]*scan, len(origins))
	kept := l.scans[:0]
	for _, s := range l.scans {
		if s.err != nil && errors.Is(s.err, fs.ErrNotExist) {
			// A directory without Makefile is no port.
			continue
		}
		if s.err != nil {
			l.problem(readProblem(s.origin+"/Makefile", s.origin, s.err))
		}
		kept = append(kept, s)
	}
	l.scans = kept
	for i := range l.scans {
		l.ports[l.scans[i].origin] = &l.scans[i]
	}
}

// directory tells whether an entry is a directory of the tree. A symbolic link
// is none: where it leads in the tree, the ports are found anyway, and outside
// of it nothing is read.
func (l *loader) directory(name string, d fs.DirEntry) (isDir, ok bool) {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.IsDir(), true
	}
	if _, err := l.fs.resolve(name); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			origin := ""
			if strings.Contains(name, "/") {
				origin = name
			}
			l.problem(readProblem(name, origin, err))
		}
	}
	return false, false
}

// categoryInc notes a category's Makefile.inc that names rc scripts: it is
// read for each port of the category.
func (l *loader) categoryInc(category string) {
	text, err := l.fs.ReadFile(category + "/Makefile.inc")
	if err == nil && hasRCSubr(text) {
		l.rcCategories[category] = true
	}
}

func (l *loader) scanPort(origin string, buf []byte) scan {
	s := scan{origin: origin}
	text, err := l.fs.readInto(origin+"/Makefile", buf)
	if err != nil {
		s.err = err
		return s
	}
	s.glance = look(text)
	if s.spoken() || s.master != "" || len(s.includes) > 0 {
		s.text = string(text)
	}
	return s
}

// candidates marks the ports whose Makefile must be evaluated: those that name
// USE_RC_SUBR, themselves or in a file that they include.
func (l *loader) candidates() []string {
	var list []string
	for i := range l.scans {
		s := &l.scans[i]
		category, _, _ := strings.Cut(s.origin, "/")
		if s.err == nil && (s.rcSubr || l.rcCategories[category] || len(s.includes) > 0 && l.reaches(s.origin, s.master, &s.glance, 0)) {
			list = append(list, s.origin)
		}
	}
	return list
}

// maxReach is how deep includes are followed without evaluating them.
const maxReach = 8

// reaches tells whether an include of the port leads to a file that names
// USE_RC_SUBR. An operand that only an evaluation can tell counts, and so does
// a file that is not there: make would stop, and the evaluation says so.
func (l *loader) reaches(origin, master string, g *glance, depth int) bool {
	if depth > maxReach {
		return true
	}
	for i, operand := range g.includes {
		name, ok := simplePath(operand, origin, master)
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
		case file.rcSubr:
			return true
		case len(file.includes) > 0 && name != origin+"/Makefile":
			m := master
			if m == "" {
				m = file.master
			}
			if l.reaches(origin, m, file, depth+1) {
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
	if dir, base := path.Split(name); base == "Makefile" {
		if s, ok := l.ports[strings.TrimSuffix(dir, "/")]; ok {
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
func simplePath(operand, origin, master string) (name string, ok bool) {
	for range 3 {
		i := strings.Index(operand, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(operand[i:], '}')
		if j < 0 {
			return "", false
		}
		category, _, _ := strings.Cut(origin, "/")
		var value string
		switch operand[i+2 : i+j] {
		case ".CURDIR", "PKGDIR":
			value = "/" + origin
		case ".CURDIR:H":
			value = "/" + category
		case ".CURDIR:H:H", "PORTSDIR":
			value = ""
		case "MASTERDIR":
			if value = master; value == "" {
				value = "/" + origin
			}
		case "FILESDIR":
			if value = master; value == "" {
				value = "/" + origin
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
		operand = "/" + origin + "/" + operand
	}
	return strings.TrimPrefix(path.Clean(operand), "/"), true
}
