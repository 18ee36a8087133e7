package rcrun

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/rcparse"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// rcd is where a package's scripts are installed.
const rcd = "/usr/local/etc/rc.d/"

// A Script is one made ready to be run in many scenarios. It is not safe for
// concurrent use.
type Script struct {
	program   *syntax.File // __script() { the script }; __script "$@"
	err       error        // why there is none
	functions map[string]bool
	confs     map[string]*syntax.File
	text      string

	// What settle finds.
	settled    bool
	found      []service
	candidates []string
	world      world
	first      Record // of the plain start on the host
	firstOf    Scenario
}

// frameText calls the script as a function, so that a return outside
// functions ends it, as it does in a file that sh(1) reads.
const frameText = `__script() { :; }; __script "$@"`

// New parses a template, rendered with the substitutions of its port as
// rcparse.Render does. A script that does not parse is a Script all the same:
// its Records have Failed set.
func New(src []byte, subst map[string]string) *Script {
	text, _ := rcparse.Render(src, subst)
	return FromText(string(text))
}

// FromText is New for the text of a script as it is installed.
func FromText(text string) *Script {
	s := &Script{text: text, functions: map[string]bool{}, confs: map[string]*syntax.File{}}
	if strings.IndexByte(text, 0) >= 0 {
		s.err = errors.New("it is not a text file: it holds a NUL byte")
		return s
	}
	f, err := parseText(strings.ToValidUTF8(text, "?"))
	if err != nil {
		s.err = fmt.Errorf("no shell takes it: %w", err)
		return s
	}
	for _, fn := range functionsOf(f) {
		s.functions[fn] = true
	}
	for _, fn := range modelFunctions() {
		s.functions[fn] = true
	}
	rewrite(f, lineMark)
	s.program, s.err = syntax.NewParser().Parse(strings.NewReader(frameText), "")
	if s.err == nil {
		body := s.program.Stmts[0].Cmd.(*syntax.FuncDecl).Body.Cmd.(*syntax.Block)
		body.Stmts = append(body.Stmts[:0], f.Stmts...)
	}
	return s
}

var modelFunctions = sync.OnceValue(func() []string { return functionsOf(parsedModel()) })

// functionsOf is the names of the functions that a text defines.
func functionsOf(n syntax.Node) []string {
	var names []string
	syntax.Walk(n, func(n syntax.Node) bool {
		if fn, ok := n.(*syntax.FuncDecl); ok && fn.Name != nil {
			names = append(names, fn.Name.Value)
		}
		return true
	})
	return names
}

// Run runs a script in a scenario; see New for the substitutions.
func Run(ctx context.Context, src []byte, subst map[string]string, sc Scenario) Record {
	return New(src, subst).Run(ctx, sc)
}

// Run simulates the scenario. It never panics and always returns: what it can't
// do is in Failed. The context only bounds the time.
func (s *Script) Run(ctx context.Context, sc Scenario) (rec Record) {
	if s.err != nil {
		return Record{Inner: -1, Failed: clip(s.err.Error(), 300)}
	}
	if why := s.settle(ctx, sc); why != "" {
		return Record{Inner: -1, Failed: why}
	}
	if reflect.DeepEqual(sc, s.firstOf) {
		return s.first
	}
	return s.simulate(ctx, sc, false).record
}

// simulate runs the script in the scenario's outer shell; when looking,
// run_rc_command does nothing but be seen.
func (s *Script) simulate(ctx context.Context, sc Scenario, looking bool) (m *sim) {
	m = &sim{
		looking: looking,
		script:  s, scenario: sc, budget: newBudget(ctx), files: newFiles(), running: sc.Running,
		noted: map[string]bool{}, searched: map[string]bool{}, record: Record{Inner: -1},
	}
	defer func() {
		if p := recover(); p != nil { // the interpreter's fault, not ours to die of
			m.record.Failed = clip(fmt.Sprintf("the interpreter panicked: %v", p), 300)
		}
	}()
	conf, err := s.conf(RCConf(settingsOf(sc, s.found, s.world.assumed)))
	if err != nil {
		m.record.Failed = err.Error()
		return m
	}
	m.conf = conf
	m.record.Assumed = s.world.assumed
	env := clean
	zero := rcd + sc.InstalledAs
	before := ""
	if sc.Boot {
		zero = "/etc/rc"
		before = "__rc_conf; _rc_conf_loaded=true autoboot=yes _boot=" + quote(sc.Verb) + " _file=" + quote(rcd+sc.InstalledAs) + "\n"
		env = append(append([]Setting(nil), clean...), Setting{"RC_PID", "1"})
	}
	m.record.Exit = m.shellRun(env, zero, before, append([]string{sc.Verb}, sc.Args...), false, frame{phase: TopLevel, cwd: "/", umask: "0022", class: ""})
	if m.budget.why != "" {
		m.record.Failed = m.budget.why
	}
	m.record.Remains = remains(m.record.Starts)
	return m
}

// conf is rc.conf as the function __rc_conf, which may be parsed already.
func (s *Script) conf(text string) (*syntax.File, error) {
	if f := s.confs[text]; f != nil {
		return f, nil
	}
	f, err := parseText("__rc_conf() {\n" + text + "}\n")
	if err != nil {
		return nil, fmt.Errorf("rc.conf: %w", err)
	}
	if len(s.confs) < 64 {
		s.confs[text] = f
	}
	return f, nil
}

// shellRun runs the model and then the script in a fresh shell, and returns
// the exit status.
func (m *sim) shellRun(env []Setting, zero, before string, params []string, inside bool, fr frame) int {
	_, r, err := m.newShell(env, params, inside, fr)
	if err != nil {
		m.budget.stop(err.Error())
		return 1
	}
	stmts := append(append([]*syntax.Stmt(nil), parsedModel().Stmts...), m.conf.Stmts...)
	pre, err := parseText("__release=" + quote(m.scenario.Release) + " rc_service=" + quote(rcd+m.scenario.InstalledAs) + "\n" + before)
	if err != nil {
		m.budget.stop(err.Error())
		return 1
	}
	file := &syntax.File{Name: zero, Stmts: append(append(stmts, pre.Stmts...), m.script.program.Stmts...)}
	return m.exitCode(r.Run(m.budget, file))
}

// exitCode is a run's status. Any other error ends the simulation.
func (m *sim) exitCode(err error) int {
	if err == nil {
		return 0
	}
	if code, ok := errors.AsType[interp.ExitStatus](err); ok {
		return int(code)
	}
	m.budget.stop("the interpreter gave up: " + err.Error())
	return 1
}
