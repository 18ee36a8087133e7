package rcrun

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// Exec is the interpreter's exec handler: it gets what is neither a function
// nor a builtin, and what call has made of some builtins. It runs nothing.
func (s *shell) Exec(hc interp.Context, args []string) error {
	if s.sim.budget.why != "" {
		return errStopped
	}
	if args[0] == "__svcjify" && len(args) > 1 {
		return s.report(hc, args[1], args[2:])
	}
	return s.command(hc, s.frameOf(hc), args)
}

// status makes an exit status of a number.
func status(code int) error {
	if uint8(code) == 0 { // an exit status of 256 is 0, and the interpreter panics at it
		return nil
	}
	return interp.ExitStatus(uint8(code))
}

func boolStatus(ok bool) error {
	if ok {
		return nil
	}
	return interp.ExitStatus(1)
}

// reportArgs is how many arguments a word of report has at least.
var reportArgs = map[string]int{"test": 1, "exec": 1, "command": 1, "lacks": 1, "broken": 1, "status": 1, "user": 1,
	"required": 1, "needs": 1, "skip": 1}

// report is the recorder that the model and call talk to.
func (s *shell) report(hc interp.Context, word string, args []string) error {
	if len(args) < reportArgs[word] { // it is the script that calls us
		return status(2)
	}
	switch word {
	case "test":
		before := s.sim.guessed
		code := s.test(getString(hc, "__cwd"), args)
		if hc.Pos.Line() <= lineMark { // the model's own question
			s.sim.guessed = before
		}
		return status(code)
	case "source":
		if len(args) == 0 {
			return hc.Builtin([]string{"exit", "2"}) // "missing filename": it ends sh(1), not dash
		}
		return s.source(args)
	case "exec":
		if err := s.command(hc, s.frameOf(hc), args); err != nil {
			code, ok := err.(interp.ExitStatus)
			if !ok {
				return err
			}
			return hc.Builtin([]string{"exit", fmt.Sprint(uint8(code))})
		}
		return hc.Builtin([]string{"exit", "0"})
	case "command":
		if interp.IsBuiltin(args[0]) {
			replaced, err := s.Call(hc, args)
			if err != nil {
				return err
			}
			if replaced[0] == "__svcjify" {
				return s.report(hc, replaced[1], replaced[2:])
			}
			if replaced[0] == "command" {
				return nil
			}
			return hc.Builtin(replaced)
		}
		return s.command(hc, s.frameOf(hc), args)
	case "command-v", "type", "hash":
		return s.lookUp(hc, word, args)
	case "set":
		s.list(hc)
	case "lacks":
		s.lacks(fmt.Sprintf("%q is not a command of sh", args[0]))
		return status(127)
	case "broken":
		s.lacks(fmt.Sprintf("%q, which is sourced, is not shell", args[0]))
	case "kill":
		return s.kill(hc, args)
	case "status":
		code, _ := strconv.Atoi(args[0])
		return status(code)
	case "begin":
		s.begin(hc)
		return boolStatus(!s.sim.looking)
	case "pid": // of the pid file, if one is named
		// rc.subr looks into the jail only where ${name}_svcj says that there is one; where it
		// says NO there never was.
		if s.sim.jailed && !s.inside && getString(hc, getString(hc, "name")+"_svcj") == "" {
			return nil
		}
		if s.sim.alive() && (len(args) == 0 || !s.sim.unwritten(absolute(getString(hc, "__cwd"), args[0]))) {
			fmt.Fprintln(hc.Stdout, pid)
		}
	case "gone":
		s.sim.running, s.sim.sleeps = false, 0
	case "user": // whether we are that user already, as su would make us
		return boolStatus(args[0] == s.frame.user || args[0] == "root" && s.frame.user == "")
	case "jailed":
		return boolStatus(s.knowsJailed())
	case "required":
		s.sim.files.make(absolute("/", args[0]))
	case "needs":
		s.sim.needs(Setting{args[0], "YES"})
	case "skip":
		if !slices.Contains(s.sim.record.Skipped, args[0]) {
			s.sim.record.Skipped = append(s.sim.record.Skipped, args[0])
		}
	case "unknown":
		s.sim.unknown(strings.Join(args, " "))
	case "jail":
		return s.jail(hc, args)
	case "jls": // whether the service's jail is there
		return boolStatus(s.sim.alive() && s.sim.scenario.Svcj)
	case "enter":
		return s.enter(hc, args)
	}
	return nil
}

// frameOf is the frame of the shell with what the script's variables say now.
func (s *shell) frameOf(hc interp.Context) frame {
	fr := s.frame
	if p := getString(hc, "__phase"); p != "" {
		fr.phase = Phase(p)
	}
	if v := getString(hc, "__verb"); v != "" {
		fr.verb = v
	}
	if fr.phase == Method && fr.prepend == "" {
		fr.pending = getString(hc, "_prepend")
	}
	fr.cwd, fr.umask = getString(hc, "__cwd"), getString(hc, "__umask")
	fr.background = fr.background || getString(hc, "__bg") != ""
	return fr
}

