package rcrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// The test binary is also every external command of the temporary root that
// dash runs in: it records how it was called, does what the emulation does, and, as
// limits(1) or su(1), goes on as the command that it was given.

const (
	stubMark  = "/.svcjify-stub" // in the temporary root only
	stubLog   = "/.svcjify-log"
	stubWait  = "/.svcjify-sleeps"
	stubFiles = "/.svcjify-runtime-files"
	stubFrame = "__svcjify_frame"
)

// A stubCall is a line of the log.
type stubCall struct {
	Begin   []string `json:",omitempty"` // name and rcvar, of run_rc_command
	Command Command
	Verb    string
}

// runStub is the command with the name of the program. It returns the exit status.
func runStub(argv []string) int {
	fr := frame{umask: "0022"}
	var kept struct{ User, Group, Groups, Chroot, Class, Limits, Nice, FIB, CPUSet, Prepend string }
	json.Unmarshal([]byte(os.Getenv(stubFrame)), &kept)
	fr.user, fr.group, fr.groups, fr.chroot, fr.class, fr.limits = kept.User, kept.Group, kept.Groups, kept.Chroot,
		kept.Class, kept.Limits
	fr.nice, fr.fib, fr.cpuset, fr.prepend = kept.Nice, kept.FIB, kept.CPUSet, kept.Prepend
	fr.pending = os.Getenv("__svcjify_pending")
	fr.phase = Phase(os.Getenv("__phase"))
	fr.cwd, _ = os.Getwd()
	mask := syscall.Umask(0o22)
	syscall.Umask(mask)
	fr.umask = fmt.Sprintf("%04o", mask)

	if path.Base(argv[0]) == "__begin" {
		writeLog(stubCall{Begin: argv[1:]})
		return 0
	}
	if path.Base(argv[0]) == "__linger" {
		// What an sh -c has put into the background dies with the root's first process.
		if text, err := os.ReadFile("/.svcjify-text"); err == nil &&
			(strings.Contains(string(text), "&\"") || strings.Contains(string(text), "&'")) {
			time.Sleep(100 * time.Millisecond)
		}
		return 0
	}
	if path.Base(argv[0]) == "__jail" {
		env := []string{"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin", "_rc_svcj=jailing"}
		os.Chdir("/")
		err := syscall.Exec("/bin/sh", append([]string{"/bin/sh"}, argv[1:]...), env)
		fmt.Fprintln(os.Stderr, "exec:", err)
		return 126
	}
	u := unwrap(argv, fr)
	text := u.script != nil
	if !text && len(u.argv) == 0 {
		return 0
	}
	kept.User, kept.Group, kept.Groups, kept.Chroot, kept.Class, kept.Limits = u.frame.user, u.frame.group,
		u.frame.groups, u.frame.chroot, u.frame.class, u.frame.limits
	kept.Nice, kept.FIB, kept.CPUSet, kept.Prepend = u.frame.nice, u.frame.fib, u.frame.cpuset, u.frame.prepend
	b, _ := json.Marshal(kept)
	os.Setenv(stubFrame, string(b))
	os.Setenv("__svcjify_pending", u.frame.pending)
	if u.frame.cleared {
		keep := map[string]string{}
		for _, k := range []string{stubFrame, "__svcjify_pending", "__svcjify_sparse", "__phase", "rc_arg",
			"_rc_svcj"} {
			keep[k] = os.Getenv(k)
		}
		os.Clearenv()
		for k, v := range keep {
			os.Setenv(k, v)
		}
	}
	for _, kv := range u.frame.env {
		k, v, _ := strings.Cut(kv, "=")
		os.Setenv(k, v)
	}
	if text {
		args := append([]string{"sh", "-c", *u.script}, u.params...)
		fmt.Fprintln(os.Stderr, "exec:", syscall.Exec("/bin/sh", args, os.Environ()))
		return 126
	}
	if _, err := exec.LookPath(u.argv[0]); err != nil && !strings.Contains(u.argv[0], "/") {
		return 127
	}
	t, emulated := toolOf(path.Base(u.argv[0]))
	if emulated && t.reads {
		return t.call(u, fr)
	}
	writeLog(stubCall{Verb: os.Getenv("rc_arg"), Command: Command{
		Phase: fr.phase, Argv: u.argv, User: u.frame.user, Group: u.frame.group, Groups: u.frame.groups,
		Chroot: u.frame.chroot,
		Dir:    fr.cwd, Umask: fr.umask, LoginClass: u.frame.class, Limits: u.frame.limits, Nice: u.frame.nice,
		FIB:    u.frame.fib,
		CPUSet: u.frame.cpuset, Prepend: u.frame.prepend, Env: stubEnviron(),
		Inside: os.Getenv("_rc_svcj") == "jailing",
	}})
	if emulated {
		return t.call(u, fr)
	}
	return 0
}

