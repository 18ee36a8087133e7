package corpus

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/makefile"
	"github.com/svcjify/svcjify/internal/parallel"
)

// A loader finds the services of one ports tree.
type loader struct {
	ctx   context.Context
	tree  *Tree
	fs    *guarded
	make  *makefile.Tree
	only  string // the directory of the one port that is looked at; "" for all
	whole bool   // the tree has its framework

	scans    []scan
	ports    map[string]*scan // by directory
	rcDirs   map[string]bool  // directories whose Makefile.inc names rc scripts
	nested   []string         // where another tree or repository begins
	unlisted []unread
	owners   map[string]bool // ports whose templates a selected one takes
	outlines map[string]outlineResult

	mu         sync.Mutex
	categories map[string]bool

	evaluated map[string]*portResult
	listed    map[string][]fs.DirEntry // directories of templates
	problems  []Problem
	alike     alike
}

// A portResult is an evaluated port.
type portResult struct {
	port     *Port
	err      error
	words    []makefile.Word
	left     makefile.Left // what words lacks
	filesDir string
	// unread: the commands of the port were not read to their end.
	unread bool
	texts  []string // of the commands, expanded, once makesScript asked
	// installed are the scripts that the port installs, by whatever way.
	installed map[string]bool
}

func newLoader(ctx context.Context, t *Tree, g *guarded) *loader {
	return &loader{
		ctx: ctx, tree: t, fs: g, make: makefile.NewTree(g),
		rcDirs: make(map[string]bool), owners: make(map[string]bool), outlines: make(map[string]outlineResult),
		categories: make(map[string]bool), evaluated: make(map[string]*portResult),
		listed: make(map[string][]fs.DirEntry),
	}
}

func (l *loader) problem(p Problem) {
	p.Tree = l.tree
	if l.alike.admit(&p) {
		l.problems = append(l.problems, p)
	}
}

// evaluate evaluates ports, several at once.
func (l *loader) evaluate(dirs []string) {
	var todo []string
	for _, dir := range dirs {
		if _, ok := l.evaluated[dir]; !ok {
			todo = append(todo, dir)
			l.evaluated[dir] = nil
			if s := l.ports[dir]; s != nil && s.text != "" {
				l.make.Preload(path.Join(dir, "Makefile"), s.text)
			}
		}
	}
	results := make([]portResult, len(todo))
	each(l.ctx, len(todo), func(_, i int) {
		r := &results[i]
		defer func() {
			if p := parallel.Caught(recover()); p != nil {
				*r = portResult{err: p}
			}
		}()
		p, err := l.make.Port(l.ctx, todo[i])
		if err != nil {
			r.err = err
			return
		}
		r.port = &Port{Dir: todo[i], Origin: l.originOf(todo[i], p), Make: p}
		r.words, r.left = p.AllWords(l.ctx, "USE_RC_SUBR")
		r.filesDir = p.FilesDir()
	})
	for i, dir := range todo {
		if r := &results[i]; r.port == nil && r.err == nil {
			r.err = l.ctx.Err()
		}
		if s := l.ports[dir]; s != nil {
			s.text = "" // in a tree that means harm, each would be kept to the end
		}
		l.evaluated[dir] = &results[i]
	}
}

// load finds the services that a selection touches. Ports that can't share
// anything with it are not evaluated. The tree has been scanned, but for the
// one port that is looked at alone.
func (l *loader) load(sel *selection) []*Service {
	if l.ports == nil {
		l.scanTree()
	}
	all := l.candidates()
	untouched := func(dir string) bool { return !l.mayTouch(sel, dir) }
	l.evaluate(slices.DeleteFunc(slices.Clone(all), untouched))
	// Who owns the templates of a slave that was asked for shares them.
	for dir, r := range l.evaluated {
		if r.err == nil && sel.port(dir) && r.filesDir != "" {
			if owner := l.portOf(r.filesDir); owner != "" {
				l.owners[owner] = true
			}
		}
	}
	dirs := slices.DeleteFunc(all, untouched)
	l.evaluate(dirs)
	found := services{byKey: make(map[serviceKey]*Service), of: make(map[*Port]int), tree: l.tree}
	if l.ctx.Err() != nil {
		return nil
	}
	for _, dir := range dirs {
		l.guard(dir, func() { l.addPort(&found, dir, l.evaluated[dir]) })
	}
	l.handMade(&found, dirs)
	l.packed(&found, sel)
	found.finish()
	l.templates(&found, sel)
	l.deadTemplates(&found, sel)
	l.elsewhere(sel)
	// A service without template is sorted by its name.
	found.sort()
	var list []*Service
	for _, s := range found.list {
		if sel.service(s) {
			list = append(list, s)
		}
	}
	l.tooMany(&found)
	l.problems = l.alike.flush(l.problems)
	l.problems = slices.DeleteFunc(l.problems, func(p Problem) bool { return p.Kind != Elsewhere && !sel.problem(p) })
	l.nameOrigins(list)
	return list
}

// mayTouch tells whether a port may install what a selection is about: it, or
// the port whose templates it takes, was asked for or owns a selected one's.
func (l *loader) mayTouch(sel *selection, dir string) bool {
	if sel.touches(dir) || l.owners[dir] {
		return true
	}
	owner, known := l.ownerOf(dir)
	return !known || sel.touches(owner) || l.owners[owner]
}

