package sh

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// bashCommands are builtins of Bash that sh(1) does not have, and no program either.
var bashCommands = []string{
	"source", "declare", "typeset", "shopt", "pushd", "popd", "dirs", "mapfile", "readarray", "disown", "caller",
	"compgen", "complete", "compopt", "coproc", "select",
}

// call looks at a simple command.
func (d *finder) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		return
	}
	name, args := c.Args[0].Lit(), c.Args[1:]
	at := c.Args[0]
	if name != ":" { // whose words don't matter
		for _, w := range c.Args {
			d.field(w)
		}
	}
	if before, _, ok := strings.Cut(leading(c.Args[0]), "+="); ok && syntax.ValidName(before) {
		d.add("append", at)
	}
	if d.functions[name] {
		return
	}
	option := ""
	if len(args) > 0 {
		option = args[0].Lit()
	}
	switch name {
	case "[[":
		d.add("double-bracket", at)
	case "function":
		d.add("function-word", at)
	case ".":
		if len(args) > 1 {
			d.add("dot-arguments", args[1])
		}
	case "echo":
		if strings.Trim(option, "enE") == "-" && len(option) > 2 || option == "-E" {
			d.add("echo-options", args[0])
		}
	case "local":
		if len(option) > 1 && option[0] == '-' && option != "--" {
			d.add("local-options", args[0])
		}
	case "export", "readonly":
		if len(option) > 1 && option[0] == '-' && option != "--" && option != "-p" {
			d.add("export-options", args[0])
		}
	case "read":
		d.read(at, args)
	case "trap":
		for _, w := range args[min(1, len(args)):] {
			if slices.Contains([]string{"ERR", "DEBUG", "RETURN"}, w.Lit()) {
				d.add("trap-conditions", w)
			}
		}
	case "[", "test":
		d.test(args)
	case "wait":
		if option == "-n" {
			d.add("wait-next", args[0])
		}
	case "printf":
		if option == "-v" {
			d.add("printf-variable", args[0])
		}
	case "exit", "return":
		if len(option) > 1 && option[0] == '-' && option[1] >= '0' && option[1] <= '9' {
			d.add("negative-status", args[0])
		}
	case "exec":
		if option == "-a" || strings.HasPrefix(option, "{") && strings.HasSuffix(option, "}") &&
			syntax.ValidName(option[1:len(option)-1]) {
			d.add("exec-options", args[0])
		}
	case "set":
		d.set(args)
	default:
		if slices.Contains(bashCommands, name) {
			d.add("bash-command", at)
		}
	}
}

// read looks at the options of read, which are e, p, r and t, and at whether a
// variable is named.
func (d *finder) read(at *syntax.Word, args []*syntax.Word) {
	for ; len(args) > 0; args = args[1:] {
		option := args[0].Lit()
		if len(option) < 2 || option[0] != '-' || option == "--" {
			break
		}
		letters := strings.TrimLeft(option[1:], "er")
		switch {
		case letters == "":
		case letters[0] != 'p' && letters[0] != 't':
			d.add("read-options", args[0])
			return
		case len(letters) == 1 && len(args) > 1: // its argument is the next word
			args = args[1:]
		}
	}
	if len(args) == 0 {
		d.add("read-without-name", at)
	}
}

// test looks for operators that test(1) does not have.
func (d *finder) test(args []*syntax.Word) {
	for i, w := range args {
		switch {
		case w.Lit() == "=~" && i > 0,
			(w.Lit() == "-v" || w.Lit() == "-N" || w.Lit() == "-R") && i+1 < len(args) &&
				(i == 0 || args[i-1].Lit() == "!"):
			d.add("test-operators", w)
		}
	}
}

// options are those that set -o has.
var options = []string{
	"allexport", "emacs", "errexit", "ignoreeof", "interactive", "monitor", "noclobber", "noexec", "noglob", "nolog",
	"notify", "nounset", "physical", "pipefail", "privileged", "stdin", "trackall", "trapsasync", "verbose",
	"verify", "vi",
	"xtrace",
}

func (d *finder) set(args []*syntax.Word) {
	for i, w := range args[:max(len(args)-1, 0)] {
		flag := w.Lit()
		if len(flag) < 2 || flag[0] != '-' && flag[0] != '+' || flag == "--" {
			return
		}
		name := args[i+1].Lit()
		if strings.HasSuffix(flag, "o") && name != "" && !slices.Contains(options, name) {
			d.add("set-options", args[i+1])
		}
	}
}
