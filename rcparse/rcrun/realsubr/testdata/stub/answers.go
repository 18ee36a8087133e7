package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

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
		words := map[rune]string{'s': "FreeBSD", 'n': "host.example.org", 'r': "15.0-RELEASE", 'm': "amd64",
			'p': "amd64", 'K': "1500068", 'U': "1500068", 'i': "GENERIC", 'v': "FreeBSD 15.0-RELEASE GENERIC"}
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
		if state("jailed") == "yes" && os.Getenv("SVCJIFY_INSIDE") == "" { // of one's own jail ps says 0
			jid = "7"
		}
		interpreter, process, ok := strings.Cut(os.Getenv("SVCJIFY_PROCESS"), "|")
		if ok && interpreter != "." {
			process = interpreter + " " + process
		}
		fmt.Println(pid, jid, process)
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
	gone()
	return 0
}

// answerOfBareHost is what mount(8) and pkg(8) say on a host with little on it.
func answerOfBareHost(name string, args []string) int {
	if state("fewFiles") == "yes" {
		switch {
		case name == "mount" && (len(args) == 0 || len(args) == 1 && args[0] == "-p"):
			fmt.Println("fdescfs\t/dev/fd\tfdescfs rw 0 0\nprocfs\t/proc\tprocfs rw 0 0")
		case name == "pkg" && slices.Contains(args, "info"):
			return 1
		}
	}
	return 0
}
