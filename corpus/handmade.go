package corpus

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// handMade finds rc.d scripts that ports install by their own commands instead
// of USE_RC_SUBR: from a file of the port, which makes a service like any other,
// or from elsewhere, which makes one that nothing is known of.
func (l *loader) handMade(found *services, dirs []string) {
	for _, dir := range dirs {
		if r := l.evaluated[dir]; r.err == nil {
			l.guard(dir, func() { l.handMadePort(found, r) })
		}
	}
}

func (l *loader) handMadePort(found *services, r *portResult) {
	mk := r.port.Make
	rec := readRecipe(mk)
	r.unread = rec.cut
	plist := sync.OnceValue(func() []packedLine { return l.packingList(mk.Dir(), nil) })
	done := make(map[string]bool)
	for _, name := range rec.links { // a second name of a script that is told under its own
		done[name] = true
	}
	for _, w := range r.words {
		done[strings.TrimSuffix(w.Text, ".sh")] = true
		done[w.Text] = true
	}
	for _, in := range rec.into {
		if strings.HasSuffix(in.name, sampleSuffix) {
			if !sampled(mk, plist, in.name) {
				continue
			}
			in.name = strings.TrimSuffix(in.name, sampleSuffix)
		}
		switch {
		case in.name == "":
			l.problem(Problem{Kind: NoTemplate, Path: in.command.File, Line: in.command.Line, Origin: r.port.Dir,
				Text: "the port installs rc.d scripts under names that only the build knows: expected names that stand in the Makefile",
				Hint: "name the scripts in USE_RC_SUBR, each with a template in files/"})
			continue
		case done[in.name]:
			continue
		case !validName(in.name):
			l.problem(Problem{Kind: NoTemplate, Path: in.command.File, Line: in.command.Line, Origin: r.port.Dir,
				Text: "the port installs " + quoteShort(in.name) + " into etc/rc.d: expected the name of a script",
				Hint: "a name holds letters, digits, and . _ + @ - only"})
			continue
		}
		done[in.name] = true
		if template, condition := l.sourceOf(r, rec, in); template != "" {
			found.add(template, in.name, r.port, joinConditions(in.command.Condition, condition), true)
			continue
		}
		found.add("", in.name, r.port, in.command.Condition, true)
		l.noTemplate(r.port.Dir, in.name, in.command.File, in.command.Line, in.sources)
	}
	r.installed = done
}

// Installs tells whether a build of a port installs a script, by USE_RC_SUBR or
// by a command of its own.
func Installs(build *makefile.Port, script string) bool {
	for _, w := range build.Words("USE_RC_SUBR") {
		if w.Condition == "" && strings.TrimSuffix(strings.Trim(w.Text, `"'`), ".sh") == script {
			return true
		}
	}
	return slices.ContainsFunc(readRecipe(build).into, func(in install) bool {
		return in.name == script && in.command.Condition == ""
	})
}

// sampleSuffix ends the name of a file that rc(8) does not run (find_local_scripts_new
// in rc.subr). What @sample names in the packing list, pkg(8) copies to the name
// without it.
const sampleSuffix = ".sample"

// sampled tells whether a file in rc.d is copied to its name without .sample.
func sampled(mk *makefile.Port, plist func() []packedLine, name string) bool {
	return strings.Contains(mk.Value("PLIST_FILES"), "@sample "+rcDir+"/"+name) ||
		slices.ContainsFunc(plist(), func(p packedLine) bool {
			return p.sample && p.name == strings.TrimSuffix(name, sampleSuffix)
		})
}

func joinConditions(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + " and " + b
}

// maxSteps is how often a file may be copied on its way to rc.d.
const maxSteps = 8

// sourceOf finds the file of the tree that a script is made from; "" for none.
func (l *loader) sourceOf(r *portResult, rec *recipe, in install) (template, condition string) {
	subFiles := r.port.Make.Words("SUB_FILES")
	work := path.Clean(r.port.Make.Value("WRKDIR"))
	names := in.sources
	seen := make(map[string]bool)
	for range maxSteps {
		var next []string
		for _, name := range names {
			if name == "" || seen[name] {
				continue
			}
			seen[name] = true
			clean := path.Clean(name)
			if base, inWork := strings.CutPrefix(clean, work+"/"); inWork {
				i := slices.IndexFunc(subFiles, func(w makefile.Word) bool { return w.Text == base })
				if i >= 0 && validName(base) && r.filesDir != "" && l.fileAt(r.filesDir+"/"+base+".in") {
					return r.filesDir + "/" + base + ".in", subFiles[i].Condition
				}
			} else if rel, ok := r.port.Make.TreePath(clean); ok && l.portOf(rel) != "" && l.fileAt(rel) {
				return rel, ""
			}
			next = append(next, rec.copies[clean]...)
		}
		names = next
	}
	return "", ""
}

