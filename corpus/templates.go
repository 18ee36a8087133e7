package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// templates looks whether each service's template stands where it should.
func (l *loader) templates(found *services, sel *selection) {
	var dirs []string
	for _, svc := range found.list {
		if svc.Template != "" && sel.service(svc) {
			dirs = append(dirs, dirOf(svc.Template))
		}
	}
	l.list(dirs)
	for _, svc := range found.list {
		if svc.Template == "" || svc.ByHand || !sel.service(svc) {
			continue
		}
		list := l.listed[dirOf(svc.Template)]
		i, ok := slices.BinarySearchFunc(list, path.Base(svc.Template), func(e fs.DirEntry, name string) int {
			return strings.Compare(e.Name(), name)
		})
		if ok && list[i].Type().IsRegular() {
			continue
		}
		if !ok {
			// The directory may be a link, within the tree or out of it.
			if _, err := l.fs.Stat(svc.Template); errors.Is(err, fs.ErrNotExist) {
				l.missing(svc)
				continue
			}
		}
		if _, p := l.tree.ReadFile(svc.Template); p != nil {
			p.Origin = svc.Ports[0].Dir
			l.problem(*p)
		}
	}
}

// list reads directories of templates, each once; they may not exist.
func (l *loader) list(dirs []string) {
	dirs = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(dirs))), func(d string) bool {
		_, ok := l.listed[d]
		return ok
	})
	lists := make([][]fs.DirEntry, len(dirs))
	each(l.ctx, len(dirs), func(_, i int) { lists[i], _ = l.fs.ReadDir(dirs[i]) })
	for i, d := range dirs {
		l.listed[d] = lists[i]
	}
}

// missing reports a service without template. bsd.port.mk fails where
// ${FILESDIR}/name.in is not there, unless the port makes the script itself.
func (l *loader) missing(svc *Service) {
	r := l.evaluated[svc.Ports[0].Dir]
	if own := l.portOf(svc.Template); own != r.port.Dir && len(r.port.Make.Lacks()) > 0 {
		svc.Template = "" // it may be in the tree that this one stands on
		return
	}
	word := strings.TrimSuffix(path.Base(svc.Template), ".in")
	p := Problem{Kind: TemplateMissing, Path: svc.Template, Origin: r.port.Dir,
		Text: "USE_RC_SUBR names " + word + ", but the file is not there: expected a template",
		Hint: "add the script, or take the name out of USE_RC_SUBR"}
	for _, w := range r.words {
		if w.Text == word && w.File != "" {
			p.Path, p.Line = w.File, w.Line
			p.Text = "USE_RC_SUBR names " + word + ", but " + svc.Template + " is not there: expected a template"
		}
	}
	switch {
	case strings.EqualFold(word, "yes"):
		p.Kind = NoTemplate
		p.Text = "USE_RC_SUBR is " + word + ", which bsd.port.mk took once and no longer knows: expected names of templates"
		p.Hint = "name the scripts, each with a template in files/"
	case r.makesScript(word):
		p.Kind = NoTemplate
		p.Text = "the port makes or installs the rc script " + word +
			" itself: there is no template that could be changed"
		p.Hint = "send the change to the program's authors, or " + asTemplate(word)
	}
	l.problem(p)
	svc.Template = ""
}

// makesScript tells whether commands of the port's own make or install the script.
func (r *portResult) makesScript(name string) bool {
	mk := r.port.Make
	if mk.HasTarget("install-rc-script") || mk.HasTarget("do-install-rc-script") {
		return true
	}
	if r.texts == nil {
		r.texts = []string{}
		for _, c := range mk.Commands() {
			if c.Text != "" {
				r.texts = append(r.texts, c.Text)
			}
		}
		r.texts, _ = mk.ExpandAll(r.texts)
	}
	word := mk.Value("WRKDIR") + "/" + name
	return slices.ContainsFunc(r.texts, func(text string) bool {
		return strings.Contains(text, "etc/rc.d") || hasWord(text, word)
	})
}

