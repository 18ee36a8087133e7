package realsubr

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Observed is what a run with the real rc.subr amounted to, in the terms of rcrun.Record.
type Observed struct {
	Name, RCVar    string
	SvcjOptions    string
	SvcjOptionsSet bool
	Svcj           bool
	Commands       []rcrun.Command // all, in order; see Starts
	Jails          []rcrun.Jail
	Skipped        []string
	Exit, Inner    int
	Lines          []string // the final command lines, as rc.subr evaluated them
	Failed         string   // why the harness ended the run
	Begins         []begin
	Asked          []string // the switches that checkyesno was asked for
	Output         string
}

// A begin is one call of run_rc_command.
type begin struct {
	Name, RCVar, Verb string
	Inside            bool
}

// An event is a line of the log: see testdata/stub/main.go.
type event struct {
	Kind                    string
	Argv, Env               []string
	Dir, Umask, Phase, Verb string
	Inside                  bool
	Frame                   struct {
		User, Group, Groups, Chroot, LoginClass, Limits, Nice, FIB, CPUSet, Prepend string
	}
	Exit int
	Say  map[string]string
}

// observe reads the log.
func observe(o outcome, installedAs string) Observed {
	ob := Observed{Exit: o.Exit, Inner: -1, Output: o.Output}
	switch {
	case o.Full:
		ob.Failed = "its files outgrew the temporary root"
	case o.TimedOut:
		ob.Failed = "it did not end in time"
	case o.Signal != 0:
		ob.Failed = fmt.Sprintf("signal %d ended it", o.Signal)
	}
	var skip string
	done := false // the first call that did something has been seen
	pids := []string{}
	for line := range strings.Lines(o.Log) {
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			continue // cut off by a limit
		}
		switch e.Kind {
		case "begin":
			s := e.Say
			if !slices.Contains(pids, s["pid"]) {
				pids = append(pids, s["pid"])
			}
			ob.Begins = append(ob.Begins, begin{s["name"], s["rcvar"], s["verb"], e.Inside})
			if e.Inside {
				break
			}
			if ob.Name == "" || !done && s["pid"] == pids[0] { // not a script that runs itself again
				ob.Name, ob.RCVar = s["name"], s["rcvar"]
				ob.SvcjOptions, ob.SvcjOptionsSet = s["options"], s["set"] == "yes"
				ob.Svcj = yes(s["svcj"])
			}
			if skip = ""; s["cmd"] != "" && yes(s["svcj"]) && (s["verb"] == "restart" || s["verb"] == "status") {
				skip = s["verb"] + "_cmd"
			}
		case "asked":
			if name := e.Say["name"]; !slices.Contains(ob.Asked, name) {
				ob.Asked = append(ob.Asked, name)
			}
		case "settled":
			if !e.Inside && !done {
				ob.Svcj = yes(e.Say["svcj"])
			}
		case "doit":
			ob.Lines = append(ob.Lines, strings.Join(e.Argv, " "))
			skip = ""
		case "jail":
			ob.Jails = append(ob.Jails, jailOf(e.Argv, installedAs))
			done = true
		case "inner":
			ob.Inner = e.Exit
			if e.Say["found"] == "false" {
				ob.Inner = 1
			}
		case "command":
			c := commandOf(e)
			ob.Commands = append(ob.Commands, c)
			if !e.Inside && c.Phase == rcrun.Method && e.Verb == "start" && !reads(c.Argv) {
				done = true
			}
		}
	}
	if skip != "" && ob.Exit == 0 {
		ob.Skipped = append(ob.Skipped, skip)
	}
	for i := range ob.Commands {
		plainPIDs(ob.Commands[i].Argv, pids)
	}
	return ob
}

// Starts is the commands that start methods ran, but for those that only read.
func (ob Observed) Starts() []rcrun.Command {
	var list []rcrun.Command
	for _, c := range ob.Commands {
		if c.Phase == rcrun.Method && !reads(c.Argv) && !isJail(c.Argv) {
			list = append(list, c)
		}
	}
	return list
}

func isJail(argv []string) bool { return argv[0] == "/usr/sbin/jail" }

func yes(s string) bool {
	s = strings.ToLower(s)
	return s == "yes" || s == "true" || s == "on" || s == "1"
}

func jailOf(params []string, installedAs string) rcrun.Jail {
	var j rcrun.Jail
	for _, p := range params {
		if n, ok := strings.CutPrefix(p, "name="); ok {
			j.Name = n
			continue
		}
		j.Params = append(j.Params, p)
		if v, ok := strings.CutPrefix(p, "exec.start="); ok {
			words := strings.Fields(v)
			j.Found = len(words) > 3 && words[3] == installedAs
		}
	}
	return j
}

func commandOf(e event) rcrun.Command {
	c := rcrun.Command{
		Phase: rcrun.TopLevel, Inside: e.Inside, Argv: e.Argv,
		User: e.Frame.User, Group: e.Frame.Group, Groups: e.Frame.Groups, Chroot: e.Frame.Chroot,
		Dir: e.Dir, Umask: e.Umask, LoginClass: e.Frame.LoginClass, Limits: e.Frame.Limits,
		Nice: e.Frame.Nice, FIB: e.Frame.FIB, CPUSet: e.Frame.CPUSet, Prepend: e.Frame.Prepend,
	}
	if e.Phase != "" {
		c.Phase = rcrun.Phase(e.Phase)
	}
	if p := c.Argv[0]; p == "/usr/sbin/jail" || p == "/usr/sbin/service" && slices.Contains(c.Argv, "-E") {
		c.Phase = rcrun.Method // rc.subr calls them outside its parts
	}
	for _, kv := range e.Env {
		if !ordinary(kv) {
			c.Env = append(c.Env, kv)
		}
	}
	slices.Sort(c.Env)
	return c
}

// ordinary reports whether a variable is the same for every command: what rc(8)
// and service(8) give, and what the shell exports by itself.
func ordinary(kv string) bool {
	name, value, _ := strings.Cut(kv, "=")
	switch name {
	case "HOME":
		return value == "/"
	case "PATH":
		return value == "/sbin:/bin:/usr/sbin:/usr/bin"
	case "PWD", "OLDPWD", "RC_PID", "_rc_svcj", "_", "SHLVL":
		return true
	}
	return false
}

// plainPIDs writes the number of the script's shell as the simulation does. The
// launcher sees to it that it is a long one, which means nothing else.
func plainPIDs(argv, pids []string) {
	for i, a := range argv {
		for _, p := range pids {
			if len(p) >= 5 {
				a = strings.ReplaceAll(a, p, "4242")
			}
		}
		argv[i] = a
	}
}

// readers are commands that only tell something: which of them a script asks
// depends on what it is told, and none is what a service does.
var readers = strings.Fields("awk basename cat cut dirname expr grep egrep fgrep head tail printf sed seq sort tee tr uniq wc xargs echo test [ " +
	"true false sleep id whoami logname groups hostname uname date nproc stat kldstat ps pgrep pidof pwait which realpath readlink ls jls " +
	"sockstat netstat df od jot kenv procstat fstat logger getent tty clear find limits") // limits without a command

// reads reports whether a command is a reader, sysctl(8) without a value among them.
func reads(argv []string) bool {
	name := path.Base(argv[0])
	if name == "sysctl" {
		return !strings.Contains(strings.Join(argv, " "), "=")
	}
	return slices.Contains(readers, name)
}
