package corpus

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// notScripts are files that stand beside rc.d scripts and are none.
func notScript(name string) bool {
	switch {
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, "~"), strings.HasPrefix(name, "Makefile"):
		return true
	}
	switch path.Ext(name) {
	case ".orig", ".rej", ".bak", ".swp", ".core", ".md":
		return true
	}
	return false
}

// scriptsIn finds the rc.d scripts in a plain directory, as installed or as in
// the base system's source. Only names in want count, all if it is empty; what
// was asked for by name is a script whatever it holds.
func scriptsIn(t *Tree, g *guarded, want []string) (list []*Service, problems []Problem, err error) {
	entries, err := g.ReadDir(".")
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := e.Name()
		named := slices.Contains(want, name)
		if len(want) > 0 && !named || e.IsDir() || !named && notScript(name) {
			continue
		}
		text, err := g.ReadFile(name)
		if err != nil {
			if len(want) == 0 && e.Type()&^fs.ModeSymlink != 0 {
				// A FIFO or a socket is not meant as a script.
				continue
			}
			p := readProblem(name, "", err)
			p.Tree = t
			problems = append(problems, p)
			if !named {
				continue
			}
		}
		if !named && !isScript(text) {
			continue
		}
		list = append(list, &Service{Tree: t, Name: strings.TrimSuffix(name, ".in"), Template: name})
	}
	return list, problems, nil
}
