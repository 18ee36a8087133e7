package batch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/patch"
)

// An Input is what a batch is made of.
type Input struct {
	Settings Settings
	Today    Today
	// Taken is the patches in order; Later those that the limit leaves out.
	Taken []patch.Numbered
	Later []*patch.Change
	// Envelope is what all mails have in common.
	Envelope patch.Envelope
	// Before is the batch that the directory holds, nil for none; its skips stay.
	Before *Batch
	// Keep is entries whose patch file stays as it is, by name.
	Keep map[string]Entry
	// Closed is patches that leave the batch in this run.
	Closed []Closed
}

// The places in the directory.
const (
	nobodyDir  = "unmaintained"
	personsDir = "maintained"
	scriptsDir = "scripts"
)

// Make lays a batch out: what the batch file says, and the text of each file.
// A file of the batch without a text stays as it is.
func Make(in Input) (*Batch, map[string][]byte, error) {
	b := &Batch{Settings: in.Settings, Closed: slices.Clone(in.Closed)}
	if in.Before != nil {
		b.Skips = in.Before.Skips
	}
	var sent []patch.Numbered
	for _, n := range in.Taken {
		if s, ok := b.Skipped(n.Name(), n.Maintainer()); ok {
			b.Closed = append(b.Closed, Closed{n.Name(), Skipped, s.Because})
			continue
		}
		sent = append(sent, n)
	}
	b.carryClosed(in.Before, sent)
	to := recipients(sent)
	texts := map[string][]byte{}
	for _, r := range to {
		for _, n := range r.patches {
			if e, ok := in.Keep[n.Name()]; ok {
				b.Patches = append(b.Patches, e)
				continue
			}
			env := in.Envelope
			env.Number, env.Total = n.Number, n.Total
			e := newEntry(n, path.Join(r.dir, n.FileName()))
			b.Patches = append(b.Patches, e)
			texts[e.Name] = n.Mail(env)
		}
	}
	b.sortAll()
	p := newPage(in, b, to)
	for _, r := range to {
		r.write(p, texts)
	}
	var err error
	if texts["SUMMARY.md"], err = p.markdown(); err != nil {
		return nil, nil, fmt.Errorf("SUMMARY.md: %w", err)
	}
	if texts["SUMMARY.html"], err = p.html(); err != nil {
		return nil, nil, fmt.Errorf("SUMMARY.html: %w", err)
	}
	for name := range texts {
		if !slices.ContainsFunc(b.Patches, func(e Entry) bool { return e.Name == name }) {
			b.Files = append(b.Files, Written{Name: name})
		}
	}
	b.sortAll()
	return b, texts, nil
}

// carryClosed keeps what was closed before, unless it is sent again.
func (b *Batch) carryClosed(before *Batch, sent []patch.Numbered) {
	if before == nil {
		return
	}
	for _, c := range before.Closed {
		again := slices.ContainsFunc(sent, func(n patch.Numbered) bool { return n.Name() == c.Change }) ||
			slices.ContainsFunc(b.Closed, func(x Closed) bool { return x.Change == c.Change })
		if !again && c.As != Skipped { // a skip that was taken back closes nothing
			b.Closed = append(b.Closed, c)
		}
	}
}

func newEntry(n patch.Numbered, name string) Entry {
	e := Entry{Written: Written{Name: name}, Change: n.Name(), Maintainer: n.Maintainer(),
		Number: n.Number, Total: n.Total, Declared: slices.ContainsFunc(n.Subjects, (*lint.Subject).Declared), Answers: answers(n.Change), Ports: n.Ports}
	for _, f := range n.Files {
		e.Edits = append(e.Edits, Edit{f.Path, blob(f.Old), blob(f.New), !n.Template(f.Path)})
	}
	return e
}

// A recipient is one maintainer, or nobody, with the patches for him.
type recipient struct {
	address, dir string
	nobody       bool
	patches      []patch.Numbered
}

// recipients puts the patches together by maintainer: people first, by address,
// then the ports without one, then plain scripts.
func recipients(sent []patch.Numbered) []*recipient {
	var out []*recipient
	for _, n := range sent {
		r := &recipient{address: n.Maintainer(), nobody: patch.Unmaintained(n.Maintainer())}
		switch {
		case n.Origin == "":
			r.dir = scriptsDir
		case r.nobody:
			r.dir = nobodyDir
		default:
			r.dir = path.Join(personsDir, dirOf(r.address))
		}
		i := slices.IndexFunc(out, func(x *recipient) bool { return x.dir == r.dir })
		if i < 0 {
			out = append(out, r)
			i = len(out) - 1
		}
		out[i].patches = append(out[i].patches, n)
	}
	slices.SortFunc(out, func(a, b *recipient) int { return strings.Compare(a.dir, b.dir) })
	return out
}

// dirOf makes a directory's name of an address, which may hold anything. Two
// addresses that differ in case are one.
func dirOf(address string) string {
	address = strings.ToLower(address)
	odd := false
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("@._+-", r) {
			return r
		}
		odd = true
		return '_'
	}, address)
	if odd || len(name) > 100 || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") {
		name = strings.TrimLeft(name[:min(len(name), 80)], ".-") + "_" + sum([]byte(address))[:8]
	}
	return name
}
