package corpus

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A selection is the part of a tree that was asked for.
type selection struct {
	all bool
	// dirs are the ports that were asked for, and directories above ports.
	dirs map[string]bool
	// files are templates that were asked for.
	files []string
	// names are services that were asked for, by name.
	names []string
	// categories are those that count; none for all.
	categories []string
}

// newSelection places paths of the tree; what stands in a port and is no script
// stands for the port.
func newSelection(parts []string, l *loader) *selection {
	s := &selection{dirs: make(map[string]bool)}
	for _, p := range parts {
		port := l.portOf(p)
		switch {
		case p == ".":
			s.all = true
		case port == "" || port == p:
			s.dirs[p] = true
		case l.isTemplate(p):
			s.files = append(s.files, p)
		default:
			s.dirs[port] = true
		}
	}
	return s
}

// portOf is the port in whose directory a path lies; "" for none.
func (l *loader) portOf(name string) string {
	for dir := name; ; dir = path.Dir(dir) {
		if _, ok := l.ports[dir]; ok || dir == l.only {
			return dir
		}
		if dir == "." {
			return ""
		}
	}
}

// isTemplate tells a file that a script may be made from.
func (l *loader) isTemplate(name string) bool {
	if strings.HasSuffix(name, ".in") {
		return true
	}
	base := path.Base(name)
	if strings.HasPrefix(base, "pkg-") || strings.HasPrefix(base, "patch-") || notScript(base) {
		return false
	}
	text, err := l.fs.ReadFile(name)
	return err == nil && isScript(text)
}

func (s *selection) empty() bool {
	return !s.all && len(s.dirs) == 0 && len(s.files) == 0 && len(s.names) == 0
}

// under tells whether a path was asked for, directly or with a directory above it.
func (s *selection) under(name string) bool {
	if s.all || len(s.dirs) == 0 {
		return s.all
	}
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if s.dirs[dir] {
			return true
		}
	}
	return s.dirs["."]
}

// port tells whether a port was asked for.
func (s *selection) port(dir string) bool {
	if len(s.categories) > 0 {
		// By another name, only the port's CATEGORIES tell.
		category := path.Base(path.Dir(dir))
		if slices.Contains(knownCategories, category) && !slices.Contains(s.categories, category) {
			return false
		}
	}
	return s.under(dir)
}

// touches tells whether a port, or a file in its directory, was asked for.
func (s *selection) touches(dir string) bool {
	return len(s.names) > 0 || s.port(dir) || slices.ContainsFunc(s.files, func(f string) bool {
		return strings.HasPrefix(f, dir+"/") || dir == "."
	})
}

// service tells whether a service was asked for: by a port that installs it, by
// the port in whose directory its template stands, by the template, or by its name.
func (s *selection) service(svc *Service) bool {
	if slices.ContainsFunc(svc.Ports, func(p *Port) bool { return s.port(p.Dir) }) {
		return true
	}
	if slices.ContainsFunc(s.names, func(n string) bool { ok, _ := path.Match(n, svc.Name); return ok }) {
		return true
	}
	return svc.Template != "" && (slices.Contains(s.files, svc.Template) || !s.all && s.under(svc.Template))
}

// problem tells whether a problem concerns what was asked for. Its Origin is
// still the port's directory.
func (s *selection) problem(p Problem) bool {
	if p.Origin != "" {
		return s.port(p.Origin) || slices.Contains(s.files, p.Path)
	}
	return s.under(p.Path) || slices.Contains(s.files, p.Path)
}

// named adds what names stand for to a selection: an origin or a port's name,
// or else the services of that name. It gives an error for each that fits
// nothing.
func (l *loader) named(sel *selection, names []string) (wrong []error) {
	var all []*Service
	looked := false
	for _, name := range names {
		glob := strings.ContainsAny(name, "*?[")
		fits := func(have string) bool { ok, _ := path.Match(name, have); return ok }
		found := false
		for _, s := range l.scans {
			if fits(s.dir) || !strings.Contains(name, "/") && fits(path.Base(s.dir)) {
				sel.dirs[s.dir], found = true, true
			}
		}
		if found && !glob {
			continue
		}
		if !looked {
			all, looked = l.everything(), true
		}
		for _, svc := range all {
			for _, p := range svc.Ports {
				if fits(p.Origin) || fits(path.Base(p.Origin)) || fits(p.Make.Value("PKGBASE")) {
					sel.dirs[p.Dir], found = true, true
				}
			}
		}
		if (!found || glob) && slices.ContainsFunc(all, func(svc *Service) bool { return fits(svc.Name) }) {
			sel.names, found = append(sel.names, name), true
		}
		if !found {
			wrong = append(wrong, l.notFound(name, all))
		}
	}
	return wrong
}

// everything is all services of the tree, for their names.
func (l *loader) everything() []*Service {
	other := newLoader(l.ctx, l.tree, l.fs)
	other.scans, other.ports, other.whole = l.scans, l.ports, l.whole
	other.rcDirs, other.outlines, other.evaluated = l.rcDirs, l.outlines, l.evaluated
	return other.load(&selection{all: true})
}

// fileAt tells whether the tree has a regular file of that name.
func (l *loader) fileAt(name string) bool {
	info, err := fs.Stat(l.tree.FS, name)
	return err == nil && info.Mode().IsRegular()
}
