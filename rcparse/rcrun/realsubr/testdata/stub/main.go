// Stub is every command of the temporary root in which the tests of realsubr
// run a script with a real rc.subr. It is linked there under the names of
// FreeBSD's commands and of the programs that the script may reach; what it was
// called as decides what it does. It logs the call, answers as a made host
// would, and changes nothing but files of the temporary root.
//
// As "stub launch" it is the launcher outside the root: see launch.go.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	stateDir = "/.svcjify-state/" // writable: the log and what is known of the run
	toolDir  = "/.svcjify/tool/"  // the real text tools
	shell    = "/.svcjify/sh"     // the real shell
	self     = "/.svcjify-state/stub"

	// maxLog bounds the log; a run that fills it is ended by its time limit.
	maxLog = 4 << 20
)

// An event is one line of the log.
type event struct {
	Kind   string   // command, begin, settled, doit, jail, inner
	Argv   []string `json:",omitempty"`
	Env    []string `json:",omitempty"`
	Dir    string   `json:",omitempty"`
	Umask  string   `json:",omitempty"`
	Phase  string   `json:",omitempty"`
	Verb   string   `json:",omitempty"`
	Inside bool     `json:",omitempty"`
	Frame  frame
	Exit   int               `json:",omitempty"`
	Say    map[string]string `json:",omitempty"`
}

// A frame is what su(1), limits(1) and their like have put around a command.
type frame struct {
	User, Group, Groups, Chroot, LoginClass, Limits, Nice, FIB, CPUSet, Prepend string `json:",omitempty"`
}

func main() {
	if len(os.Args) > 1 && filepath.Base(os.Args[0]) == "stub" {
		switch os.Args[1] {
		case "launch":
			launch()
			return
		case "killall":
			syscall.Kill(-1, syscall.SIGKILL)
			return
		case "want":
			want(os.Args[2:])
			return
		case "begin":
			begin(os.Args[2:])
			return
		case "settled":
			write(event{Kind: "settled", Say: words(os.Args[2:])})
			return
		case "doit":
			write(event{Kind: "doit", Argv: os.Args[2:]})
			return
		case "gone":
			gone()
			return
		case "kill":
			os.Exit(kill(os.Args[2:]))
		}
	}
	os.Exit(run(os.Args))
}

// write appends an event to the log, with what surrounds this process.
func write(e event) {
	e.Inside = os.Getenv("SVCJIFY_INSIDE") != ""
	e.Phase, e.Verb, _ = strings.Cut(os.Getenv("SVCJIFY_PHASE"), ":")
	e.Frame = theFrame()
	e.Dir, _ = os.Getwd()
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	e.Umask = fmt.Sprintf("%04o", mask)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "SVCJIFY_") {
			e.Env = append(e.Env, kv)
		}
	}
	b, err := json.Marshal(e)
	if err != nil {
		os.Exit(255)
	}
	f, err := os.OpenFile(stateDir+"log", os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		os.Exit(255)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size()+int64(len(b)) > maxLog {
		os.Exit(255)
	}
	if _, err := f.Write(append(b, '\n')); err != nil {
		os.Exit(255)
	}
}

// begin is called by run_rc_command's first line, with NAME=value words.
func begin(args []string) {
	say := words(args)
	setState("sleeps", "")
	if v := strings.ToLower(say["svcj"]); v == "no" || v == "" {
		setState("jailed", "")
	}
	setState("pidfile", say["pidfile"])
	setState("owner", say["owner"])
	setState("prepend", say["prepend"])
	write(event{Kind: "begin", Say: say})
}

// words takes NAME=value words apart.
func words(args []string) map[string]string {
	say := make(map[string]string, len(args))
	for _, w := range args {
		name, value, _ := strings.Cut(w, "=")
		say[name] = value
	}
	return say
}

// state is a small value that outlives this process.
func state(name string) string {
	b, _ := os.ReadFile(stateDir + name)
	return string(b)
}

func setState(name, value string) {
	if os.WriteFile(stateDir+name, []byte(value), 0o644) != nil {
		os.Exit(255)
	}
}

func addState(name, line string) {
	f, err := os.OpenFile(stateDir+name, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		os.Exit(255)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

func hasState(name, line string) bool {
	return strings.Contains("\n"+state(name), "\n"+line+"\n")
}
