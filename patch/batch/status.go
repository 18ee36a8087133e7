package batch

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/rcparse"
)

// A Status is what became of a patch.
type Status string

const (
	// Landed: the tree has what the patch brings.
	Landed Status = "landed"
	// Applies: the tree has moved or not, but git am takes the patch, and
	// svcjify would send the same.
	Applies Status = "still applies"
	// Rebase: the patch must be made again.
	Rebase Status = "needs a rebase"
	// Superseded: the port says something else by now, or svcjify would not
	// send the patch any more.
	Superseded Status = "superseded"
	// Gone: none of its ports is there.
	Gone Status = "port gone"
	// Skipped: a person took it out.
	Skipped Status = "skipped"
)

// closes reports whether a patch of this status leaves the batch.
func (s Status) closes() bool {
	return s == Landed || s == Superseded || s == Gone || s == Skipped
}

// Statuses is every status in the order of a summary.
var Statuses = []Status{Applies, Rebase, Landed, Superseded, Gone, Skipped}

// Today is the tree as it is now: what lint found there, and what would be sent.
type Today struct {
	Tree     *corpus.Tree
	Subjects []*lint.Subject
	Changes  []*patch.Change
	Held     []patch.Withheld
	// Least is the least certainty that was asked for.
	Least infer.Certainty
}

// A State is an entry of the batch with what became of it.
type State struct {
	*Entry
	Status Status
	// Detail says more; it may be empty.
	Detail string
	// Change is what would be sent today; nil for nothing.
	Change *patch.Change
}

// States compares every patch of a batch with the tree. Read reads a file of the
// batch's directory.
func (b *Batch) States(t Today, read func(name string) ([]byte, error)) []State {
	var out []State
	for i := range b.Patches {
		out = append(out, b.state(&b.Patches[i], t, read))
	}
	return out
}

func (b *Batch) state(e *Entry, t Today, read func(string) ([]byte, error)) State {
	s := State{Entry: e}
	set := func(status Status, format string, args ...any) State {
		s.Status, s.Detail = status, fmt.Sprintf(format, args...)
		return s
	}
	if skip, ok := b.Skipped(e.Change, e.Maintainer); ok {
		return set(Skipped, "%s", skip.Because)
	}
	if !slices.ContainsFunc(e.places(), func(p string) bool { return there(t.Tree, p) }) {
		return set(Gone, "%s", moved(t.Tree, e.Change))
	}
	now := map[string][]byte{}
	same, landed := true, len(e.Edits) > 0
	for _, x := range e.Edits {
		text, problem := t.Tree.ReadFile(x.Path)
		hash := blob(text)
		if problem != nil {
			hash = ""
		} else {
			now[t.Tree.InRepository(x.Path)] = text // as the patch names it
		}
		same = same && hash == x.Old
		landed = landed && (x.Bump || hash == x.New)
	}
	if landed {
		return set(Landed, "")
	}
	mail, mailErr := read(e.Name)
	if mailErr == nil && !same && e.broughtLoosely(t.Tree, mail, now) {
		return set(Landed, "with other whitespace")
	}
	subjects := e.subjects(t)
	i := e.find(t.Changes)
	if own := len(subjects) > 0 && !slices.ContainsFunc(subjects,
		func(x *lint.Subject) bool { return !x.Declared() }); own && (i < 0 || !e.Declared) {
		if got := declared(subjects); got != strings.Join(e.Answers, ", ") {
			return set(Superseded, "the port declares %s itself", cmp.Or(got, "something else of service jails"))
		}
		return set(Landed, "in other words")
	}
	if i < 0 {
		return set(Superseded, "%s", e.whyNot(t, subjects))
	}
	s.Change = t.Changes[i]
	if got := answers(s.Change); !slices.Equal(got, e.Answers) {
		return set(Rebase, "the answer is %s by now", strings.Join(got, ", "))
	}
	if mailErr != nil {
		return set(Rebase, "the patch file is not there")
	} else if sum(mail) == e.Sum {
		if result, err := applied(mail, now); err != nil {
			return set(Rebase, "%s", err)
		} else if !brings(result, s.Change) {
			return set(Rebase, "it applies, but what is to be changed is not the same any more")
		}
	} else if _, err := applied(mail, now); err != nil { // a person's own version
		return set(Rebase, "%s (and the file was changed by hand)", err)
	}
	if !same {
		return set(Applies, "though the files have changed")
	}
	return set(Applies, "")
}