// command is an external command: wrappers are taken off, text tools emulated,
// and the rest recorded as a success.
func (s *shell) command(hc interp.Context, fr frame, args []string) error {
	if s.sim.marked(args[0]) { // whatever it is
		s.note(hc, fr, args, false)
		return nil
	}
	if !s.finds(hc, fr, args[0]) {
		return s.missing(hc, fr, args[0])
	}
	u := unwrap(args, fr)
	switch {
	case u.script != nil:
		return s.text(hc, u.frame, *u.script, u.params)
	case len(u.argv) == 0: // env or limits alone print something
		return nil
	}
	return s.external(hc, u.frame, u.argv)
}

// external is a command without wrappers.
func (s *shell) external(hc interp.Context, fr frame, argv []string) error {
	if !s.finds(hc, fr, argv[0]) {
		return s.missing(hc, fr, argv[0])
	}
	if argv[0] == rcd+s.sim.scenario.InstalledAs {
		s.note(hc, fr, argv, true)
		return s.runAgain(hc, fr, argv[1:])
	}
	base := path.Base(argv[0])
	t, emulated := toolOf(base)
	s.note(hc, fr, argv, emulated && t.reads)
	if emulated {
		return t.run(&invocation{shell: s, hc: hc, frame: fr, args: argv[1:], name: base})
	}
	if s.captured(hc) {
		s.unknownOutput(hc, argv)
	}
	return nil
}

// unknownOutput is what a command writes of which nothing is known.
func (s *shell) unknownOutput(hc interp.Context, argv []string) {
	text := message.Clip(strings.Join(argv, " "), 80)
	s.sim.unknown(fmt.Sprintf("the output of %q: taken as empty", text))
	if s.sim.otherwise {
		fmt.Fprintln(hc.Stdout, s.sim.mark(fmt.Sprintf("the output of %q", s.sim.readable(text))))
	}
}

// knowsJailed is what a script is told that asks whether it is in a jail.
func (s *shell) knowsJailed() bool {
	if s.inside {
		s.sim.record.AskedJailed = true
	}
	return s.inside && !s.sim.scenario.Corrected
}

// missing is a command that is not there.
func (s *shell) missing(hc interp.Context, fr frame, name string) error {
	why := fmt.Sprintf("%q is run as a command, and there is no such command (directory %s, PATH %s)",
		message.Clip(name, 60), message.Clip(fr.cwd, 40), message.Clip(searchPath(hc, fr), 60))
	if p := s.sim.script.placeholderIn(name); p != "" {
		why = fmt.Sprintf("the value of %s is not known, and it is run as a command", p)
	}
	if s.sim.missing == "" {
		s.sim.missedAt = scriptLine(hc)
	}
	s.lacks(why)
	return status(127)
}

// scriptLine is the line of the script that a command stands in, 0 where it is the model's.
func scriptLine(hc interp.Context) int {
	if line := hc.Pos.Line(); line > lineMark {
		return int(line - lineMark)
	}
	return 0
}

// lacks notes what was to be run and can't be.
func (s *shell) lacks(why string) {
	s.sim.unknown(why)
	if s.sim.missing == "" {
		s.sim.missing = why
	}
}

// captured reports whether the script uses what a command writes.
func (s *shell) captured(hc interp.Context) bool {
	switch w := hc.Stdout.(type) {
	case *sink:
		return false
	case *writing:
		return !w.null
	}
	return hc.Stdout != io.Discard
}

// note puts a command into the Record. One that only reads is not among Starts.
func (s *shell) note(hc interp.Context, fr frame, argv []string, reads bool) {
	rec := &s.sim.record
	size := 0
	for _, a := range argv {
		size += len(a)
	}
	env := s.exported(hc, fr)
	for _, kv := range env {
		size += len(kv)
	}
	s.sim.bytes += size
	if !s.sim.budget.made(size, bytesNoted) {
		return
	}
	if s.sim.bytes > maxOutput || len(rec.Reached) >= maxCommands {
		s.sim.budget.stop(fmt.Sprintf("it reached more than %d commands or %d bytes of arguments", maxCommands,
			maxOutput))
		return
	}
	c := Command{
		Phase: fr.phase, Inside: s.inside, Argv: slices.Clone(argv), Program: rcparse.RealProgram(argv),
		User: fr.user, Group: fr.group, Groups: fr.groups, Chroot: fr.chroot, Dir: fr.cwd,
		Env: env, Umask: fr.umask, LoginClass: fr.class, Limits: fr.limits,
		Nice: fr.nice, FIB: fr.fib, CPUSet: fr.cpuset, Prepend: fr.prepend, Background: fr.background,
	}
	c.Line = scriptLine(hc)
	rec.Reached = append(rec.Reached, c)
	switch {
	case c.Phase != Method || reads:
	case fr.verb == "start":
		rec.Starts = append(rec.Starts, c)
	case fr.verb == "stop":
		rec.Stops = append(rec.Stops, c)
	}
}

// exported is the environment of a command as far as it differs from rc(8)'s.
func (s *shell) exported(hc interp.Context, fr frame) []string {
	var list []string
	for _, v := range s.exportedTo(hc, fr) {
		if v.Name != "RC_PID" && v.Name != "_rc_svcj" && !slices.Contains(clean, v) {
			list = append(list, v.Name+"="+v.Value)
		}
	}
	return list
}
