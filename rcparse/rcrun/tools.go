package rcrun

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// An invocation is one emulated command.
type invocation struct {
	shell *shell
	hc    interp.Context
	frame frame
	name  string
	args  []string
	// used says that passMarks keeps an output that the script uses; seen is the marks of the input.
	used bool
	seen []string
}

// A tool is a command whose output or effect a script builds upon. One that
// only reads is not what a start method starts.
type tool struct {
	run   func(*invocation) error
	reads bool
}

// toolOf finds the emulation of a command by its base name.
func toolOf(base string) (tool, bool) {
	if run := textTool(base); run != nil {
		return tool{func(v *invocation) error { return v.passMarks(run) }, true}, true
	}
	switch base {
	case "true", ":", "clear", "tty", "logger":
		return tool{func(*invocation) error { return nil }, true}, true
	case "false":
		return tool{func(*invocation) error { return status(1) }, true}, true
	case "[", "test":
		return tool{func(v *invocation) error {
			return status(v.shell.test(v.frame.cwd, append([]string{v.name}, v.args...)))
		}, true}, true
	case "echo", "printf":
		return tool{func(v *invocation) error { return v.hc.Builtin(append([]string{v.name}, v.args...)) },
			true}, true
	case "sleep":
		return tool{(*invocation).sleep, true}, true
	case "id", "whoami", "logname", "groups":
		return tool{(*invocation).id, true}, true
	case "pw", "getent":
		return tool{(*invocation).accounts, base == "getent"}, true
	case "hostname", "uname", "date", "nproc", "stat":
		return tool{(*invocation).host, true}, true
	case "sysctl":
		return tool{(*invocation).sysctl, false}, true
	case "kldstat":
		return tool{(*invocation).kldstat, true}, true
	case "pgrep", "pidof", "ps":
		return tool{(*invocation).processes, true}, true
	case "pwait":
		return tool{func(v *invocation) error { v.shell.sim.signal(nil); return nil }, true}, true
	case "kill", "pkill", "killall":
		return tool{(*invocation).signal, false}, true
	case "which":
		return tool{func(v *invocation) error { return v.shell.lookUp(v.hc, "command-v", v.args) }, true}, true
	case "mkdir", "touch", "install", "cp", "mv", "ln", "mkfifo":
		return tool{(*invocation).makes, false}, true
	case "rm", "rmdir", "unlink":
		return tool{(*invocation).removes, false}, true
	case "mktemp":
		return tool{(*invocation).mktemp, false}, true
	case "realpath", "readlink":
		return tool{(*invocation).realpath, true}, true
	case "xargs":
		return tool{(*invocation).xargs, true}, true
	case "ls":
		return tool{(*invocation).ls, true}, true
	case "jls", "sockstat", "netstat", "find", "mount", "df", "od", "jot", "kenv", "pkg", "sysrc", "procstat", "fstat",
		"java", "openssl":
		return tool{(*invocation).silent, !slices.Contains([]string{"mount", "find", "sysrc", "pkg", "java", "openssl",
			"kenv"}, base)}, true
	}
	return tool{}, false
}

// ls gives names, and with -l a line for each, of files that hold something.
func (v *invocation) ls() error {
	o := parseOptions(v.args, "")
	if !o.has("-l") || len(o.rest) == 0 {
		return v.silent()
	}
	for _, p := range o.rest {
		if v.shell.sim.exists(absolute(v.frame.cwd, p)) {
			v.println("-rw-r--r--  1 " + v.owner() + "  wheel  1024 Jan  1 00:00 " + p)
		}
	}
	return nil
}

// silent is a command that says nothing, which is noted where its words are used.
func (v *invocation) silent() error {
	if v.shell.sim.script.guess.fewFiles {
		switch {
		case v.name == "mount" && (len(v.args) == 0 || len(v.args) == 1 && v.args[0] == "-p"):
			v.println("fdescfs\t/dev/fd\tfdescfs rw 0 0\nprocfs\t/proc\tprocfs rw 0 0")
			return nil
		case v.name == "pkg" && slices.Contains(v.args, "info"):
			return status(1)
		}
	}
	if v.isUsed() {
		v.shell.unknownOutput(v.hc, append([]string{v.name}, v.args...))
	}
	return nil
}

// kldstat finds nothing loaded, so that what would be loaded is seen; or else everything.
func (v *invocation) kldstat() error {
	sim := v.shell.sim
	if !sim.otherwise {
		sim.guessed = "it asks kldstat(8) for a module, and none is taken to be loaded"
		return status(1)
	}
	return v.silent()
}

// passMarks runs a text tool. What it makes of an input that is not known is not known either.
func (v *invocation) passMarks(run func(*invocation) error) error {
	if !v.shell.sim.otherwise {
		return run(v)
	}
	out := v.hc.Stdout
	var b bytes.Buffer
	v.used = v.shell.captured(v.hc)
	v.hc.Stdout = &b
	err := run(v)
	v.hc.Stdout = out
	if len(v.seen) > 0 && !v.shell.sim.marked(b.String()) {
		b.Reset()
		if !parseOptions(v.args, "ABCDefm").has("-q") {
			b.WriteString(strings.Join(v.seen, " ") + "\n")
		}
		if _, exited := err.(interp.ExitStatus); exited {
			err = nil
		}
	}
	if _, werr := out.Write(b.Bytes()); werr != nil && err == nil {
		err = werr
	}
	return err
}

