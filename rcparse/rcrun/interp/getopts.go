package interp

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// getopts is where the builtin of the name is: the argument, and the letter in it.
type getopts struct{ arg, letter int }

func (r *shell) getopts(args []string) (e exit) {
	if len(args) < 2 {
		r.errf("getopts: usage: getopts optstring name [arg ...]\n")
		return exit{code: 2}
	}
	at, _ := r.lookUp("OPTIND")
	optind, _ := strconv.Atoi(at)
	if optind-1 != r.options.arg {
		optind = max(optind, 1)
		r.options = getopts{arg: optind - 1}
	}
	wanted, name := args[0], args[1]
	if !syntax.ValidName(name) {
		r.errf("getopts: invalid identifier: %q\n", name)
		return exit{code: 2}
	}
	list := args[2:]
	if len(list) == 0 {
		list = r.params
	}
	tells := !strings.HasPrefix(wanted, ":")
	opt, value, done := r.options.next(wanted, list)
	r.setString(name, string(opt))
	r.unset("OPTARG")
	switch {
	case opt == '?' && tells && !done:
		r.errf("getopts: illegal option -- %q\n", value)
	case opt == ':' && tells:
		r.errf("getopts: option requires an argument -- %q\n", value)
	case value != "":
		r.setString("OPTARG", value)
	}
	if optind-1 != r.options.arg {
		r.setString("OPTIND", strconv.Itoa(r.options.arg+1))
	}
	if done {
		e.code = 1
	}
	return e
}

func (g *getopts) next(wanted string, args []string) (opt rune, value string, done bool) {
	if g.arg >= len(args) {
		return '?', "", true
	}
	arg := []rune(args[g.arg])
	if len(arg) < 2 || arg[0] != '-' || arg[1] == '-' {
		return '?', "", true
	}
	letters := arg[1:]
	if g.letter >= len(letters) { // the arguments are others than they were
		g.letter = 0
	}
	opt = letters[g.letter]
	i := strings.IndexRune(wanted, opt)
	last := g.letter+1 >= len(letters)
	if i >= 0 && i+1 < len(wanted) && wanted[i+1] == ':' {
		switch {
		case !last:
			value = string(letters[g.letter+1:])
		case g.arg+1 < len(args):
			g.arg++
			value = args[g.arg]
		default:
			*g = getopts{arg: g.arg + 1}
			return ':', string(opt), false
		}
		*g = getopts{arg: g.arg + 1}
		return opt, value, false
	}
	if last {
		*g = getopts{arg: g.arg + 1}
	} else {
		g.letter++
	}
	if i < 0 {
		return '?', string(opt), false
	}
	return opt, "", false
}
