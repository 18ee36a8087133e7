package infer

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/lint/infer/program"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// An Input is all that the inference looks at for one service.
type Input struct {
	// Service is the installed rc.d name, Template the script's path.
	Service, Template string
	// Origins is every port that installs it.
	Origins []string
	Script  *rcparse.Script
	// Run is the simulated start on the host; nil where there was none.
	Run *rcrun.Record
	// Port is the first of the ports; zero for a plain directory of scripts.
	Port Port
	// Reports is what was seen of the programs that the script starts, and of
	// their sources; nil where nobody looked.
	Reports []*program.Report
}

// A Port is what a port says of itself.
type Port struct {
	// Makefile is its path.
	Makefile, Comment string
	CommentLine       int
	Categories        []string
	// Names is PORTNAME, and the directory's name, of every port that installs the service.
	Names []string
	// Services is every rc.d script that the port installs; a suite has several.
	Services   []string
	Uses, Libs []Word
	// Runs is RUN_DEPENDS; Options is OPTIONS_* and CONFIGURE_ARGS, Defaults
	// OPTIONS_DEFAULT alone. Users is USERS and GROUPS, Flags those of the
	// compiler. Modules is CARGO_CRATES and the modules of GH_TUPLE and GL_TUPLE.
	Runs, Options, Defaults, Users, Flags, Modules []Word
	// Listed is the modules that lists in files/ name, such as go.mod.
	Listed           []Module
	Descr, DescrPath string
	// Files is the port's message, its configurations and its packing list.
	Files []File
}

// A Word is a word of a Makefile variable with its line.
type Word struct {
	Text, File string
	Line       int
}

const (
	// maxText bounds how much of one file is looked at, in bytes.
	maxText = 64 << 10
	// maxFiles bounds how many of FILESDIR are.
	maxFiles = 30
	// maxCrates bounds how many crates of one port are.
	maxCrates = 2000
)

// NewInput collects the input for a service of a corpus.
func NewInput(svc *corpus.Service, script *rcparse.Script) Input {
	in := Input{Service: svc.Name, Template: svc.Template, Script: script}
	for _, p := range svc.Ports {
		in.Origins = append(in.Origins, p.Origin)
	}
	if len(svc.Ports) == 0 {
		in.Port.Names = []string{basePort}
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
	in.Port.Makefile = path.Join(svc.Ports[0].Dir, "Makefile")
	in.Port.Comment = mk.Value("COMMENT")
	if list := mk.Words("COMMENT"); len(list) > 0 {
		in.Port.Makefile, in.Port.CommentLine = list[0].File, list[0].Line
	}
	in.Port.Categories = strings.Fields(mk.Value("CATEGORIES"))
	in.Port.Uses, in.Port.Libs, in.Port.Runs = words("USES"), words("LIB_DEPENDS"), words("RUN_DEPENDS")
	in.Port.Users = slices.Concat(words("USERS"), words("GROUPS"))
	in.Port.Flags = slices.Concat(words("CFLAGS"), words("CPPFLAGS"), words("CXXFLAGS"))
	in.Port.Names, in.Port.Services = portNames(svc), strings.Fields(mk.Value("USE_RC_SUBR"))
	in.Port.Modules = slices.Concat(words("CARGO_CRATES"), words("GH_TUPLE"), words("GL_TUPLE"))
	for _, v := range []string{"OPTIONS_DEFINE", "OPTIONS_DEFAULT", "CONFIGURE_ARGS"} {
		in.Port.Options = append(in.Port.Options, words(v)...)
	}
	in.Port.Defaults = words("OPTIONS_DEFAULT")
	dirs := []string{svc.Ports[0].Dir, path.Dir(path.Dir(svc.Template))} // its master's are read where it has none
	for _, dir := range dirs {
		if text, ok := beginning(svc.Tree, path.Join(dir, "pkg-descr")); ok {
			in.Port.Descr, in.Port.DescrPath = text, path.Join(dir, "pkg-descr")
			break
		}
	}
	var lists []string
	in.Port.Files, lists = files(svc.Tree, dirs)
	in.Port.Listed = listed(svc.Tree, lists)
	cargo := slices.ContainsFunc(in.Port.Uses,
		func(w Word) bool { return w.Text == "cargo" || strings.HasPrefix(w.Text, "cargo:") })
	if cargo && len(in.Port.Modules) == 0 {
		in.Port.Modules = crateList(svc.Tree, dirs)
	}
	return in
}

// basePort stands for PORTNAME where no port installs a script: it is the base
// system's, as far as is to be seen from a directory of scripts.
const basePort = "base"

// portNames is what the ports that install a service are called.
func portNames(svc *corpus.Service) []string {
	var out []string
	for _, p := range svc.Ports {
		for _, name := range []string{p.Make.Value("PORTNAME"), path.Base(p.Origin)} {
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// crateLine is a crate in Makefile.crates, which USES=cargo includes, or in distinfo.
var crateLine = lazyregexp.New(`(?:^|[\s(/])([A-Za-z][\w-]*-\d+\.\d+\.\d+[\w.+-]*?)(?:\.crate\)|\s|\\\|$)`)

// crateList is the crates of a port whose Makefile does not name them.
func crateList(tree *corpus.Tree, dirs []string) []Word {
	var out []Word
	for _, dir := range dirs {
		for _, name := range []string{"Makefile.crates", "distinfo"} {
			text, problem := tree.ReadFile(path.Join(dir, name))
			if problem != nil {
				continue
			}
			for i, line := range strings.Split(string(text), "\n") {
				if name == "distinfo" && (!strings.HasPrefix(line, "SIZE") || !strings.Contains(line, ".crate)")) {
					continue
				}
				if m := crateLine.FindStringSubmatch(line); m != nil && len(out) < maxCrates {
					out = append(out, Word{Text: m[1], File: path.Join(dir, name), Line: i + 1})
				}
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return out
}

// files reads the message, the packing list and the configurations, and names
// the files that list modules.
func files(tree *corpus.Tree, dirs []string) (read []File, lists []string) {
	var names []string
	for _, dir := range slices.Compact(dirs) {
		names = append(names, path.Join(dir, "pkg-message"), path.Join(dir, "pkg-plist"))
		list, err := fs.ReadDir(tree.FS, path.Join(dir, "files"))
		if err != nil {
			continue
		}
		for _, e := range list {
			switch n := e.Name(); {
			case isManifest(n):
				if len(lists) < maxFiles {
					lists = append(lists, path.Join(dir, "files", n))
				}
			case len(names) < maxFiles && (strings.HasPrefix(n, "pkg-message") || isConf(n) || isConfPatch(n)):
				names = append(names, path.Join(dir, "files", n))
			}
		}
	}
	for _, name := range names {
		if text, ok := beginning(tree, name); ok {
			read = append(read, File{name, text})
		}
	}
	return read, lists
}

// beginning is the beginning of a text; one that is not there, or is none, says nothing.
func beginning(tree *corpus.Tree, name string) (string, bool) {
	text, problem := tree.ReadFile(name)
	if problem != nil {
		return "", false
	}
	return string(text[:min(len(text), maxText)]), true
}
