package program

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/pkgset"
)

// A Finder looks at programs in a set of packages and stage directories, and
// remembers what it saw. Its methods may be called at the same time.
type Finder struct {
	set *pkgset.Set
	src *Sources

	mu      sync.Mutex
	reports map[string]*seen[*Report]
	images  map[place]*seen[*image]
}

// seen is one thing that is looked at once, by whoever comes first.
type seen[T any] struct {
	once  sync.Once
	value T
}

// remembered is the entry for a key, made where it is missing.
func remembered[K comparable, T any](f *Finder, in map[K]*seen[T], key K) *seen[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if in[key] == nil {
		in[key] = &seen[T]{}
	}
	return in[key]
}

// place is a file of a container.
type place struct {
	in   *pkgset.Container
	name string
}

// NewFinder looks in a set, and in sources where src is not nil.
func NewFinder(set *pkgset.Set, src *Sources) *Finder {
	return &Finder{set: set, src: src, reports: map[string]*seen[*Report]{}, images: map[place]*seen[*image]{}}
}

// maxFollowed is how many programs are looked at behind one another, when a
// script starts the real one.
const maxFollowed = 4

// maxNames is how many names one program is looked for by, links included.
const maxNames = 32

// Programs gives a report for each of the programs that a service of the given
// ports starts, by absolute path; without ports, every package is searched. The
// reports are shared and must not be changed.
func (f *Finder) Programs(origins, programs []string) []*Report {
	var out []*Report
	for _, p := range programs {
		key := strings.Join(origins, " ") + "\x00" + p
		s := remembered(f, f.reports, key)
		s.once.Do(func() { s.value = f.program(origins, p, maxFollowed) })
		out = append(out, s.value)
	}
	return out
}

// Sources is the report on the sources; nil where there are none.
func (f *Finder) Sources() *Report {
	if f.src == nil {
		return nil
	}
	return f.src.Report()
}

// Problems is what could not be read so far.
func (f *Finder) Problems() []corpus.Problem { return f.set.Problems() }

// program looks for one program: in the port's own packages, then in those they depend on.
func (f *Finder) program(origins []string, name string, left int) *Report {
	r := &Report{Program: name}
	places := f.set.Of(origins)
	if len(origins) == 0 {
		places = f.set.Holding(name)
	}
	var tried, names []string // names: also where links of one package lead in another
	for _, c := range places {
		for _, n := range candidates(c, name) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		for _, c := range append([]*pkgset.Container{c}, f.set.Dependencies(c)...) {
			for i := 0; i < len(names) && i < maxNames; i++ {
				real, ok := c.Find(names[i])
				if ok {
					f.inspect(r, c, real, left)
					return r
				}
				if real != "" && !slices.Contains(names, real) {
					names = append(names, real)
				}
			}
		}
		tried = append(tried, path.Base(c.Where))
	}
	switch {
	case len(tried) > 0:
		r.Missing = "it is not in " + strings.Join(first(tried, 3), ", ")
	case len(origins) > 0:
		r.Missing = "there is no package of " + strings.Join(first(origins, 3), ", ")
	default:
		r.Missing = "no package holds it"
	}
	return r
}

// candidates is where a program may stand that is named by its path, as one
// that $PATH leads to, as a module of Python, or as all archives of a directory.
func candidates(c *pkgset.Container, name string) []string {
	dir, base := path.Split(name)
	switch {
	case path.IsAbs(name) && base == "*":
		for _, n := range c.Names(dir) {
			if path.Ext(n) == ".jar" {
				return []string{n}
			}
		}
	case dir == "" && name != "":
		names := []string{"/usr/local/sbin/" + name, "/usr/local/bin/" + name}
		module := "/site-packages/" + strings.ReplaceAll(name, ".", "/")
		for _, n := range c.Names("/usr/local/lib") {
			if strings.HasSuffix(n, module+"/__main__.py") || strings.HasSuffix(n, module+".py") {
				names = append(names, n)
			}
		}
		return names
	}
	return []string{name}
}

// inspect reads the program and says what it is.
func (f *Finder) inspect(r *Report, c *pkgset.Container, name string, left int) {
	r.File = c.Where + ":" + name
	data, ok := c.Read(name)[name]
	switch {
	case !ok:
		r.Blind = true
		r.open("the file could not be read")
	case bytes.HasPrefix(data, elfMagic):
		f.inspectELF(r, c, name, data)
	default:
		f.inspectScript(r, c, name, data, left)
	}
	sortFacts(r)
}

// sortFacts orders by act, nearness, file.
func sortFacts(r *Report) {
	order := map[Act]int{}
	for i, a := range Acts() {
		order[a] = i
	}
	slices.SortStableFunc(r.Facts, func(a, b Fact) int {
		if a.Act != b.Act {
			return order[a.Act] - order[b.Act]
		}
		if a.How != b.How {
			return int(a.How) - int(b.How)
		}
		if n := strings.Compare(a.File, b.File); n != 0 {
			return n
		}
		return a.Line - b.Line
	})
}

// maxLibraries bounds how many shared libraries of one program are read.
const maxLibraries = 500

// inspectELF reads an executable and every shared library it is linked with.
func (f *Finder) inspectELF(r *Report, c *pkgset.Container, name string, data []byte) {
	img, err := readELF(data)
	if err != nil {
		r.Kind, r.Blind = "damaged ELF", true
		r.open("the file " + err.Error())
		return
	}
	r.Kind = img.kind
	img.describe(r, r.File, Direct)
	type wanted struct {
		by  *pkgset.Container
		lib string
	}
	var queue []wanted
	for _, lib := range img.needed {
		queue = append(queue, wanted{c, lib})
	}
	done := map[string]bool{}
	for len(queue) > 0 {
		w := queue[0]
		queue = queue[1:]
		if done[w.lib] {
			continue
		}
		done[w.lib] = true
		if len(done) > maxLibraries {
			r.open("it is linked with more libraries than are read")
			return
		}
		at, ok := f.library(w.by, w.lib)
		if !ok {
			act, base := baseLibrary(w.lib)
			switch {
			case !base:
				r.open("the library " + message.Clip(w.lib, 80) + " is not at hand")
			case act != "":
				r.add(act, Library, r.File, 0, "is linked with "+w.lib+" of the base system")
			}
			continue
		}
		lib := f.image(at)
		where := at.in.Where + ":" + at.name
		r.Looked = append(r.Looked, where)
		if lib == nil {
			r.open("the library " + where + " is damaged")
			continue
		}
		how := Library
		if at.in == c {
			how = OwnLibrary
		}
		lib.describe(r, where, how)
		for _, next := range lib.needed {
			queue = append(queue, wanted{at.in, next})
		}
	}
}

// library finds a shared library for a file of c. A package need not say what
// it provides; but to search all that c depends on for what the base system
// has would unpack them for nothing.
func (f *Finder) library(c *pkgset.Container, soname string) (place, bool) {
	places := f.set.Providers(c, soname)
	if _, base := baseLibrary(soname); !base {
		places = append(places, f.set.Dependencies(c)...)
	}
	for _, p := range places {
		if real, ok := p.Library(soname); ok {
			return place{p, real}, true
		}
	}
	return place{}, false
}

// image reads a library once; nil where it is damaged.
func (f *Finder) image(at place) *image {
	s := remembered(f, f.images, at)
	s.once.Do(func() {
		if data, ok := at.in.Read(at.name)[at.name]; ok {
			s.value, _ = readELF(data) // what is wrong with it does not matter here
		}
	})
	return s.value
}
