package corpus

import (
	"slices"
	"strings"
)

// A selection is the part of a tree that was asked for: paths in the tree. An
// empty one is all of it.
type selection struct {
	all bool
	// ports are the origins that were asked for, directly or with their category.
	ports map[string]bool
	// categories are those asked for as a whole.
	categories map[string]bool
	// files are templates, or directories of them, that were asked for.
	files []string
}

func newSelection(within []string) *selection {
	s := &selection{ports: make(map[string]bool), categories: make(map[string]bool)}
	for _, w := range within {
		parts := strings.Split(w, "/")
		switch {
		case w == "" || w == ".":
			s.all = true
		case len(parts) == 1:
			s.categories[parts[0]] = true
		case len(parts) == 2:
			s.ports[w] = true
		case strings.HasSuffix(w, ".in"):
			// One template.
			s.files = append(s.files, w)
		default:
			// Any other file stands for its port.
			s.ports[parts[0]+"/"+parts[1]] = true
		}
	}
	return s
}

// port tells whether a port was asked for.
func (s *selection) port(origin string) bool {
	category, _, _ := strings.Cut(origin, "/")
	return s.all || s.ports[origin] || s.categories[category]
}

// touches tells whether a port, or a file in its directory, was asked for.
func (s *selection) touches(origin string) bool {
	return s.port(origin) || slices.ContainsFunc(s.files, func(f string) bool { return strings.HasPrefix(f, origin+"/") })
}

// service tells whether a service was asked for: by a port that installs it, by
// the port in whose directory its template stands, or by the template.
func (s *selection) service(svc *Service) bool {
	if s.all {
		return true
	}
	for _, p := range svc.Ports {
		if s.port(p.Origin) {
			return true
		}
	}
	return svc.Template != "" && s.path(svc.Template)
}

// path tells whether a path of the tree lies within what was asked for.
func (s *selection) path(name string) bool {
	if s.all {
		return true
	}
	for _, f := range s.files {
		if name == f {
			return true
		}
	}
	parts := strings.SplitN(name, "/", 3)
	if len(parts) == 1 {
		return s.categories[parts[0]]
	}
	return s.port(parts[0] + "/" + parts[1])
}

// problem tells whether a problem concerns what was asked for.
func (s *selection) problem(p Problem) bool {
	return s.all || p.Origin != "" && s.port(p.Origin) || s.path(p.Path)
}
