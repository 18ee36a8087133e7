package history

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// The picture's measures in its own units: the whole, and what stands around the areas.
const (
	width, height            = 960, 480
	left, right, above, base = 56, 150, 56, 40
)

const svgStyle = `text{font:13px sans-serif;fill:#1b1f24}.title{font-size:16px;font-weight:600}.grid{stroke:#d0d7de}.release{stroke:#57606a;stroke-dasharray:4 3}` +
	`.back{fill:#fff}.ready{fill:#1a7f37}.faulty{fill:#a40e26}.patchable{fill:#0969da}.unsuitable{fill:#6e5494}.blocked{fill:#bc4c00}.unknown{fill:#6e7781}` +
	`@media (prefers-color-scheme:dark){text{fill:#e6edf3}.back{fill:#0d1117}.grid{stroke:#30363d}.release{stroke:#9da7b3}}`

// A scale says where things stand in the picture.
type scale struct {
	from, to time.Time
	most     int // services
}

func (s scale) x(t time.Time) float64 {
	all := s.to.Sub(s.from)
	if all <= 0 {
		return left
	}
	return left + (width-left-right)*float64(t.Sub(s.from))/float64(all)
}

func (s scale) y(n int) float64 {
	return height - base - (height-above-base)*float64(n)/float64(s.most)
}

// SVG prints a picture: the states stacked, ready at the bottom, with dates on the axis and
// releases marked. Where there was no ports tree, there is a gap.
func (h *History) SVG(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`+"\n", width, height)
	fmt.Fprintf(&b, `<title id="t">%s</title><desc id="d">%s</desc>`+"\n", escape(h.Title), escape(h.describe()))
	fmt.Fprintf(&b, "<style>%s</style>\n<rect class=\"back\" width=\"%d\" height=\"%d\"/>\n", svgStyle, width, height)
	fmt.Fprintf(&b, `<text class="title" x="%d" y="24">%s</text>`+"\n", left, escape(h.Title))
	if len(h.Points) == 0 {
		fmt.Fprintf(&b, `<text x="%d" y="%d">no revision</text>`+"\n", left, height/2)
	} else {
		s := scale{h.Points[0].Time, h.Points[len(h.Points)-1].Time, 1}
		for _, p := range h.Points {
			s.most = max(s.most, p.Services)
		}
		h.areas(&b, s)
		h.axes(&b, s)
		h.legend(&b)
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// describe says in words what the picture shows.
func (h *History) describe() string {
	if len(h.Points) == 0 {
		return "no revision"
	}
	last := h.Points[len(h.Points)-1]
	text := fmt.Sprintf("Services by state from %s to %s.", day(h.Points[0].Time), day(last.Time))
	for _, s := range lint.States {
		text += fmt.Sprintf(" %s: %d, then %d.", s, h.Points[0].States[s], last.States[s])
	}
	return text
}

// areas draws each state between what lies below it and its own sum, for each stretch of
// points that are known.
func (h *History) areas(b *bytes.Buffer, s scale) {
	for at := 0; at < len(h.Points); {
		end := at
		for end < len(h.Points) && h.Points[end].States != nil {
			end++
		}
		if stretch := h.Points[at:end]; len(stretch) > 0 {
			if len(stretch) == 1 { // one point alone: as wide as can be seen
				wide := stretch[0]
				wide.Time = wide.Time.Add(max(s.to.Sub(s.from)/200, time.Second))
				stretch = []Point{stretch[0], wide}
			}
			below := make([]int, len(stretch))
			for _, state := range lint.States {
				var up, down []string
				for i, p := range stretch {
					down = append(down, fmt.Sprintf("%.1f,%.1f", s.x(p.Time), s.y(below[i])))
					below[i] += p.States[state]
					up = append(up, fmt.Sprintf("%.1f,%.1f", s.x(p.Time), s.y(below[i])))
				}
				for i := len(down) - 1; i >= 0; i-- {
					up = append(up, down[i])
				}
				fmt.Fprintf(b, `<polygon class="%s" points="%s"><title>%[1]s</title></polygon>`+"\n", state, strings.Join(up, " "))
			}
		}
		at = max(end, at+1)
	}
}

// axes draws numbers, dates and releases.
func (h *History) axes(b *bytes.Buffer, s scale) {
	step := 1
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000} {
		if step = n; s.most/n <= 8 {
			break
		}
	}
	for n := 0; n <= s.most; n += step {
		fmt.Fprintf(b, `<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%d</text>`+"\n",
			left, s.y(n), width-right, left-8, s.y(n)+4, n)
	}
	for _, t := range dates(s.from, s.to) {
		fmt.Fprintf(b, `<path class="grid" d="M%.1f %dv6"/><text x="%.1[1]f" y="%[3]d" text-anchor="middle">%[4]s</text>`+"\n",
			s.x(t), height-base, height-base+22, t.Format("2006-01"))
	}
	for _, r := range h.Releases {
		fmt.Fprintf(b, `<path class="release" d="M%.1f %dV%d"><title>%s, %s</title></path><text x="%.1[1]f" y="%[6]d" text-anchor="middle">%[4]s</text>`+"\n",
			s.x(r.Time), above-6, height-base, escape(r.Name), day(r.Time), above-12)
	}
}

// legend says what the colours mean, and the numbers of the last point.
func (h *History) legend(b *bytes.Buffer) {
	last := h.Points[len(h.Points)-1]
	for i := range lint.States {
		state := lint.States[len(lint.States)-1-i] // as they lie above each other
		y := above + 10 + 24*i
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="14" height="14"/><text x="%d" y="%d">%[1]s %[6]d</text>`+"\n",
			state, width-right+16, y, width-right+36, y+12, last.States[state])
	}
}

// dates is the firsts of months to write at the axis: some eight of them.
func dates(from, to time.Time) []time.Time {
	months := int(to.Sub(from).Hours()/24/30) + 1
	step := 12 * ((months + 95) / 96)
	for _, n := range []int{1, 2, 3, 6} {
		if months/n <= 8 {
			step = n
			break
		}
	}
	var out []time.Time
	t := time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	for ; !t.After(to); t = t.AddDate(0, step, 0) {
		if !t.Before(from) {
			out = append(out, t)
		}
	}
	return out
}

// escape makes text of the tree safe in XML, and visible.
func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(report.OneLine(s))); err != nil {
		return ""
	}
	return b.String()
}
