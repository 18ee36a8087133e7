package observe

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// sockstat reads sockstat(1): USER COMMAND PID FD PROTO LOCAL FOREIGN, and what
// its options put behind. A command may hold blanks.
type sockstat struct{}

var (
	sockstatHead = regexp.MustCompile(`^\s*USER\s+COMMAND\s+PID\s+FD\s+PROTO\b`)
	sockstatLine = regexp.MustCompile(`^\s*(\S+)\s+(.+?)\s+(\d+|\?)\s+(\d+|\?)\s+(tcp\S*|udp\S*|sctp\S*|divert\S*|icm\S*|raw\S*|stream|dgram|seqpac\S*)\s*(.*)$`)
)

func (sockstat) line(_ int, text string) ([]Fact, bool) {
	if sockstatHead.MatchString(text) {
		return nil, true
	}
	m := sockstatLine.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	f := Fact{User: m[1], Command: m[2], Seen: message.ClipLine(m[5]+" "+m[6], 80)}
	f.PID, _ = strconv.Atoi(m[3])
	if f.User == "?" { // a socket that no process holds any more
		return nil, true
	}
	var out []Fact
	for _, need := range protocol(m[5], m[6]) {
		f.Need = need
		out = append(out, f)
	}
	return out, true
}

// protocol is what a socket of sockstat's PROTO column takes.
func protocol(proto, rest string) []Need {
	var family []Need
	switch {
	case strings.Contains(proto, "46"):
		family = []Need{IPv4, IPv6}
	case strings.Contains(proto, "6"):
		family = []Need{IPv6}
	default:
		family = []Need{IPv4}
	}
	switch {
	case proto == "stream", proto == "dgram", strings.HasPrefix(proto, "seqpac"):
		return []Need{Local}
	case strings.HasPrefix(proto, "divert"):
		return []Need{Refused}
	case strings.HasPrefix(proto, "icm"), strings.HasPrefix(proto, "raw"):
		return append(family, Raw)
	}
	return family
}

// procstat reads procstat -f: PID COMM FD T V FLAGS REF OFFSET PRO NAME. The
// protocol says no family; the address does.
type procstat struct{}

var (
	procstatHead = regexp.MustCompile(`^\s*PID\s+COMM\s+FD\s+T\s`)
	procstatLine = regexp.MustCompile(`^\s*(\d+)\s+(.+?)\s+(text|ctty|cwd|root|jail|trace|\d+)\s+([a-zA-Z?-])\s+(\S)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$`)
)

func (procstat) line(_ int, text string) ([]Fact, bool) {
	if procstatHead.MatchString(text) {
		return nil, true
	}
	m := procstatLine.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	f := Fact{Command: m[2], Seen: message.ClipLine(m[9]+" "+m[10], 80)}
	f.PID, _ = strconv.Atoi(m[1])
	var needs []Need
	switch m[9] {
	case "TCP", "UDP", "SCT":
		needs = addresses(m[10])
	case "ICM", "RAW", "IP?":
		needs = append(addresses(m[10]), Raw)
	case "IPD":
		needs = []Need{Refused}
	case "UDS", "UDD", "UDQ":
		needs = []Need{Local}
	}
	if m[3] == "text" {
		f.Seen = message.ClipLine(m[10], 80)
		return []Fact{f}, true
	}
	var out []Fact
	for _, n := range needs {
		f.Need = n
		out = append(out, f)
	}
	return out, true
}

// addresses is the family of an address as procstat prints it.
func addresses(text string) []Need {
	first, _, _ := strings.Cut(text, " ")
	if strings.Count(first, ":") > 1 || strings.HasPrefix(first, "[") {
		return []Need{IPv6}
	}
	return []Need{IPv4}
}

// limits reads procstat rlimit and rusage, which say nothing of what a jail
// grants: they are known, so that nobody wonders.
type limits struct{}

var limitsLine = regexp.MustCompile(`^\s*(PID\s+COMM\s+(LIMIT|RESOURCE)\b|\d+\s+\S.*?\s+(cputime|filesize|datasize|stacksize|coredumpsize|memoryuse|memorylocked|maxprocesses|openfiles|sbsize|vmemoryuse|pseudo-terminals|swapuse|kqueues|umtxp|pipebuf|vms)\b|\d+\s+\S.*?\s(user time|system time|maximum RSS|integral|page |swaps|block |messages|signals|voluntary|involuntary))`)

func (limits) line(_ int, text string) ([]Fact, bool) { return nil, limitsLine.MatchString(text) }
