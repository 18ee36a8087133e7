package observe

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// kdump reads kdump(1): PID [THREAD] COMM [TIME] TYPE TEXT. What GIO dumps stands
// on lines of its own, which are no records.
type kdump struct{ dump bool }

var kdumpLine = regexp.MustCompile(`^\s*(\d+)(?:\s+\d{5,})?\s+(\S.*?)\s+(?:-?\d+\.\d+\s+)?(CALL|RET|NAMI|GIO|PSIG|CSW|USER|STRU|SCTL|PFLT|PEND|CAP|FAULT|ARGS|ENVP|ASYN|EXTR)\s+(.*)$`)

func (p *kdump) line(_ int, text string) ([]Fact, bool) {
	m := kdumpLine.FindStringSubmatch(text)
	if m == nil {
		return nil, p.dump || strings.TrimSpace(text) == ""
	}
	p.dump = m[3] == "GIO" || m[3] == "ARGS" || m[3] == "ENVP" || m[3] == "STRU"
	f := Fact{Command: m[2], Seen: message.ClipLine(m[4], 80)}
	f.PID, _ = strconv.Atoi(m[1])
	switch m[3] {
	case "CALL":
		name, args, ok := call(m[4])
		if !ok {
			return nil, true
		}
		return factsOf(f, name, args), true
	case "RET":
		if r := kdumpFork.FindStringSubmatch(m[4]); r != nil {
			return child(f, r[1]), true
		}
	}
	return nil, true
}

// kdumpFork and trussFork are the return of a call that makes a process, in the
// parent; in the child it is 0.
var (
	kdumpFork = regexp.MustCompile(`^(?:fork|vfork|rfork|pdfork) (\d+)`)
	trussFork = regexp.MustCompile(`^(?:fork|vfork|rfork|pdfork)\(.*= (\d+)`)
)

// child is the fact that a process was made.
func child(f Fact, pid string) []Fact {
	if f.Child, _ = strconv.Atoi(pid); f.Child == 0 {
		return nil
	}
	f.Seen = "fork"
	return []Fact{f}
}

// truss reads truss -f: "PID: CALL(ARGS) = RESULT", with -a and -e the arguments
// of execve(2); the pid is missing without -f.
type truss struct{}

var (
	trussLine   = regexp.MustCompile(`^\s*(?:(\d+):\s+)?(?:\d+:\s+)?(?:-?\d+\.\d+\s+)*([a-z_][a-z0-9_.]*\(.*)$`)
	trussEnd    = regexp.MustCompile(`\s(= \S+|ERR#\d+ '[^']*'|EJUSTRETURN)`)
	trussSignal = regexp.MustCompile(`^\s*(\d+:\s+)?(SIGNAL \d+|process exit|<new process>|<thread|process killed|\(null\))`)
	trussPath   = regexp.MustCompile(`"(/[^"]*)"`)
)

func (truss) line(_ int, text string) ([]Fact, bool) {
	if trussSignal.MatchString(text) {
		return nil, true
	}
	m := trussLine.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	if !trussEnd.MatchString(m[2]) && !strings.HasPrefix(m[2], "_exit") && !strings.HasPrefix(m[2], "exit") {
		return nil, false
	}
	f := Fact{Seen: message.ClipLine(m[2], 80)}
	f.PID, _ = strconv.Atoi(m[1])
	if r := trussFork.FindStringSubmatch(m[2]); r != nil {
		return child(f, r[1]), true
	}
	name, args, ok := call(m[2])
	if !ok {
		return nil, true
	}
	if p := trussPath.FindStringSubmatch(args); p != nil && name == "execve" {
		f.Seen, f.Need = message.ClipLine(p[1], 80), Ran
		return []Fact{f}, true
	}
	return factsOf(f, name, args), true
}

// call takes a call apart.
func call(text string) (name, args string, ok bool) {
	name, args, ok = strings.Cut(text, "(")
	name = strings.TrimPrefix(strings.TrimSpace(name), "freebsd32_")
	for _, prefix := range []string{"freebsd", "compat", "linux_"} { // freebsd11_stat and the like
		if rest, found := strings.CutPrefix(name, prefix); found {
			if _, tail, split := strings.Cut(rest, "_"); split && prefix != "linux_" {
				name = tail
			}
		}
	}
	return name, args, ok
}

// sysv, locks, clocks and refused are system calls by what they take in a jail:
// jail(8), and prison_priv_check of sys/kern/kern_jail.c.
var (
	sysv = []string{"shmget", "shmat", "shmctl", "semget", "semop", "semctl", "__semctl", "msgget", "msgsnd",
		"msgrcv", "msgctl", "shmsys", "semsys", "msgsys"}
	locks   = []string{"mlock", "mlockall"}
	clocks  = []string{"clock_settime", "settimeofday", "ntp_adjtime"}
	refused = []string{"mount", "nmount", "unmount", "kldload", "kldunload", "kldunloadf", "jail_set", "jail_attach",
		"jail_remove", "jail",
		"reboot", "swapon", "swapoff", "acct", "auditctl", "auditon", "nfssvc", "mknod", "mknodat", "fhopen", "getfh",
		"sysarch_iopl", "rctl_add_rule"}
)

// factsOf is what a system call takes.
func factsOf(f Fact, name, args string) []Fact {
	one := func(n Need) []Fact { f.Need = n; return []Fact{f} }
	switch {
	case name == "socket", name == "socketpair":
		var out []Fact
		for _, n := range socket(args) {
			f.Need = n
			out = append(out, f)
		}
		return out
	case slices.Contains(sysv, name):
		return one(SysV)
	case slices.Contains(locks, name):
		return one(Lock)
	case slices.Contains(clocks, name):
		return one(Clock)
	case name == "adjtime" && !nothing(args): // with nothing it only asks
		return one(Clock)
	case slices.Contains(refused, name):
		return one(Refused)
	case name == "execve" || name == "fexecve":
		f.Seen = "execve"
		return one(Ran)
	}
	return nil
}

// nothing reports whether the first argument is NULL.
func nothing(args string) bool {
	first, _, _ := strings.Cut(args, ",")
	first = strings.Trim(strings.TrimSpace(first), ")")
	return first == "0" || first == "0x0" || first == "NULL"
}

var family = regexp.MustCompile(`\b[PA]F_([A-Z0-9_]+)\b`)

// socket is what the arguments of socket(2) take.
func socket(args string) []Need {
	m := family.FindStringSubmatch(args)
	if m == nil {
		return nil
	}
	raw := strings.Contains(args, "SOCK_RAW")
	var out []Need
	switch m[1] {
	case "LOCAL", "UNIX":
		return []Need{Local}
	case "INET":
		out = []Need{IPv4}
	case "INET6":
		out = []Need{IPv6}
	case "ROUTE", "NETLINK", "UNSPEC": // always permitted
		return nil
	case "KEY", "NETGRAPH":
		return []Need{Refused}
	default:
		return []Need{OtherFamily}
	}
	if raw {
		out = append(out, Raw)
	}
	return out
}
