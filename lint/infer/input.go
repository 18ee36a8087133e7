package infer

import (
	"io/fs"
	"path"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
)

// An Input is all that the inference looks at for one service.
type Input struct {
	// Service is the installed rc.d name, Template the script's path.
	Service, Template string
	// Origins is every port that installs it.
	Origins []string
	Script  *rcparse.Script
	// Port is the first of the ports; zero for a plain directory of scripts.
	Port Port
}

// A Port is what a port says of itself.
type Port struct {
	// Makefile is its path.
	Makefile, Comment string
	CommentLine       int
	Categories        []string
	Uses, Libs        []Word
	Descr, DescrPath  string
}

// A Word is a word of a Makefile variable with its line.
type Word struct {
	Text, File string
	Line       int
}

// maxDescr bounds how much of a pkg-descr is read, in bytes.
const maxDescr = 64 << 10

// NewInput collects the input for a service of a corpus.
func NewInput(svc *corpus.Service, script *rcparse.Script) Input {
	in := Input{Service: svc.Name, Template: svc.Template, Script: script}
	for _, p := range svc.Ports {
		in.Origins = append(in.Origins, p.Origin)
	}
	if len(svc.Ports) == 0 {
		return in
	}
	mk := svc.Ports[0].Make
	words := func(name string) []Word {
		var out []Word
		for _, w := range mk.Words(name) {
			if w.Condition != "" { // only what the default options bring
				continue
			}
			out = append(out, Word{Text: w.Text, File: w.File, Line: w.Line})
		}
		return out
	}
	in.Port.Makefile = path.Join(svc.Ports[0].Origin, "Makefile")
	in.Port.Comment = mk.Value("COMMENT")
	if list := mk.Words("COMMENT"); len(list) > 0 {
		in.Port.Makefile, in.Port.CommentLine = list[0].File, list[0].Line
	}
	in.Port.Categories = strings.Fields(mk.Value("CATEGORIES"))
	in.Port.Uses, in.Port.Libs = words("USES"), words("LIB_DEPENDS")
	for _, dir := range []string{svc.Ports[0].Origin, path.Dir(path.Dir(svc.Template))} {
		name := path.Join(dir, "pkg-descr")
		if text, err := fs.ReadFile(svc.Tree.FS, name); err == nil {
			in.Port.Descr, in.Port.DescrPath = string(text[:min(len(text), maxDescr)]), name
			break
		}
	}
	return in
}
