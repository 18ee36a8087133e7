package rcrun

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// notInSh are the builtins of the interpreter that sh(1) does not have.
var notInSh = []string{
	"source", "bind", "builtin", "caller", "compgen", "complete", "compopt", "declare", "typeset", "dirs", "disown",
	"enable", "history", "help", "let", "logout", "mapfile", "readarray", "popd", "pushd", "shopt", "suspend",
	"alias", "unalias",
}

// Call is the interpreter's call handler. It sees every command with its
// arguments and says what is to run instead; what it hands to the command
// __svcjify ends in shell.report. Where a builtin changes the shell's state, and
// the interpreter's own would ask the host or lacks it, an eval that sets the
// model's variables takes its place, so that subshells and functions scope it
// as they do all else.
func (s *shell) Call(hc interp.Context, args []string) ([]string, error) {
	name, rest := args[0], args[1:]
	if !s.arguments(args) {
		return nil, errStopped
	}
	switch name {
	case "[", "test":
		return simulated("test", args), nil
	case roundCall, waitCall:
		return s.round(args, uint8(hc.LastExitStatus)), nil
	case madeCall, madeCall + "_status":
		return s.made(hc, args)
	case "__true": // the model's, told here because a pattern costs a regular expression
		return []string{strconv.FormatBool(len(rest) > 0 && yes(rest[0]))}, nil
	case "__can": // too
		return []string{strconv.FormatBool(len(rest) > 0 && slices.Contains(s.sim.release.does, rest[0]))}, nil
	case "eval":
		if first, _, _ := strings.Cut(strings.Join(rest, " "), " "); s.sim.marked(first) &&
			markPattern.FindString(first) == first {
			return []string{"eval", "export " + first + "=1"}, nil // text that nobody knows
		}
		text := strings.Join(rest, " ")
		if !s.sim.budget.made(len(text), bytesParsed) || !s.expanded(hc, text) {
			return nil, errStopped
		}
		text, err := safeText(text)
		if err != nil {
			return s.refuse(err)
		}
		return []string{"eval", text}, nil
	case "trap":
		return s.trap(rest)
	case ".":
		if call := s.sim.script.machine.sourced(rest); call != "" {
			return []string{call}, nil
		}
		if m := s.sourced(hc, rest); m != "" {
			return []string{"eval", "export " + m + "=1"}, nil
		}
		return simulated("source", rest), nil
	case "cd", "chdir":
		return s.changeDir(hc, rest), nil
	case "umask":
		return s.umask(hc, rest), nil
	case "pwd":
		return []string{"echo", getString(hc, "__cwd")}, nil
	case "command":
		return s.commandBuiltin(rest), nil
	case "type", "hash":
		return simulated(name, rest), nil
	case "exec":
		if len(rest) > 0 {
			return simulated("exec", rest), nil
		}
	case "set":
		return s.set(rest), nil
	case "unset": // ash unsets x for "unset x=", which rc scripts have
		out := []string{"unset"}
		for _, a := range rest {
			if v, _, _ := strings.Cut(a, "="); v != "" { // the interpreter panics at no name
				out = append(out, v)
			}
		}
		return out, nil
	case "local", "export", "readonly": // parsed as POSIX these are calls
		return s.declare(name, rest), nil
	case "ulimit", "wait", "bg", "fg", "fc", "times", "newgrp", "builtin":
		return []string{"true"}, nil
	case "jobs":
		return []string{"true"}, nil
	case "kill":
		return simulated("kill", rest), nil
	case "read":
		return append([]string{"read"}, readFlags(rest)...), nil
	case "exit", "return":
		if name == "exit" {
			s.sim.noteEmpty(hc)
		} else if len(rest) == 0 { // v3.14.1 returns 0 then
			return []string{"return", strconv.Itoa(hc.LastExitStatus)}, nil
		}
		return s.numbered(args), nil
	case "break", "continue":
		return s.numbered(args), nil
	case "printf":
		if len(rest) > 0 && rest[0] == "--" {
			args, rest = append([]string{"printf"}, rest[1:]...), rest[1:]
		}
		n := printed(rest)
		if n > maxPrinted {
			return nil, s.sim.budget.stop(fmt.Sprintf("printf(1) would write more than %d bytes", maxPrinted))
		}
		if !s.sim.budget.made(n, bytesMade) {
			return nil, errStopped
		}
	case "shift":
		return s.numbered(args), nil
	default:
		if slices.Contains(notInSh, name) {
			return simulated("lacks", args[:1]), nil
		}
	}
	return args, nil
}

// numbered is a call of exit, return, shift, break or continue as sh(1) takes it: further operands
// are not looked at, and what is no number ends the shell. What nobody knows may be one.
func (s *shell) numbered(args []string) []string {
	switch {
	case len(args) < 2:
		return args
	case args[1] != "" && strings.Trim(args[1], "0123456789") == "":
		return args[:2]
	case s.sim.marked(args[1]):
		if args[0] == "shift" {
			return []string{"false"}
		}
		return args[:2]
	}
	return []string{"exit", "2"}
}

// yes reports whether checkyesno takes a value for YES.
func yes(value string) bool {
	switch strings.ToLower(value) {
	case "yes", "true", "on", "1":
		return true
	}
	return false
}

