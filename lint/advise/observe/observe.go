// Package observe reads what an administrator captured on a running system:
// sockstat(1), ipcs(1), procstat(1), and kdump(1) or truss(1) of a traced service.
// Each line becomes a Fact about one process, or about one user, that speaks for
// an option of a service jail or for none. Lines that no parser knows are counted.
package observe

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// A Format is whose output a file is.
type Format string

const (
	Sockstat Format = "sockstat"
	IPCS     Format = "ipcs"
	Files    Format = "procstat -f"
	Limits   Format = "procstat rlimit or rusage"
	Kdump    Format = "kdump"
	Truss    Format = "truss"
)

// A Fact is one thing that a process was seen to do or to have.
type Fact struct {
	// Line counts from 1.
	Line int
	// PID is 0, Command and User are "" where the line does not tell.
	PID           int
	Command, User string
	// Child is the process that this one made, 0 where the line is about something else.
	Child int
	// Seen is what stands there, shortened.
	Seen string
	// Need is what it takes in a jail.
	Need Need
}

// A Need is what an act takes in a service jail.
type Need string

const (
	// IPv4 and IPv6 are sockets of these families: netv4, netv6, or net_basic for both.
	IPv4 Need = "netv4"
	IPv6 Need = "netv6"
	// Raw is a raw socket of IP, OtherFamily one of a family that jails do not know.
	Raw         Need = "net_raw"
	OtherFamily Need = "net_all"
	SysV        Need = "sysvipcnew"
	Lock        Need = "mlock"
	Clock       Need = "settime"
	// Refused is an act that no option permits.
	Refused Need = "NO"
	// Local is a UNIX socket, which needs nothing.
	Local Need = "none"
	// Ran is that a process ran this program: a trace that has it shows the life from the start.
	Ran Need = ""
)

// A Capture is one file.
type Capture struct {
	// Name is the file's, as the user gave it.
	Name   string
	Format Format
	// Facts is in the order of the lines; what a process does again is there once.
	Facts []Fact
	// Lines is how many there are, Unknown how many of them no parser knows, and
	// FirstUnknown the number of the first of these.
	Lines, Unknown, FirstUnknown int
}

// Trace reports whether every system call of the processes is in it, not what
// they had at one moment.
func (c *Capture) Trace() bool { return c.Format == Kdump || c.Format == Truss }

// A parser takes one line after the other; known is false for a line that it does not know.
type parser interface {
	line(n int, text string) (facts []Fact, known bool)
}

const (
	// maxLine is the longest line that is looked at, in bytes; the rest of one is dropped.
	maxLine = 64 << 10
	// sample is how many lines decide whose output a file is.
	sample = 200
	// maxFacts bounds what is kept of one file.
	maxFacts = 10_000
)

// parsers makes one for each format. Where two fit equally, the first is taken.
func parsers() map[Format]parser {
	return map[Format]parser{Sockstat: sockstat{}, IPCS: &ipcs{}, Files: procstat{}, Limits: limits{}, Kdump: &kdump{},
		Truss: truss{}}
}

var order = []Format{Sockstat, IPCS, Files, Limits, Kdump, Truss}

// Read reads a file. The error is the reader's, or says that no parser knows any line.
func Read(name string, r io.Reader) (*Capture, error) {
	in := bufio.NewReaderSize(r, maxLine)
	var head []string
	for len(head) < sample {
		text, err := next(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		head = append(head, text)
	}
	c := &Capture{Name: name, Format: guess(head)}
	if c.Format == "" {
		return nil, fmt.Errorf("no line of %s is known: expected the output of %s", name, known())
	}
	p := parsers()[c.Format]
	seen := map[Fact]bool{}
	take := func(text string) {
		c.Lines++
		facts, ok := p.line(c.Lines, text)
		if !ok && strings.TrimSpace(text) != "" {
			if c.Unknown++; c.FirstUnknown == 0 {
				c.FirstUnknown = c.Lines
			}
		}
		for _, f := range facts {
			key := f
			key.Line = 0
			if !seen[key] && len(c.Facts) < maxFacts {
				seen[key] = true
				f.Line = c.Lines
				c.Facts = append(c.Facts, f)
			}
		}
	}
	for _, text := range head {
		take(text)
	}
	for {
		text, err := next(in)
		if err == io.EOF {
			return c, nil
		}
		if err != nil {
			return nil, err
		}
		take(text)
	}
}

// next is a line without its end, cut at maxLine.
func next(in *bufio.Reader) (string, error) {
	text, more, err := in.ReadLine()
	line := strings.ToValidUTF8(string(text), "?")
	for more && err == nil {
		_, more, err = in.ReadLine()
	}
	if err == io.EOF && line != "" {
		err = nil
	}
	return line, err
}

// guess is the format whose parser knows most of the lines; "" for none.
func guess(head []string) Format {
	best, most := Format(""), 0
	for _, f := range order {
		p, n := parsers()[f], 0
		for i, text := range head {
			if _, ok := p.line(i+1, text); ok && strings.TrimSpace(text) != "" {
				n++
			}
		}
		if n > most {
			best, most = f, n
		}
	}
	return best
}

func known() string {
	var names []string
	for _, f := range order {
		names = append(names, string(f))
	}
	return message.OrList(names)
}