// call runs an emulation outside the interpreter.
func (t tool) call(u unwrapped, fr frame) int {
	base := path.Base(u.argv[0])
	switch base {
	case "sleep":
		f, err := os.OpenFile(stubWait, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			f.Write([]byte("."))
			if st, err := f.Stat(); err == nil && st.Size() > maxSleeps {
				list, _ := os.ReadFile(stubFiles)
				for p := range strings.FieldsSeq(string(list)) {
					os.WriteFile(p, []byte(pid+"\n"), 0o644)
				}
			}
			f.Close()
		}
		return 0
	case "mkdir", "touch", "install", "cp", "mv", "ln", "rm", "rmdir", "unlink":
		for _, p := range parseOptions(u.argv[1:], "mogBDfghlMNoSTAdrt").rest {
			switch base {
			case "rm", "rmdir", "unlink":
				os.RemoveAll(p)
			case "mkdir":
				os.MkdirAll(p, 0o755)
			case "install":
				if slices.Contains(u.argv, "-d") {
					os.MkdirAll(p, 0o755)
				}
			case "touch":
				os.WriteFile(p, nil, 0o644)
			}
		}
		return 0
	case "[", "test", "echo", "printf":
		return 0
	}
	sim := &sim{script: &Script{}, budget: newBudget(context.Background(), new(sessionSpent)), files: newFiles(),
		noted: map[string]bool{}, searched: map[string]bool{}}
	sim.script.guess.fewFiles = os.Getenv("__svcjify_sparse") == "yes"
	for _, a := range u.argv[1:] {
		if _, err := os.Stat(a); err == nil {
			sim.files.make(absolute(fr.cwd, a))
		}
	}
	var vars []interp.Var
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		vars = append(vars, interp.Var{Name: name, Value: value, Exported: true})
	}
	v := &invocation{
		shell: &shell{sim: sim, inside: os.Getenv("_rc_svcj") == "jailing"}, frame: u.frame, name: base,
		args: u.argv[1:],
		hc:   interp.NewContext(interp.Config{Vars: vars, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}),
	}
	err := t.run(v)
	if code, ok := errors.AsType[interp.ExitStatus](err); ok {
		return int(code)
	}
	return 0
}

// stubEnviron is the environment without what is ours, the shell's, or rc(8)'s.
func stubEnviron() []string {
	vars := map[string]string{}
	for _, kv := range os.Environ() {
		k, v, _ := strings.Cut(kv, "=")
		vars[k] = v
	}
	for _, k := range []string{stubFrame, "__svcjify_pending", "__svcjify_sparse", "__phase", "rc_arg", "PWD", "OLDPWD",
		"RC_PID", "_rc_svcj", "_"} {
		delete(vars, k)
	}
	for _, c := range clean {
		if vars[c.Name] == c.Value {
			delete(vars, c.Name)
		}
	}
	var list []string
	for _, k := range slices.Sorted(maps.Keys(vars)) {
		list = append(list, k+"="+vars[k])
	}
	return list
}

func writeLog(c stubCall) {
	b, _ := json.Marshal(c)
	f, err := os.OpenFile(stubLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer f.Close()
	f.Write(append(b, '\n'))
}

// readLog reads what the stubs of a root wrote.
func readLog(root string) (calls []stubCall, err error) {
	b, err := os.ReadFile(filepath.Join(root, stubLog))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for line := range strings.Lines(string(b)) {
		var c stubCall
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, err
}
