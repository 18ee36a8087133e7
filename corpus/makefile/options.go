package makefile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
)

// alwaysOn are options that are on wherever a port has them (bsd.options.mk).
var alwaysOn = []string{"DOCS", "NLS", "EXAMPLES", "IPV6"}

// groupKinds are the kinds of option groups.
var groupKinds = []string{"SINGLE", "RADIO", "MULTI", "GROUP"}

// helperAppends are the variables that OPT_VARIABLE and OPT_VARIABLE_OFF append to.
var helperAppends = map[string]bool{
	"ALL_TARGET": true, "BINARY_ALIAS": true, "BROKEN": true, "CATEGORIES": true, "CFLAGS": true,
	"CONFIGURE_ENV": true, "CONFLICTS": true, "CONFLICTS_BUILD": true, "CONFLICTS_INSTALL": true,
	"CPPFLAGS": true, "CXXFLAGS": true, "DESKTOP_ENTRIES": true, "DISTFILES": true,
	"EXTRA_PATCHES": true, "EXTRACT_ONLY": true, "GH_ACCOUNT": true, "GH_PROJECT": true,
	"GH_SUBDIR": true, "GH_TAGNAME": true, "GH_TUPLE": true, "IGNORE": true, "INFO": true,
	"INSTALL_TARGET": true, "LDFLAGS": true, "LIBS": true, "MAKE_ARGS": true, "MAKE_ENV": true,
	"MASTER_SITES": true, "PATCHFILES": true, "PATCH_SITES": true, "PLIST_DIRS": true,
	"PLIST_FILES": true, "PLIST_SUB": true, "PORTDOCS": true, "PORTEXAMPLES": true,
	"SUB_FILES": true, "SUB_LIST": true, "TEST_TARGET": true, "USES": true,
	"CONFIGURE_ARGS": true, "CMAKE_ARGS": true, "MESON_ARGS": true,
	"PKG_DEPENDS": true, "FETCH_DEPENDS": true, "EXTRACT_DEPENDS": true, "PATCH_DEPENDS": true,
	"BUILD_DEPENDS": true, "LIB_DEPENDS": true, "RUN_DEPENDS": true, "TEST_DEPENDS": true,
}

// An optionState is what the options came to.
type optionState struct {
	all      []string            // every option the port has, sorted
	has      map[string]bool     // the same as a set
	selected map[string]bool     // by default, or as chosen
	exclude  map[string][]string // for members of SINGLE and RADIO groups: the other members
}

// setOptions is what bsd.options.mk does with the default options of a
// machine where no options were ever configured.
func (e *evaluation) setOptions() *Error {
	arch, opsys := e.Value("ARCH"), e.Value("OPSYS")
	major, _, _ := strings.Cut(e.Value("OSREL"), ".")
	define := append(e.Words("OPTIONS_DEFINE"), e.Words("OPTIONS_DEFINE_"+arch)...)
	defaults := e.Words("OPTIONS_DEFAULT")
	if e.Defined("OPTIONS_DEFAULT_" + arch) {
		defaults = append(defaults, e.Words("OPTIONS_DEFAULT_"+arch)...)
	} else {
		defaults = append(defaults, e.Words("OPTIONS_DEFAULT_OTHER_ARCHS")...)
	}
	slave := e.Words("OPTIONS_SLAVE")
	excluded := make(map[string]bool)
	for _, name := range []string{"OPTIONS_EXCLUDE_" + arch, "OPTIONS_EXCLUDE", "OPTIONS_SLAVE",
		"OPTIONS_EXCLUDE_" + opsys, "OPTIONS_EXCLUDE_" + opsys + "_" + major} {
		for _, o := range e.Words(name) {
			excluded[o] = true
		}
	}
	for _, o := range define {
		for _, implied := range e.Words(o + "_IMPLIES") {
			if excluded[implied] {
				excluded[o] = true
			}
		}
	}
	without := func(list []string) []string {
		return slices.DeleteFunc(list, func(o string) bool { return excluded[o] })
	}
	define, defaults = without(define), without(defaults)

	st := optionState{selected: make(map[string]bool), exclude: make(map[string][]string)}
	complete := sortedUnique(define)
	e.Set("ALL_OPTIONS", strings.Join(complete, " "))
	for _, kind := range groupKinds {
		for _, group := range e.Words("OPTIONS_" + kind) {
			members := without(e.Words("OPTIONS_" + kind + "_" + group))
			complete = append(complete, members...)
			if kind == "SINGLE" || kind == "RADIO" {
				for _, o := range members {
					st.exclude[o] = members
				}
			}
			if len(complete) > maxOptions {
				break
			}
		}
	}
	if len(complete) > maxOptions {
		return e.ErrorAt(0, "found %d options or more: expected at most %d", len(complete), maxOptions)
	}
	has := make(map[string]bool, len(complete))
	for _, o := range complete {
		has[o] = true
	}
	for _, o := range e.Words("PORT_OPTIONS") {
		st.selected[o] = !excluded[o]
	}
	for _, o := range alwaysOn {
		if has[o] {
			st.selected[o] = true
		}
	}
	if e.Defined("OPTIONS_OVERRIDE") {
		clear(st.selected)
		defaults = e.Words("OPTIONS_OVERRIDE")
	}
	for _, o := range defaults {
		st.selected[o] = true
	}
	if o := e.choice.on; o != "" {
		for _, other := range st.exclude[o] {
			delete(st.selected, other)
		}
		st.selected[o] = true
	}
	delete(st.selected, e.choice.off)
	e.imply(&st, has)
	for _, o := range slave {
		st.selected[o] = true
	}
	for o := range excluded {
		has[o] = true
		complete = append(complete, o)
	}
	st.all, st.has = sortedUnique(complete), has
	var on []string
	for o, yes := range st.selected {
		if yes {
			on = append(on, o)
		}
	}
	slices.Sort(on)
	e.Set("COMPLETE_OPTIONS_LIST", strings.Join(complete, " "))
	e.Set("PORT_OPTIONS", strings.Join(on, " "))
	e.Vars["PORT_OPTIONS"].Deps = onOptions
	e.options = st
	return e.optionHelpers()
}

