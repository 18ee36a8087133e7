// Package lint holds the rules: each looks at one service and says what stands
// between it and a service jail, with a fix where there is a safe one.
package lint

import (
	"cmp"
	"fmt"
	"path"
	"slices"

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

// A Fix is what would mend a finding: edits in the service's template.
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
	// Fix is nil where nothing safe can be offered.
	Fix *Fix
}

// Location is the path as the person who typed the command would write it.
func (f Finding) Location() string { return InTree(f.Tree, f.Path) }

// InTree puts a tree's directory before a path in it.
func InTree(t *corpus.Tree, name string) string {
	if t == nil || t.Dir == "" || t.Dir == "." {
		return name
	}
	return path.Join(t.Dir, name)
}

// sortFindings orders by place, then code, and drops what is said twice.
func sortFindings(list []Finding) []Finding {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Location(), b.Location()), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(list, func(a, b Finding) bool {
		return a.Code == b.Code && a.Location() == b.Location() && a.Line == b.Line && a.Col == b.Col &&
			a.Service == b.Service && a.Message == b.Message
	})
}