func simulated(word string, args []string) []string {
	return append([]string{"__svcjify", word}, args...)
}

// refuse makes a syntax error in an eval the end of the shell, as sh has it.
func (s *shell) refuse(err error) ([]string, error) {
	if err == errTooLong || err == errTooDeep {
		return nil, s.sim.budget.stop("it evaluates " + err.Error())
	}
	s.lacks("a text that it evaluates is not shell: " + err.Error())
	return []string{"exit", "2"}, nil
}

// trap keeps only what runs at exit: no signal arrives here.
func (s *shell) trap(args []string) ([]string, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) < 2 || !slices.ContainsFunc(args[1:], func(a string) bool { return a == "0" || a == "EXIT" }) {
		return []string{"true"}, nil
	}
	if args[0] == "-" {
		return []string{"trap", "-", "EXIT"}, nil
	}
	if !s.sim.budget.made(len(args[0]), bytesParsed) {
		return nil, errStopped
	}
	text, err := safeText(args[0])
	if err != nil {
		return s.refuse(err)
	}
	return []string{"trap", text, "EXIT"}, nil
}

// changeDir is cd in the pretended file system, where every directory is there.
func (s *shell) changeDir(hc interp.Context, args []string) []string {
	for len(args) > 0 && (args[0] == "-L" || args[0] == "-P" || args[0] == "-e" || args[0] == "--") {
		args = args[1:]
	}
	old, to := getString(hc, "__cwd"), getString(hc, "HOME")
	if len(args) > 0 {
		to = args[0]
	}
	if to == "-" {
		to = getString(hc, "OLDPWD")
	}
	if to == "" {
		to = old
	}
	if !strings.HasPrefix(to, "/") {
		to = old + "/" + to
	}
	to = path.Clean(to)
	s.sim.watched("cd", to, true)
	return []string{"eval", "__cwd=" + quote(to) + " PWD=" + quote(to) + " OLDPWD=" + quote(old)}
}

func (s *shell) umask(hc interp.Context, args []string) []string {
	if len(args) > 0 && (args[0] == "-S" || args[0] == "--") {
		args = args[1:]
	}
	if len(args) == 0 {
		return []string{"echo", getString(hc, "__umask")}
	}
	m := args[0]
	if m == "" || strings.Trim(m, "01234567") != "" { // symbolic modes are left as they are written
		return []string{"eval", "__umask=" + quote(m)}
	}
	m = strings.TrimLeft(m, "0")
	return []string{"eval", "__umask=" + strings.Repeat("0", max(4-len(m), 0)) + m}
}

// commandBuiltin is command(1): -v and -V tell what a name is, else functions are not called.
func (s *shell) commandBuiltin(args []string) []string {
	verbose := false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if args[0] == "--" {
			args = args[1:]
			break
		}
		verbose = verbose || strings.ContainsAny(args[0], "vV")
		args = args[1:]
	}
	switch {
	case verbose:
		return simulated("command-v", args)
	case len(args) == 0:
		return []string{"true"}
	}
	return simulated("command", args)
}

// set without arguments lists the variables; options of sh that the
// interpreter lacks are dropped.
func (s *shell) set(args []string) []string {
	if len(args) == 0 {
		return simulated("set", nil)
	}
	out := []string{"set"}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" || len(a) < 2 || a[0] != '-' && a[0] != '+' {
			return append(append(out, "--"), trimDashes(args[i:])...)
		}
		if (a == "-o" || a == "+o") && i+1 < len(args) {
			i++
			if slices.Contains([]string{"allexport", "errexit", "nounset", "pipefail"}, args[i]) {
				out = append(out, a, args[i])
			}
			continue
		}
		keep := ""
		for _, c := range a[1:] {
			if strings.ContainsRune("aeu", c) {
				keep += string(c)
			}
		}
		for _, c := range keep {
			out = append(out, a[:1]+string(c))
		}
	}
	if len(out) == 1 {
		return []string{"true"}
	}
	return out
}

func trimDashes(args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		return args[1:]
	}
	return args
}

// declare turns a call of local, export or readonly into the clause that the
// interpreter has for it.
func (s *shell) declare(name string, args []string) []string {
	var b strings.Builder
	b.WriteString(name)
	for _, a := range args {
		v, value, ok := strings.Cut(a, "=")
		if strings.HasPrefix(a, "-") || strings.Trim(v, identifier) != "" || v == "" {
			continue
		}
		b.WriteString(" " + v)
		switch {
		case ok:
			b.WriteString("=" + quote(value))
		case s.sim.marked(v):
			b.WriteString("=1")
		}
	}
	if b.Len() == len(name) {
		return []string{"true"}
	}
	return []string{"eval", b.String()}
}

const identifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// readFlags drops -t, -e and the like, which wait or are for people.
func readFlags(args []string) []string {
	raw := false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		flag := args[0]
		args = args[1:]
		raw = raw || strings.Contains(flag, "r")
		if (flag == "-t" || flag == "-p") && len(args) > 0 {
			args = args[1:]
		}
		if flag == "--" {
			break
		}
	}
	if raw {
		return append([]string{"-r"}, args...)
	}
	return args
}

// getString is a variable's value, "" where it is unset.
func getString(hc interp.Context, name string) string { return hc.Get(name) }
