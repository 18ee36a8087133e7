package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// something is what a command prints of which only that is known; grep finds in it what it looks for.
const something = "‹something›"

// run is a command of the host. All but the wrappers are logged; what is not
// known succeeds in silence.
func run(argv []string) int {
	name := filepath.Base(argv[0])
	if p := strings.Fields(state("prepend")); len(p) > 0 && len(argv) > len(p) && slices.Equal(argv[:len(p)], p) &&
		strings.HasPrefix(os.Getenv("SVCJIFY_PHASE"), "method:") {
		f := theFrame()
		f.Prepend = state("prepend")
		setFrame(f)
		return execute(argv[len(p):])
	}
	if code := wrapped(name, argv[1:]); code >= 0 {
		return code
	}
	if name == "logger" { // rc.subr's own messages
		if flags, rest := getopt(argv[1:], "fhPpSt"); len(rest) == 0 && !isset(flags, "f") {
			_, _ = io.Copy(io.Discard, os.Stdin) // a pipe that nobody reads would end the script
		}
		return 0
	}
	if name == "service" {
		if code := service(argv); code >= 0 {
			return code
		}
	}
	write(event{Kind: "command", Argv: argv})
	args := argv[1:]
	switch name {
	case "jail":
		return jail(args)
	case "sleep":
		setState("sleeps", state("sleeps")+".")
		return 0
	case "false":
		return 1
	case "kldstat": // no module is loaded
		if state("otherwise") == "yes" {
			if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-q") }) {
				fmt.Println(something)
			}
			return 0
		}
		return 1
	case "id", "whoami", "logname", "groups":
		return id(name, args)
	case "hostname", "uname", "date", "nproc", "stat":
		return host(name, args)
	case "sysctl":
		return sysctl(args)
	case "kenv":
		if slices.Contains(args, "-q") {
			return 1
		}
		return 0
	case "getent", "pw":
		return accounts(name, args)
	case "ps", "pgrep", "pidof":
		return processes(name, args)
	case "pwait":
		gone()
		return 0
	case "kill", "pkill", "killall":
		return signal(args)
	case "jls":
		if alive() && state("jailed") == "yes" {
			fmt.Println("7")
			return 0
		}
		return 1
	case "which":
		return which(args)
	case "mkdir", "touch", "install", "cp", "mv", "ln", "mkfifo":
		return makes(name, args)
	case "rm", "rmdir", "unlink":
		return removes(args)
	case "mktemp":
		return mktemp(args)
	case "realpath", "readlink":
		return realpath(name, args)
	case "ls":
		return ls(args)
	case "mount", "pkg":
		return answerOfBareHost(name, args)
	case "grep", "egrep", "fgrep":
		return grep(name, args)
	}
	if p := toolDir + name; isFile(p) {
		for _, a := range args { // a file that is read is there, as one that is tested
			if strings.HasPrefix(a, "/") && name != "basename" && name != "dirname" && name != "expr" &&
				name != "printf" {
				wantOne("-f", a, false)
			}
		}
		if name == "xargs" { // FreeBSD's runs nothing for an empty input, as GNU's does with -r
			argv = append([]string{argv[0], "-r"}, args...)
		}
		return replace(p, argv)
	}
	return 0
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular()
}

func which(args []string) int {
	code := 0
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		p := find(a)
		if p == "" {
			code = 1
			continue
		}
		fmt.Println(p)
	}
	return code
}

// toNull reports whether nobody reads what is written.
func toNull() bool {
	out, err := os.Stdout.Stat()
	null, errNull := os.Stat("/dev/null")
	return err == nil && errNull == nil && os.SameFile(out, null)
}

// grep is the real one on what the script wrote and on its input. In a file of
// the made host it finds what it looks for, and prints nothing.
func grep(name string, args []string) int {
	flags, rest := getopt(args, "ABCDefm")
	if !isset(flags, "e") && !isset(flags, "f") && len(rest) > 0 {
		rest = rest[1:]
	}
	known := true
	for _, p := range rest {
		st, err := os.Stat(p)
		if err != nil || hasState("placed", filepath.Clean(p)) && st.Size() <= 1 {
			known = false
		}
	}
	if len(rest) == 0 && state("otherwise") == "yes" {
		in, _ := io.ReadAll(io.LimitReader(os.Stdin, 1<<20))
		if strings.Contains(string(in), something) {
			if !isset(flags, "q") {
				fmt.Println(something)
			}
			return 0
		}
		return filter(string(in), append([]string{"grep"}, grepArgs(name, flags, args)...))
	}
	if !known {
		if state("otherwise") == "yes" && (isset(flags, "q") || isset(flags, "s") || toNull()) {
			return 1
		}
		if state("fewFiles") == "yes" {
			if hasState("searched", rest[0]) {
				return 1
			}
			addState("searched", rest[0])
			if v, ok := strings.CutPrefix(args[len(args)-2], "^"); ok {
				if v = strings.TrimSuffix(v, "="); strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
					fmt.Println(v + "=on")
				}
			}
		}
		return 0
	}
	return replace(toolDir+"grep", append([]string{"grep"}, grepArgs(name, flags, args)...))
}

// grepArgs says by a flag what egrep and fgrep say by their names.
func grepArgs(name string, flags []flag, args []string) []string {
	kind := map[string]string{"grep": "-G", "egrep": "-E", "fgrep": "-F"}[name]
	if name == "grep" && (isset(flags, "E") || isset(flags, "F")) {
		return args
	}
	return append([]string{kind}, args...)
}

// filter is a real tool with the text as its input.
func filter(text string, argv []string) int {
	cmd := exec.Command(toolDir + argv[0])
	cmd.Args, cmd.Stdin, cmd.Stdout, cmd.Stderr = argv, strings.NewReader(text), os.Stdout, os.Stderr
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
}
