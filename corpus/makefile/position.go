package makefile

import (
	"io/fs"
	"path"
	"strings"
)

// BaseDir is where, in the file system of a tree, the ports tree is found that
// the tree stands on, if it is known: an overlay has no Mk/, and its ports may
// have their masters there.
const BaseDir = ".portsdir"

// A Makefile counts the directories above its own: ${.CURDIR}/../../net/foo.
// Where a port lies less than two levels deep, these names stand in for what is
// missing, so that .CURDIR is where the port would be in a ports tree.
const (
	noCategory = ".category"
	noPort     = ".port"
)

// Path turns a path as the Makefiles see it into one of the tree; ok is
// false for what lies outside. What the tree does not have is looked for in the
// tree that it stands on.
func (e *evaluation) Path(p string) (string, bool) {
	if !strings.HasPrefix(p, "/") {
		p = e.Curdir + "/" + p
	}
	p = path.Clean(p)
	if p == portsDir {
		return ".", true
	}
	rel, ok := strings.CutPrefix(p, portsDir+"/")
	if !ok || !fs.ValidPath(rel) {
		return rel, false
	}
	above := path.Dir(path.Dir(e.Dir)) // of a port below a directory of its own, as in packaging/net/foo
	if above == "." && !e.tree.hasBase && !strings.HasPrefix(rel, noCategory) {
		return rel, true
	}
	own, inTree, inBase := rel, true, rel
	if rest, ok := strings.CutPrefix(rel, noCategory); ok && (rest == "" || rest[0] == '/') {
		rest = strings.TrimPrefix(rest, "/")
		switch {
		case rest == "":
			own, inBase = ".", e.category()
		case e.Dir != ".":
			own, inBase = rest, path.Join(e.category(), rest)
		case rest == noPort || strings.HasPrefix(rest, noPort+"/"):
			own, inBase = path.Join(".", strings.TrimPrefix(rest[len(noPort):], "/")), ""
		default: // a neighbour of the one port that the tree is
			own, inTree, inBase = rest, false, path.Join(e.category(), rest)
		}
	}
	if inTree && e.tree.exists(own) {
		return own, true
	}
	if above != "." {
		if rest, ok := strings.CutPrefix(rel, above+"/"); ok {
			inBase = rest
		} else if below := path.Join(above, rel); e.tree.exists(below) {
			return below, true
		}
	}
	if inBase != "" && e.tree.hasBase && !strings.HasPrefix(rel, BaseDir+"/") {
		if there := path.Join(BaseDir, inBase); e.tree.exists(there) {
			return there, true
		}
	}
	return own, inTree || inBase != ""
}

// category is the first word of CATEGORIES so far, for a port that does not lie in one.
func (e *evaluation) category() string {
	v, ok := e.Vars["CATEGORIES"]
	if !ok {
		return noCategory
	}
	word, _, _ := strings.Cut(strings.TrimSpace(v.First.Text), " ")
	word, _, _ = strings.Cut(word, "\t")
	if word == "" || word[0] == '.' || strings.ContainsAny(word, "/$") {
		return noCategory
	}
	return word
}

// exists tells whether the tree has a file or directory.
func (t *Tree) exists(name string) bool {
	_, err := fs.Stat(t.fsys, name)
	return err == nil
}

// A Lack is a file that the port reads, that is not in the tree, and that the
// tree which this one stands on may have.
type Lack struct {
	// Name is the file's path in a ports tree, such as "net/foo/Makefile".
	Name string
	// File and Line say where it is included.
	File string
	Line int
}

// Lacks are the files that the port reads and that nobody can read without the
// tree that this one stands on. What they set is not known.
func (p *Port) Lacks() []Lack { return p.reading().lacks }

// Lacks notes a missing file, if the tree it should be in is another one.
func (e *evaluation) Lacks(rel string) bool {
	if e.tree.whole || rel == e.Dir || strings.HasPrefix(rel, e.Dir+"/") {
		return false
	}
	if e.Dir == "." && !strings.HasPrefix(rel, noCategory) && e.tree.exists(path.Dir(rel)) {
		return false
	}
	if len(e.lacks) < 100 {
		name := strings.TrimPrefix(rel, noCategory+"/")
		if above := path.Dir(path.Dir(e.Dir)); above != "." {
			name = strings.TrimPrefix(name, above+"/")
		}
		e.lacks = append(e.lacks, Lack{Name: name, File: e.HerePath(), Line: e.HereLine()})
	}
	return true
}
