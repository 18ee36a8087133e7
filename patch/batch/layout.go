package batch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
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
	// Numbered is true where the numbers of the series stay as they are in Taken:
	// the patches that are out carry them.
	Numbered bool
	// Closed is patches that leave the batch in this run.
	Closed []Closed
	// Group says which patches go out together; "" is ByMaintainer.
	Group Grouping
	// Freed is what the newest release would bring.
	Freed Freed
	// Dependents counts what is built again; nil where that is not told.
	Dependents *corpus.Dependents
}

// A Grouping says which patches go out together, with one report.
type Grouping string

// The groupings. Ports of nobody's go out by category unless each port goes
// alone: nobody files two hundred reports by hand.
const (
	ByMaintainer Grouping = "maintainer"
	ByPort       Grouping = "port"
	ByCategory   Grouping = "category"
)

// Groupings is every grouping, the default one first.
var Groupings = []Grouping{ByMaintainer, ByPort, ByCategory}

// The places in the directory.
const (
	nobodyDir     = "unmaintained"
	personsDir    = "maintained"
	categoriesDir = "categories"
	scriptsDir    = "scripts"
)

// Make lays a batch out: what the batch file says, and the text of each file.
// A file of the batch without a text stays as it is.
func Make(in Input) (*Batch, map[string][]byte, error) {
	b := &Batch{Settings: in.Settings, Closed: slices.Clone(in.Closed)}
	if in.Before != nil {
		b.Skips, b.Sent = in.Before.Skips, in.Before.Sent
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
	to := recipients(sent, in.Group)
	if !in.Numbered {
		for _, r := range to {
			r.number()
		}
	}
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
	left := leftBy(in.Today)
	for _, r := range to {
		r.places, r.left = b.places(), left
		r.write(in.Settings, texts)
	}
	p := newPage(in, b, to)
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
		Certainty: n.Certainty.String(),
		Number:    n.Number, Total: n.Total, Declared: slices.ContainsFunc(n.Subjects, (*lint.Subject).Declared),
		Answers: answers(n.Change), Ports: n.Ports}
	for _, f := range n.Files {
		e.Edits = append(e.Edits, Edit{f.Path, blob(f.Old), blob(f.New), !n.Template(f.Path)})
	}
	return e
}

// places is where each patch stands in the directory, by the patch's name. A
// patch that stays may stand where an older svcjify put it.
func (b *Batch) places() map[string]string {
	out := map[string]string{}
	for _, e := range b.Patches {
		out[e.Change] = e.Name
	}
	return out
}

// A recipient is one maintainer, or the ports of one category, with the patches for it.
type recipient struct {
	// address is the maintainer; "" where the patches are not one person's.
	address, category, dir string
	// each is true where each patch, or series of siblings, has a report of its own.
	each    bool
	patches []patch.Numbered
	// places is where the patches stand.
	places map[string]string
	// left is services that get no patch, by the directory of a port that installs them.
	left map[string][]Withheld
}

// recipients puts the patches together: by category those of nobody (or all of
// them, by choice), people by address, then plain scripts.
func recipients(sent []patch.Numbered, by Grouping) []*recipient {
	var out []*recipient
	for _, n := range sent {
		r := &recipient{each: by == ByPort}
		category, _, _ := strings.Cut(n.Origin, "/")
		switch nobody := patch.Unmaintained(n.Maintainer()); {
		case n.Origin == "":
			r.dir = scriptsDir
		case by == ByCategory:
			r.category, r.dir = category, path.Join(categoriesDir, dirOf(category))
		case nobody && by == ByPort:
			r.dir = nobodyDir
		case nobody:
			r.category, r.dir = category, path.Join(nobodyDir, dirOf(category))
		default:
			r.address, r.dir = n.Maintainer(), path.Join(personsDir, dirOf(n.Maintainer()))
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

// number makes the patches of a category one series.
func (r *recipient) number() {
	if r.category == "" {
		return
	}
	for i := range r.patches {
		r.patches[i].Number, r.patches[i].Total = i+1, len(r.patches)
		if len(r.patches) == 1 {
			r.patches[i].Number, r.patches[i].Total = 0, 0
		}
	}
}

// title is how the summaries call it.
func (r *recipient) title() string {
	switch {
	case r.dir == scriptsDir:
		return "Scripts of no port"
	case r.category != "" && strings.HasPrefix(r.dir, nobodyDir):
		return "No maintainer: " + r.category
	case r.category != "":
		return "Category " + r.category
	case r.address == "":
		return "No maintainer"
	}
	return r.address
}

// reportOf is where the report stands that a patch goes out with; "" for none.
func (r *recipient) reportOf(n patch.Numbered) string {
	switch {
	case r.dir == scriptsDir:
		return ""
	case !r.each:
		return path.Join(r.dir, "REPORT.txt")
	}
	for _, group := range r.groups() {
		if slices.ContainsFunc(group, func(x patch.Numbered) bool { return x.Change == n.Change }) {
			return path.Join(r.dir, strings.TrimSuffix(group[0].FileName(), ".patch")+".report.txt")
		}
	}
	return ""
}

// groups is the patches that share a report.
func (r *recipient) groups() [][]patch.Numbered {
	if !r.each {
		return [][]patch.Numbered{r.patches}
	}
	var out [][]patch.Numbered
	for i := 0; i < len(r.patches); {
		n := r.patches[i].Total
		j := i + 1
		for j < len(r.patches) && n > 1 && r.patches[j].Total == n && r.patches[j].Number > r.patches[j-1].Number {
			j++
		}
		out = append(out, r.patches[i:j])
		i = j
	}
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
