package corpus

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// frameworkFiles mark the top of a ports tree.
var frameworkFiles = []string{"Mk/bsd.port.mk", "Mk/bsd.mport.mk"}

// findRoot finds the top of the ports tree that a directory lies in. The
// framework's own file tells it; a tree without Mk/, such as an overlay or a
// made one, is told by the shape category/port/Makefile.
func findRoot(start string) (string, bool) {
	dir := start
	for range maxUp {
		for _, f := range frameworkFiles {
			if info, err := os.Stat(filepath.Join(dir, f)); err == nil && info.Mode().IsRegular() {
				return dir, true
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	// A port, or a directory within one.
	dir = start
	for range 6 {
		if isPort(guardDir(dir), ".") {
			return filepath.Dir(filepath.Dir(dir)), true
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	g := guardDir(start)
	switch {
	case isCategory(g, "."):
		return filepath.Dir(start), true
	case isRoot(g, "."):
		return start, true
	}
	return "", false
}

// isPort tells a port's directory by its Makefile.
func isPort(g *guarded, dir string) bool {
	text, err := g.ReadFile(path.Join(dir, "Makefile"))
	if err != nil {
		return false
	}
	for _, s := range []string{"bsd.port.subdir.mk", "bsd.mport.subdir.mk"} {
		text = bytes.ReplaceAll(text, []byte(s), nil)
	}
	for _, s := range []string{"bsd.port.", "bsd.mport.", "PORTNAME"} {
		if bytes.Contains(text, []byte(s)) {
			return true
		}
	}
	return bytes.Contains(text, []byte("MASTERDIR")) && bytes.Contains(text, []byte("/Makefile"))
}

// maxProbes is how many directories are looked into for a first port.
const maxProbes = 500

func isCategory(g *guarded, dir string) bool {
	probes := maxProbes
	return anyBelow(g, dir, &probes, func(sub string) bool { return isPort(g, sub) })
}

// isRoot tells the top of a tree: by the framework's file, or by a port two levels below.
func isRoot(g *guarded, dir string) bool {
	if hasFramework(g, dir) {
		return true
	}
	probes := maxProbes
	return anyBelow(g, dir, &probes, func(category string) bool {
		return !notCategories[path.Base(category)] &&
			anyBelow(g, category, &probes, func(sub string) bool { return isPort(g, sub) })
	})
}

func hasFramework(g *guarded, dir string) bool {
	return slices.ContainsFunc(frameworkFiles, func(f string) bool {
		info, err := g.Stat(path.Join(dir, f))
		return err == nil && info.Mode().IsRegular()
	})
}

// anyBelow tells whether f holds for a directory in dir.
func anyBelow(g *guarded, dir string, probes *int, f func(string) bool) bool {
	entries, err := g.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if *probes--; *probes < 0 {
			return false
		}
		if f(path.Join(dir, e.Name())) {
			return true
		}
	}
	return false
}

// holdsScripts tells whether a directory holds rc.d scripts.
func holdsScripts(g *guarded, dir string) bool {
	entries, err := g.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.IsDir() || e.Type()&^fs.ModeSymlink != 0 || notScript(e.Name()) {
			continue
		}
		if text, err := g.ReadFile(path.Join(dir, e.Name())); err == nil && isScript(text) {
			return true
		}
	}
	return false
}
