package history

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/svcjify/svcjify/corpus/gitfs"
)

// CommitOf is a commit that must be there.
func CommitOf(repo *gitfs.Repository, name string) (*gitfs.Commit, error) {
	commit, err := repo.Commit(name)
	if err == nil && commit == nil {
		err = &gitfs.Error{Text: "there is no commit yet", Hint: "git log shows what there is"}
	}
	return commit, err
}

// twoYears is how far a history goes back where nobody says.
const twoYears = 2 * 365 * 24 * time.Hour

// A SpanError says what is wrong with the text of a date or a length of time.
type SpanError struct{ Text string }

func (e *SpanError) Error() string { return e.Text }

// Span is the commits that a revision, or A..B, means, and the first date: since, or else two years before the
// last commit. The error is a *SpanError for what is wrong with since.
func Span(ctx context.Context, repo *gitfs.Repository, rev, since string) (Line, time.Time, error) {
	var none Line
	first, last, ranged := strings.Cut(rev, "..")
	if !ranged {
		first, last = "", rev
	}
	if last == "" {
		last = "HEAD"
	}
	tip, err := CommitOf(repo, last)
	if err != nil {
		return none, time.Time{}, err
	}
	if ranged {
		if first == "" {
			first = "HEAD"
		}
		start, err := CommitOf(repo, first)
		if err != nil {
			return none, time.Time{}, err
		}
		line, err := Walk(ctx, tip, start, time.Time{})
		return line, start.When(), err
	}
	from := tip.When().Add(-twoYears)
	if since != "" {
		if from, err = date(since, tip.When()); err != nil {
			return none, time.Time{}, err
		}
		if from.After(tip.When()) {
			return none, time.Time{}, &SpanError{fmt.Sprintf("%s is after the last commit, of %s", since,
				tip.When().Format(time.DateOnly))}
		}
	}
	line, err := Walk(ctx, tip, nil, from)
	return line, from, err
}

// date reads 2024-01-31, or 90d before another.
func date(text string, before time.Time) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	if ago, err := Days(text); err == nil {
		return before.Add(-ago), nil
	}
	return time.Time{}, &SpanError{fmt.Sprintf("%q is not a date: expected a date such as 2024-01-31, or 90d", text)}
}

// Days reads 30d, 4w, or 2y.
func Days(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'d': 1, 'w': 7, 'y': 365}
	if text != "" {
		if unit, ok := units[text[len(text)-1]]; ok {
			if n, err := strconv.Atoi(text[:len(text)-1]); err == nil && n > 0 && n < 40000/int(unit) {
				return time.Duration(n) * unit * 24 * time.Hour, nil
			}
		}
	}
	return 0, &SpanError{fmt.Sprintf("%q is not a length of time: expected a number of days, weeks or years, such as 30d, 4w or 1y",
		text)}
}
