package rcrun

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// The model is shell text, so that the interpreter and a real shell can run
// the same thing; subr.sh is what scripts call, model.sh run_rc_command, hooks.sh its parts.
var (
	//go:embed subr.sh
	subrText string
	//go:embed model.sh
	modelText string
	//go:embed hooks.sh
	hooksText string
)

// Model is the text of the model of rc.subr(8), as a shell would source it.
func Model() string { return subrText + modelText + hooksText }

// A library is the model, ready to be put into a shell: its functions, and
// the statements that set its variables.
type library struct {
	functions map[string]*interp.Code
	stmts     *interp.Code
}

// loadedModel is parsed once, and rewritten as every text is.
var loadedModel = sync.OnceValue(func() library {
	f, err := parseText(Model())
	if err != nil {
		panic("rcrun: the embedded model does not parse: " + err.Error())
	}
	rewrite(f, 0, true)
	l := library{functions: map[string]*interp.Code{}}
	var stmts []*syntax.Stmt
	for _, st := range f.Stmts {
		if fn, ok := st.Cmd.(*syntax.FuncDecl); ok {
			l.functions[fn.Name.Value] = interp.Function(fn.Body)
		} else {
			stmts = append(stmts, st)
		}
	}
	l.stmts = interp.Compile(stmts)
	return l
})

// defaults is what /etc/defaults/rc.conf says of the things that scripts ask for.
var defaults = []Setting{
	{"rc_debug", "NO"}, {"rc_info", "NO"}, {"rc_startmsgs", "YES"},
	{"local_startup", "/usr/local/etc/rc.d"}, {"script_name_sep", " "},
	{"svcj_all_enable", "NO"}, {"always_force_depends", "NO"}, {"varmfs", "AUTO"}, {"root_rw_mount", "YES"},
	{"syslogd_enable", "YES"}, {"ldconfig_paths", "/usr/lib/compat /usr/local/lib"},
	{"firstboot_sentinel", "/firstboot"},
	{"devfs_rulesets", "/etc/defaults/devfs.rules /etc/devfs.rules"},
}

// RCConf is the shell text of the settings, as rc.conf(5) would hold them.
// Later lines win, as in the file.
func RCConf(settings []Setting) string {
	var b strings.Builder
	for _, s := range settings {
		if !syntax.ValidName(s.Name) {
			continue // a service with a dash in its name has no variables
		}
		b.WriteString(s.Name + "=" + quote(s.Value) + "\n")
	}
	return b.String()
}

// settingsOf is what rc.conf of a scenario has behind the defaults: what the script's guess
// assumes, the services switched on, and the scenario's own lines.
func settingsOf(sc Scenario, found []service, assumed []Setting) []Setting {
	list := slices.Clone(assumed)
	for _, f := range found {
		if f.rcvar != "" {
			list = append(list, Setting{f.rcvar, "YES"})
		}
		if sc.Svcj && f.name != "" {
			list = append(list, Setting{f.name + "_svcj", "YES"})
		}
	}
	return append(list, sc.RCConf...)
}

// quote makes one shell word of a text.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
