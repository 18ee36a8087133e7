package corpus

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/corpus/makefile"
)

// A recipe is what the commands of a port's targets copy: they are read as
// shell and not run.
type recipe struct {
	mk *makefile.Port
	// copies has, for a file that a command makes, those that it is made from.
	copies map[string][]string
	// into are the files that are put into rc.d.
	into []install
	// links are names in rc.d that are links to others there.
	links []string
	turn  int
	bytes int
	// cut: the commands cost more than one port may, and the rest was left out.
	cut bool
}

// An install is a file that a command puts into rc.d.
type install struct {
	// name is as installed; "" where only the shell would know it.
	name string
	// sources are the files it is made from, as the Makefile sees them; none
	// where the command writes the text itself.
	sources []string
	command makefile.Command
}

// rcDir is the part of a path that means the directory of the scripts.
const rcDir = "etc/rc.d"

// tools matches the framework's variables for commands, which make would
// replace by the command itself (bsd.port.mk, bsd.commands.mk).
var tools = regexp.MustCompile(`\$[{(]((?:BSD_)?INSTALL(?:_[A-Z]+)?|CP|MV|CAT|SED|AWK|REINPLACE_CMD|LN|RLN|` +
	`MKDIR|RM|RMDIR|ECHO|ECHO_CMD|ECHO_MSG|PRINTF|CHMOD|CHOWN|FIND|GREP|EGREP|TEST|TOUCH|TR|HEAD|TAIL|` +
	`COPYTREE_BIN|COPYTREE_SHARE|DO_NADA|TRUE)[})]`)

// filters are the commands whose output is their input, changed.
var filters = strings.Fields("SED sed CAT cat AWK awk TR tr HEAD head TAIL tail GREP grep EGREP egrep")

// The limits of a recipe: hostile input must end.
const (
	maxCommand  = 64 << 10 // bytes of one command
	maxTurns    = 2000     // of all loops together
	maxCopies   = 2000
	maxInstalls = 2 * maxScripts
	maxValue    = 1 << 10 // bytes of one variable
	maxWords    = 8 << 20 // bytes of all words
)

// readRecipe reads a port's commands, if any of them mentions rc.d.
func readRecipe(mk *makefile.Port) *recipe {
	r := &recipe{mk: mk, copies: make(map[string][]string)}
	commands := mk.Commands()
	texts := make([]string, len(commands))
	for i, c := range commands {
		if len(c.Text) <= maxCommand {
			texts[i] = tools.ReplaceAllString(c.Text, "$1")
		}
	}
	texts, whole := mk.ExpandAll(texts)
	r.cut = !whole
	if !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, rcDir) }) {
		return r
	}
	for i, c := range commands {
		if len(r.into) > maxInstalls {
			r.cut = true
			break
		}
		if texts[i] != "" && len(texts[i]) <= maxCommand {
			r.read(c, strings.TrimLeft(texts[i], "@+- \t"))
		}
	}
	return r
}

// read reads one command line.
func (r *recipe) read(c makefile.Command, text string) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		r.unread(c, text)
		return
	}
	sh := &recipeShell{recipe: r, command: c, vars: map[string]string{}}
	sh.list(file.Stmts)
}

// unread notes a command that nobody can read, if it may install a script.
func (r *recipe) unread(c makefile.Command, text string) {
	copies := func(word string) bool { return strings.Contains(text, word) }
	if strings.Contains(text, rcDir) && slices.ContainsFunc([]string{"INSTALL", "CP ", "install "}, copies) {
		r.into = append(r.into, install{command: c})
	}
}

// A recipeShell walks through one command line.
type recipeShell struct {
	*recipe
	command makefile.Command
	vars    map[string]string
	moved   bool // there was a cd
}

func (sh *recipeShell) list(list []*syntax.Stmt) {
	for _, s := range list {
		sh.stmt(s, nil)
	}
}

