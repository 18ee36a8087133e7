package patch

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Selection narrows a batch. The zero value takes everything.
type Selection struct {
	// Maintainers is addresses, in any case.
	Maintainers []string
	// Categories is the first parts of origins.
	Categories []string
	// States is states of services; a change is taken if one of its services is in one.
	States []string
	// Only is patterns of path.Match for an origin, a port's or a service's name.
	Only []string
	// Limit is the most patches to one maintainer, 0 for no limit. It does not
	// hold for ports without a maintainer: it is there to spare a person.
	Limit int
}

// Pick splits the changes into those that are taken and those that the limit
// leaves for later. What does not match is in neither.
func (s Selection) Pick(changes []*Change) (taken, later []*Change) {
	for _, c := range changes {
		if s.matches(c) {
			taken = append(taken, c)
		}
	}
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

func (s Selection) matches(c *Change) bool {
	category, _, _ := strings.Cut(c.Origin, "/")
	return among(s.Maintainers, func(m string) bool { return strings.EqualFold(m, c.Maintainer()) }) &&
		among(s.Categories, func(x string) bool { return x == category }) &&
		among(s.States, func(x string) bool {
			return slices.ContainsFunc(c.States(), func(have string) bool { return have == x })
		}) &&
		among(s.Only, func(p string) bool {
			return slices.ContainsFunc(c.names(), func(n string) bool { ok, _ := path.Match(p, n); return ok })
		})
}

// among reports whether one of the wishes is met, or there is none.
func among(wishes []string, met func(string) bool) bool {
	return len(wishes) == 0 || slices.ContainsFunc(wishes, met)
}

// States is the states of the change's services before it, each once.
func (c *Change) States() []string {
	var out []string
	for _, s := range c.Subjects {
		if !slices.Contains(out, string(s.State)) {
			out = append(out, string(s.State))
		}
	}
	return out
}

// names is what a pattern may match.
func (c *Change) names() []string {
	out := []string{c.Name()}
	for _, p := range c.Ports {
		out = append(out, p, path.Base(p))
	}
	for _, s := range c.Subjects {
		out = append(out, s.Service.Name)
	}
	return out
}

// Check finds what is wrong with a selection.
func (s Selection) Check() error {
	for _, p := range s.Only {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", p, err)
		}
	}
	if s.Limit < 0 {
		return fmt.Errorf("limit is %d, expected 0 or more", s.Limit)
	}
	return nil
}