// isUsed reports whether the script uses what the command writes.
func (v *invocation) isUsed() bool { return v.used || v.shell.captured(v.hc) && !v.kept() }

// kept reports whether the output goes to passMarks.
func (v *invocation) kept() bool { _, ok := v.hc.Stdout.(*bytes.Buffer); return ok }

// see keeps in mind the marks of an input.
func (v *invocation) see(b []byte) []byte {
	if v.shell.sim.otherwise && len(v.shell.sim.marks) > 0 {
		for _, m := range markPattern.FindAllString(string(b), 20) {
			if !slices.Contains(v.seen, m) {
				v.seen = append(v.seen, m)
			}
		}
	}
	return b
}

// println writes a line, as long as there are steps left.
func (v *invocation) println(s string) {
	if v.shell.sim.budget.made(len(s)+bytesMade, bytesMade) {
		fmt.Fprintln(v.hc.Stdout, s)
	}
}

// write is println for a whole output.
func (v *invocation) write(b []byte) error {
	if !v.shell.sim.budget.made(len(b), bytesMade) {
		return errStopped
	}
	_, err := v.hc.Stdout.Write(b)
	return err
}

// work counts what is done so many times for each byte.
func (v *invocation) work(bytes, times int) bool {
	return v.shell.sim.budget.made(bytes*times, bytesMade)
}

// operands is the arguments that are not flags; values are the flags with one.
func (v *invocation) operands(values string) []string { return parseOptions(v.args, values).rest }

// stdin is all of the standard input; without one it is empty.
func (v *invocation) stdin() []byte {
	if v.hc.Stdin == nil {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(v.hc.Stdin, maxContents))
	if err != nil || !v.shell.sim.budget.made(len(b), bytesMade) {
		return nil
	}
	return v.see(b)
}

// input is what the files hold, or the standard input where none is named.
func (v *invocation) input(names []string) []byte {
	if len(names) == 0 {
		return v.stdin()
	}
	var b bytes.Buffer
	for _, n := range names {
		if n == "-" {
			b.Write(v.stdin())
			continue
		}
		text := v.shell.read(absolute(v.frame.cwd, n), v.isUsed())
		if !v.shell.sim.budget.made(len(text), bytesMade) {
			return nil
		}
		b.Write(v.see(text))
	}
	return b.Bytes()
}

// sleep counts: a loop that waits must find what it waits for. In the
// background it ends the shell, as a loop there goes on for good.
func (v *invocation) sleep() error {
	v.shell.sim.sleeps++
	v.shell.sim.slept++
	if v.frame.background && v.shell.sim.sleeps > maxSleeps {
		return v.hc.Builtin([]string{"exit", "0"})
	}
	return nil
}

// processes is pgrep(1) and ps(1) where the service is the only process.
func (v *invocation) processes() error {
	if !v.shell.sim.alive() {
		return status(1)
	}
	if v.name != "pgrep" || !slices.ContainsFunc(v.args, func(a string) bool { return a == "-q" || a == "-qx" }) {
		v.println(pid)
	}
	return nil
}

func (v *invocation) signal() error {
	if len(v.args) > 0 && v.args[0] == "-0" {
		return boolStatus(v.shell.sim.alive())
	}
	v.shell.sim.signal(v.args)
	return nil
}

// makes keeps in mind what is there now.
func (v *invocation) makes() error {
	o := parseOptions(v.args, map[string]string{"install": "BDfghlMmNoST", "mkdir": "m", "touch": "Adrt"}[v.name])
	list := o.rest
	if n := len(list); n > 1 && v.name != "mkdir" && v.name != "touch" && !o.has("-d") {
		list = list[n-1:]
	}
	for _, p := range list {
		v.shell.sim.files.make(absolute(v.frame.cwd, p))
	}
	return nil
}

func (v *invocation) removes() error {
	for _, p := range v.operands("") {
		v.shell.sim.files.remove(absolute(v.frame.cwd, p))
	}
	return nil
}

func (v *invocation) mktemp() error {
	o := parseOptions(v.args, "pt")
	p := "/tmp/" + o.last("-t", "tmp") + ".simulated"
	if len(o.rest) > 0 {
		p = strings.TrimRight(o.rest[0], "X") + "simulated"
	}
	v.shell.sim.files.make(p)
	v.println(p)
	return nil
}

// realpath knows no symbolic links: readlink without -f fails.
func (v *invocation) realpath() error {
	o := parseOptions(v.args, "")
	if v.name == "readlink" && !o.has("-f") {
		return status(1)
	}
	for _, p := range o.rest {
		v.println(path.Clean(absolute(v.frame.cwd, p)))
	}
	return nil
}

// xargs runs its command once with all words of the input, if there are any.
func (v *invocation) xargs() error {
	o := parseOptions(v.args, "EIJLnPRSs")
	words := strings.Fields(string(v.stdin()))
	if len(words) == 0 || len(words) > 1000 {
		return nil
	}
	if len(o.rest) == 0 {
		o.rest = []string{"/bin/echo"}
	}
	argv := slices.Concat(o.rest, words)
	if in := o.last("-I", ""); in != "" {
		argv = nil
		for _, a := range o.rest {
			argv = append(argv, strings.ReplaceAll(a, in, strings.Join(words, " ")))
		}
	}
	return v.shell.command(v.hc, v.frame, argv)
}

// number reads a count such as head -n's.
func number(s string, absent int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return absent
	}
	return n
}
