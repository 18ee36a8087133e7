// Package lint holds the rules: each looks at one service and says what stands
// between it and a service jail, with a fix where there is a safe one.
package lint

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// A Severity says how much a finding matters.
type Severity int

const (
	// Info: worth knowing, nothing to do.
	Info Severity = iota
	// Warning: should be changed.
	Warning
	// Error: does not work, or does not do what it says.
	Error
)

var severityText = []string{"info", "warning", "error"}

func (s Severity) String() string { return severityText[s] }

// MarshalText makes the word the JSON form.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity is the inverse of String.
func ParseSeverity(s string) (Severity, error) {
	if i := slices.Index(severityText, s); i >= 0 {
		return Severity(i), nil
	}
	return Info, fmt.Errorf("unknown severity %q: expected error, warning or info", s)
}

// An Edit replaces a span of a file. Span.Start == Span.End inserts.
type Edit struct {
	rcparse.Span
	New string
}

// A Fix is what would correct a finding: edits in the service's template.
type Fix struct {
	// What says in the imperative what the edits do.
	What string
	// Edits do not overlap and are sorted.
	Edits []Edit
	// Certainty is how far the fix can be relied on.
	Certainty infer.Certainty
	// Exports are variables that the edits put into the environment of all of
	// the script's commands, and not only of the start.
	Exports []string
	// Reorders says that flags of rc.conf or of the environment come to stand in
	// front of the words that the edits move, where they stood behind.
	Reorders bool
}

// A Finding is one thing that a rule found.
type Finding struct {
	Code     string
	Severity Severity
	// Tree and Path say which file; Line and Col count from 1, 0 where there is none.
	Tree      *corpus.Tree
	Path      string
	Line, Col int
	// Service and Origin are the service concerned; either may be empty.
	Service, Origin string
	// Message says what was found and what was expected, Hint what a person can do.
	Message, Hint string
	// Source is the text of that line, as long as it is; "" where there is none.
	Source string
	// Fix is nil where nothing safe can be offered.
	Fix *Fix

	doubt bool // it says that something of the jailed start is not known
}

// IsDoubt reports whether it says that something of the jailed start is not known.
func (f Finding) IsDoubt() bool { return f.doubt }

// Fingerprint tells a finding from others by its rule, its path in the repository and
// the text of its line, blanks aside, but not by the line's number: it stays
// the same while the rest of the file changes. A finding without a line goes by
// its message.
func (f Finding) Fingerprint() string {
	text := strings.Join(strings.Fields(f.Source), " ")
	if f.Line == 0 {
		text = f.Message
	}
	sum := sha256.Sum256([]byte(f.Code + "\x00" + f.StablePath() + "\x00" + text))
	return hex.EncodeToString(sum[:8])
}

// Location is the path for people: from the current directory.
func (f Finding) Location() string { return f.Tree.Shown(f.Path) }

// StablePath is the path for machines: from the top of the git repository, or
// else from the tree's root, wherever the command is typed.
func (f Finding) StablePath() string { return f.Tree.Stable(f.Path) }

// maxSource is how many bytes of a line are kept: a line may have a million, and each of
// a thousand findings would show it.
const maxSource = 1000

// maxAlike is how many findings of one rule are told of one service, or of one file.
const maxAlike = 50

// foldAlike leaves out findings of one rule in one place beyond maxAlike, and says how many.
// The list is sorted, and stays so.
func foldAlike(list []Finding) []Finding {
	type kind struct {
		place
		service, code string
	}
	of := func(f Finding) kind { return kind{place{f.Tree, f.Path}, f.Service, f.Code} }
	count := make(map[kind]int)
	for _, f := range list {
		count[of(f)]++
	}
	seen := make(map[kind]int)
	out := list[:0]
	for _, f := range list {
		p := of(f)
		seen[p]++
		if n := count[p]; n > maxAlike && seen[p] >= maxAlike {
			if seen[p] > maxAlike {
				continue
			}
			f.Message = fmt.Sprintf("%s (and %d more findings of this rule in this file, which are not shown)", f.Message, n-maxAlike)
		}
		out = append(out, f)
	}
	return out
}

// addSource gives each finding the text of its line. The line is a copy: a part of the
// text would keep all of it in memory.
func addSource(list []Finding, text []byte) {
	var starts []int // of the lines
	for i, f := range list {
		if f.Line == 0 || f.Source != "" {
			continue
		}
		if starts == nil {
			starts = lineStarts(text)
		}
		if f.Line <= len(starts) {
			line, _, _ := bytes.Cut(text[starts[f.Line-1]:], []byte{'\n'})
			line = bytes.TrimSuffix(line, []byte{'\r'})
			list[i].Source = string(line[:min(len(line), maxSource)])
		}
	}
}

// lineStarts is where each line of a text begins.
func lineStarts(text []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// sortFindings orders by place, then code, and drops what is said twice.
func sortFindings(list []Finding) []Finding {
	// Where a finding is, from the current directory, takes longer to say than all else.
	places := make(map[place]string)
	at := func(f Finding) string {
		p := place{f.Tree, f.Path}
		where, known := places[p]
		if !known {
			where = f.Location()
			places[p] = where
		}
		return where
	}
	slices.SortStableFunc(list, func(f, g Finding) int {
		if f.Tree != g.Tree || f.Path != g.Path {
			if c := cmp.Compare(at(f), at(g)); c != 0 {
				return c
			}
		}
		return f.compareAt(g)
	})
	return slices.CompactFunc(list, Finding.same)
}

// A place is a file of a tree.
type place struct {
	tree *corpus.Tree
	path string
}

func (f Finding) compare(g Finding) int {
	if c := cmp.Compare(f.Location(), g.Location()); c != 0 {
		return c
	}
	return f.compareAt(g)
}

// compareAt is compare of two findings of one file.
func (f Finding) compareAt(g Finding) int {
	return cmp.Or(cmp.Compare(f.Line, g.Line), cmp.Compare(f.Col, g.Col),
		cmp.Compare(f.Code, g.Code), cmp.Compare(f.Service, g.Service), cmp.Compare(f.Message, g.Message))
}

// same reports whether two findings say the same of the same place.
func (f Finding) same(g Finding) bool {
	return f.Code == g.Code && f.Line == g.Line && f.Col == g.Col && f.Service == g.Service && f.Message == g.Message &&
		(f.Tree == g.Tree && f.Path == g.Path || f.Location() == g.Location())
}
