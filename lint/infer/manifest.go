package infer

import (
	"path"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A Module is a library of a language that a list in the port's files/ names.
type Module struct {
	// Of is the language's word for it, as in "the Go module water".
	Of string
	Word
}

// What the lists name.
const (
	goModule     = "Go module"
	nodeModule   = "Node module"
	pythonModule = "Python module"
	rubyGem      = "gem"
)

const (
	// maxModules bounds how many modules of one port are looked at.
	maxModules = 2000
	// maxManifest bounds how much of one list is read, in bytes; package-lock.json
	// names hundreds of modules with their check sums.
	maxManifest = 1 << 20
)

// A manifest is a kind of file that lists modules, and how a line names one.
type manifest struct {
	file *lazyregexp.Regexp
	of   string
	line *lazyregexp.Regexp // its first group is the module
}

// manifests are those of Go, Node, Python and Ruby. What go.mod calls indirect
// belongs to another module, as far as it is used at all.
var manifests = []manifest{
	{lazyregexp.New(`^(patch-([\w-]+_)?)?go\.mod(\.in)?$`), goModule, lazyregexp.New(`^\s*(?:require\s+)?([\w.~-]+\.[\w.~-]+/[\w./~-]+)\s+v\d[\w.+-]*\s*$`)},
	{lazyregexp.New(`^package-lock[\w-]*\.json$`), nodeModule, lazyregexp.New(`^\s*"node_modules/((?:@[\w.-]+/)?[\w.-]+)"\s*:\s*\{`)},
	{lazyregexp.New(`^package\.json$`), nodeModule, lazyregexp.New(`^\s*"((?:@[\w.-]+/)?[\w.-]+)"\s*:\s*"[\^~<>=v]*\d[^"]*"\s*,?\s*$`)},
	{lazyregexp.New(`^(patch-([\w-]+_)?)?requirements[\w.-]*\.txt(\.in)?$`), pythonModule, lazyregexp.New(`^\s*([A-Za-z][\w.-]*)\s*(?:\[[\w, -]*\])?\s*(?:[=<>~!;].*)?$`)},
	{lazyregexp.New(`^(patch-([\w-]+_)?)?Gemfile(\.lock)?$`), rubyGem, lazyregexp.New(`^\s*(?:gem\s+["']([\w.-]+)["'].*|([a-z][\w.-]*) \([\d=<>~, .]+\))$`)},
}

// isManifest reports whether a file of the port lists modules.
func isManifest(name string) bool {
	for _, m := range manifests {
		if m.file.MatchString(name) {
			return true
		}
	}
	return false
}

// listed is the modules that the files name.
func listed(tree *corpus.Tree, names []string) []Module {
	var out []Module
	for _, name := range names {
		text, problem := tree.ReadFile(name)
		if problem != nil {
			continue
		}
		out = append(out, modulesOf(name, string(text[:min(len(text), maxManifest)]), maxModules-len(out))...)
	}
	return out
}

// modulesOf is the modules that one list names, at most so many; of a patch, those
// that are there after it.
func modulesOf(name, text string, most int) []Module {
	var out []Module
	base := path.Base(name)
	patched := strings.HasPrefix(base, "patch-")
	for _, m := range manifests {
		if !m.file.MatchString(base) {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if patched {
				if len(line) == 0 || line[0] != '+' && line[0] != ' ' || strings.HasPrefix(line, "+++") {
					continue
				}
				line = line[1:]
			}
			found := m.line.FindStringSubmatch(line)
			if found == nil || len(out) >= most {
				continue
			}
			module := found[1]
			if module == "" {
				module = found[2]
			}
			out = append(out, Module{m.of, Word{Text: module, File: name, Line: i + 1}})
		}
		break
	}
	return out
}

// majorVersion is the end of a Go module's path that only says its version.
var majorVersion = lazyregexp.New(`^v\d+$`)

// repositoryOf is the word by which a Go module is known: github.com/songgao/water
// is water, and golang.zx2c4.com/wireguard/v2 is wireguard.
func repositoryOf(module string) string {
	words := strings.Split(strings.ToLower(module), "/")
	if len(words) > 2 && (words[0] == "github.com" || words[0] == "gitlab.com" || words[0] == "codeberg.org") {
		return strings.TrimSuffix(words[2], ".git")
	}
	last := words[len(words)-1]
	if len(words) > 1 && majorVersion.MatchString(last) {
		last = words[len(words)-2]
	}
	name, _, _ := strings.Cut(last, ".v") // gopkg.in/yaml.v3
	return name
}
