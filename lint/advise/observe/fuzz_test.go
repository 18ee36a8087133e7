package observe

import (
	"strings"
	"testing"
)

// fuzzLines holds a parser to its promises on any text: no panic, a need that is
// known, and the same answer for the same lines.
func fuzzLines(f *testing.F, make func() parser, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	needs := map[Need]bool{IPv4: true, IPv6: true, Raw: true, OtherFamily: true, SysV: true, Lock: true, Clock: true,
		Refused: true, Local: true, Ran: true}
	f.Fuzz(func(t *testing.T, text string) {
		a, b := make(), make()
		for i, line := range strings.Split(text, "\n") {
			facts, known := a.line(i+1, line)
			again, knownAgain := b.line(i+1, line)
			if known != knownAgain || len(facts) != len(again) {
				t.Fatalf("line %d: two answers", i+1)
			}
			for _, x := range facts {
				if !needs[x.Need] || len(x.Seen) > 84 || x.PID < 0 || !known {
					t.Fatalf("line %d: %+v", i+1, x)
				}
			}
		}
	})
}

func FuzzSockstat(f *testing.F) {
	fuzzLines(f, func() parser { return sockstat{} }, "www a 1 2 tcp4 *:80 *:*", "USER COMMAND PID FD PROTO")
}

func FuzzIPCS(f *testing.F) {
	fuzzLines(f, func() parser { return &ipcs{} }, "T ID KEY MODE OWNER GROUP CPID\nm 1 2 --rw a b 3", "Shared Memory:")
}

func FuzzProcstat(f *testing.F) {
	fuzzLines(f, func() parser { return procstat{} }, " 1 a 3 s - rw 2 0 TCP 0.0.0.0:80 0.0.0.0:0")
}

func FuzzLimits(f *testing.F) {
	fuzzLines(f, func() parser { return limits{} }, " 1 a memorylocked 1 kB 1 kB")
}

func FuzzKdump(f *testing.F) {
	fuzzLines(f, func() parser { return &kdump{} }, " 1 a CALL socket(PF_INET,SOCK_STREAM,0)", " 1 a RET fork 2/0x2",
		" 1 a GIO fd 1 wrote 2 bytes\n \"x\"")
}

func FuzzTruss(f *testing.F) {
	fuzzLines(f, func() parser { return truss{} }, "1: socket(PF_INET,SOCK_STREAM,0) = 3 (0x3)", "1: fork() = 2 (0x2)")
}

func FuzzRead(f *testing.F) {
	f.Add("www a 1 2 tcp4 *:80 *:*\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Read("x", strings.NewReader(text))
		if err == nil && (c.Lines == 0 || c.Unknown > c.Lines || c.Format == "") {
			t.Fatalf("%+v", c)
		}
	})
}
