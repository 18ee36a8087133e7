package bmake

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// pathPart is what :H, :T, :R and :E leave of a word.
var pathPart = map[byte]func(string) string{
	'H': func(w string) string {
		if i := strings.LastIndexByte(w, '/'); i >= 0 {
			return w[:i]
		}
		return "."
	},
	'T': func(w string) string { return w[strings.LastIndexByte(w, '/')+1:] },
	'R': func(w string) string {
		if i := strings.LastIndexByte(w, '.'); i >= 0 {
			return w[:i]
		}
		return w
	},
	'E': func(w string) string {
		if i := strings.LastIndexByte(w, '.'); i >= 0 {
			return w[i+1:]
		}
		return ""
	},
}

// order is :O, :Or, :On, :Onr; :Ox is left in order, since any order is right.
func (x *Expander) order(v *Value, s string, i int, end byte) (int, bool) {
	j := i + 1
	for j < len(s) && s[j] != ':' && s[j] != end {
		j++
	}
	words := x.words(v)
	switch s[i+1 : j] {
	case "":
		slices.Sort(words)
	case "r":
		slices.Sort(words)
		slices.Reverse(words)
	case "n", "nr", "rn":
		slices.SortStableFunc(words, func(a, b string) int {
			m, _ := strconv.ParseInt(a, 0, 64)
			n, _ := strconv.ParseInt(b, 0, 64)
			switch {
			case m < n:
				return -1
			case m > n:
				return 1
			}
			return 0
		})
		if s[i+1:j] != "n" {
			slices.Reverse(words)
		}
	case "x":
	default:
		return i, false
	}
	v.Text = strings.Join(words, v.sep)
	return j, true
}

// conversion is :tl :tu :tA :ts :tw :tW.
func (x *Expander) conversion(v *Value, s string, i int, end byte) (int, bool) {
	if i+1 >= len(s) {
		return i, false
	}
	ends := func(n int) bool { return i+n >= len(s) || s[i+n] == ':' || s[i+n] == end }
	switch s[i+1] {
	case 'l', 'u', 'A', 'w', 'W':
		if !ends(2) {
			return i, false
		}
		x.charge(len(v.Text))
		switch s[i+1] {
		case 'l':
			v.Text = strings.ToLower(v.Text)
		case 'u':
			v.Text = strings.ToUpper(v.Text)
		case 'A':
			x.each(v, func(w string) string {
				if strings.HasPrefix(w, "/") {
					return path.Clean(w)
				}
				return w
			})
		case 'w':
			v.whole = false
		case 'W':
			v.whole = true
		}
		return i + 2, true
	case 's':
		// :tsC, :ts (nothing), :ts\n and the like.
		j := i + 2
		switch {
		case j < len(s) && s[j] != end && (j+1 >= len(s) || s[j+1] == ':' || s[j+1] == end):
			v.sep = s[j : j+1]
			j++
		case j >= len(s) || s[j] == ':' || s[j] == end:
			v.sep = ""
		case s[j] == '\\' && j+1 < len(s) && (s[j+1] == 'n' || s[j+1] == 't'):
			v.sep = map[byte]string{'n': "\n", 't': "\t"}[s[j+1]]
			j += 2
		default:
			return i, false
		}
		v.Text = strings.Join(x.words(v), v.sep)
		return j, true
	}
	return i, false
}

// selection is :[n], :[n..m], :[#], :[*] and :[@].
func (x *Expander) selection(v *Value, s string, i int) (int, bool) {
	raw, next, ok := x.part(s, i+1, ']', nil)
	if !ok {
		return i, false
	}
	switch raw {
	case "":
		return i, false
	case "#":
		// Nothing counts as one empty word (bmake's unit-tests/modword).
		v.Text = strconv.Itoa(max(1, len(x.words(v))))
		return next, true
	case "*", "0":
		v.whole = true
		return next, true
	case "@":
		v.whole = false
		return next, true
	}
	words := x.words(v)
	if v.whole {
		words = []string{v.Text}
	}
	from, to, ranged := strings.Cut(raw, "..")
	a, err := strconv.Atoi(from)
	b := a
	if err == nil && ranged {
		b, err = strconv.Atoi(to)
	}
	if err != nil {
		return i, false
	}
	place := func(n int) int {
		if n < 0 {
			n += len(words) + 1
		}
		return min(max(n, 0), len(words)+1)
	}
	a, b = place(a), place(b)
	step := 1
	if a > b {
		step = -1
	}
	var picked []string
	for n := a; ; n += step {
		if n >= 1 && n <= len(words) {
			picked = append(picked, words[n-1])
		}
		if n == b {
			break
		}
	}
	v.Text = strings.Join(picked, v.sep)
	return next, true
}

// numbers is :range and :range=n.
func (x *Expander) numbers(v *Value, s string, i int, end byte) (int, bool) {
	j := i + len("range")
	n := 0
	if j < len(s) && s[j] == '=' {
		k := j + 1
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		n, _ = strconv.Atoi(s[j+1 : k])
		j = k
	}
	if j < len(s) && s[j] != ':' && s[j] != end {
		return i, false
	}
	if n == 0 {
		n = len(x.words(v))
	}
	if n > maxForItems {
		x.fail("found :range=%d: expected at most %d", n, maxForItems)
		return j, true
	}
	if !x.charge(16 * n) {
		return j, true
	}
	words := make([]string, n)
	for k := range words {
		words[k] = strconv.Itoa(k + 1)
	}
	v.Text = strings.Join(words, v.sep)
	return j, true
}
