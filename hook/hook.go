// Package hook decides whether a commit may go on, and puts the pre-commit hook of git that
// asks where git looks for it.
package hook

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// A Line is a finding as the hook tells it.
type Line struct {
	Finding lint.Finding
	// Blocks says that it stops the commit.
	Blocks bool
	// AsBefore says that it would, and that it was there before the change in a script which
	// the change leaves alone.
	AsBefore bool
}

// Word is how much it matters: ERROR, WARNING or NOTE.
func (l Line) Word() string {
	switch {
	case l.Blocks:
		return "ERROR"
	case l.Finding.Severity == lint.Info:
		return "NOTE"
	}
	return "WARNING"
}

// A Decision says whether the commit may go on.
type Decision struct {
	// Lines are the findings that are of use to somebody who wants to commit.
	Lines []Line
	// Blocking is how many of them stop the commit.
	Blocking int
}

// Stops tells which findings stop a commit, whether they are new or not. Limit is the least severity
// that does.
func Stops(res *lint.Result, limit lint.Severity) func(lint.Finding) bool {
	type script struct {
		tree          *corpus.Tree
		path, service string
	}
	states := map[script]lint.State{}
	for _, sub := range res.Subjects {
		states[script{sub.Service.Tree, sub.Service.Template, sub.Service.Name}] = sub.State
	}
	return func(f lint.Finding) bool { return stops(f, states[script{f.Tree, f.Path, f.Service}], limit) }
}

// stops tells whether a finding stops the commit. An error of a script that
// declares nothing does not by default: it promises nothing, and who updates a
// port's version is not to be stopped by a name that never matched. What no
// sh(1) takes, what can't be read, and SJ401 always do.
func stops(f lint.Finding, state lint.State, limit lint.Severity) bool {
	if f.Severity < limit {
		return false
	}
	undeclared := state == lint.Blocked || state == lint.Unknown || state == lint.Unsuitable || state == lint.Patchable
	return limit < lint.Error || !undeclared || f.Code >= "SJ4"
}

// OldFaultsCount tells whether findings that were there before the change stop a commit
// too: whoever sets a limit below errors wants them corrected.
func OldFaultsCount(limit lint.Severity) bool { return limit < lint.Error }

// Decide goes through the findings; before tells those that were there before the change, nil
// where that makes no difference.
func Decide(res *lint.Result, stops, before func(lint.Finding) bool) Decision {
	var d Decision
	for _, f := range res.Findings {
		l := Line{Finding: f}
		switch {
		case stops(f) && before != nil && before(f):
			l.AsBefore = true
		case stops(f):
			l.Blocks = true
			d.Blocking++
		case f.Severity == lint.Info && f.Code != "SJ401": // SJ401 says then that it can't be judged
			continue
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}

// Unjudged is the error where svcjify itself failed at services, so that nobody knows what is wrong
// with them; nil where it did not.
func Unjudged(crashes []lint.Crash) error {
	if len(crashes) == 0 {
		return nil
	}
	var names []string
	for _, c := range crashes {
		names = append(names, c.Name())
	}
	return fmt.Errorf("svcjify failed at %s, and could not judge it", strings.Join(names, ", "))
}
