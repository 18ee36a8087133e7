package infer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A Match is an entry for a service, and by what it was found.
type Match struct {
	Entry *Entry
	// By is the name that the entry stands under, How the way to that name: ""
	// for the service's own name and for a program that the start runs.
	By, How string
	// Since is the entry's condition in words, with the place, where it is met.
	Since string
	// Doubts say what keeps the answer from being as sure as the entry.
	Doubts []string
}

// ranks of how a name was found: the service's own, by a pattern, then what the
// start runs, in order, then what was derived from either.
const (
	byService = iota
	byPattern
	byName
)

// Lookup finds the entry for a service: by its rc.d name first, since a person
// who wrote one meant it, then by the programs that it starts, then by the other
// names it is known by. An entry for ports counts only where a port of that
// PORTNAME installs the service, and goes before one that is for any port. One
// with a condition counts where it is met, and goes before one without. It is nil where there is none.
func (k *Knowledge) Lookup(in Input) *Match {
	names := in.Known()
	// A guessed name that many programs have is not used.
	for i, n := range names {
		if n.How != "" && commonWords.MatchString(n.Text) {
			names[i].Text = ""
		}
	}
	type found struct {
		m    Match
		rank int
	}
	var best *found
	for _, e := range k.candidates(in.Service, names) {
		rank, name, ok := e.rank(in.Service, names)
		if !ok || len(e.Ports) > 0 && !matchAny(e.Ports, in.Port.Names) {
			continue
		}
		if name.How != "" && slices.Contains(e.Ports, basePort) {
			continue // mountd2 is another's script: the base system's are called as they are
		}
		f := found{Match{Entry: e, By: name.Text, How: name.How}, rank}
		if len(e.Ports) == 0 {
			f.rank += byName + len(names) // behind all that are meant for the port
		}
		if name.How != "" {
			f.rank += 2 * (byName + len(names)) // what is only derived behind all others
		}
		f.rank *= 4 // leaves room for how a condition is met
		if e.If != nil {
			switch held, told, where := e.If.holds(in); {
			case told && !held, !told && !e.If.Not && e.If.On == "conf": // nothing configures it so
				continue
			case !told:
				f.rank += 2
				f.m.Doubts = append(f.m.Doubts, fmt.Sprintf("the entry counts where %s, and %s", e.If, e.If.unseen()))
			case e.If.Not:
				f.m.Since = e.If.String()
			default: // what is there goes before what is said of most
				f.rank--
				f.m.Since = strings.TrimSuffix(e.If.String()+" ("+where+")", " ()")
			}
		}
		if best == nil || f.rank < best.rank {
			best = &f
		}
	}
	if best == nil {
		return nil
	}
	best.m.doubt(in)
	return &best.m
}

// commonWords are names of the table that other programs have as well: words of
// the language, or of few letters. An entry that is found by such a name alone
// wants another sign that it is the program that was meant.
var commonWords = lazyregexp.New(`^(and|agent|alloy|anvil|arms|bird|bis|blast|bmd|boa|bore|bos|burp|cascade|chisel|circle|clash|cloak|conduit|condor|consul|convey|dante|deluge|dolt|drop|edge|envoy|ergo|express|fabric|falcon|fiche|fish|focker|fort|freeze|galaxy|gate|ghost|giants|god|gor|hub|hitch|icebox|ident|ipa|isis|kas|keyd|lms|loki|ly|mango|main|master|mh|mimic|monit|monkey|moo|mosquito|motion|mst|muh|nats|nas|node|nomad|nylon|oops|orbit|oss|otter|pen|pf|pg|pound|pot|pr|privacy|proxy|pump|puma|rails|rathole|relay|resin|riak|rig|rtg|sec|sea|seal|sems|sensor|sensor\.py|ser|serf|server|server\.py|service|shell|sks|sonic|spread|squid|stone|stream|sub|sync|tang|tempo|thd|thin|tits|tor|trac|trojan|tuic|twist|unit|uptime|vault|vector|vm|vouch|warden|watchdog|web|weed|wolf|worker|xcd|yate|zeo|zinc|\w{1,2})$`)

// doubt collects what keeps the answer from being as sure as the entry says.
func (m *Match) doubt(in Input) {
	if m.How != "" {
		m.Doubts = append(m.Doubts, fmt.Sprintf(
			"the entry is for %s (%s): that all of it is true of this service too is not sure", m.By, m.How))
	}
	if len(m.Entry.Ports) == 0 && len(in.Port.Names) > 0 && in.Port.Names[0] != basePort &&
		commonWords.MatchString(m.By) && !m.Entry.about(in) {
		m.Doubts = append(m.Doubts, fmt.Sprintf(
			"%s is a name that other programs have as well, and the entry does not name the port %s",
			m.By, strings.Join(in.Port.Names, ", ")))
	}
}

// about reports whether a port's name is one of the entry's.
func (e *Entry) about(in Input) bool {
	for _, p := range in.Port.Names {
		for _, n := range slices.Concat(e.Programs, e.Services) {
			if strings.EqualFold(bare(p), bare(strings.Trim(n, "*"))) {
				return true
			}
		}
	}
	return false
}

// rank says how an entry names a service, the least first, and by which name.
func (e *Entry) rank(service string, names []Name) (int, Name, bool) {
	if slices.Contains(e.Services, service) {
		return byService, Name{Text: service}, true
	}
	for _, s := range e.Services {
		if isPattern(s) && matchAny([]string{s}, []string{service}) {
			return byPattern, Name{Text: service}, true
		}
	}
	for i, n := range names {
		if n.Text == "" {
			continue
		}
		if slices.Contains(e.Programs, n.Text) || n.How != "" && slices.Contains(e.Services, n.Text) {
			return byName + i, n, true
		}
	}
	return 0, Name{}, false
}

func isPattern(service string) bool { return strings.ContainsAny(service, "*?[") }

// An index is where the entries of a table stand by the names that they have.
type index struct {
	named    map[string][]int // by a program or a service
	patterns []int            // those that have a service which is a pattern
}

// candidates is the entries that may be for a service, in the table's order: those that
// have one of its names.
func (k *Knowledge) candidates(service string, names []Name) []*Entry {
	k.once.Do(func() {
		k.index.named = map[string][]int{}
		for i, e := range k.Entries {
			for _, n := range slices.Concat(e.Programs, e.Services) {
				k.index.named[n] = append(k.index.named[n], i)
			}
			if slices.ContainsFunc(e.Services, isPattern) {
				k.index.patterns = append(k.index.patterns, i)
			}
		}
	})
	at := slices.Concat(k.index.patterns, k.index.named[service])
	for _, n := range names {
		at = append(at, k.index.named[n.Text]...)
	}
	slices.Sort(at)
	at = slices.Compact(at)
	out := make([]*Entry, len(at))
	for i, j := range at {
		out[i] = k.Entries[j]
	}
	return out
}

func matchAny(patterns, names []string) bool {
	for _, p := range patterns {
		for _, n := range names {
			if ok, _ := path.Match(p, n); ok {
				return true
			}
		}
	}
	return false
}
