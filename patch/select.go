package patch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Selection narrows a batch. The zero value takes everything.
type Selection struct {
	// Limit is the most patches to one maintainer, 0 for no limit. It does not
	// hold for ports without a maintainer: it is there to spare a person.
	Limit int
}

// Pick splits the changes into those that are taken and those that the limit
// leaves for later.
func (s Selection) Pick(changes []*Change) (taken, later []*Change) {
	taken = changes
	if s.Limit <= 0 {
		return taken, nil
	}
	// The surest first; the rest in the order of origins.
	bySureness := slices.Clone(taken)
	slices.SortStableFunc(bySureness, func(a, b *Change) int { return cmp.Compare(b.Certainty, a.Certainty) })
	count := map[string]int{}
	over := map[*Change]bool{}
	for _, c := range bySureness {
		m := strings.ToLower(c.Maintainer())
		if count[m]++; count[m] > s.Limit && !Unmaintained(m) {
			over[c] = true
		}
	}
	all := taken
	taken = nil
	for _, c := range all {
		if over[c] {
			later = append(later, c)
		} else {
			taken = append(taken, c)
		}
	}
	return taken, later
}

// Check finds what is wrong with a selection.
func (s Selection) Check() error {
	if s.Limit < 0 {
		return fmt.Errorf("limit is %d, expected 0 or more", s.Limit)
	}
	return nil
}
