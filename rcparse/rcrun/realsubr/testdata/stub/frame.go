package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// theFrame is what the wrappers above this process have put into its environment.
func theFrame() frame {
	var f frame
	_ = json.Unmarshal([]byte(os.Getenv("SVCJIFY_FRAME")), &f)
	return f
}

func setFrame(f frame) {
	b, _ := json.Marshal(f)
	os.Setenv("SVCJIFY_FRAME", string(b))
}

// getopt splits flags and operands as getopt(3) does. A value without a flag
// letter of its own, as in nice -5, comes as it is written.
type flag struct{ name, value string }

func getopt(args []string, valued string) (flags []flag, rest []string) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		a := args[0]
		args = args[1:]
		if a == "--" {
			return flags, args
		}
		if strings.Trim(a[1:], "-0123456789") == "" {
			flags = append(flags, flag{name: a})
			continue
		}
		for i := 1; i < len(a); i++ {
			f := flag{name: a[i : i+1]}
			if strings.Contains(valued, f.name) {
				if f.value = a[i+1:]; f.value == "" && len(args) > 0 {
					f.value, args = args[0], args[1:]
				}
				i = len(a)
			}
			flags = append(flags, f)
		}
	}
	return flags, args
}

func value(flags []flag, name string) (string, bool) {
	for i := len(flags) - 1; i >= 0; i-- {
		if flags[i].name == name {
			return flags[i].value, true
		}
	}
	return "", false
}

func isset(flags []flag, name string) bool { _, ok := value(flags, name); return ok }

// wrapped runs the command behind limits(1), su(1) and so on in the frame that
// they make. It returns -1 when this is no such command.
func wrapped(name string, args []string) int {
	f := theFrame()
	var rest []string
	var flags []flag
	get := func(to *string, flagName string) {
		if v, ok := value(flags, flagName); ok {
			*to = v
		}
	}
	switch name {
	case "limits":
		flags, rest = getopt(args, "CPUbcdfklmnopstuvwy")
		get(&f.LoginClass, "C")
		f.Limits = strings.TrimSpace(f.Limits + " " + spell(flags, "C"))
		rest = assign(rest)
	case "nice":
		flags, rest = getopt(args, "n")
		get(&f.Nice, "n")
		for _, fl := range flags {
			if fl.name[0] == '-' {
				f.Nice = fl.name[1:]
			}
		}
	case "setfib":
		flags, rest = getopt(args, "F")
		switch v, ok := value(flags, "F"); {
		case ok:
			f.FIB = v
		case len(flags) > 0:
			f.FIB = flags[0].name[1:]
		case len(rest) > 0:
			f.FIB, rest = rest[0], rest[1:]
		}
	case "cpuset":
		flags, rest = getopt(args, "djlnpstx")
		if isset(flags, "g") || isset(flags, "p") {
			return -1
		}
		get(&f.CPUSet, "l")
	case "chroot":
		flags, rest = getopt(args, "uGg")
		get(&f.User, "u")
		get(&f.Group, "g")
		get(&f.Groups, "G")
		if len(rest) > 0 {
			f.Chroot, rest = rest[0], rest[1:]
		}
	case "env":
		flags, rest = getopt(args, "CLPSUu")
		if len(rest) > 0 && rest[0] == "-" { // the old form of -i
			flags, rest = append(flags, flag{name: "i"}), rest[1:]
		}
		if isset(flags, "i") {
			clearEnv()
		}
		for _, fl := range flags {
			if fl.name == "u" {
				os.Unsetenv(fl.value)
			}
		}
		rest = assign(rest)
	case "protect":
		flags, rest = getopt(args, "gp")
		if isset(flags, "p") {
			return -1
		}
	case "timeout":
		_, rest = getopt(args, "ks")
		if len(rest) > 0 {
			rest = rest[1:]
		}
	case "setaudit":
		_, rest = getopt(args, "amsp")
	case "nohup", "setsid":
		rest = args
	case "stdbuf":
		_, rest = getopt(args, "eio")
	case "sudo":
		flags, rest = getopt(args, "ugpCDhRrtTU")
		get(&f.User, "u")
		get(&f.Group, "g")
		rest = assign(rest)
	case "doas":
		flags, rest = getopt(args, "uCa")
		get(&f.User, "u")
	case "su":
		return su(f, args)
	case "sh", "bash", "dash", "ksh":
		return sh(args)
	default:
		return -1
	}
	if len(rest) == 0 {
		return -1
	}
	setFrame(f)
	return execute(rest)
}

