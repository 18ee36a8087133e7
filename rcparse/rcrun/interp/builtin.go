package interp

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// IsBuiltin reports whether a name is a builtin: of POSIX, or one of Bash's, which rcrun
// keeps from being run.
func IsBuiltin(name string) bool {
	switch name {
	case "alias", "bg", "cd", "command", "false", "fc", "fg", "getopts", "hash", "jobs", "kill", "newgrp", "pwd",
		"read", "true", "umask", "unalias", "wait",
		"break", ":", "continue", ".", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
		"trap", "unset",
		"source", "bind", "builtin", "caller", "compgen", "complete", "compopt", "declare", "typeset", "dirs", "disown",
		"enable", "history", "help", "let", "local", "logout", "mapfile", "readarray", "popd", "pushd", "shopt",
		"suspend", "type", "ulimit",
		"echo", "printf", "test", "[":
		return true
	}
	return false
}

func (r *shell) builtin(name string, args []string) (e exit) {
	fail := func(code uint8, format string, args ...any) exit {
		r.errf(format, args...)
		e.code = code
		return e
	}
	switch name {
	case ":", "true":
	case "false":
		e.code = 1
	case "exit", "return":
		return r.leave(name, args)
	case "set":
		if err := r.set(args); err != nil {
			return fail(2, "set: %v\n", err)
		}
	case "shift":
		n := 1
		if len(args) > 0 {
			var err error
			if n, err = strconv.Atoi(args[0]); err != nil || len(args) > 1 {
				return fail(2, "usage: shift [n]\n")
			}
		}
		if n >= len(r.params) {
			r.params = nil
		} else {
			r.params = r.params[n:]
		}
	case "unset":
		r.unsetAll(args)
	case "echo":
		r.echo(args)
	case "printf":
		if len(args) == 0 {
			return fail(2, "usage: printf format [arguments]\n")
		}
		format, args := args[0], args[1:]
		for {
			s, n, err := expand.Format(nil, format, args)
			if err != nil {
				return fail(1, "%v\n", err)
			}
			r.out(s)
			args = args[n:]
			if n == 0 || len(args) == 0 {
				break
			}
		}
	case "break", "continue":
		if !r.inLoop {
			return fail(0, "%s is only useful in a loop\n", name)
		}
		n := 1
		if len(args) > 0 {
			var err error
			if n, err = strconv.Atoi(args[0]); err != nil || len(args) > 1 {
				return fail(2, "usage: %s [n]\n", name)
			}
		}
		if name == "break" {
			r.breaks = n
		} else {
			r.continues = n
		}
	case "eval":
		code, err := parsed(strings.Join(args, " "))
		if err != nil {
			return fail(1, "eval: %v\n", err)
		}
		r.stmts(code.stmts)
		return r.exit
	case "exec":
		if len(args) == 0 {
			r.keepRedirs = true
		}
	case "read":
		return r.read(args)
	case "getopts":
		return r.getopts(args)
	case "trap":
		r.atExit = ""
		if len(args) > 1 && args[0] != "-" {
			r.atExit = args[0]
		}
	default:
		return fail(2, "%s: unsupported builtin\n", name)
	}
	return e
}

// leave is exit and return.
func (r *shell) leave(name string, args []string) (e exit) {
	if name == "return" && !r.inFunc {
		r.errf("return: can only be done from a func or sourced script\n")
		return exit{code: 1}
	}
	switch len(args) {
	case 0:
		if name == "exit" {
			e = r.last
		}
	case 1:
		n, err := strconv.Atoi(args[0])
		if err != nil {
			r.errf("%s: invalid status code: %q\n", name, args[0])
			return exit{code: 2}
		}
		e.code = uint8(n)
	default:
		r.errf("%s: too many arguments\n", name)
		return exit{code: 2}
	}
	if name == "exit" {
		e.exiting = true
	} else {
		e.returning = true
	}
	return e
}

