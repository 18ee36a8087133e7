package corpus

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// knownCategories are the directories of FreeBSD's ports tree (SUBDIR in its
// Makefile), and the one for a site's own ports (ports(7)).
var knownCategories = strings.Fields(`accessibility arabic archivers astro audio benchmarks biology cad chinese
comms converters databases deskutils devel dns editors emulators filesystems finance french ftp games german
graphics hebrew hungarian irc japanese java korean lang local mail math misc multimedia net net-im net-mgmt
net-p2p news polish ports-mgmt portuguese print russian science security shells sysutils textproc ukrainian
vietnamese www x11 x11-clocks x11-drivers x11-fm x11-fonts x11-servers x11-themes x11-toolkits x11-wm`)

// originOf is category/port. The category is the directory's where the layout
// has categories, else the first word of CATEGORIES.
func (l *loader) originOf(dir string, mk *makefile.Port) string {
	name, above := path.Base(dir), path.Base(path.Dir(dir))
	var categories []string
	if mk != nil {
		categories = strings.Fields(mk.Value("CATEGORIES"))
		if dir == "." {
			name = mk.Value("PORTNAME")
		}
	}
	// A port may lie below its own name, as in net/foo/port.
	for d := dir; strings.Contains(d, "/"); d = path.Dir(d) {
		if up := path.Dir(d); l.isCategory(up) || slices.Contains(categories, path.Base(up)) {
			return path.Base(up) + "/" + path.Base(d)
		}
	}
	switch {
	case strings.Contains(dir, "/") && len(categories) == 0:
		return above + "/" + name
	case len(categories) > 0 && name != "":
		return categories[0] + "/" + name
	case dir == "." && l.tree.Root != "":
		return path.Base(l.tree.Root)
	}
	return name
}

// isCategory tells a category of ports by its place, name or Makefile.
func (l *loader) isCategory(dir string) bool {
	if l.whole && !strings.Contains(dir, "/") || slices.Contains(knownCategories, path.Base(dir)) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	is, known := l.categories[dir]
	if !known {
		text, err := l.fs.ReadFile(path.Join(dir, "Makefile"))
		is = err == nil && strings.Contains(string(text), "port.subdir.mk")
		l.categories[dir] = is
	}
	return is
}

// nameOrigins gives the problems the names of the ports that they are about,
// and ports whose names are the same, such as net/foo and old/net/foo, those of
// their directories.
func (l *loader) nameOrigins(list []*Service) {
	at := make(map[string]string)
	twice := make(map[string]bool)
	for _, svc := range list {
		for _, p := range svc.Ports {
			if dir, ok := at[p.Origin]; ok && dir != p.Dir {
				twice[p.Origin] = true
			}
			at[p.Origin] = p.Dir
		}
	}
	for _, svc := range list {
		for _, p := range svc.Ports {
			if twice[p.Origin] {
				p.Origin = p.Dir
			}
		}
	}
	for i := range l.problems {
		p := &l.problems[i]
		if p.Origin == "" {
			continue
		}
		if r := l.evaluated[p.Origin]; r != nil && r.err == nil {
			p.Origin = r.port.Origin
		} else {
			p.Origin = l.originOf(p.Origin, nil)
		}
	}
}
