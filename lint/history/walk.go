// Package history says how the states of a tree's services came about: it judges revisions
// of a git repository, with nothing checked out.
package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/svcjify/svcjify/corpus/gitfs"
)

// A Line is commits along first parents, the newest first: what a branch was, one after
// the other. What a merge brought along counts from the merge on.
type Line struct {
	Commits []*gitfs.Commit
	// Ends says why the line is shorter than it was asked for; "" where it is not.
	Ends string
}

// Walk follows first parents from a tip: down to a commit, which is part of the line, or to the
// first that is older than a date. Either may be nothing. Where the history is not there any
// further, as in a shallow clone, the line ends.
func Walk(ctx context.Context, tip, last *gitfs.Commit, since time.Time) (Line, error) {
	var l Line
	for c := tip; ; {
		if err := ctx.Err(); err != nil {
			return l, err
		}
		l.Commits = append(l.Commits, c)
		if last != nil && c.String() == last.String() || last == nil && c.When().Before(since) {
			return l, nil
		}
		next, err := c.Parent()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			l.Ends = fmt.Sprintf("the history ends at %s of %s: its parent is not in the repository; in a shallow clone, git fetch --unshallow brings it",
				short(c), day(c.When()))
			return l, nil
		case err != nil:
			return l, err
		case next == nil:
			if last != nil {
				l.Ends = fmt.Sprintf("%s is not among the first parents of %s", short(last), short(tip))
			}
			return l, nil
		}
		c = next
	}
}

// Every takes commits out of a line, the oldest first: the newest, and the state that the branch
// had each so many days before, as far back as a date. A commit is taken once.
func (l Line) Every(step time.Duration, since time.Time) []*gitfs.Commit {
	if len(l.Commits) == 0 {
		return nil
	}
	out := []*gitfs.Commit{l.Commits[0]}
	at := 0
	for t := l.Commits[0].When().Add(-step); !t.Before(since); t = t.Add(-step) {
		for at < len(l.Commits) && l.Commits[at].When().After(t) {
			at++
		}
		if at == len(l.Commits) {
			break
		}
		if c := l.Commits[at]; c != out[len(out)-1] {
			out = append(out, c)
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// short is a commit's name as people write it.
func short(c *gitfs.Commit) string { return c.String()[:12] }

// day is a date; "an unknown date" where there is none.
func day(t time.Time) string {
	if t.IsZero() {
		return "an unknown date"
	}
	return t.Format(time.DateOnly)
}