// blob is git's name of a text.
func blob(text []byte) string { return plumbing.ComputeHash(plumbing.BlobObject, text).String() }

// find is the place of the change that would be sent today in the entry's stead.
func (e *Entry) find(changes []*patch.Change) int {
	if i := slices.IndexFunc(changes, func(c *patch.Change) bool { return c.Name() == e.Change }); i >= 0 {
		return i
	}
	return slices.IndexFunc(changes, func(c *patch.Change) bool {
		return slices.ContainsFunc(c.Files, func(f patch.File) bool {
			return slices.ContainsFunc(e.Edits, func(x Edit) bool { return !x.Bump && x.Path == f.Path })
		})
	})
}

// places is what must be there for the patch to have a point.
func (e *Entry) places() []string {
	if len(e.Ports) == 0 {
		return []string{e.Change}
	}
	var out []string
	for _, p := range e.Ports {
		out = append(out, p+"/Makefile")
	}
	for _, x := range e.Edits { // in a tree without categories, a port's name is not its directory's
		if x.Bump {
			out = append(out, x.Path)
		}
	}
	return out
}

func there(t *corpus.Tree, name string) bool {
	_, err := fs.Stat(t.FS, name)
	return !errors.Is(err, fs.ErrNotExist)
}

// moved is what the tree's MOVED file says of a port (Porter's Handbook,
// "MOVED"): its lines are old|new|date|why.
func moved(t *corpus.Tree, origin string) string {
	text, problem := t.ReadFile("MOVED")
	if problem != nil {
		return ""
	}
	said := ""
	for l := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(l), "|")
		if len(f) == 4 && f[0] == origin {
			said = f[3]
			if f[1] != "" {
				said = "moved to " + f[1] + ": " + f[3]
			}
		}
	}
	return said
}

// subjects is the services of today that the patch is about.
func (e *Entry) subjects(t Today) []*lint.Subject {
	var out []*lint.Subject
	for _, s := range t.Subjects {
		if slices.ContainsFunc(e.Edits, func(x Edit) bool { return x.Path == s.Service.Template }) {
			out = append(out, s)
		}
	}
	return out
}

// whyNot says why today's tree gives no patch.
func (e *Entry) whyNot(t Today, subjects []*lint.Subject) string {
	for _, h := range t.Held {
		if slices.Contains(subjects, h.Subject) {
			return h.Reason
		}
	}
	if len(subjects) == 0 {
		return "no port installs its scripts any more"
	}
	return "svcjify finds nothing to do there by now"
}

// declared is what the scripts say, in the form of answers.
func declared(subjects []*lint.Subject) string {
	var out []string
	for _, s := range subjects {
		for _, d := range s.Script.Svcj() {
			value := strings.Join(strings.Fields(rcparse.Unquote(d.Value)), " ")
			switch {
			case d.Kind == rcparse.SvcjSwitch:
				value = strings.ToUpper(value)
			case d.Kind != rcparse.SvcjOptions:
				continue
			case value == "":
				value = "none"
			}
			out = append(out, s.Service.Name+" "+value)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// answers is what a change gives each service.
func answers(c *patch.Change) []string {
	var out []string
	for _, s := range c.Subjects {
		out = append(out, s.Service.Name+" "+cmp.Or(s.Verdict.Answer(), "as declared"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// brings reports whether applying the old patch gives what today's change gives.
func brings(result map[string][]byte, c *patch.Change) bool {
	return len(result) == len(c.Files) && !slices.ContainsFunc(c.Files, func(f patch.File) bool {
		text, ok := result[c.Tree.InRepository(f.Path)]
		return !ok || string(text) != string(f.New)
	})
}