// stmt looks at one statement; from are the files that a pipe brings.
func (sh *recipeShell) stmt(s *syntax.Stmt, from []string) (out []string) {
	if s == nil {
		return nil
	}
	into, appended := "", false
	for _, rd := range s.Redirs {
		name, ok := sh.word(rd.Word)
		if !ok && rd.Op != syntax.Hdoc && rd.Op != syntax.DashHdoc && rd.N == nil {
			if raw := sh.raw(rd.Word); strings.Contains(raw, rcDir) {
				sh.install("", nil)
			}
			continue
		}
		switch rd.Op {
		case syntax.RdrIn:
			from = append(from, name)
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob:
			if rd.N == nil || rd.N.Value == "1" {
				into, appended = name, rd.Op == syntax.AppOut
			}
		}
	}
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		out = sh.call(cmd, from)
	case *syntax.BinaryCmd:
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			out = sh.stmt(cmd.Y, sh.stmt(cmd.X, from))
		} else {
			out = append(sh.stmt(cmd.X, from), sh.stmt(cmd.Y, nil)...)
		}
	case *syntax.Subshell:
		sub := *sh
		sub.vars = map[string]string{}
		for k, v := range sh.vars {
			sub.vars[k] = v
		}
		for _, one := range cmd.Stmts {
			out = append(out, sub.stmt(one, nil)...)
		}
	case *syntax.Block:
		for _, one := range cmd.Stmts {
			out = append(out, sh.stmt(one, nil)...)
		}
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			sh.list(c.Cond)
			sh.list(c.Then)
		}
	case *syntax.CaseClause:
		for _, item := range cmd.Items {
			sh.list(item.Stmts)
		}
	case *syntax.WhileClause:
		sh.list(cmd.Do)
	case *syntax.ForClause:
		sh.loop(cmd)
	}
	if into != "" && into != "/dev/null" {
		sh.made(into, out, appended)
		return nil
	}
	return out
}

// loop goes through a for over words that stand there.
func (sh *recipeShell) loop(cmd *syntax.ForClause) {
	iter, ok := cmd.Loop.(*syntax.WordIter)
	if !ok {
		sh.list(cmd.Do)
		return
	}
	var words []string
	known := true
	for _, w := range iter.Items {
		text, ok := sh.word(w)
		known = known && ok && !strings.ContainsAny(text, "*?[")
		words = append(words, strings.Fields(text)...)
	}
	if !known {
		delete(sh.vars, iter.Name.Value)
		sh.list(cmd.Do)
		return
	}
	for _, w := range words {
		if sh.turn++; sh.turn > maxTurns {
			sh.cut = true
			return
		}
		sh.vars[iter.Name.Value] = w
		sh.list(cmd.Do)
	}
}

// shellVars are the variables of a command line. Unlike expand.FuncEnviron, it tells one that is set to
// the empty string from one that is not set.
type shellVars map[string]string

// Get is for expand.Environ.
func (v shellVars) Get(name string) expand.Variable {
	text, set := v[name]
	if !set {
		return expand.Variable{}
	}
	return expand.Variable{Set: true, Kind: expand.String, Str: text}
}

// Each is for expand.Environ. A recipe's variables are not handed on.
func (v shellVars) Each(func(string, expand.Variable) bool) {}

// word expands a word; ok is false where only the shell would know it.
func (sh *recipeShell) word(w *syntax.Word) (text string, ok bool) {
	if w == nil || sh.bytes > maxWords {
		return "", false
	}
	cfg := &expand.Config{NoUnset: true, Env: shellVars(sh.vars)}
	text, err := expand.Literal(cfg, w)
	if err != nil {
		return "", false
	}
	sh.bytes += len(text)
	return text, true
}

// raw is a word as it stands there.
func (sh *recipeShell) raw(w *syntax.Word) string {
	var b strings.Builder
	if err := syntax.NewPrinter().Print(&b, w); err != nil {
		return ""
	}
	return b.String()
}

// takesValue are the options of install(1) that have a value.
const takesValue = "BDfghlMmNoT"

