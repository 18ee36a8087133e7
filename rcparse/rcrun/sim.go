package rcrun

import (
	"context"
	"fmt"
	"io/fs"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/internal/message"
)

// A sim is one run of a script in one scenario: what all its shells share.
type sim struct {
	script    *Script
	scenario  Scenario
	release   Release
	conf      *syntax.Stmt // the body of __rc_conf, the scenario's rc.conf
	confAgain *syntax.Stmt // that of __rc_conf_own, for after rc.conf.d
	budget    *budget
	record    Record
	files     *files
	looking   bool // run_rc_command only tells its name
	running   bool // whether the service's process is there
	jailed    bool // it was there before, in its service jail
	sleeps    int  // since the last run_rc_command
	// otherwise is Scenario.OtherAnswers, or that the script's guess is of that kind.
	otherwise bool
	marks     map[string]string // what each mark stands for
	rounds    map[int]int       // of the script's loops, by line
	waited    map[int]wait      // of those that only wait
	slept     int               // calls of sleep(1)
	guessed   string            // the last thing that the script asked for and that was guessed, in a sentence
	bytes     int               // of the arguments recorded
	runs      int               // shells that are nested now
	asked     []service
	missing   string    // the first command that is not there, in a sentence
	empty     []Setting // of the candidates, when run_rc_command is called, and what might do
	noted     map[string]bool
	searched  map[string]bool // files that grep has looked into
}

// A service is a name and an rcvar that run_rc_command was called with.
type service struct{ name, rcvar string }

// A frame is what wrappers such as su(1) put around a command.
type frame struct {
	user, group, groups, chroot string
	class, limits               string
	nice, fib, cpuset, prepend  string
	env                         []string // of env(1), NAME=value
	cleared                     bool     // env -i, su -l: the environment is that alone
	phase                       Phase
	cwd, umask                  string
	background                  bool
	verb                        string
	pending                     string // ${name}_prepend, not yet seen
}

// A shell is one interpreter: the script's, the jailed script's, or that of an sh -c.
type shell struct {
	sim    *sim
	inside bool // in the jail
	frame  frame
	out    *sink
}

// A sink takes what is written to standard output and error and throws it away.
type sink struct{}

func (*sink) Write(p []byte) (int, error) { return len(p), nil }

// An environ is what a shell starts with.
type environ struct {
	exported []Setting
	private  []Setting // not in the environment of a command
	ready    bool
}

// withheld is what the interpreter would take from the host where it isn't set,
// in Reset: they are there until ready. TMPDIR is where it would make FIFOs, and
// open what has their names; no system call takes a NUL, and no script can write one.
var withheld = []Setting{{"TMPDIR", "/\x00"}, {"UID", "0"}, {"EUID", "0"}, {"GID", "0"}}

func (e *environ) Get(name string) expand.Variable {
	for i, list := range [][]Setting{e.exported, e.private, withheld} {
		if i == 2 && e.ready {
			break
		}
		for _, v := range list {
			if v.Name == name {
				return expand.Variable{Set: true, Exported: i == 0, Kind: expand.String, Str: v.Value}
			}
		}
	}
	return expand.Variable{}
}

func (e *environ) Each(f func(string, expand.Variable) bool) {
	for _, list := range [][]Setting{e.exported, e.private} {
		for _, v := range list {
			if !f(v.Name, e.Get(v.Name)) {
				return
			}
		}
	}
}

// clean is the environment that service(8) gives, which is rc(8)'s too.
var clean = []Setting{{"HOME", "/"}, {"PATH", "/sbin:/bin:/usr/sbin:/usr/bin"}}

// root sets the directory as interp.Dir("/") does, which also asks the system
// about it: the worker may not.
func root(r *interp.Runner) error {
	r.Dir = "/"
	return nil
}

// newShell makes an interpreter without pathname expansion, which would find
// nothing here, and in v3.14.1 loses the whole command for a word that is no
// pattern, such as [::]:80. It has the handlers of this package. The file's
// name is $0. The context of its runs is always the budget.
func (s *sim) newShell(o shellStart, private []Setting) (*shell, *interp.Runner, error) {
	sh := &shell{sim: s, inside: o.inside, frame: o.frame, out: &sink{}}
	env := &environ{exported: o.exported, private: append(private, Setting{"__cwd", o.frame.cwd},
		Setting{"__umask", o.frame.umask})}
	r, err := interp.New(
		interp.Env(env),
		root,
		interp.Params(append([]string{"-f", "--"}, o.params...)...),
		interp.StdIO(nil, sh.out, sh.out),
		interp.CallHandler(sh.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return sh.exec }),
		interp.OpenHandler(sh.open),
		interp.StatHandler(func(context.Context, string, bool) (fs.FileInfo, error) { return nil, fs.ErrNotExist }),
		interp.AccessHandler(func(context.Context, string, interp.AccessMode) error { return fs.ErrNotExist }),
		interp.ReadDirHandler2(func(context.Context, string) ([]fs.DirEntry, error) { return nil, fs.ErrNotExist }),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("making a shell: %w", err)
	}
	r.Reset()
	env.ready = true
	return sh, r, nil
}

// unknown notes what could not be told, each sentence once.
func (s *sim) unknown(sentence string) {
	const most = 40
	if s.noted[sentence] || len(s.record.Unknown) >= most {
		return
	}
	s.noted[sentence] = true
	s.record.Unknown = append(s.record.Unknown, message.Clip(sentence, 200))
}
