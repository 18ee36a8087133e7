package rcrun

import (
	"path"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// test evaluates test(1) as POSIX has it: by the number of arguments up to
// four, and beyond that ! binds tighter than -a and -a tighter than -o. (The
// interpreter of mvdan.cc/sh v3.14.1 reads "! A -a B" as "! (A -a B)".) The
// status is 0, 1, or 2 for an expression that makes no sense.
func (s *shell) test(cwd string, args []string) int {
	if args[0] == "[" {
		if args[len(args)-1] != "]" || len(args) == 1 {
			return 2
		}
		args = args[:len(args)-1]
	}
	t := &tester{sim: s.sim, cwd: cwd, args: args[1:]}
	ok := t.few()
	switch {
	case t.bad:
		return 2
	case ok:
		return 0
	}
	return 1
}

type tester struct {
	sim  *sim
	cwd  string
	args []string
	bad  bool
}

// few decides by the number of arguments where POSIX does.
func (t *tester) few() bool {
	a := t.args
	switch {
	case len(a) == 0:
		return false
	case len(a) == 1:
		return a[0] != ""
	case len(a) == 2 && a[0] == "!":
		return a[1] == ""
	case len(a) == 3 && binary(a[1]):
		return t.compare(a[0], a[1], a[2])
	case len(a) == 3 && a[0] == "(" && a[2] == ")":
		return a[1] != ""
	case len(a) == 4 && a[0] == "!":
		t.args = a[1:]
		return !t.few()
	}
	v := t.or(0)
	if len(t.args) > 0 {
		t.bad = true
	}
	return v
}

func (t *tester) next() string {
	if len(t.args) == 0 {
		return ""
	}
	return t.args[0]
}

func (t *tester) or(depth int) bool {
	v := t.and(depth)
	for !t.bad && t.next() == "-o" {
		t.args = t.args[1:]
		w := t.and(depth)
		v = v || w
	}
	return v
}

func (t *tester) and(depth int) bool {
	v := t.not(depth)
	for !t.bad && t.next() == "-a" {
		t.args = t.args[1:]
		w := t.not(depth)
		v = v && w
	}
	return v
}

func (t *tester) not(depth int) bool {
	odd := false
	for t.next() == "!" && len(t.args) > 1 && !(len(t.args) > 2 && binary(t.args[1])) {
		odd = !odd
		t.args = t.args[1:]
	}
	return t.primary(depth) != odd
}

func (t *tester) primary(depth int) bool {
	a := t.args
	switch {
	case len(a) == 0 || depth > 100:
		t.bad = true
		return false
	case len(a) >= 3 && binary(a[1]):
		t.args = a[3:]
		return t.compare(a[0], a[1], a[2])
	case a[0] == "(" && len(a) > 2:
		t.args = a[1:]
		v := t.or(depth + 1)
		if t.next() != ")" {
			t.bad = true
			return false
		}
		t.args = t.args[1:]
		return v
	case len(a) >= 2 && unary(a[0]):
		t.args = a[2:]
		return t.file(a[0], a[1])
	}
	t.args = a[1:]
	return a[0] != ""
}

func binary(op string) bool {
	switch op {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func unary(op string) bool {
	return len(op) == 2 && op[0] == '-' && strings.IndexByte("bcdefghkLnOGprSstuwxz", op[1]) >= 0
}

func (t *tester) compare(x, op, y string) bool {
	// what is not known is not equal to anything, or it is: the other of the two
	if t.sim.marked(x) || t.sim.marked(y) {
		return op != "!=" && op != "-nt" && op != "-ot"
	}
	switch op {
	case "=", "==":
		return x == y
	case "!=":
		return x != y
	case "<":
		return x < y
	case ">":
		return x > y
	case "-nt", "-ot": // the times of pretended files are all the same
		return false
	case "-ef":
		return path.Clean(x) == path.Clean(y)
	}
	a, err1 := strconv.ParseInt(strings.TrimSpace(x), 10, 64)
	b, err2 := strconv.ParseInt(strings.TrimSpace(y), 10, 64)
	if err1 != nil || err2 != nil {
		t.bad = true
		return false
	}
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

// file answers for the pretended file system.
func (t *tester) file(op, arg string) bool {
	switch op {
	case "-n":
		return arg != ""
	case "-z":
		return arg == ""
	case "-t", "-L", "-h", "-p", "-b", "-g", "-k", "-u":
		return false
	}
	if arg == "" {
		return false
	}
	p := absolute(t.cwd, arg)
	switch op {
	case "-S":
		if !runtimeFile(p) && t.sim.sleeps <= maxSleeps { // no socket by its name: one that comes if it is waited for
			return t.sim.answered(op, p, false)
		}
	case "-s":
		if b, ok := t.sim.files.content[p]; ok { // what the script wrote
			return len(b) > 0
		}
	case "-c":
		return t.sim.answered(op, p, strings.HasPrefix(p, "/dev/"))
	}
	return t.sim.answered(op, p, t.sim.ask(op, p))
}

// answered keeps in mind what a script asked for and was told.
func (s *sim) answered(op, p string, there bool) bool {
	what, taken := "file", "to be there"
	switch {
	case op == "-d":
		what = "directory"
	case op == "-S":
		what = "socket"
	case strings.HasPrefix(p, "/dev/"):
		what = "device"
	}
	if !there {
		taken = "not to be there"
	}
	s.guessed = "it asks for the " + what + " " + message.Clip(p, 80) + ", which is taken " + taken
	return there
}