// call looks at one command. It gives the files that its output comes from.
func (sh *recipeShell) call(cmd *syntax.CallExpr, from []string) []string {
	if len(cmd.Args) == 0 {
		for _, a := range cmd.Assigns {
			delete(sh.vars, a.Name.Value)
			if a.Value == nil && a.Array == nil && !a.Naked { // p=
				sh.vars[a.Name.Value] = ""
			} else if v, ok := sh.word(a.Value); ok && len(v) <= maxValue {
				sh.vars[a.Name.Value] = v
			}
		}
		return nil
	}
	name, ok := sh.word(cmd.Args[0])
	if !ok {
		return from
	}
	installs := strings.Contains(name, "INSTALL") || path.Base(name) == "install"
	copies := installs || slices.Contains([]string{"CP", "cp", "MV", "mv"}, name)
	var args []string
	for i, w := range cmd.Args[1:] {
		text, ok := sh.word(w)
		switch {
		case !ok && copies && strings.Contains(sh.raw(w), rcDir):
			sh.install("", nil)
			return nil
		case !ok && copies && i == len(cmd.Args)-2:
			return nil
		case !ok: // a name that only the shell knows
			text = ""
		}
		args = append(args, text)
	}
	switch {
	case slices.Contains([]string{"LN", "RLN", "ln"}, name):
		if n := len(args); n > 0 {
			if _, base, ok := strings.Cut(args[n-1], rcDir+"/"); ok {
				sh.links = append(sh.links, base)
			}
		}
		return nil
	case name == "cd":
		sh.moved = true
		return nil
	case installs:
		sh.copy(operands(args, takesValue))
		return nil
	case copies:
		sh.copy(operands(args, ""))
		return nil
	case slices.Contains(filters, name):
		for _, a := range args {
			if strings.Contains(a, "/") && !strings.HasPrefix(a, "-") && !strings.ContainsAny(a, "|;,\n") {
				from = append(from, a)
			}
		}
		return from
	}
	return nil
}

// operands leaves options out.
func operands(args []string, takesValue string) []string {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		o := args[0]
		args = args[1:]
		if o == "--" {
			break
		}
		if len(o) > 1 && strings.IndexByte(takesValue, o[len(o)-1]) >= 0 && len(args) > 0 {
			args = args[1:]
		}
		if strings.Contains(o, "d") && takesValue != "" && !strings.HasPrefix(o, "--") && len(o) == 2 {
			return nil // install -d makes directories
		}
	}
	return args
}

// copy notes what is copied where.
func (sh *recipeShell) copy(args []string) {
	args = slices.DeleteFunc(slices.Clone(args),
		func(a string) bool { return strings.HasPrefix(a, "-") && len(a) == 2 })
	if len(args) < 2 {
		return
	}
	dest, sources := args[len(args)-1], args[:len(args)-1]
	isDir := len(sources) > 1 || strings.HasSuffix(dest, "/") || strings.HasSuffix(dest, rcDir) || sh.isWorkDir(dest)
	for _, src := range sources {
		to := dest
		if isDir {
			to = path.Join(dest, path.Base(src))
			if src == "" || strings.ContainsAny(src, "*?[") {
				to = dest + "/"
			}
		}
		sh.made(to, []string{src}, false)
	}
}

// isWorkDir tells the directories that are sure to be there.
func (sh *recipeShell) isWorkDir(name string) bool {
	for _, v := range []string{"WRKDIR", "WRKSRC", "BUILD_WRKSRC", "INSTALL_WRKSRC", "STAGEDIR"} {
		if value := sh.mk.Value(v); value != "" && path.Clean(name) == path.Clean(value) {
			return true
		}
	}
	return false
}

// made notes that a file is made from others.
func (sh *recipeShell) made(name string, sources []string, more bool) {
	if sh.moved { // from there, what a relative name means is not known
		sources = slices.DeleteFunc(slices.Clone(sources), func(s string) bool {
			return !strings.HasPrefix(s, "/") && s != ""
		})
	}
	if _, base, ok := strings.Cut(name, rcDir); ok && (base == "" || base[0] == '/') {
		base = strings.Trim(base, "/")
		if more && slices.ContainsFunc(sh.into, func(in install) bool { return in.name == base }) {
			return
		}
		sh.install(base, sources)
		return
	}
	if len(sh.copies) < maxCopies {
		name = path.Clean(name)
		sh.copies[name] = append(sh.copies[name], sources...)
	}
}

func (sh *recipeShell) install(name string, sources []string) {
	if len(sh.into) > maxInstalls {
		return
	}
	sh.into = append(sh.into, install{name: name, sources: sources, command: sh.command})
}