// ownerOf is the port in whose directory a port's templates stand, where that
// can be told without evaluating it.
func (l *loader) ownerOf(dir string) (owner string, known bool) {
	s := l.ports[dir]
	if s.filesDir || l.rcDirs[path.Dir(dir)] || l.mayMoveTemplates(dir, s.master, &s.outline, 0) {
		return "", false
	}
	if s.master == "" {
		return dir, true
	}
	return simplePath("${MASTERDIR}", dir, s.master)
}

// mayMoveTemplates tells whether a file that a port includes may set FILESDIR or MASTERDIR.
func (l *loader) mayMoveTemplates(dir, master string, g *outline, depth int) bool {
	if depth > maxIncludes {
		return true
	}
	return slices.ContainsFunc(g.includes, func(operand string) bool {
		name, ok := simplePath(operand, dir, master)
		if !ok || !fs.ValidPath(name) {
			return true
		}
		file, err := l.outlineAt(name)
		if err != nil {
			return !errors.Is(err, fs.ErrNotExist)
		}
		return file.filesDir || file.master != "" ||
			name != path.Join(dir, "Makefile") && l.mayMoveTemplates(dir, master, file, depth+1)
	})
}

// addPort adds the services of an evaluated port.
func (l *loader) addPort(found *services, dir string, r *portResult) {
	var fault *parallel.Panic
	switch {
	case errors.As(r.err, &fault):
		l.problem(internalProblem(fault, dir))
		return
	case r.err != nil:
		l.makefileProblem(dir, r.err)
		return
	}
	for _, e := range r.port.Make.Problems() {
		l.makefileProblem(dir, e)
	}
	mk := r.port.Make
	if _, known := mk.Lookup("USE_RC_SUBR"); !known && mk.Defined("USE_RC_SUBR") {
		p := Problem{Kind: BadMakefile, Path: path.Join(dir, "Makefile"), Origin: dir,
			Text: "USE_RC_SUBR comes out of a command or of what only a build can tell: expected names that stand in the Makefile",
			Hint: "svcjify runs no commands; write the names out"}
		if as := mk.Assignments("USE_RC_SUBR"); len(as) > 0 {
			p.Path, p.Line = as[len(as)-1].File, as[len(as)-1].Line
		}
		l.problem(p)
	}
	if len(r.words) > 0 && r.filesDir == "" {
		l.problem(Problem{Kind: Unreadable, Path: path.Join(dir, "Makefile"), Origin: dir,
			Text: "FILESDIR leads out of the tree, to " + quoteShort(mk.Value("FILESDIR")) +
				": expected a directory of the tree"})
		return
	}
	for _, w := range r.words {
		word := strings.Trim(w.Text, `"'`)
		name := strings.TrimSuffix(word, ".sh")
		if !validName(name) {
			p := Problem{Kind: BadMakefile, Path: w.File, Line: w.Line, Origin: dir,
				Text: "USE_RC_SUBR names " + quoteShort(w.Text) + ": expected the name of a file in " + r.filesDir +
					", without .in",
				Hint: "a name holds letters, digits, and . _ + @ - only"}
			if p.Path == "" {
				p.Path = path.Join(dir, "Makefile")
			}
			l.problem(p)
			continue
		}
		found.add(r.filesDir+"/"+word+".in", name, r.port, w.Condition, false)
	}
}

// validName tells whether a name can be that of a file in rc.d.
func validName(s string) bool {
	if s == "" || s[0] == '.' || s[0] == '-' || len(s) > 200 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("._+@-", c) >= 0) {
			return false
		}
	}
	return true
}

// makefileProblem reports what ended or hindered an evaluation.
func (l *loader) makefileProblem(dir string, err error) {
	var e *makefile.Error
	if !errors.As(err, &e) {
		e = &makefile.Error{Path: path.Join(dir, "Makefile"), Text: err.Error()}
	}
	p := Problem{Kind: BadMakefile, Path: e.Path, Line: e.Line, Origin: dir, Text: e.Text,
		Hint: "correct the Makefile: make -C " + shellWord(l.tree.Shown(dir)) +
			" -V PKGNAME says what make makes of it"}
	if e.Err != nil && !errors.Is(e.Err, fs.ErrNotExist) {
		p.Kind = Unreadable
	}
	l.problem(p)
}

// usesFilesOf lists the evaluated ports whose FILESDIR is dir.
func (l *loader) usesFilesOf(dir string) []*portResult {
	var list []*portResult
	for _, r := range l.evaluated {
		if r != nil && r.err == nil && r.filesDir == dir {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *portResult) int { return strings.Compare(a.port.Dir, b.port.Dir) })
	return list
}

// mentions tells whether a file that was read for the port names a template
// where commands would: ${FILESDIR}/name.in, ${WRKDIR}/name.
func (l *loader) mentions(r *portResult, base string) bool {
	for _, f := range r.port.Make.Files() {
		text, err := l.fs.ReadFile(f)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			// A wildcard or a loop may mean any of them.
			if hasWord(line, base+".in") || hasWord(line, "${WRKDIR}/"+base) || hasWord(line, "${FILESDIR}/"+base) ||
				strings.Contains(line, "${FILESDIR}/*") || strings.Contains(line, "${FILESDIR}/${") {
				return true
			}
		}
	}
	return false
}

// hasWord tells whether a text holds a word that does not go on.
func hasWord(text, word string) bool {
	for {
		i := strings.Index(text, word)
		if i < 0 {
			return false
		}
		text = text[i+len(word):]
		if text == "" {
			return true
		}
		c := text[0]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return true
		}
	}
}

// dirOf is the directory of a template.
func dirOf(template string) string { return path.Dir(template) }