// deadTemplates finds rc.d scripts in files/ that no port installs, in ports
// whose Makefile mentions such things at all.
func (l *loader) deadTemplates(found *services, sel *selection) {
	installed := make(map[string]bool, len(found.list))
	for _, svc := range found.list {
		installed[svc.Template] = true
	}
	// Where the Makefile says nothing of FILESDIR or a master, files/ is the port's own.
	var dirs, evaluate []string
	owner := make(map[string]string)
	note := func(dir, port string) {
		if _, ok := owner[dir]; !ok && dir != "" && !l.tree.Elsewhere(dir) {
			owner[dir] = port
			dirs = append(dirs, dir)
		}
	}
	for i := range l.scans {
		s := &l.scans[i]
		if !s.mayHoldScripts() || s.err != nil || !sel.port(s.dir) {
			continue
		}
		switch r := l.evaluated[s.dir]; {
		case r != nil && r.err == nil:
			note(r.filesDir, s.dir)
		case r != nil:
			// Nobody knows what it would install.
		case s.filesDir:
			evaluate = append(evaluate, s.dir)
		case s.master != "":
			if dir, ok := simplePath("${MASTERDIR}/files", s.dir, s.master); ok {
				note(dir, s.dir)
			} else {
				evaluate = append(evaluate, s.dir)
			}
		default:
			note(path.Join(s.dir, "files"), s.dir)
		}
	}
	l.evaluate(evaluate)
	for _, o := range evaluate {
		if r := l.evaluated[o]; r.err == nil {
			note(r.filesDir, o)
		}
	}
	slices.Sort(dirs)
	l.list(dirs)
	suspects := make([][]string, len(dirs))
	each(l.ctx, len(dirs), func(_, i int) { suspects[i] = l.suspects(dirs[i], installed) })
	for i, dir := range dirs {
		for k, template := range suspects[i] {
			if k == maxSuspects {
				l.problem(Problem{Kind: NotInstalled, Path: template, Origin: owner[dir],
					Text: fmt.Sprintf("%d more templates in %s hold rc.d scripts that USE_RC_SUBR does not name: expected at most %d",
						len(suspects[i])-k, dir, maxSuspects),
					Hint: "delete what no port installs"})
				break
			}
			if l.ctx.Err() != nil {
				return
			}
			l.judge(dir, owner[dir], template)
		}
	}
}

// maxSuspects is how many templates that no port installs are told of one directory.
const maxSuspects = maxAlike

// suspects are templates in a directory that hold rc.d scripts and are in no USE_RC_SUBR.
func (l *loader) suspects(dir string, installed map[string]bool) []string {
	var list []string
	for _, e := range l.listed[dir] {
		name := e.Name()
		template := dir + "/" + name
		if !strings.HasSuffix(name, ".in") || strings.HasPrefix(name, "pkg-") || strings.HasPrefix(name, "patch-") ||
			!e.Type().IsRegular() || installed[template] {
			continue
		}
		text, err := l.fs.ReadFile(template)
		if err == nil && isScript(text) {
			list = append(list, template)
		}
	}
	return list
}

// isScript tells an rc.d script by its rcorder(8) header, or by a line that
// reads rc.subr(8).
func isScript(text []byte) bool {
	if bytes.IndexByte(text, 0) >= 0 {
		return false
	}
	if bytes.HasPrefix(text, provideHeader) || bytes.Contains(text, append([]byte("\n"), provideHeader...)) {
		return true
	}
	for _, mark := range []string{"rc.subr", "%%RC_SUBR%%"} {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(mark))
			if i < 0 {
				break
			}
			start := bytes.LastIndexByte(rest[:i], '\n') + 1
			if line := bytes.TrimLeft(rest[start:i], " \t"); bytes.HasPrefix(line, []byte(". ")) ||
				bytes.HasPrefix(line, []byte(".\t")) {
				return true
			}
			rest = rest[i+len(mark):]
		}
	}
	return false
}

// provideHeader is what rcorder(8) looks for, to the letter.
var provideHeader = []byte("# PROVIDE:")

// judge reports a suspect unless a port installs it by other means.
func (l *loader) judge(dir, port, template string) {
	base := strings.TrimSuffix(path.Base(template), ".in")
	// Slaves share the directory and may install what their master does not.
	asked := []string{port}
	for i := range l.scans {
		s := &l.scans[i]
		if !s.mayHoldScripts() || s.err != nil || s.master == "" {
			continue
		}
		if files, ok := simplePath("${MASTERDIR}/files", s.dir, s.master); ok && files == dir {
			asked = append(asked, s.dir)
		}
	}
	l.evaluate(asked)
	for _, r := range l.usesFilesOf(dir) {
		mk := r.port.Make
		if _, known := mk.Lookup("USE_RC_SUBR"); !known && mk.Defined("USE_RC_SUBR") {
			return
		}
		for _, w := range r.words {
			if !validName(w.Text) {
				// Reported already; who knows what is meant.
				return
			}
		}
		for _, w := range mk.Words("SUB_FILES") {
			if w.Text == base {
				return
			}
		}
		if l.mentions(r, base) {
			return
		}
	}
	l.problem(Problem{Kind: NotInstalled, Path: template, Origin: port,
		Text: "the template holds an rc.d script that no port installs: expected " + base +
			" in USE_RC_SUBR or SUB_FILES",
		Hint: "delete the file, or name it in USE_RC_SUBR"})
}
