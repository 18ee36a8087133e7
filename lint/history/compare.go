package history

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint/report"
)

// A Change is a service whose state is another, that is new, or that is gone.
type Change struct {
	Name   string `json:"name"`
	Origin string `json:"origin"`
	// Before and After are the states; "" where it is not there.
	Before string `json:"before"`
	After  string `json:"after"`
	// Commit is the one that made the last of the difference, along first parents; "" where
	// that is not known.
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
	Subject string `json:"subject,omitempty"`

	depends []string // of the later revision, or else of the earlier one
}

// maxLooks is how many revisions between the two are judged to find out which of several
// commits it was.
const maxLooks = 40

// Compare says what became of each service between two revisions, by origin and name. The
// notes say what is not known.
func (j *Judge) Compare(ctx context.Context, before, after *gitfs.Commit) (changes []Change,
	notes []string, err error) {
	var revs [2]*Revision
	for i, c := range []*gitfs.Commit{before, after} {
		if revs[i], err = j.At(ctx, c); err != nil {
			return nil, nil, fmt.Errorf("commit %s: %w", short(c), err)
		}
		if n := revs[i].Note; n != "" {
			notes = append(notes, fmt.Sprintf("%s: %s", short(c), n))
		}
	}
	old := map[string]Service{}
	for _, s := range revs[0].Services {
		old[s.id()] = s
	}
	for _, s := range revs[1].Services {
		was, ok := old[s.id()]
		delete(old, s.id())
		if was.Crashed || s.Crashed {
			continue // the notes say so
		}
		if !ok || was.State != s.State {
			changes = append(changes, Change{Name: s.Name, Origin: s.Origin, Before: string(was.State),
				After: string(s.State), depends: append(was.Depends, s.Depends...)})
		}
	}
	for _, s := range revs[0].Services {
		if _, gone := old[s.id()]; gone && !s.Crashed {
			changes = append(changes, Change{Name: s.Name, Origin: s.Origin, Before: string(s.State),
				depends: s.Depends})
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return strings.Compare(a.Origin+"\x00"+a.Name, b.Origin+"\x00"+b.Name)
	})
	if len(changes) == 0 {
		return changes, notes, nil
	}
	line, err := Walk(ctx, after, before, before.When())
	if err != nil {
		return nil, nil, err
	}
	if line.Ends != "" {
		return changes, append(notes, "the commits are not told: "+line.Ends), nil
	}
	more, err := j.find(ctx, line, changes)
	return changes, append(notes, more...), err
}

// find names the commits.
func (j *Judge) find(ctx context.Context, line Line, changes []Change) (notes []string, err error) {
	touching := make([][]int, len(changes)) // places in the line, the newest first
	files := j.Repository.FS(line.Commits[0])
	for i := 0; i+1 < len(line.Commits); i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		parent := j.Repository.FS(line.Commits[i+1])
		for k, c := range changes {
			if slices.ContainsFunc(c.depends, func(p string) bool { return files.Object(p) != parent.Object(p) }) {
				touching[k] = append(touching[k], i)
			}
		}
		files = parent
	}
	judged := 0
	known := map[int]*Revision{}
	for k := range changes {
		c := &changes[k]
		at := -1
		for n, i := range touching[k] {
			at = i
			if n == len(touching[k])-1 { // what remains
				break
			}
			r := known[i+1]
			if r == nil {
				if judged++; judged > maxLooks {
					notes = append(notes, fmt.Sprintf(
						"%s (%s): %d commits touched it; which of them changed its state is not known", c.Name,
						c.Origin, len(touching[k])))
					at = -1
					break
				}
				if r, err = j.At(ctx, line.Commits[i+1]); err != nil {
					return nil, err
				}
				known[i+1] = r
			}
			state, crashed := r.state(*c)
			if crashed {
				notes = append(notes, fmt.Sprintf("%s (%s): which commit changed its state is not known: "+
					"svcjify failed at it in %s", c.Name, c.Origin, short(line.Commits[i+1])))
				at = -1
				break
			}
			if state != c.After {
				break
			}
		}
		if at < 0 {
			continue
		}
		commit := line.Commits[at]
		c.Commit, c.Date = commit.String(), day(commit.When())
		c.Subject = report.OneLine(subject(j.Repository, commit))
	}
	return notes, nil
}

// state is that of a service in a revision; "" where it is not there.
func (r *Revision) state(c Change) (state string, crashed bool) {
	for _, s := range r.Services {
		if s.Name == c.Name && s.Origin == c.Origin {
			return string(s.State), s.Crashed
		}
	}
	return "", false
}

// subject is the first line of a commit's message.
func subject(repo *gitfs.Repository, c *gitfs.Commit) string {
	_, data, err := repo.Object(c.String())
	if err != nil {
		return ""
	}
	_, message, _ := strings.Cut(string(data), "\n\n")
	first, _, _ := strings.Cut(strings.TrimLeft(message, "\n"), "\n")
	return first
}

// Print prints changes for people, a line each.
func Print(w io.Writer, changes []Change) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, c := range changes {
		what := c.Before + " -> " + c.After
		switch {
		case c.Before == "":
			what = "new: " + c.After
		case c.After == "":
			what = "gone: " + c.Before
		}
		commit := "-"
		if c.Commit != "" {
			commit = fmt.Sprintf("%s %s %s", c.Commit[:12], c.Date, c.Subject)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", report.OneLine(c.Name), report.OneLine(c.Origin), what, commit)
	}
	return t.Flush()
}
