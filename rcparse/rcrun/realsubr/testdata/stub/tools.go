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

// run is a command of the host. All but the wrappers are logged; what is not
// known succeeds in silence.
func run(argv []string) int {
	name := filepath.Base(argv[0])
	if p := strings.Fields(state("prepend")); len(p) > 0 && len(argv) > len(p) && slices.Equal(argv[:len(p)], p) && os.Getenv("SVCJIFY_PHASE") == "method:start" {
		f := theFrame()
		f.Prepend = state("prepend")
		setFrame(f)
		return execute(argv[len(p):])
	}
	if code := wrapped(name, argv[1:]); code >= 0 {
		return code
	}
	if name == "logger" { // rc.subr's own messages
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
	case "false", "kldstat": // no module is loaded
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
		setState("running", "")
		setState("sleeps", "")
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
		return sparseAnswer(name, args)
	case "grep", "egrep", "fgrep":
		return grep(name, args)
	}
	if p := toolDir + name; isFile(p) {
		return replace(p, argv)
	}
	return 0
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular()
}

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
	write(event{Kind: "inner", Exit: code, Say: map[string]string{"found": fmt.Sprint(filepath.Base(script()) == args[0])}})
	return code
}

// user is who this process is taken to run as.
func user() string {
	if u := theFrame().User; u != "" {
		return u
	}
	return "root"
}

func uidOf(who string) string {
	switch {
	case who == "root", who == "wheel":
		return "0"
	case who != "" && strings.Trim(who, "0123456789") == "":
		return who
	}
	return "1001"
}

func id(name string, args []string) int {
	who := user()
	flags, rest := getopt(args, "")
	if len(rest) > 0 {
		who = rest[0]
	}
	group := isset(flags, "g") || isset(flags, "G") || name == "groups"
	switch {
	case name != "id", isset(flags, "n") && (group || isset(flags, "u")):
		if who == "root" && group {
			who = "wheel"
		}
		fmt.Println(who)
	case group, isset(flags, "u"):
		fmt.Println(uidOf(who))
	default:
		fmt.Printf("uid=%s(%s) gid=%s(%s)\n", uidOf(who), who, uidOf(who), who)
	}
	return 0
}

func owner() string {
	if o := state("owner"); o != "" {
		return o
	}
	return "root"
}

func host(name string, args []string) int {
	arg := strings.Join(args, " ")
	switch name {
	case "hostname":
		if strings.Contains(arg, "-s") {
			fmt.Println("host")
		} else {
			fmt.Println("host.example.org")
		}
	case "nproc":
		fmt.Println("4")
	case "date":
		if strings.Contains(arg, "%s") {
			fmt.Println("1767225600")
		} else {
			fmt.Println("20260101")
		}
	case "stat":
		switch {
		case strings.Contains(arg, "%Su"), strings.Contains(arg, "%U"):
			fmt.Println(owner())
		case strings.Contains(arg, "%Sg"), strings.Contains(arg, "%G"):
			fmt.Println("wheel")
		default:
			fmt.Println(uidOf(owner()))
		}
	case "uname":
		words := map[rune]string{'s': "FreeBSD", 'n': "host.example.org", 'r': "15.0-RELEASE", 'm': "amd64", 'p': "amd64", 'K': "1500068", 'U': "1500068", 'i': "GENERIC", 'v': "FreeBSD 15.0-RELEASE GENERIC"}
		var out []string
		for _, c := range strings.TrimLeft(arg, "-") {
			if w := words[c]; w != "" {
				out = append(out, w)
			}
		}
		if len(out) == 0 {
			out = []string{"FreeBSD"}
		}
		fmt.Println(strings.Join(out, " "))
	}
	return 0
}

var kernel = map[string]string{
	"security.jail.jailed": "0", "security.jail.vnet": "0", "kern.osreldate": "1500068", "kern.ostype": "FreeBSD",
	"kern.osrelease": "15.0-RELEASE", "hw.machine": "amd64", "hw.machine_arch": "amd64", "hw.ncpu": "4",
	"hw.physmem": "8589934592", "hw.pagesize": "4096", "kern.hostname": "host.example.org", "kern.maxfiles": "260000",
	"kern.maxfilesperproc": "230000", "kern.ipc.shmmax": "536870912", "kern.securelevel": "-1", "vm.overcommit": "0",
}

func sysctl(args []string) int {
	flags, rest := getopt(args, "BNf")
	for _, name := range rest {
		if strings.Contains(name, "=") {
			continue
		}
		v := kernel[name]
		switch {
		case name == "security.jail.jailed" && os.Getenv("SVCJIFY_INSIDE") != "":
			v = "1"
		case v == "":
			v = "0"
		}
		if !isset(flags, "n") {
			v = name + ": " + v
		}
		fmt.Println(v)
	}
	return 0
}

func accounts(name string, args []string) int {
	if name == "pw" {
		_, args = getopt(args, "RVC")
	}
	verb, who := "", ""
	for _, a := range args {
		switch {
		case strings.HasPrefix(a, "-"):
		case verb == "":
			verb = a
		case a == "show" || a == "add" || a == "mod" || a == "del":
			verb += a
		default:
			who = a
		}
	}
	home := "/home/" + who
	if who == "root" {
		home = "/root"
	}
	uid := uidOf(who)
	switch verb {
	case "passwd":
		fmt.Printf("%s:*:%s:%s::%s:/usr/sbin/nologin\n", who, uid, uid, home)
	case "usershow":
		fmt.Printf("%s:*:%s:%s::0:0::%s:/usr/sbin/nologin\n", who, uid, uid, home)
	case "group", "groupshow":
		fmt.Printf("%s:*:%s:\n", who, uid)
	}
	return 0
}

