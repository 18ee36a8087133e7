package batch

import (
	"slices"

	"github.com/svcjify/svcjify/patch"
)

// Refresh says what of a batch stays, is made again, or leaves: the part of Make's
// input that follows from the states. A series keeps its numbers, as the
// patches that are out carry them.
func Refresh(b *Batch, states []State) Input {
	in := Input{Before: b, Keep: map[string]Entry{}, Numbered: true}
	var changes []*patch.Change
	numbers := map[*patch.Change]State{}
	for _, s := range states {
		if s.Status.closes() {
			in.Closed = append(in.Closed, Closed{s.Entry.Change, s.Status, s.Detail})
			continue
		}
		if slices.Contains(changes, s.Change) { // two patches have become one
			in.Closed = append(in.Closed, Closed{s.Entry.Change, Superseded,
				"it is part of the patch for " + s.Change.Name()})
			continue
		}
		changes = append(changes, s.Change)
		numbers[s.Change] = s
		if s.Status == Applies {
			e := *s.Entry
			e.Certainty = s.Change.Certainty.String() // version 1 did not have it
			in.Keep[s.Change.Name()] = e
		}
	}
	for _, n := range patch.Order(changes) {
		s := numbers[n.Change]
		n.Number, n.Total = s.Number, s.Total
		in.Taken = append(in.Taken, n)
	}
	return in
}
