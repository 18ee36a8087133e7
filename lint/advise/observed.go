package advise

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/lint/advise/observe"
	"github.com/svcjify/svcjify/lint/infer"
)

// FromObserved is the kind of evidence that was captured on the running system.
const FromObserved infer.Kind = "observed"

// observed is what was captured of one service.
type observed struct {
	needs   []observe.Need
	words   []string                // the options that these take
	first   map[observe.Need]string // where each was seen first, in words
	life    bool                    // a trace from the start on
	refused string                  // an act that no option permits
}

// both reports whether sockets of both IP families were seen.
func (o observed) both() bool {
	return slices.Contains(o.needs, observe.IPv4) && slices.Contains(o.needs, observe.IPv6)
}

// family is what the sockets that were seen have in common.
func (o observed) family() (family, string) {
	v4, v6 := slices.Contains(o.needs, observe.IPv4), slices.Contains(o.needs, observe.IPv6)
	switch {
	case v4 && !v6:
		return onlyIPv4, "Only IPv4 sockets were seen: " + o.first[observe.IPv4] + "."
	case v6 && !v4:
		return onlyIPv6, "Only IPv6 sockets were seen: " + o.first[observe.IPv6] + "."
	case !v4 && !v6 && o.life:
		return onlyUNIX, "It opened no IP socket as long as it was traced."
	case !v4 && !v6 && slices.Contains(o.needs, observe.Local):
		return onlyUNIX, "Only UNIX sockets were seen: " + o.first[observe.Local] + "."
	}
	return mixed, ""
}

// shared are users whom several services may run as, so that they tell none.
var shared = []string{"", "root", "www", "nobody", "daemon", "bin", "operator"}

// observe ties what was captured to the service and uses it. With alone, the
// service is the only one that was asked about, and what names no process is its.
func (j *judgement) observe(captures []*observe.Capture, alone bool) {
	r := j.subject.Records
	if len(captures) == 0 || r == nil {
		return
	}
	user := ""
	if len(r.Host.Starts) > 0 {
		user = r.Host.Starts[0].User
	}
	pids := j.pids(captures)
	j.seen.first = map[observe.Need]string{}
	var facts []infer.Evidence
	for _, c := range captures {
		for _, f := range c.Facts {
			how := ""
			switch {
			case f.Child > 0:
				continue
			case f.Need == observe.Ran:
				j.seen.life = j.seen.life || c.Trace() && slices.Contains(pids.own, f.PID)
				continue
			case c.Trace() && f.Command != "" && !j.runs(f.Command) && !slices.Contains(pids.children, f.PID):
				continue // what its process ran before it was the service: sh(1), su(1)
			case f.PID > 0 && slices.Contains(pids.all(), f.PID):
				how = fmt.Sprintf("process %d", f.PID)
			case j.runs(f.Command):
				how = f.Command
			case f.User == user && !slices.Contains(shared, user):
				how = "user " + user
			case alone && f.Command == "" && f.User == "" && c.Format == observe.Truss:
				how = "the one that was asked about"
			default:
				continue
			}
			seen := fmt.Sprintf("%s (%s, %s:%d)", f.Seen, how, c.Name, f.Line)
			if !slices.Contains(j.seen.needs, f.Need) {
				j.seen.needs = append(j.seen.needs, f.Need)
				j.seen.first[f.Need] = seen
			}
			if f.Need == observe.Refused && j.seen.refused == "" {
				j.seen.refused = seen
			}
			facts = append(facts, infer.Evidence{Path: c.Name, Line: f.Line, Kind: FromObserved,
				Strength: infer.Certain,
				Supports: string(f.Need), Fact: fmt.Sprintf("seen of %s: %s", how, f.Seen)})
		}
	}
	j.useObserved(facts)
}

