package rcparse

import (
	"slices"
	"strings"
)

// A Wrapper is a program that runs the command which its operands name, such as
// limits(1): how its own options are told from that command.
type Wrapper struct {
	// Values holds the option letters that take a value.
	Values string
	// Long holds the names of the long options that take a value.
	Long []string
	// Operands is how many operands stand before the command; Instead is true where a
	// flag stands for them.
	Operands int
	Instead  bool
	// Assigns is true where NAME=value operands may stand before the command.
	Assigns bool
}

// wrappers is written from the manual pages of FreeBSD 15, and from that of the
// port for sudo(8) and doas(1). su(1) is not here: what follows its login is for
// that user's shell.
var wrappers = map[string]Wrapper{
	"chroot": {Values: "Ggu", Operands: 1},
	"cpuset": {Values: "djlnpstx"},
	"daemon": {Values: "CPRTlmopstu", Long: []string{
		"restart-count", "child-pidfile", "supervisor-pidfile", "restart-delay", "syslog-tag", "syslog-facility",
		"output-mask", "output-file", "syslog-priority", "title", "user",
	}},
	"doas":     {Values: "Cau"},
	"env":      {Values: "CLPSUu", Assigns: true},
	"idprio":   {Operands: 1},
	"limits":   {Values: "CPUbcdfklmnopstuvwy", Assigns: true},
	"nice":     {Values: "n"},
	"nohup":    {},
	"protect":  {Values: "gp"},
	"rtprio":   {Operands: 1},
	"setaudit": {Values: "amps"},
	"setfib":   {Values: "F", Operands: 1, Instead: true},
	"setsid":   {},
	"stdbuf":   {Values: "eio"},
	"sudo":     {Values: "CDRTUghprtu", Assigns: true},
	"timeout":  {Values: "ks", Operands: 1},
}

// WrapperNamed is the wrapper of a program's base name, and whether it is one.
func WrapperNamed(base string) (Wrapper, bool) {
	w, ok := wrappers[base]
	return w, ok
}

// A Flag is an option on a command line with its value, "" for none.
type Flag struct{ Name, Value string }

// Getopt splits arguments as getopt_long(3) does into flags, each "-x" or
// "--name", and operands. Values holds the letters that take a value, long the
// names. A dash and a number, the old form of nice(1) and setfib(1), is one flag.
func Getopt(args []string, values string, long []string) (flags []Flag, operands []string) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		a := args[0]
		args = args[1:]
		if a == "--" {
			break
		}
		if strings.HasPrefix(a, "--") && len(long) > 0 {
			name, value, joined := strings.Cut(a, "=")
			if !joined && slices.Contains(long, name[2:]) && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			flags = append(flags, Flag{name, value})
			continue
		}
		for i := 1; i < len(a); i++ {
			if strings.IndexByte(values, a[i]) < 0 {
				if i == 1 && strings.Trim(a[1:], "-0123456789") == "" {
					flags = append(flags, Flag{Name: a})
					break
				}
				flags = append(flags, Flag{Name: "-" + a[i:i+1]})
				continue
			}
			o := Flag{"-" + a[i:i+1], a[i+1:]}
			if o.Value == "" && len(args) > 0 {
				o.Value, args = args[0], args[1:]
			}
			flags = append(flags, o)
			break
		}
	}
	return flags, args
}

// Command takes a wrapper and its own arguments off a command line, whose first
// word is the wrapper's name. It is empty where no command follows.
func (w Wrapper) Command(words []string) []string {
	flags, rest := Getopt(words[1:], w.Values, w.Long)
	for w.Assigns && len(rest) > 0 && IsAssignment(rest[0]) {
		rest = rest[1:]
	}
	if w.Instead && len(flags) > 0 {
		return rest
	}
	return rest[min(w.Operands, len(rest)):]
}

// IsAssignment reports whether an operand of env(1) and its like sets a variable.
func IsAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && word[0] != '/'
}