// imply switches on what selected options imply. Only an option of the port
// implies another.
func (e *evaluation) imply(st *optionState, has map[string]bool) {
	var todo []string
	for o, on := range st.selected {
		if on && has[o] {
			todo = append(todo, o)
		}
	}
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, implied := range e.Words(o + "_IMPLIES") {
			if !st.selected[implied] {
				st.selected[implied] = true
				if has[implied] {
					todo = append(todo, implied)
				}
			}
		}
	}
}

func sortedUnique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// A helper is a variable such as RELAY_USE or DOCS_VARS_OFF.
type helper struct {
	option, kind string // kind without _OFF
	off          bool
	name         string
}

// helpers finds the option helpers among the port's variables, in the order
// in which the framework works through them.
func (e *evaluation) helpers() []helper {
	if len(e.options.all) == 0 {
		return nil
	}
	var list []helper
	for name := range e.Vars {
		if len(name) > bmake.MaxName {
			continue // no helper of an option is that long
		}
		for k := 1; k < len(name)-1; k++ {
			if name[k] != '_' || !e.options.has[name[:k]] {
				continue
			}
			kind, off := strings.CutSuffix(name[k+1:], "_OFF")
			if kind == "USE" || kind == "VARS" || helperAppends[kind] {
				list = append(list, helper{name[:k], kind, off, name})
			}
		}
	}
	rank := func(h helper) int {
		switch h.kind {
		case "USE":
			return 0
		case "VARS":
			return 1
		}
		return 2
	}
	slices.SortFunc(list, func(a, b helper) int {
		return cmp.Or(cmp.Compare(a.option, b.option), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.name, b.name))
	})
	return list
}

// optionHelpers applies OPTIONS_SUB and the helpers.
func (e *evaluation) optionHelpers() *Error {
	if e.Defined("OPTIONS_SUB") {
		has := make(map[string]bool)
		for _, w := range e.Words("SUB_LIST") {
			name, _, _ := strings.Cut(w, "=")
			has[name] = true
		}
		var b strings.Builder
		for _, o := range e.options.all {
			if has[o] {
				continue
			}
			yes, no := "", "@comment "
			if !e.options.selected[o] {
				yes, no = no, yes
			}
			b.WriteString(o + `="` + yes + `" NO_` + o + `="` + no + `" `)
		}
		e.Add("SUB_LIST", b.String(), -1, onOptions)
	}
	for _, h := range e.helpers() {
		if err := e.applyHelper(h); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) applyHelper(h helper) *Error {
	active := e.options.selected[h.option] != h.off
	v := e.Vars[h.name]
	g := &bmake.Guard{Name: h.option, Off: h.off, Result: bmake.Outcome{Truth: bmake.TruthOf(active), Deps: onOptions}}
	source := -1
	pieces := v.Pieces()
	if len(pieces) > 0 {
		source = pieces[len(pieces)-1].Rec
	}
	// assign makes the assignment that the helper stands for, or records it.
	assign := func(name, text string, appends bool) {
		r := bmake.Occurrence{Name: name, Text: text, Guard: g, Reached: active, Effective: active, Made: h.name}
		if source >= 0 {
			r.File, r.Node = e.Occurrences[source].File, e.Occurrences[source].Node
		}
		index := len(e.Occurrences)
		e.Occurrences = append(e.Occurrences, r)
		switch {
		case !active:
		case appends:
			e.Add(name, text, index, onOptions|v.Deps)
		default:
			e.Vars[name] = bmake.NewVariable(bmake.Piece{Text: text, Rec: index}, onOptions|v.Deps)
		}
	}
	if h.kind != "USE" && h.kind != "VARS" {
		assign(h.kind, "${"+h.name+"}", true)
		return nil
	}
	var words []string
	for _, p := range pieces {
		// Words are split before they are expanded, so that what they name is
		// expanded when it is used, as make does.
		words = append(words, bmake.SplitRaw(p.Text)...)
	}
	type variable struct {
		name    string
		appends bool
	}
	type target struct {
		variable
		text []string
	}
	var targets []target
	at := make(map[variable]int) // in targets
	for _, w := range words {
		text, _, err := e.Expand(w)
		if err != nil {
			return err
		}
		if !strings.Contains(w[:strings.IndexByte(w+"=", '=')], "$") {
			text = w
		}
		for _, w := range bmake.SplitWords(text) {
			name, value, ok := strings.Cut(w, "=")
			if !ok {
				continue
			}
			if err := e.Spend(64 + len(w)); err != nil {
				return err
			}
			t := target{variable: variable{name: strings.ToUpper(name)}}
			if h.kind == "USE" {
				t.name, t.appends = "USE_"+t.name, true
				value = value[strings.LastIndexByte(value, '=')+1:]
				value = strings.ReplaceAll(value, ",", " ")
			} else {
				t.name, t.appends = strings.CutSuffix(t.name, "+")
				if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
					value = value[1 : len(value)-1]
				}
			}
			i, known := at[t.variable]
			if !known {
				i = len(targets)
				targets, at[t.variable] = append(targets, t), i
			}
			targets[i].text = append(targets[i].text, value)
		}
	}
	slices.SortStableFunc(targets, func(a, b target) int { return cmp.Compare(a.name, b.name) })
	for _, t := range targets {
		assign(t.name, strings.Join(t.text, " "), t.appends)
	}
	return nil
}
