package rcrun

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// rcd is where a package's scripts are installed.
const rcd = "/usr/local/etc/rc.d/"

// A Script is one made ready to be run in many scenarios. It is not safe for
// concurrent use.
type Script struct {
	program   *interp.Code // __script() { the script }; __script "$@"
	err       error        // why there is none
	functions map[string]bool
	text      string
	// placeholders are those of which nothing is known; Render puts their names in small letters.
	placeholders []string

	// machine is the one that it is run on; nil for the pretended one.
	machine *machine

	sessionSpent *sessionSpent // what its runs have spent together

	// What findGuess finds.
	guessFound   bool
	whyNoGuess   string // why it could not
	cost         int    // in steps
	paid         bool   // in this session, by a job that another child did
	found        []service
	candidates   []string
	guess        guess
	first        Record // of the plain start on the host
	furthest     string // why nothing starts in the guess that gets furthest
	furthestLine int    // the script's line that this is about
	firstOf      Scenario

	// watch is told each question to the pretended file system, with test(1)'s
	// operator or what it was asked for; tests make a real one of it.
	watch func(op, path string, there bool)
}

// frameText calls the script as a function, so that a return outside
// functions ends it, as it does in a file that sh(1) reads.
const frameText = `__script() { :; }; __script "$@"`

// New parses a template, rendered with the substitutions of its port as
// rcparse.Render does. A script that does not parse is a Script all the same:
// its Records have Failed set.
func New(src []byte, subst map[string]string) *Script {
	text, unknown := rcparse.Render(src, subst)
	s := FromText(string(text))
	s.placeholders = unknown
	return s
}

// FromText is New for the text of a script as it is installed.
func FromText(text string) *Script {
	s := &Script{text: text, functions: map[string]bool{}, sessionSpent: new(sessionSpent)}
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
	for fn := range loadedModel().functions {
		s.functions[fn] = true
	}
	rewrite(f, lineMark, false)
	frame, err := syntax.NewParser().Parse(strings.NewReader(frameText), "")
	if err != nil {
		panic("rcrun: the call of the script does not parse: " + err.Error())
	}
	body := frame.Stmts[0].Cmd.(*syntax.FuncDecl).Body.Cmd.(*syntax.Block)
	body.Stmts = append(body.Stmts[:0], f.Stmts...)
	s.program = interp.Compile(frame.Stmts)
	return s
}

// placeholderIn is an unknown placeholder that a word came from, "" for none.
func (s *Script) placeholderIn(word string) string {
	for _, p := range s.placeholders {
		if strings.Contains(word, strings.ToLower(p)) {
			return "%%" + p + "%%"
		}
	}
	return ""
}

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

// Run simulates the scenario. It never panics and always returns: what it can't
// do is in Failed. The context only bounds the time.
func (s *Script) Run(ctx context.Context, sc Scenario) (rec Record) {
	if s.err != nil {
		return Record{Inner: -1, Failed: message.Clip(s.err.Error(), 300)}
	}
	if _, err := ReleaseOf(sc.Release); err != nil {
		return Record{Inner: -1, Failed: message.Clip(err.Error(), 300)}
	}
	if why := s.sessionSpent.empty(); why != "" {
		return Record{Inner: -1, Failed: why}
	}
	if sc.SettingsOnly {
		return s.simulate(ctx, sc, true).record
	}
	if why := s.findGuess(ctx, sc); why != "" {
		return Record{Inner: -1, Failed: why}
	}
	if reflect.DeepEqual(sc, s.firstOf) {
		return s.first
	}
	rec = s.simulate(ctx, sc, false).record
	s.why(&rec)
	return rec
}

// why corrects Record.Undecided by what is known of all guesses.
func (s *Script) why(rec *Record) {
	if rec.Undecided != "" && s.furthest != "" {
		rec.Undecided, rec.UndecidedLine = s.furthest, s.furthestLine
	}
}

