package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// jail is jail(8) as rc.subr calls it. With -c it runs exec.start inside, and
// fails if that does; a jail of the same name is refused.
func jail(args []string) int {
	if len(args) == 0 || args[0] != "-c" {
		return 0
	}
	var name, start string
	for _, p := range args[1:] {
		if v, ok := strings.CutPrefix(p, "name="); ok {
			name = v
		}
		if v, ok := strings.CutPrefix(p, "exec.start="); ok {
			start = v
		}
	}
	if hasState("jails", name) {
		return 1
	}
	addState("jails", name)
	write(event{Kind: "jail", Argv: args[1:]})
	os.Setenv("SVCJIFY_INSIDE", "1")
	os.Setenv("SVCJIFY_FRAME", "")
	os.Setenv("SVCJIFY_PHASE", "")
	cmd := exec.Command(shell, "-c", ". /.svcjify/sub.sh\n"+start)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if cmd.Run() != nil {
		return 1
	}
	return 0
}

// service is service(8) with -E: it looks the script up by its name and runs it
// in an environment of its own. Without, it is a command like any other (-1).
func service(argv []string) int {
	args := argv[1:]
	var env []string
	inJail := false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch a := args[0]; {
		case a == "-E" && len(args) > 1:
			env = append(env, args[1])
			args = args[1:]
		case a == "-j" && len(args) > 1:
			inJail = true
			args = args[1:]
		}
		args = args[1:]
	}
	if len(env) == 0 || len(args) == 0 {
		return -1
	}
	if inJail { // jail -c has been logged, and ran this
		write(event{Kind: "command", Argv: argv})
		os.Setenv("SVCJIFY_INSIDE", "1")
		os.Setenv("SVCJIFY_PHASE", "")
		os.Setenv("SVCJIFY_FRAME", "")
	}
	code := 1
	if filepath.Base(script()) == args[0] {
		clearEnv()
		assign(append([]string{"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"}, env...))
		os.Chdir("/")
		cmd := exec.Command(shell)
		cmd.Args = scriptArgv(append([]string{script()}, args[1:]...))
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		_ = cmd.Run()
		code = cmd.ProcessState.ExitCode()
	}
	write(event{Kind: "inner", Exit: code, Say: map[string]string{"found": fmt.Sprint(
		filepath.Base(script()) == args[0])}})
	return code
}