// set changes options and the positional parameters.
func (r *shell) set(args []string) error {
	for len(args) > 0 {
		flag := args[0]
		if flag == "--" {
			r.params = args[1:]
			return nil
		}
		if flag == "" || flag[0] != '-' && flag[0] != '+' {
			break
		}
		on := flag[0] == '-'
		args = args[1:]
		for _, c := range flag[1:] {
			switch c {
			case 'a':
				r.allExport = on
			case 'e':
				r.errExit = on
			case 'u':
				r.noUnset = on
			case 'o':
				word := ""
				if len(args) > 0 {
					word, args = args[0], args[1:]
				}
				option := map[string]*bool{"allexport": &r.allExport, "errexit": &r.errExit, "nounset": &r.noUnset,
					"pipefail": &r.pipeFail}[word]
				if option == nil {
					return fmt.Errorf("invalid option: %q", word)
				}
				*option = on
			default:
				return fmt.Errorf("invalid option: %q", c)
			}
		}
	}
	if len(args) > 0 {
		r.params = args
	}
	return nil
}

func (r *shell) unsetAll(args []string) {
	vars, funcs := true, true
	for len(args) > 0 && (args[0] == "-v" || args[0] == "-f") {
		vars, funcs = vars && args[0] != "-f", funcs && args[0] != "-v"
		args = args[1:]
	}
	for _, a := range args {
		if vars {
			if _, set := r.lookUp(a); set {
				r.unset(a)
				continue
			}
		}
		if funcs && r.funcs.get(a) != nil {
			r.define(a, nil)
		}
	}
}

func (r *shell) echo(args []string) {
	newline, escapes := true, false
	for ; len(args) > 0; args = args[1:] {
		switch args[0] {
		case "-n":
			newline = false
			continue
		case "-e":
			escapes = true
			continue
		case "-E":
			continue
		}
		break
	}
	for i, a := range args {
		if i > 0 {
			r.out(" ")
		}
		if escapes {
			a, _, _ = expand.Format(nil, a, nil)
		}
		r.out(a)
	}
	if newline {
		r.out("\n")
	}
}

var errNoInput = errors.New("there is no standard input")

// read reads a line and sets variables to its fields.
func (r *shell) read(args []string) (e exit) {
	raw := false
	if len(args) > 0 && args[0] == "-r" {
		raw, args = true, args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	for _, name := range args {
		if !syntax.ValidName(name) {
			r.errf("read: invalid identifier %q\n", name)
			return exit{code: 2}
		}
	}
	line, err := r.line(raw)
	if len(args) == 0 {
		r.setString("REPLY", unescaped(string(line), raw))
	} else {
		values := expand.ReadFields(r.config(), string(line), len(args), raw)
		for i, name := range args {
			value := ""
			if i < len(values) {
				value = values[i]
			}
			r.setString(name, value)
		}
	}
	if err != nil {
		e.code = 1
	}
	return e
}

func unescaped(s string, raw bool) string {
	if raw {
		return s
	}
	var b strings.Builder
	escaped := false
	for i := range len(s) {
		if s[i] == '\\' && !escaped {
			escaped = true
			continue
		}
		b.WriteByte(s[i])
		escaped = false
	}
	return b.String()
}

// line reads a line byte by byte: what is behind it is for the next who reads.
func (r *shell) line(raw bool) (line []byte, err error) {
	if r.stdin == nil {
		return nil, errNoInput
	}
	escaped := false
	for {
		var one [1]byte
		n, err := io.ReadFull(r.stdin, one[:])
		if n > 0 {
			switch c := one[0]; {
			case !raw && c == '\\':
				line, escaped = append(line, c), !escaped
			case !raw && c == '\n' && escaped:
				line, escaped = line[:len(line)-1], false
			case c == '\n':
				return line, nil
			default:
				line, escaped = append(line, c), false
			}
		}
		if err != nil {
			return line, err
		}
	}
}

// trap runs what is to be run at the shell's exit.
func (r *shell) trap() {
	if r.atExit == "" || r.trapping {
		return
	}
	code, err := parsed(r.atExit)
	if err != nil {
		return
	}
	r.trapping = true
	e, last := r.exit, r.last
	r.last = r.exit
	r.stmts(code.stmts)
	r.exit, r.last = e, last
	r.trapping = false
}
