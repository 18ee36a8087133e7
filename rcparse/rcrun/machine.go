package rcrun

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// A Machine is what a Pool's scripts find in rc.conf(5) instead of the pretended
// defaults: the files of one installed system, as text. They are run by the
// interpreter as the scripts are, in the child process, and in rc.subr's order:
// /etc/defaults/rc.conf, whose source_rc_confs reads rc_conf_files, once in the
// life of a shell, then the scenario's own lines as if they stood at the end of
// rc.conf, and with each load_rc_config NAME the files of that name in /etc/rc.conf.d
// and in the rc.conf.d beside local_startup, after which the scenario's own lines
// count again: whoever wants them to hold writes them there.
type Machine struct {
	// Files is each text by its absolute path: those named above, and others that
	// they or the scripts source. A file that is not here is not there if it is one
	// of those named above; of any other nothing is known.
	Files map[string]string `json:"files"`
	// Missing is the absolute paths of other files that are known not to be there.
	Missing []string `json:"missing,omitempty"`
}

// The files that every rc.conf(5) starts with.
const (
	defaultsFile = "/etc/defaults/rc.conf"
	confDir      = "/rc.conf.d/"
)

// confFiles is what is read where the defaults are not there to say it.
var confFiles = []string{"/etc/rc.conf", "/etc/rc.conf.local"}

// A machine is a Machine ready to be put into a shell. It is not changed once made.
type machine struct {
	files     map[string]string
	missing   []string
	calls     map[string]string // the function that holds a file's text
	functions map[string]*interp.Code
}

// newMachine parses the files; nil makes nil. One that does not parse ends the
// shell that sources it, as in sh(1).
func newMachine(m *Machine) *machine {
	if m == nil {
		return nil
	}
	out := &machine{files: m.Files, missing: m.Missing, calls: map[string]string{},
		functions: map[string]*interp.Code{}}
	for i, name := range slices.Sorted(maps.Keys(m.Files)) {
		call := fmt.Sprintf("__file_%d", i)
		f, err := parseText(strings.ToValidUTF8(m.Files[name], "?"))
		if err != nil {
			f, _ = parseText("__svcjify broken " + quote(name) + "; exit 2")
		}
		rewrite(f, 0, false)
		out.calls[name], out.functions[call] = call, interp.Function(block(joined(f.Stmts)))
	}
	out.functions["__rc_conf_d"] = interp.Function(out.perService())
	return out
}

// joined makes one statement of assignments that follow one another and expand
// nothing: rc.conf(5)'s defaults are 600 of them, and each statement costs the
// interpreter more than its assignment.
func joined(list []*syntax.Stmt) []*syntax.Stmt {
	var out []*syntax.Stmt
	var last *syntax.CallExpr
	for _, st := range list {
		c, ok := st.Cmd.(*syntax.CallExpr)
		if !ok || len(c.Args) > 0 || len(st.Redirs) > 0 || st.Background || st.Negated ||
			!slices.ContainsFunc(c.Assigns, plainAssign) ||
			slices.ContainsFunc(c.Assigns, func(a *syntax.Assign) bool { return !plainAssign(a) }) {
			out, last = append(out, st), nil
			continue
		}
		if last != nil {
			last.Assigns = append(last.Assigns, c.Assigns...)
			continue
		}
		last = c
		out = append(out, st)
	}
	return out
}

// plainAssign reports whether an assignment expands nothing.
func plainAssign(a *syntax.Assign) bool {
	if a.Name == nil || a.Append || a.Index != nil || a.Array != nil {
		return false
	}
	plain := true
	if a.Value != nil {
		syntax.Walk(a.Value, func(n syntax.Node) bool {
			switch n.(type) {
			case nil, *syntax.Word, *syntax.Lit, *syntax.SglQuoted, *syntax.DblQuoted:
			default:
				plain = false
			}
			return plain
		})
	}
	return plain
}

// block is statements as a function's body, which must not be empty.
func block(list []*syntax.Stmt) *syntax.Stmt {
	if len(list) == 0 {
		list = []*syntax.Stmt{{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word(":")}}}}
	}
	return &syntax.Stmt{Cmd: &syntax.Block{Stmts: list}}
}

// perService reads the files of rc.conf.d for one name: below /etc, and beside
// each of local_startup's directories.
func (m *machine) perService() *syntax.Stmt {
	byName := map[string][]string{}
	for name := range m.files {
		if dir, file, ok := strings.Cut(name, confDir); ok {
			first, _, _ := strings.Cut(file, "/")
			byName[dir+confDir+first] = append(byName[dir+confDir+first], name)
		}
	}
	var b strings.Builder
	b.WriteString("local _d\nfor _d in /etc ${local_startup}; do\n_d=${_d%/rc.d}\ncase $_d/rc.conf.d/$1 in\n")
	for _, key := range slices.Sorted(maps.Keys(byName)) {
		slices.Sort(byName[key])
		b.WriteString(quote(key) + ")\n")
		for _, name := range byName[key] {
			b.WriteString(m.calls[name] + "\n")
		}
		b.WriteString("__rc_conf_own\n;;\n")
	}
	b.WriteString("*) ;;\nesac\ndone\n")
	f, err := parseText(b.String())
	if err != nil { // a name that no quoting saves: nothing is read
		return block(nil)
	}
	rewrite(f, 0, false)
	return block(f.Stmts)
}

// conf is the body of __rc_conf: the machine's files, and the settings as if
// they stood at the end of rc.conf.
func (m *machine) conf(settings []Setting) *interp.Code {
	read := slices.Clone(confFiles)
	tail := ""
	if _, ok := m.files[defaultsFile]; ok {
		read, tail = []string{defaultsFile}, "source_rc_confs\n"
	}
	var calls strings.Builder
	for _, name := range read {
		if call := m.calls[name]; call != "" {
			calls.WriteString(call + "\n")
		}
	}
	f, err := parseText(calls.String() + tail)
	if err != nil {
		panic("rcrun: the calls of rc.conf's files do not parse: " + err.Error())
	}
	list := slices.Clone(f.Stmts)
	if tail == "" {
		list = slices.Concat([]*syntax.Stmt{confBody(defaults)}, list)
	}
	return interp.Function(block(append(list, confBody(settings))))
}

// own is the body of __rc_conf_own: the settings alone.
func own(settings []Setting) *interp.Code {
	return interp.Function(block([]*syntax.Stmt{confBody(settings)}))
}

// sourced is the function that stands for a file; "" where its text is not known.
func (m *machine) sourced(args []string) string {
	if m == nil || len(args) == 0 {
		return ""
	}
	return m.calls[path.Clean(args[0])]
}

// knows says whether a path is there, as far as that is known.
func (m *machine) knows(p string) (there, known bool) {
	if m == nil {
		return false, false
	}
	_, there = m.files[p]
	return there, there || p == defaultsFile || slices.Contains(confFiles, p) || strings.Contains(p, confDir) ||
		slices.Contains(m.missing, p)
}