// processes is ps(1) in the form that rc.subr asks for, and pgrep(1), on a host
// whose only process is the service.
func processes(name string, args []string) int {
	if !alive() {
		return 1
	}
	switch {
	case name == "ps" && slices.Contains(args, "jid="):
		jid := "0"
		if state("jailed") == "yes" {
			jid = "7"
		}
		line := state("process")
		if in := state("interpreter"); in != "" {
			line = in + " " + line
		}
		fmt.Println(pid, jid, line)
	case name != "pgrep" || !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-q") }):
		fmt.Println(pid)
	}
	return 0
}

// kill is the shell's builtin, which the preamble hands over.
func kill(args []string) int {
	if len(args) > 0 && args[0] == "-0" {
		if alive() {
			return 0
		}
		return 1
	}
	if len(args) == 0 || args[0] == "-l" {
		return 0
	}
	write(event{Kind: "command", Argv: append([]string{"kill"}, args...)})
	return signal(args)
}

// signal ends the service, unless it is a signal that does not.
func signal(args []string) int {
	if len(args) > 0 && args[0] == "-0" {
		if alive() {
			return 0
		}
		return 1
	}
	harmless := strings.Fields("HUP SIGHUP 1 USR1 SIGUSR1 USR2 SIGUSR2 30 31 INFO STOP CONT WINCH 28")
	for _, a := range args {
		if sig, ok := strings.CutPrefix(a, "-"); ok && slices.Contains(harmless, strings.TrimPrefix(sig, "s")) {
			return 0
		}
	}
	setState("running", "")
	setState("sleeps", "")
	return 0
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

// makes is the effect of the commands that make files, without their errors.
func makes(name string, args []string) int {
	valued := map[string]string{"install": "BDfghlMmNoST", "mkdir": "m", "touch": "Adrt"}[name]
	flags, rest := getopt(args, valued)
	dir := name == "mkdir" || isset(flags, "d")
	list := rest
	from := ""
	if n := len(list); n > 1 && !dir && name != "touch" {
		from, list = list[0], list[n-1:]
	}
	for _, p := range list {
		if os.MkdirAll(filepath.Dir(p), 0o755) != nil {
			continue
		}
		if dir {
			os.MkdirAll(p, 0o755)
			continue
		}
		if name == "ln" {
			os.Remove(p)
			os.Symlink(from, p)
			continue
		}
		if st, err := os.Stat(p); err == nil {
			if st.IsDir() && from != "" {
				p = filepath.Join(p, filepath.Base(from))
			} else if from == "" {
				continue
			}
		}
		copyTo(from, p)
	}
	return 0
}

func copyTo(from, to string) {
	out, err := os.Create(to)
	if err != nil {
		return
	}
	defer out.Close()
	if in, err := os.Open(from); err == nil {
		defer in.Close()
		io.Copy(out, io.LimitReader(in, 1<<20))
	}
}

func removes(args []string) int {
	flags, rest := getopt(args, "")
	for _, p := range rest {
		if !strings.HasPrefix(p, "/") {
			dir, _ := os.Getwd()
			p = dir + "/" + p
		}
		p = filepath.Clean(p)
		addState("removed", p)
		if isset(flags, "r") || isset(flags, "R") {
			os.RemoveAll(p)
		} else {
			os.Remove(p)
		}
	}
	return 0
}

func mktemp(args []string) int {
	flags, rest := getopt(args, "pt")
	t, ok := value(flags, "t")
	if !ok {
		t = "tmp"
	}
	p := "/tmp/" + t + ".simulated"
	if len(rest) > 0 {
		p = strings.TrimRight(rest[0], "X") + "simulated"
	}
	if isset(flags, "d") {
		os.MkdirAll(p, 0o755)
	} else {
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, nil, 0o644)
	}
	fmt.Println(p)
	return 0
}

func realpath(name string, args []string) int {
	flags, rest := getopt(args, "")
	for _, p := range rest {
		if name == "readlink" && !isset(flags, "f") {
			to, err := os.Readlink(p)
			if err != nil {
				return 1
			}
			fmt.Println(to)
			continue
		}
		if !strings.HasPrefix(p, "/") {
			dir, _ := os.Getwd()
			p = dir + "/" + p
		}
		fmt.Println(filepath.Clean(p))
	}
	return 0
}

func ls(args []string) int {
	flags, rest := getopt(args, "")
	if !isset(flags, "l") {
		return 0
	}
	for _, p := range rest {
		wantOne("-e", p, false)
		if _, err := os.Stat(p); err == nil {
			fmt.Println("-rw-r--r--  1 " + owner() + "  wheel  1024 Jan  1 00:00 " + p)
		}
	}
	return 0
}

// sparseAnswer is what mount(8) and pkg(8) say on a host with little on it.
func sparseAnswer(name string, args []string) int {
	if state("sparse") == "yes" {
		switch {
		case name == "mount" && (len(args) == 0 || len(args) == 1 && args[0] == "-p"):
			fmt.Println("fdescfs\t/dev/fd\tfdescfs rw 0 0\nprocfs\t/proc\tprocfs rw 0 0")
		case name == "pkg" && slices.Contains(args, "info"):
			return 1
		}
	}
	return 0
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
	if !known {
		if state("sparse") == "yes" {
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
	kind := map[string]string{"grep": "-G", "egrep": "-E", "fgrep": "-F"}[name]
	if name == "grep" && (isset(flags, "E") || isset(flags, "F")) {
		kind = "--"
	}
	argv := []string{"grep"}
	if kind != "--" {
		argv = append(argv, kind)
	}
	return replace(toolDir+"grep", append(argv, args...))
}
