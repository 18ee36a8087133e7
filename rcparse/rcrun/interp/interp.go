// Package interp runs shell texts for rcrun, the same one many times: a text is compiled
// once, and a run of it looks at no syntax tree and touches nothing of the host.
//
// It does what mvdan.cc/sh/v3/interp does for the trees that rcrun makes of FreeBSD's sh,
// which its rules for names, scopes and exit statuses follow, and of which it has no more
// than those trees need: no job control, no arrays, no pathname expansion, no concurrency.
package interp

import (
	"fmt"
	"io"
	"maps"

	"mvdan.cc/sh/v3/syntax"
)

// A Var is a variable that a shell starts with.
type Var struct {
	Name, Value string
	Exported    bool
}

// Handlers are what a shell asks. An error that is no ExitStatus ends the run.
type Handlers interface {
	// Call sees every command with its arguments and says what is to be run instead.
	Call(c Context, args []string) ([]string, error)
	// Exec gets what is neither a function nor a builtin.
	Exec(c Context, args []string) error
	// Open opens what a redirection names, with flags of package os. An *os.PathError
	// fails the command.
	Open(c Context, path string, flag int) (io.ReadWriteCloser, error)
}

// A Config is what a shell is made of.
type Config struct {
	// Vars is the variables, PWD, IFS and OPTIND apart.
	Vars []Var
	// Dir is $PWD at first.
	Dir string
	// Name is $0, and Params what follows.
	Name   string
	Params []string
	// Funcs is functions, those of the first map that has the name. No map is changed.
	Funcs    []map[string]*Code
	Handlers Handlers
	// Steps is asked before each statement, command and round; its error ends the run.
	Steps interface{ Err() error }
	// Stdin may be nil.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// An ExitStatus is an exit status other than 0.
type ExitStatus uint8

func (s ExitStatus) Error() string { return fmt.Sprintf("exit status %d", uint8(s)) }

// An exit is how a command ended.
type exit struct {
	code      uint8
	returning bool
	exiting   bool
	fatally   bool
	err       error // why, where it is fatal
}

func (e *exit) ok() bool { return e.code == 0 }

func (e *exit) clear() {
	if !e.returning && !e.exiting && !e.fatally {
		e.code, e.err = 0, nil
	}
}

func (e *exit) fatal(err error) {
	if e.fatally || err == nil {
		return
	}
	e.exiting, e.fatally, e.err = true, true, err
	if e.code == 0 {
		e.code = 1
	}
}

// A flow is the error by which Context.Builtin tells of an exit or a return.
type flow exit

func (f flow) Error() string { return fmt.Sprintf("builtin exit status %d", f.code) }

func (e *exit) from(err error) {
	switch err := err.(type) {
	case nil:
	case flow:
		*e = exit(err)
	case ExitStatus:
		e.code, e.err = uint8(err), err
	default:
		e.fatal(err)
	}
}

// A shell is one shell or subshell.
type shell struct {
	handlers Handlers
	steps    interface{ Err() error }
	env      *env
	funcs    *functions
	shared   bool // funcs are another shell's too
	name     string
	params   []string

	stdin          io.Reader
	stdout, stderr io.Writer
	keepRedirs     bool

	allExport, errExit, noUnset, pipeFail bool

	exit, last exit
	expanded   exit // of the last command substitution

	inFunc, inLoop, noErrExit bool
	breaks, continues         int
	atExit                    string // trap's text
	trapping                  bool
	options                   getopts
}

// functions are those of a shell. A subshell shares them until it defines one.
type functions struct {
	base []map[string]*Code
	own  map[string]*Code // nil values are functions that are unset
}

func (f *functions) get(name string) *Code {
	if c, ok := f.own[name]; ok {
		return c
	}
	for _, m := range f.base {
		if c := m[name]; c != nil {
			return c
		}
	}
	return nil
}

// define defines a function, or takes one away.
func (r *shell) define(name string, body *Code) {
	if r.shared || r.funcs.own == nil {
		own := make(map[string]*Code, len(r.funcs.own)+1)
		maps.Copy(own, r.funcs.own)
		r.funcs, r.shared = &functions{r.funcs.base, own}, false
	}
	r.funcs.own[name] = body
}

// Run runs texts, one after the other, in a new shell, with what a trap wants at its exit.
// The error is nil, an ExitStatus, or what ended the run.
func Run(c Config, texts ...*Code) error {
	r := newShell(c)
	for _, code := range texts {
		r.stmts(code.stmts)
	}
	r.last = r.exit
	r.trap()
	r.env.done()
	if r.exit.err != nil {
		return r.exit.err
	}
	if r.exit.code != 0 {
		return ExitStatus(r.exit.code)
	}
	return nil
}

func newShell(c Config) *shell {
	r := &shell{
		handlers: c.Handlers, steps: c.Steps, env: newEnv(), funcs: &functions{base: c.Funcs},
		name: c.Name, params: c.Params, stdin: c.Stdin, stdout: c.Stdout, stderr: c.Stderr,
	}
	home := false
	for _, v := range c.Vars {
		if r.env.cell(v.Name).top == nil { // the first counts
			r.env.preset(v.Name, variable{value: v.Value, set: true, exported: v.Exported})
		}
		home = home || v.Name == "HOME"
	}
	if !home {
		r.setString("HOME", "")
	}
	r.setString("PWD", c.Dir)
	r.setString("IFS", " \t\n")
	r.setString("OPTIND", "1")
	return r
}

// subshell is a shell with the same variables and functions, whose changes end with it.
func (r *shell) subshell() *shell {
	r.env.push(false)
	r.shared = true
	return &shell{
		handlers: r.handlers, steps: r.steps, env: r.env, funcs: r.funcs, shared: true, name: r.name, params: r.params,
		stdin: r.stdin, stdout: r.stdout, stderr: r.stderr,
		allExport: r.allExport, errExit: r.errExit, noUnset: r.noUnset, pipeFail: r.pipeFail,
		exit: r.exit, last: r.last,
	}
}

// A Context is where a handler is asked.
type Context struct {
	shell          *shell
	Pos            syntax.Pos // of the command
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LastExitStatus int
}

// NewContext is where a handler is asked outside of any shell, where no builtin is run.
func NewContext(c Config) Context {
	return newShell(c).context(syntax.Pos{})
}

func (r *shell) context(pos syntax.Pos) Context {
	return Context{shell: r, Pos: pos, Stdin: r.stdin, Stdout: r.stdout, Stderr: r.stderr,
		LastExitStatus: int(r.last.code)}
}

// Get is a variable's value, "" where it is unset.
func (c Context) Get(name string) string {
	return c.shell.env.get(name).value
}

// Lookup is a variable's value, and whether it is set.
func (c Context) Lookup(name string) (value string, set bool) {
	v := c.shell.env.get(name)
	return v.value, v.set
}

// Each goes through the variables that are set, in no order.
func (c Context) Each(f func(name, value string)) {
	c.shell.env.each(func(name, value string, _ bool) { f(name, value) })
}

// Exported goes through those of the environment, in no order. It returns how many variables
// there are, with those that others hide.
func (c Context) Exported(f func(name, value string)) (all int) {
	for _, cell := range c.shell.env.exported {
		if b := cell.top; b != nil && b.set && b.exported {
			f(cell.name, b.value)
		}
	}
	return c.shell.env.bound
}

// Builtin runs a builtin in the place of the command. The error tells the shell to exit or
// to return, or of a failure.
func (c Context) Builtin(args []string) error {
	if e := c.shell.builtin(args[0], args[1:]); e != (exit{}) {
		return flow(e)
	}
	return nil
}

func (r *shell) errf(format string, args ...any) { fmt.Fprintf(r.stderr, format, args...) }

func (r *shell) out(s string) { io.WriteString(r.stdout, s) }

// stop reports whether nothing more is to be run.
func (r *shell) stop() bool {
	if !r.trapping && (r.exit.returning || r.exit.exiting) {
		return true
	}
	if err := r.steps.Err(); err != nil {
		r.exit.fatal(err)
		return true
	}
	return false
}
