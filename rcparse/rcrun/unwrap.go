package rcrun

import (
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// An unwrapped command is what is left when limits(1), su(1) and their like
// have been taken off: words, or a text that a shell gets.
type unwrapped struct {
	frame  frame
	argv   []string
	script *string
	params []string // $0, $1 ... of the script
}

// A wrapper runs the command that its arguments name. How says what it does
// to the frame, and returns the arguments that are left.
type wrapper func(f *frame, o *options) (rest []string)

// wrappers are the commands that rc.subr, and scripts, put before another one.
// Which of their options take a value is in rcparse.WrapperNamed.
var wrappers = map[string]wrapper{
	"limits": func(f *frame, o *options) []string {
		f.class = o.last("-C", f.class)
		f.limits = joinWords(f.limits, o.except("-C"))
		return skipAssignments(f, o.rest)
	},
	"nice": func(f *frame, o *options) []string {
		f.nice = o.last("-n", f.nice)
		for _, w := range o.words { // nice -5, the old form
			if len(w.Name) > 1 && strings.Trim(w.Name[1:], "-0123456789") == "" {
				f.nice = w.Name[1:]
			}
		}
		return o.rest
	},
	"setfib": func(f *frame, o *options) []string {
		if v := o.last("-F", ""); v != "" {
			f.fib = v
			return o.rest
		}
		for _, w := range o.words { // setfib -1
			f.fib = w.Name[1:]
			return o.rest
		}
		return positional(o.rest, &f.fib)
	},
	"cpuset": func(f *frame, o *options) []string {
		f.cpuset = o.last("-l", o.last("-s", f.cpuset))
		return o.rest
	},
	"chroot": func(f *frame, o *options) []string {
		f.user, f.group, f.groups = o.last("-u", f.user), o.last("-g", f.group), o.last("-G", f.groups)
		return positional(o.rest, &f.chroot)
	},
	"env": func(f *frame, o *options) []string {
		rest := o.rest
		if dash := len(rest) > 0 && rest[0] == "-"; dash || o.has("-i") {
			f.cleared, f.env = true, nil
			if dash {
				rest = rest[1:]
			}
		}
		return skipAssignments(f, rest)
	},
	"protect":  func(_ *frame, o *options) []string { return o.rest },
	"timeout":  func(_ *frame, o *options) []string { return positional(o.rest, new(string)) },
	"setaudit": func(_ *frame, o *options) []string { return o.rest },
	"nohup":    func(_ *frame, o *options) []string { return o.rest },
	"setsid":   func(_ *frame, o *options) []string { return o.rest },
	"stdbuf":   func(_ *frame, o *options) []string { return o.rest },
	"sudo": func(f *frame, o *options) []string {
		f.user = o.last("-u", f.user)
		f.group = o.last("-g", f.group)
		return skipAssignments(f, o.rest)
	},
	"doas": func(f *frame, o *options) []string {
		f.user = o.last("-u", f.user)
		return o.rest
	},
}

// unwrap takes the wrappers off. Those of the model come as rc.subr has them;
// anything unexpected stays a command of its own.
func unwrap(argv []string, fr frame) unwrapped {
	for range 32 {
		if len(argv) == 0 {
			break
		}
		if p := strings.Fields(fr.pending); len(p) > 0 && len(argv) > len(p) && slices.Equal(argv[:len(p)], p) {
			fr.prepend, fr.pending, argv = fr.pending, "", argv[len(p):]
			continue
		}
		base := path.Base(argv[0])
		switch base {
		case "su":
			if u, ok := unwrapSu(argv, fr); ok {
				return u
			}
			return unwrapped{frame: fr, argv: argv}
		case "sh", "bash", "dash", "ksh":
			if u, ok := unwrapSh(argv, fr); ok {
				return u
			}
			return unwrapped{frame: fr, argv: argv}
		}
		how, ok := wrappers[base]
		if !ok {
			break
		}
		next := fr
		w, _ := rcparse.WrapperNamed(base)
		o := parseOptions(argv[1:], w.Values)
		if base == "cpuset" && (o.has("-g") || o.has("-p")) || base == "protect" && o.has("-p") ||
			base == "sudo" && o.has("-s") {
			break // of a process, not a command
		}
		rest := how(&next, o)
		if base == "nohup" { // it has no options, and says no as to a command that there is not
			rest = argv[1:]
			if len(rest) > 0 && rest[0] == "--" {
				rest = rest[1:]
			}
		}
		if len(rest) == 0 && base != "env" && base != "limits" {
			break
		}
		fr, argv = next, rest
	}
	return unwrapped{frame: fr, argv: argv}
}

// loginPath is what a full login adds to PATH: login.conf(5), class default.
const loginPath = ":/usr/local/sbin:/usr/local/bin"

// unwrapSu is su [-flms] [-c class] [login [args]]; the args go to the login's
// shell. Without -m the environment is changed as su(1) says, with -l it is new.
// (FreeBSD's -c before the login is a class, after it the shell's -c.)
func unwrapSu(argv []string, fr frame) (unwrapped, bool) {
	o := parseOptions(argv[1:], "c")
	rest := o.rest
	next := fr
	login := o.has("-l")
	if len(rest) > 0 && rest[0] == "-" {
		rest, login = rest[1:], true
	}
	if len(rest) == 0 {
		return unwrapped{}, false
	}
	next.user = rest[0]
	rest = rest[1:]
	if login {
		next.cleared, next.env = true, []string{"PATH=" + clean[1].Value + loginPath + ":" + homeOf(next.user) + "/bin"}
	}
	if !o.has("-m") {
		next.env = slices.Concat(next.env, []string{"HOME=" + homeOf(next.user), "SHELL=/bin/sh"})
		if login || next.user != "root" {
			next.env = append(next.env, "USER="+next.user)
		}
	}
	if class := o.last("-c", ""); class != "" {
		if len(rest) == 0 || strings.ContainsAny(class, " /") { // su -c 'command' login, as elsewhere
			return unwrapped{frame: next, script: &class}, true
		}
		next.class = class
	}
	return unwrapSh(append([]string{"sh"}, rest...), next)
}

// unwrapSh is sh [-flags] -c text [$0 args].
func unwrapSh(argv []string, fr frame) (unwrapped, bool) {
	rest := argv[1:]
	text := false
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		text = text || strings.HasSuffix(rest[0], "c")
		rest = rest[1:]
		if text {
			break
		}
	}
	if !text || len(rest) == 0 {
		return unwrapped{}, false
	}
	return unwrapped{frame: fr, script: &rest[0], params: rest[1:]}, true
}

