package batch

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
)

// A Proposal is a patch that could be sent next.
type Proposal struct {
	*Entry
	// Lines is how many lines the patch adds and takes away.
	Lines int
}

// A Next is what to send next.
type Next struct {
	Proposals []Proposal
	// Waiting is how many more could be sent, some of them because their
	// maintainers have enough for now.
	Waiting int
	// Moved is the patches whose files are not what they were made for any more.
	Moved []string
}

// Next picks the n patches to send next: the most certain first, then the
// smallest, and of one maintainer at most each, together with those that were
// sent and are still in the batch. The limit does not hold for ports without
// a maintainer. A patch whose files have changed is left out: status looks at
// those. Read reads a file of the batch.
func (b *Batch) Next(t *corpus.Tree, n, each int, read func(string) ([]byte, error)) (Next, error) {
	var out Next
	var all []Proposal
	open := map[string]int{} // patches that a maintainer has got and not answered
	for i := range b.Patches {
		e := &b.Patches[i]
		if _, ok := b.Skipped(e.Change, e.Maintainer); ok {
			continue
		}
		if _, ok := b.SentOf(e.Change); ok {
			open[strings.ToLower(e.Maintainer)]++
			continue
		}
		if !e.fresh(t) {
			out.Moved = append(out.Moved, e.Change)
			continue
		}
		text, err := read(e.Name)
		if err != nil {
			return out, err
		}
		all = append(all, Proposal{e, changedLines(text)})
	}
	slices.SortStableFunc(all, func(x, y Proposal) int {
		return cmp.Or(cmp.Compare(y.certainty(), x.certainty()), cmp.Compare(x.Lines, y.Lines),
			cmp.Compare(x.Change, y.Change))
	})
	for _, p := range all {
		m := strings.ToLower(p.Maintainer)
		if len(out.Proposals) == n || each > 0 && open[m] >= each && !patch.Unmaintained(m) {
			out.Waiting++
			continue
		}
		open[m]++
		out.Proposals = append(out.Proposals, p)
	}
	return out, nil
}

// certainty is Unknown for a patch of version 1.
func (e *Entry) certainty() infer.Certainty {
	c, err := infer.ParseCertainty(e.Certainty)
	if err != nil {
		return infer.Unknown
	}
	return c
}

// fresh reports whether the files are what the patch was made for.
func (e *Entry) fresh(t *corpus.Tree) bool {
	return !slices.ContainsFunc(e.Edits, func(x Edit) bool {
		text, problem := t.ReadFile(x.Path)
		return problem != nil || blob(text) != x.Old
	})
}

// changedLines counts the lines that a patch adds and takes away.
func changedLines(mail []byte) (n int) {
	files, err := readPatchFile(mail)
	if err != nil { // a person's own text
		return bytes.Count(mail, []byte("\n"))
	}
	for _, hunks := range files {
		for _, h := range hunks {
			n += h.added + h.removed
		}
	}
	return n
}

// SentOf is what is known of a patch that was sent.
func (b *Batch) SentOf(change string) (Sent, bool) {
	i := slices.IndexFunc(b.Sent, func(s Sent) bool { return s.Change == change })
	if i < 0 {
		return Sent{}, false
	}
	return b.Sent[i], true
}

// String is what status says of it.
func (s Sent) String() string {
	text := "sent " + s.On.String()
	if s.PR != "" {
		text += ", PR " + s.PR
	}
	return text
}

// MarkSent notes that the patches which match a pattern were sent: an origin, a
// name of its last part, an address, or a pattern of path.Match for one of these.
// What was sent before gets the new day and number. It returns the names.
func (b *Batch) MarkSent(pattern, pr string, on time.Time) ([]string, error) {
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	var out []string
	for _, e := range b.Patches {
		if !e.matches(pattern) {
			continue
		}
		s := Sent{Change: e.Change, On: toml.LocalDate{Year: on.Year(), Month: int(on.Month()), Day: on.Day()}, PR: pr,
			Sum: e.Sum}
		if i := slices.IndexFunc(b.Sent, func(x Sent) bool { return x.Change == e.Change }); i >= 0 {
			b.Sent[i] = s
		} else {
			b.Sent = append(b.Sent, s)
		}
		out = append(out, e.Change)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w %q", ErrNoPatch, pattern)
	}
	return out, nil
}

// ErrNoPatch: no patch of the batch matches.
var ErrNoPatch = errors.New("no patch of the batch matches")

func (e *Entry) matches(pattern string) bool {
	for _, name := range append([]string{e.Change, path.Base(e.Change)}, e.Ports...) {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(e.Maintainer))
	return ok
}
