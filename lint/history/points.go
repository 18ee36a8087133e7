package history

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/svcjify/svcjify/corpus/gitfs"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// A History is the states of a tree's services over time.
type History struct {
	// Title says of what; Simulated whether scripts were run in the simulation.
	Title     string    `json:"title"`
	Simulated bool      `json:"simulated"`
	Points    []Point   `json:"points"`
	Releases  []Release `json:"releases"`
}

// A Point is the services of one revision, counted by state.
type Point struct {
	Time     time.Time `json:"time"`
	Commit   string    `json:"commit"`
	Services int       `json:"services"`
	// States is null where there was no ports tree.
	States map[lint.State]int `json:"states"`
	Note   string             `json:"note,omitempty"`
}

// A Release is a tag of the repository.
type Release struct {
	Time time.Time `json:"time"`
	Name string    `json:"name"`
}

// NewPoint counts the services of a revision.
func NewPoint(r *Revision) Point {
	p := Point{Time: r.Commit.When(), Commit: r.Commit.String(), Services: len(r.Services),
		Note: report.OneLine(r.Note)}
	if r.Services == nil {
		return p
	}
	p.States = map[lint.State]int{}
	for _, s := range lint.States {
		p.States[s] = 0
	}
	for _, s := range r.Services {
		p.States[s.State]++
	}
	return p
}

// Points judges revisions, in their order. Tell, if it is set, is told of each before.
func (j *Judge) Points(ctx context.Context, revisions []*gitfs.Commit,
	tell func(done, all int, c *gitfs.Commit)) ([]Point, error) {
	var out []Point
	for i, c := range revisions {
		if tell != nil {
			tell(i, len(revisions), c)
		}
		r, err := j.At(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("commit %s: %w", short(c), err)
		}
		out = append(out, NewPoint(r))
	}
	return out, nil
}

// Mark takes those tags as releases that lie in the time of the points.
func (h *History) Mark(tags []gitfs.Tag) {
	if len(h.Points) == 0 {
		return
	}
	first, last := h.Points[0].Time, h.Points[len(h.Points)-1].Time
	for _, t := range tags {
		if at := t.Commit.When(); !at.Before(first) && !at.After(last) {
			h.Releases = append(h.Releases, Release{at, report.OneLine(t.Name)})
		}
	}
	slices.SortStableFunc(h.Releases, func(a, b Release) int { return a.Time.Compare(b.Time) })
}

// TSV prints a line a point, with a header; "-" stands for what is not known.
func (h *History) TSV(w io.Writer) error {
	head := []string{"date", "commit", "services"}
	for _, s := range lint.States {
		head = append(head, string(s))
	}
	if _, err := fmt.Fprintln(w, strings.Join(append(head, "note"), "\t")); err != nil {
		return err
	}
	for _, p := range h.Points {
		line := []string{p.Time.Format(time.RFC3339), p.Commit, fmt.Sprint(p.Services)}
		for _, s := range lint.States {
			if p.States == nil {
				line = append(line, "-")
			} else {
				line = append(line, fmt.Sprint(p.States[s]))
			}
		}
		if p.States == nil {
			line[2] = "-"
		}
		note := p.Note
		if note == "" {
			note = "-"
		}
		if _, err := fmt.Fprintln(w, strings.Join(append(line, note), "\t")); err != nil {
			return err
		}
	}
	return nil
}

// JSON prints it as an object.
func (h *History) JSON(w io.Writer) error {
	if h.Points == nil {
		h.Points = []Point{}
	}
	if h.Releases == nil {
		h.Releases = []Release{}
	}
	return report.EncodeJSON(w, h)
}
