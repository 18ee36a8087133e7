package makefile

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// An Assumption is a fact of the framework that the tree's own files do not tell, so that
// what FreeBSD's had in 2026 was taken.
type Assumption struct{ Name, Value string }

// framework is what the tree's Mk/ says, read when it is asked for. The files are not evaluated for
// each port: what they do is written here, and only the versions come from them.
type framework struct {
	once     sync.Once
	versions map[string]string

	mu      sync.Mutex
	lists   map[string][]string
	assumed map[string]string
}

// assume notes that a value was taken, since the tree does not tell it.
func (f *framework) assume(name, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.assumed == nil {
		f.assumed = make(map[string]string)
	}
	f.assumed[name] = value
}

// Assumed is what had to be assumed so far, by name.
func (t *Tree) Assumed() []Assumption {
	t.framework.mu.Lock()
	defer t.framework.mu.Unlock()
	var out []Assumption
	for name, value := range t.framework.assumed {
		out = append(out, Assumption{name, value})
	}
	slices.SortFunc(out, func(a, b Assumption) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// places are where a file of the framework may be, in FreeBSD's tree and in its relative's, and
// in the tree that this one stands on.
func places(names ...string) []string {
	var out []string
	for _, top := range []string{"", BaseDir + "/"} {
		for _, name := range names {
			out = append(out, top+"Mk/"+name)
		}
	}
	return out
}

// defaultVersion is a NAME_DEFAULT variable: as the tree's default-versions.mk has it, or else
// the one that is known here.
func (t *Tree) defaultVersion(name string) (value string, ok bool) {
	f := &t.framework
	f.once.Do(func() { f.versions = t.readVersions() })
	if value, ok = f.versions[name]; ok {
		return value, true
	}
	if value, ok = knownVersions[name]; ok {
		f.assume(name, value)
	}
	return value, ok
}

// readVersions evaluates default-versions.mk.
func (t *Tree) readVersions() map[string]string {
	for _, p := range places("bsd.default-versions.mk", "components/default-versions.mk") {
		parsed, err := t.sources.Parsed(p)
		if err != nil {
			continue
		}
		g := *parsed
		g.Foreign = true
		e := newEvaluation(context.Background(), t, "Mk/x", choice{})
		e.phase, e.readingVersions = phaseOptions, true
		if e.ReadFile(&g) != nil {
			continue
		}
		versions := make(map[string]string)
		for name := range e.Vars {
			if v := e.Value(name); strings.HasSuffix(name, "_DEFAULT") && v != "" {
				versions[name] = v
			}
		}
		return versions
	}
	return nil
}

// A versionList is the versions that a file of Mk/Uses chooses from: the first value of a
// variable there that stands in it as it is.
type versionList struct{ file, variable, known string }

var (
	// Preferred first.
	pythonVersions = versionList{"python.mk", "_PYTHON_VERSIONS", "3.11 3.12 3.13 3.13t 3.14 3.10 2.7"}
	// Where the port says none.
	pythonLeast  = versionList{"python.mk", "_PYTHON_ARGS", "3.9+"}
	phpVersions  = versionList{"php.mk", "_ALL_PHP_VERSIONS", "82 83 84 85"}
	luaVersions  = versionList{"lua.mk", "_LUA_VALID_VERSIONS", "54 53 52 51"}
	emacsFlavors = versionList{"emacs.mk", "FLAVORS", "full canna nox wayland devel_full devel_nox"}
)

// list gives a list of versions as the tree has it, or else as it is known here.
func (t *Tree) list(l versionList) []string {
	f := &t.framework
	key := l.file + " " + l.variable
	f.mu.Lock()
	words, ok := f.lists[key]
	f.mu.Unlock()
	if ok {
		return words
	}
	if words = t.readList(l); words == nil {
		words = strings.Fields(l.known)
		f.assume(l.variable, l.known)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lists == nil {
		f.lists = make(map[string][]string)
	}
	f.lists[key] = words
	return words
}

// maxVersions is how many versions a list may have; a flavour is made of each.
const maxVersions = 50

func (t *Tree) readList(l versionList) []string {
	for _, p := range places("Uses/"+l.file, "extensions/"+l.file) {
		parsed, err := t.sources.Parsed(p)
		if err != nil {
			continue
		}
		for _, n := range parsed.Nodes {
			if n.Kind != bmake.NodeAssign || strings.TrimSpace(n.Name) != l.variable || strings.Contains(n.Text, "$") {
				continue
			}
			if words := strings.Fields(n.Text); len(words) > 0 && len(words) <= maxVersions {
				return words
			}
		}
	}
	return nil
}

// knownVersions are the defaults of FreeBSD's Mk/bsd.default-versions.mk in
// 2026, for trees whose own cannot be read.
var knownVersions = map[string]string{
	"APACHE_DEFAULT": "2.4", "BDB_DEFAULT": "5", "FIREBIRD_DEFAULT": "4.0", "FORTRAN_DEFAULT": "gfortran",
	"GCC_DEFAULT": "14", "GHOSTSCRIPT_DEFAULT": "10", "GO_DEFAULT": "1.24", "GUILE_DEFAULT": "2.2",
	"IMAGEMAGICK_DEFAULT": "7", "JAVA_DEFAULT": "21", "LINUX_DEFAULT": "rl9", "LLVM_DEFAULT": "19",
	"LUA_DEFAULT": "5.4", "MONO_DEFAULT": "5.20", "MYSQL_DEFAULT": "8.4", "NODEJS_DEFAULT": "22",
	"OPENLDAP_DEFAULT": "26", "PERL5_DEFAULT": "5.42", "PGSQL_DEFAULT": "17", "PHP_DEFAULT": "8.4",
	"PYCRYPTOGRAPHY_DEFAULT": "rust", "PYTHON_DEFAULT": "3.12", "PYTHON2_DEFAULT": "2.7",
	"RUBY_DEFAULT": "3.3", "RUST_DEFAULT": "rust", "SAMBA_DEFAULT": "4.19", "SSL_DEFAULT": "base",
	"TCLTK_DEFAULT": "8.6", "VARNISH_DEFAULT": "6", "EMACS_DEFAULT": "full", "LAZARUS_DEFAULT": "3.6",
}
