package patch

import "strings"

// A side is one of the two texts, with the lines that the other lacks marked.
type side struct {
	text    []string
	changed []bool
}

// A stretch is a run: marked lines [start, end) of a side, perhaps none. Between two lines
// that both sides have there is exactly one run on each side, so that the runs
// of both go in step.
type stretch struct{ start, end int }

// slide moves each run of added or removed lines to where git would show it. A
// run between equal lines may be shown at several places with the same meaning;
// git lines it up with a run of the other side if it can, and else chooses by
// indentation and blank lines (git-diff(1), --indent-heuristic).
func slide(lines []line) []line {
	var old, new side
	for _, l := range lines {
		if l.op != '+' {
			old.text, old.changed = append(old.text, l.text), append(old.changed, l.op == '-')
		}
		if l.op != '-' {
			new.text, new.changed = append(new.text, l.text), append(new.changed, l.op == '+')
		}
	}
	old.compact(&new)
	new.compact(&old)
	out := lines[:0]
	for i, j := 0, 0; i < len(old.text) || j < len(new.text); {
		switch {
		case i < len(old.text) && old.changed[i]:
			out = append(out, line{'-', old.text[i]})
			i++
		case j < len(new.text) && new.changed[j]:
			out = append(out, line{'+', new.text[j]})
			j++
		default:
			out = append(out, line{' ', old.text[i]})
			i, j = i+1, j+1
		}
	}
	return out
}

func (s *side) marked(i int) bool { return i >= 0 && i < len(s.changed) && s.changed[i] }

// at widens a run to all marked lines behind a place.
func (s *side) at(start int) stretch {
	r := stretch{start, start}
	for s.marked(r.end) {
		r.end++
	}
	return r
}

// next and previous are the neighbours of a run; ok is false at the end.
func (s *side) next(r stretch) (n stretch, ok bool) {
	if r.end == len(s.text) {
		return r, false
	}
	return s.at(r.end + 1), true
}

func (s *side) previous(r stretch) stretch {
	r.end = r.start - 1
	for r.start = r.end; s.marked(r.start - 1); {
		r.start--
	}
	return r
}

// up and down move a run by one line, and join it with another that it meets.
func (s *side) up(r *stretch) bool {
	if r.start == 0 || s.text[r.start-1] != s.text[r.end-1] {
		return false
	}
	r.start, r.end = r.start-1, r.end-1
	s.changed[r.start], s.changed[r.end] = true, false
	for s.marked(r.start - 1) {
		r.start--
	}
	return true
}

func (s *side) down(r *stretch) bool {
	if r.end == len(s.text) || s.text[r.start] != s.text[r.end] {
		return false
	}
	s.changed[r.start], s.changed[r.end] = false, true
	r.start, r.end = r.start+1, r.end+1
	for s.marked(r.end) {
		r.end++
	}
	return true
}

// maxSlide is how far git looks.
const maxSlide = 100

// compact moves the runs of one side.
func (s *side) compact(other *side) {
	r, o := s.at(0), other.at(0)
	for {
		if r.end > r.start {
			s.place(&r, other, &o)
		}
		var ok bool
		if r, ok = s.next(r); !ok {
			return
		}
		o, _ = other.next(o)
	}
}

// place moves one run to its place; o is the other side's run that it faces.
func (s *side) place(r *stretch, other *side, o *stretch) {
	var first, size int
	faces := false // a run of the other side, somewhere on the way
	for done := false; !done; {
		size, faces = r.end-r.start, false
		for s.up(r) {
			*o = other.previous(*o)
		}
		first = r.end
		faces = faces || o.end > o.start
		for s.down(r) {
			*o, _ = other.next(*o)
			faces = faces || o.end > o.start
		}
		done = size == r.end-r.start
	}
	back := func() {
		s.up(r)
		*o = other.previous(*o)
	}
	switch {
	case r.end == first:
	case faces:
		for o.end == o.start {
			back()
		}
	default:
		for best := s.bestEnd(max(first, r.end-size-1, r.end-maxSlide), r.end, size); r.end > best; {
			back()
		}
	}
}

// bestEnd is where a run of some lines had best end.
func (s *side) bestEnd(first, last, size int) int {
	best, bestScore := first, splitScore{}
	for end := first; end <= last; end++ {
		var score splitScore
		score.add(s.text, end)
		score.add(s.text, end-size)
		if end == first || score.compare(bestScore) <= 0 {
			best, bestScore = end, score
		}
	}
	return best
}

// A splitScore says how bad it looks to begin or end a run at a place.
type splitScore struct{ indent, penalty int }

func (s splitScore) compare(t splitScore) int {
	const indentWeight = 60
	c := 0
	if s.indent > t.indent {
		c = 1
	} else if s.indent < t.indent {
		c = -1
	}
	return indentWeight*c + s.penalty - t.penalty
}

// add counts a split before text[at]. The weights are git's.
func (s *splitScore) add(text []string, at int) {
	indent := -1
	if at < len(text) {
		indent = indentOf(text[at])
	} else {
		s.penalty += 21
	}
	preBlank, preIndent := skipBlank(text, at-1, -1)
	postBlank, postIndent := skipBlank(text, at+1, 1)
	if preIndent == -1 && preBlank == 0 {
		s.penalty++
	}
	blanks := 0
	if indent == -1 {
		blanks = 1 + postBlank
		indent = postIndent
	}
	total := preBlank + blanks
	s.penalty += -30*total + 6*blanks
	s.indent += indent
	choose := func(plain, withBlank int) {
		if total != 0 {
			s.penalty += withBlank
		} else {
			s.penalty += plain
		}
	}
	switch {
	case indent == -1 || preIndent == -1 || indent == preIndent:
	case indent > preIndent:
		choose(-4, 10)
	case postIndent != -1 && postIndent > indent:
		choose(24, 17)
	default:
		choose(23, 17)
	}
}

// skipBlank counts blank lines from text[i] on, and gives the indentation of
// the first other line; -1 where there is none.
func skipBlank(text []string, i, step int) (blanks, indent int) {
	for ; i >= 0 && i < len(text); i += step {
		if indent := indentOf(text[i]); indent != -1 {
			return blanks, indent
		}
		if blanks++; blanks == 20 {
			return blanks, 0
		}
	}
	return blanks, -1
}

// indentOf is a line's indentation in columns, at most 200; -1 for a blank line.
func indentOf(s string) int {
	col := 0
	for i := range len(s) {
		switch s[i] {
		case ' ':
			col++
		case '\t':
			col += 8 - col%8
		case '\n', '\r', '\v', '\f':
		default:
			return col
		}
		if col >= 200 {
			return 200
		}
	}
	if strings.TrimSpace(s) != "" {
		return col
	}
	return -1
}
