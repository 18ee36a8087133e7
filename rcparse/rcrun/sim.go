package rcrun

import (
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// A sim is one run of a script in one scenario: what all its shells share.
type sim struct {
	script    *Script
	scenario  Scenario
	release   Release
	conf      *interp.Code // the body of __rc_conf, the scenario's rc.conf
	confAgain *interp.Code // that of __rc_conf_own, for after rc.conf.d
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
	missedAt  int       // the script's line that ran it, 0 where it is not the script's
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

// A shell is one of the interpreter's: the script's, the jailed script's, or that of an sh -c.
// Its methods are the interpreter's handlers.
type shell struct {
	sim    *sim
	inside bool // in the jail
	frame  frame
}

// A sink takes what is written to standard output and error and throws it away.
type sink struct{}

func (*sink) Write(p []byte) (int, error) { return len(p), nil }

// clean is the environment that service(8) gives, which is rc(8)'s too.
var clean = []Setting{{"HOME", "/"}, {"PATH", "/sbin:/bin:/usr/sbin:/usr/bin"}}

// newShell is a shell with the handlers of this package. Pathname expansion would find
// nothing here, and there is none. The context of all its runs is the budget.
func (s *sim) newShell(o shellStart, private []Setting) interp.Config {
	vars := make([]interp.Var, 0, len(o.exported)+len(private)+2)
	for _, v := range o.exported {
		vars = append(vars, interp.Var{Name: v.Name, Value: v.Value, Exported: true})
	}
	for _, v := range append(private, Setting{"__cwd", o.frame.cwd}, Setting{"__umask", o.frame.umask}) {
		vars = append(vars, interp.Var{Name: v.Name, Value: v.Value})
	}
	return interp.Config{
		Vars: vars, Dir: "/", Name: o.zero, Params: o.params,
		Handlers: &shell{sim: s, inside: o.inside, frame: o.frame},
		Steps:    s.budget, Stdout: &sink{}, Stderr: &sink{},
	}
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