// options are the flags before a command's operands.
type options struct {
	words []rcparse.Flag
	rest  []string
}

// parseOptions is getopt(3) for one-letter flags; values holds those that take one.
func parseOptions(args []string, values string) *options {
	o := &options{}
	o.words, o.rest = rcparse.Getopt(args, values, nil)
	return o
}

func (o *options) has(flag string) bool {
	for _, w := range o.words {
		if w.Name == flag {
			return true
		}
	}
	return false
}

// last is the last value of a flag, or what is given where it is absent.
func (o *options) last(flag, absent string) string {
	for _, w := range o.words {
		if w.Name == flag {
			absent = w.Value
		}
	}
	return absent
}

// except is all but one flag, as they were written.
func (o *options) except(flag string) string {
	var out []string
	for _, w := range o.words {
		if w.Name != flag {
			out = append(out, strings.TrimSpace(w.Name+" "+w.Value))
		}
	}
	return strings.Join(out, " ")
}

func joinWords(a, b string) string { return strings.TrimSpace(a + " " + b) }

// positional takes the first operand.
func positional(rest []string, to *string) []string {
	if len(rest) == 0 {
		return nil
	}
	*to = rest[0]
	return rest[1:]
}

// skipAssignments takes NAME=value operands into the frame.
func skipAssignments(f *frame, rest []string) []string {
	env := append([]string(nil), f.env...)
	for len(rest) > 0 && rcparse.IsAssignment(rest[0]) {
		env = append(env, rest[0])
		rest = rest[1:]
	}
	f.env = env
	return rest
}