// spell writes flags again as they were given, but for one.
func spell(flags []flag, but string) string {
	var out []string
	for _, f := range flags {
		if f.name != but {
			out = append(out, strings.TrimSpace("-"+strings.TrimPrefix(f.name, "-")+" "+f.value))
		}
	}
	return strings.Join(out, " ")
}

// assign takes NAME=value operands into the environment.
func assign(rest []string) []string {
	for len(rest) > 0 {
		name, v, ok := strings.Cut(rest[0], "=")
		if !ok || name == "" || strings.Contains(name, "/") {
			break
		}
		os.Setenv(name, v)
		rest = rest[1:]
	}
	return rest
}

func clearEnv() {
	kept := slices.DeleteFunc(os.Environ(), func(kv string) bool { return !strings.HasPrefix(kv, "SVCJIFY_") })
	os.Clearenv()
	assign(kept)
}

// su is su [-] [-flms] [-c class] [login [args]] of su(1): the arguments go to the
// shell, in the environment that -m, -l or neither makes. The PATH of -l is that of
// login.conf(5)'s class default.
func su(f frame, args []string) int {
	login := false
	if len(args) > 0 && args[0] == "-" {
		login, args = true, args[1:]
	}
	flags, rest := getopt(args, "c")
	if len(rest) > 0 && rest[0] == "-" {
		login, rest = true, rest[1:]
	}
	login = login || isset(flags, "l")
	if len(rest) == 0 {
		return -1
	}
	f.User = rest[0]
	home := "/home/" + f.User
	if f.User == "root" {
		home = "/root"
	}
	if login {
		clearEnv()
		os.Setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:"+home+"/bin")
	}
	if login || !isset(flags, "m") {
		if login || f.User != "root" {
			os.Setenv("USER", f.User)
		}
		os.Setenv("HOME", home)
		os.Setenv("SHELL", "/bin/sh")
	}
	rest = rest[1:]
	if class, ok := value(flags, "c"); ok {
		if len(rest) == 0 || strings.ContainsAny(class, " /") { // as other systems have it
			rest = []string{"-c", class}
		} else {
			f.LoginClass = class
		}
	}
	setFrame(f)
	return sh(rest)
}

// sh runs a text with -c in the real shell; the script under test with what the
// harness gives it; any other file is a command that is only logged.
func sh(args []string) int {
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' {
			if !strings.HasSuffix(a, "c") {
				continue
			}
			if i+1 >= len(args) {
				return -1
			}
			argv := append([]string{shell, "-c", ". /.svcjify/sub.sh\n" + args[i+1]}, args[i+2:]...)
			if i+2 >= len(args) {
				argv = append(argv, "sh")
			}
			return replace(shell, argv)
		}
		if a == script() {
			write(event{Kind: "command", Argv: args[i:]})
			return replace(shell, scriptArgv(args[i:]))
		}
		return -1
	}
	return -1
}

// script is the path of the script under test.
func script() string { return state("script") }

// scriptArgv is the command line of the shell that runs the script under test;
// argv starts with its path.
func scriptArgv(argv []string) []string {
	return append([]string{shell, "-c", ". /.svcjify/preamble.sh; . " + script()}, argv...)
}

// execute runs a command by its words. One that does not exist is made, where
// it is named by its path or PATH leads to where packages install.
func execute(argv []string) int {
	p := argv[0]
	if !strings.Contains(p, "/") {
		p = find(p)
		if p == "" {
			for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
				if strings.HasPrefix(dir, "/usr/local/") {
					p = filepath.Join(dir, argv[0])
				}
			}
			if p == "" || hasState("functions", argv[0]) { // execve(2) knows no function
				return 127
			}
		}
	}
	if strings.Contains(p, "/") && !strings.HasPrefix(p, "-") {
		wantOne("-x", p, true)
	}
	return replace(p, argv)
}

// replace is execve(2); the exit status says why it failed.
func replace(p string, argv []string) int {
	err := syscall.Exec(p, argv, os.Environ())
	if errors.Is(err, os.ErrNotExist) {
		return 127
	}
	return 126
}

// find looks a command up in PATH.
func find(name string) string {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if st, err := os.Stat(filepath.Join(dir, name)); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return filepath.Join(dir, name)
		}
	}
	return ""
}