// noTemplate says that nothing of the tree can be changed.
func (l *loader) noTemplate(dir, name, file string, line int, sources []string) {
	what, hint := "is written by the Makefile's own commands", "change it there, or "+asTemplate(name)
	if len(sources) > 0 {
		what, hint = "comes from the program's own sources", "send the change to its authors, or "+asTemplate(name)
	}
	l.problem(Problem{Kind: NoTemplate, Path: file, Line: line, Origin: dir,
		Text: "the rc script " + name + " " + what + ": there is no template that could be changed",
		Hint: hint})
}

// asTemplate says how a script that has no template gets one.
func asTemplate(name string) string {
	return "add the script as files/" + strings.TrimSuffix(name, ".sh") +
		".in and name it in USE_RC_SUBR"
}

// packed finds scripts that only the packing list names: the program's own
// install brings them.
func (l *loader) packed(found *services, sel *selection) {
	var dirs []string
	for i := range l.scans {
		if s := &l.scans[i]; s.err == nil && sel.port(s.dir) {
			dirs = append(dirs, s.dir)
		}
	}
	lists := make([][]packedLine, len(dirs))
	bufs := make([][]byte, workers())
	each(l.ctx, len(dirs), func(w, i int) {
		if bufs[w] == nil {
			bufs[w] = make([]byte, 256<<10)
		}
		lists[i] = l.packingList(dirs[i], bufs[w])
	})
	var evaluate []string
	for i, dir := range dirs {
		if len(lists[i]) > 0 {
			evaluate = append(evaluate, dir)
		}
	}
	l.evaluate(evaluate)
	for i, dir := range dirs {
		if r := l.evaluated[dir]; r != nil && r.err == nil {
			l.guard(dir, func() { l.packedPort(found, r, lists[i]) })
		}
	}
}

// A packedLine is a line of a packing list that names a script.
type packedLine struct {
	name, file   string
	placeholders []string
	sample       bool // pkg(8) copies it from name.sample
	line         int
}

// packedScript matches such a line (pkg-create(8)): a path below PREFIX, with
// keywords and placeholders before it.
var packedScript = regexp.MustCompile(`^((?:@\([^)]*\)\s*|@[a-z]+\s+|%%[A-Za-z0-9_]+%%)*)` +
	`(?:/usr/local/|%%PREFIX%%/)?etc/rc\.d/([^/\s]+)\s*$`)

var placeholder = regexp.MustCompile(`%%([A-Za-z0-9_]+)%%`)

// maxPackedLine is longer than a line can be: a path has up to 1,024 bytes.
const maxPackedLine = 4 << 10

// packingList reads a port's pkg-plist, if it names rc.d.
func (l *loader) packingList(dir string, buf []byte) []packedLine {
	file := path.Join(dir, "pkg-plist")
	data, err := l.fs.readInto(file, buf)
	if err != nil || !bytes.Contains(data, []byte(rcDir)) {
		return nil
	}
	text := string(data)
	var list []packedLine
	n := 0
	for line := range strings.Lines(text) {
		n++
		if len(line) > maxPackedLine || !strings.Contains(line, rcDir) {
			continue
		}
		m := packedScript.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || strings.HasPrefix(line, "@comment") || strings.HasPrefix(line, "@dir") {
			continue
		}
		p := packedLine{file: file, line: n, sample: strings.Contains(m[1], "@sample")}
		name, isSample := strings.CutSuffix(m[2], sampleSuffix)
		if p.name = name; isSample && !p.sample {
			continue
		}
		for _, q := range placeholder.FindAllStringSubmatch(m[1], -1) {
			p.placeholders = append(p.placeholders, q[1])
		}
		list = append(list, p)
	}
	return list
}

// packedPort adds what only the packing list names.
func (l *loader) packedPort(found *services, r *portResult, list []packedLine) {
	if r.installed == nil {
		r.installed = make(map[string]bool)
	}
	mk := r.port.Make
	note := func(name, condition, file string, line int) {
		if r.installed[name] || r.installed[strings.TrimSuffix(name, ".sh")] || !validName(name) {
			return
		}
		r.installed[name] = true
		found.add("", name, r.port, condition, true)
		l.problem(Problem{Kind: NoTemplate, Path: file, Line: line, Origin: r.port.Dir,
			Text: "the packing list names the rc script " + name +
				", and no command of the Makefile installs it: it comes from the program's own install",
			Hint: "send the change to the program's authors, or " + asTemplate(name)})
	}
	for _, w := range mk.Words("PLIST_FILES") {
		_, name, ok := strings.Cut(w.Text, rcDir+"/")
		if ok && w.File != "" && !strings.HasSuffix(strings.Trim(name, `"`), sampleSuffix) {
			note(strings.Trim(name, `"`), w.Condition, w.File, w.Line)
		}
	}
	for _, p := range list {
		condition := ""
		for _, q := range p.placeholders {
			condition = joinConditions(condition, mk.ChoiceBehind(q))
		}
		name := placeholder.ReplaceAllStringFunc(p.name, func(q string) string {
			if v, ok := mk.Lookup(strings.Trim(q, "%")); ok {
				return v
			}
			return q
		})
		note(name, condition, p.file, p.line)
	}
}