// useObserved prefers what was seen to what was inferred: it needs what it did. What it was
// not seen to do, it may do another time, unless all its life was traced.
func (j *judgement) useObserved(facts []infer.Evidence) {
	const most = 40
	v := &j.subject.Verdict
	if len(facts) == 0 && !j.seen.life || v.OptOut {
		return
	}
	v.Evidence = append(slices.Clone(facts[:min(len(facts), most)]), v.Evidence...)
	var words, reasons []string
	for _, n := range j.seen.needs {
		word := string(n)
		switch n {
		case observe.Local, observe.Refused:
			continue
		case observe.IPv4, observe.IPv6: // one family is offered, not given
			word = "net_basic"
		}
		if len(missingWords(words, []string{word})) > 0 {
			words = append(words, word)
			reasons = append(reasons, j.seen.first[n])
		}
	}
	reason := "It was seen with " + strings.Join(reasons, ", ") + "."
	if len(words) == 0 {
		reason = "Nothing that it was seen to do needs an option."
	}
	j.seen.words = words
	more := missingWords(v.Options, words)
	switch {
	case v.Certainty < infer.Likely:
		v.Options, v.Reason, v.Certainty = merged(words, nil), reason, infer.Likely
		if j.seen.life {
			v.Certainty = infer.Confident
		} else if len(words) == 0 {
			v.Certainty = infer.Possible
		}
	case len(more) > 0:
		v.Options, v.Reason, v.Certainty = merged(v.Options, more), v.Reason+" "+reason, infer.Certain
	default:
		v.Certainty = max(v.Certainty, infer.Confident)
	}
}

// processes are those that are the service's: its own, and those that they made.
type processes struct{ own, children []int }

func (p processes) all() []int { return slices.Concat(p.own, p.children) }

// pids finds the service's processes: by its pid file, by the programs that it
// runs, and in a trace by their parents.
func (j *judgement) pids(captures []*observe.Capture) (p processes) {
	if name := j.subject.Records.Host.PidFile; name != "" {
		if f, ok, _ := j.m.Root.Text(name); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(f.Text)); err == nil && n > 0 {
				p.own = append(p.own, n)
			}
		}
	}
	for _, c := range captures {
		for _, f := range c.Facts {
			ran := f.Need == observe.Ran && strings.HasPrefix(f.Seen, "/") && j.runs(path.Base(f.Seen))
			if f.PID > 0 && (ran || j.runs(f.Command)) && !slices.Contains(p.own, f.PID) {
				p.own = append(p.own, f.PID)
			}
		}
	}
	for _, c := range captures {
		for _, f := range c.Facts { // a parent's line stands before its children's
			made := f.Child > 0 && (slices.Contains(p.children, f.PID) ||
				slices.Contains(p.own, f.PID) && (f.Command == "" || j.runs(f.Command)))
			if made && !slices.Contains(p.all(), f.Child) {
				p.children = append(p.children, f.Child)
			}
		}
	}
	return p
}

// runs reports whether a command's name is that of a program that the service
// starts. The kernel keeps 19 bytes of it, and sockstat may print fewer.
func (j *judgement) runs(command string) bool {
	const kept = 9
	return command != "" && slices.ContainsFunc(j.subject.Programs, func(p string) bool {
		return p == command || len(command) >= kept && strings.HasPrefix(p, command)
	})
}

// Tied counts the facts of a capture that are evidence for one of the services.
func Tied(c *observe.Capture, list []*Advice) int {
	n := 0
	for _, a := range list {
		for _, e := range a.Evidence {
			if e.Kind == FromObserved && e.Path == c.Name {
				n++
			}
		}
	}
	return n
}

// process says what runs, for those who want to see it run.
func (j *judgement) process() observe.Subject {
	s := observe.Subject{Name: j.Name}
	if r := j.subject.Records; r != nil {
		s.PidFile = r.Host.PidFile
		if len(r.Host.Starts) > 0 {
			s.User = r.Host.Starts[0].User
			if p := r.Host.Starts[0].Program; len(p) > 0 {
				s.Program = p[0]
			}
		}
	}
	return s
}
