package patch

import "strings"

// A line is a line of one file or of both, with its newline.
type line struct {
	op   byte // ' ', '-' or '+'
	text string
}

func (l line) inOld() int {
	if l.op == '+' {
		return 0
	}
	return 1
}

func (l line) inNew() int {
	if l.op == '-' {
		return 0
	}
	return 1
}

// lines is both texts as one list. Where lines are replaced the old ones come first.
func (f File) lines() []line {
	a, b := splitLines(f.Old), splitLines(f.New)
	var out []line
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		out = append(out, line{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	var tail []line
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append(tail, line{' ', a[len(a)-1]})
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	out = append(out, shortest(a, b)...)
	for i := len(tail) - 1; i >= 0; i-- {
		out = append(out, tail[i])
	}
	return slide(out)
}

func splitLines(text []byte) []string {
	var out []string
	for l := range strings.Lines(string(text)) {
		out = append(out, l)
	}
	return out
}

// maxDistance is how many changed lines are looked at one by one. The edits of
// a change are a few lines; more is shown as one block.
const maxDistance = 500

// shortest is a shortest edit script (Myers 1986, the greedy algorithm that
// git's own comes from).
func shortest(a, b []string) []line {
	reach := map[int]int{1: 0} // diagonal (old minus new) to the furthest old line
	var trace []map[int]int
	for d := 0; d <= len(a)+len(b); d++ {
		if d > maxDistance {
			return replaced(a, b)
		}
		step := map[int]int{}
		for k, x := range reach {
			step[k] = x
		}
		trace = append(trace, step)
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(a, b, trace)
			}
		}
	}
	return nil
}

// walkBack reads the script off the trace, from the end.
func walkBack(a, b []string, trace []map[int]int) []line {
	var back []line
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		reach, k := trace[d], x-y
		from := k - 1
		if k == -d || k != d && reach[k-1] < reach[k+1] {
			from = k + 1
		}
		px := reach[from]
		py := px - from
		for x > px && y > py {
			x, y = x-1, y-1
			back = append(back, line{' ', a[x]})
		}
		switch {
		case d == 0:
		case x == px:
			y--
			back = append(back, line{'+', b[y]})
		default:
			x--
			back = append(back, line{'-', a[x]})
		}
	}
	var out, added []line
	for i := len(back) - 1; i >= 0; i-- {
		switch back[i].op {
		case '+':
			added = append(added, back[i])
		case '-':
			out = append(out, back[i])
		default:
			out = append(append(out, added...), back[i])
			added = nil
		}
	}
	return append(out, added...)
}

func replaced(a, b []string) []line {
	var out []line
	for _, l := range a {
		out = append(out, line{'-', l})
	}
	for _, l := range b {
		out = append(out, line{'+', l})
	}
	return out
}
