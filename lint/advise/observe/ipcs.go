package observe

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ipcs reads ipcs(1) with any of its options: a section has a title, a head whose
// words name the columns, and a line an object, which starts with q, m or s.
type ipcs struct{ head []string }

var ipcsTitle = regexp.MustCompile(`^(Message Queues|Shared Memory|Semaphores):$|^(SVID|msginfo|shminfo|seminfo|msg\w+|shm\w+|sem\w+)\b.*:`)

func (p *ipcs) line(_ int, text string) ([]Fact, bool) {
	words := strings.Fields(text)
	switch {
	case len(words) == 0, ipcsTitle.MatchString(strings.TrimSpace(text)):
		return nil, true
	case words[0] == "T" && slices.Contains(words, "ID"):
		p.head = words
		return nil, true
	case len(words) < 5 || len(words[0]) != 1 || !strings.Contains("qms", words[0]):
		return nil, false
	}
	if _, err := strconv.Atoi(words[1]); err != nil || p.head == nil {
		return nil, false
	}
	column := func(name string) string {
		if i := slices.Index(p.head, name); i >= 0 && i < len(words) {
			return words[i]
		}
		return ""
	}
	what := map[string]string{"q": "message queue", "m": "shared memory segment", "s": "semaphore set"}[words[0]]
	var out []Fact
	// Whoever made it, and whoever used it last, may be two processes.
	pids := []string{column("CPID"), column("LPID"), column("LSPID"), column("LRPID")}
	for _, pid := range pids {
		if n, err := strconv.Atoi(pid); err == nil && n > 0 {
			out = append(out, Fact{PID: n, User: column("OWNER"),
				Seen: what + " " + words[1] + " of " + column("OWNER"), Need: SysV})
		}
	}
	if len(out) == 0 {
		out = append(out, Fact{User: column("OWNER"), Seen: what + " " + words[1] + " of " + column("OWNER"),
			Need: SysV})
	}
	return out, true
}