// simulate runs the script in the scenario's outer shell; when looking,
// run_rc_command does nothing but be seen.
func (s *Script) simulate(ctx context.Context, sc Scenario, looking bool) (m *sim) {
	m = &sim{
		looking: looking,
		script:  s, scenario: sc, budget: newBudget(ctx, s.sessionSpent), files: newFiles(), running: sc.Running,
		jailed: sc.Running && sc.Svcj,
		noted:  map[string]bool{}, searched: map[string]bool{}, record: Record{Inner: -1},
		otherwise: sc.OtherAnswers || s.guess.otherwise,
	}
	defer func() {
		if p := recover(); p != nil { // the interpreter's fault, not ours to die of
			m.record.Failed = message.Clip(fmt.Sprintf("the interpreter panicked: %v", p), 300)
		}
	}()
	var err error
	if m.release, err = ReleaseOf(sc.Release); err != nil {
		m.record.Failed = err.Error()
		return m
	}
	m.conf, m.confAgain = s.confOf(sc)
	m.record.Assumed = s.guess.assumed
	exported := slices.Concat(clean, sc.Env)
	start := shellStart{exported: exported, zero: rcd + sc.InstalledAs, params: append([]string{sc.Verb}, sc.Args...)}
	if sc.Boot {
		start.zero, start.boot = "/etc/rc", true
		start.exported = append(exported, Setting{"RC_PID", "1"})
	}
	start.frame = frame{phase: TopLevel, cwd: "/", umask: "0022"}
	m.record.Exit = m.shellRun(start)
	if m.budget.why != "" {
		m.record.Failed = m.budget.why
		if m.record.Loop = m.busiest(); m.record.Loop > 0 {
			m.record.Failed += fmt.Sprintf(", in the loop at line %d", m.record.Loop)
		}
	}
	m.record.Remains = remains(m.record.Starts)
	m.record.Undecided = m.undecided()
	m.record.Wrote = m.files.written()
	m.showMarks()
	return m
}

// confOf is rc.conf of a scenario, as the bodies of the functions __rc_conf and __rc_conf_own.
func (s *Script) confOf(sc Scenario) (conf, again *interp.Code) {
	settings := settingsOf(sc, s.found, s.guess.assumed)
	switch {
	case s.machine == nil:
		return pretendedConf(settings), own(nil)
	case sc.SettingsOnly:
		settings = sc.RCConf
	case !sc.Svcj: // the machine may have it in a jail already
		var off []Setting
		for _, f := range s.found {
			if f.name != "" {
				off = append(off, Setting{f.name + "_svcj", "NO"})
			}
		}
		settings = append(off, settings...)
	}
	return s.machine.conf(settings), own(settings)
}

// pretendedConf is the body of __rc_conf where no machine has an rc.conf of its own.
func pretendedConf(settings []Setting) *interp.Code {
	vars := make([]interp.Var, 0, len(defaults)+len(settings))
	for _, list := range [][]Setting{defaults, settings} {
		for _, v := range list {
			if syntax.ValidName(v.Name) { // a service with a dash in its name has no variables
				vars = append(vars, interp.Var{Name: v.Name, Value: v.Value})
			}
		}
	}
	return interp.Settings(vars)
}

// confBody is rc.conf as the body of the function __rc_conf: one statement, since each
// costs the interpreter more than its assignment.
func confBody(settings []Setting) *syntax.Stmt {
	call := &syntax.CallExpr{}
	for _, v := range settings {
		if !syntax.ValidName(v.Name) {
			continue // a service with a dash in its name has no variables
		}
		value := &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: v.Value}}}
		call.Assigns = append(call.Assigns, &syntax.Assign{Name: &syntax.Lit{Value: v.Name}, Value: value})
	}
	if len(call.Assigns) == 0 {
		return block(nil)
	}
	return block([]*syntax.Stmt{{Cmd: call}})
}

// A shellStart is how a shell for the script starts.
type shellStart struct {
	exported []Setting
	zero     string // $0
	params   []string
	inside   bool
	boot     bool
	frame    frame
}

// readConf is the call of __rc_conf that /etc/rc has made before the script.
var readConf = interp.Compile([]*syntax.Stmt{{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word("__rc_conf")}}}})

// shellRun runs the model and then the script in a fresh shell, and returns
// the exit status.
func (m *sim) shellRun(o shellStart) int {
	service := rcd + m.scenario.InstalledAs
	private := []Setting{{"__lacks", strings.Join(m.release.lacks, " ")}, {"__does", strings.Join(m.release.does, " ")},
		{"rc_service", service}}
	model := loadedModel()
	texts := []*interp.Code{model.stmts}
	if o.boot {
		private = append(private, Setting{"_file", service}, Setting{"_boot", m.scenario.Verb},
			Setting{"autoboot", "yes"}, Setting{"_rc_conf_loaded", "true"})
		texts = append(texts, readConf)
	}
	sh := m.newShell(o, private)
	sh.Funcs = []map[string]*interp.Code{{"__rc_conf": m.conf, "__rc_conf_own": m.confAgain}, model.functions}
	if m.script.machine != nil {
		sh.Funcs = slices.Insert(sh.Funcs, 0, m.script.machine.functions)
	}
	return m.exitCode(interp.Run(sh, append(texts, m.script.program)...))
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
