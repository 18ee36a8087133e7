package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// A Bar is one line of a picture, drawn as rectangles along a line of Width units.
type Bar struct {
	Name  string
	Width int
	// Number is what stands at its end.
	Number int
	Parts  []Part
	// Filter is the fragment that shows the services which it counts; "" for none.
	Filter string
}

// A Part is a rectangle, from From to From + Length.
type Part struct {
	Class, Title string
	From, Length int
}

// Label is what the bar says to who does not see it.
func (b Bar) Label() string {
	var out []string
	for _, p := range b.Parts {
		out = append(out, p.Title)
	}
	return strings.Join(out, ", ")
}

// stacked is a group as a bar on a scale up to width.
func stacked(g Group, width int, filter string) Bar {
	b := Bar{Name: g.Name, Width: width, Number: g.Number, Filter: filter}
	at := 0
	for _, s := range lint.States {
		if n := g.States[s]; n > 0 {
			b.Parts = append(b.Parts, Part{"st-" + string(s), fmt.Sprintf("%d %s", n, s), at, n})
			at += n
		}
	}
	return b
}

// bars is groups as bars on one scale.
func bars(groups []Group, key string) []Bar {
	widest := 1
	for _, g := range groups {
		widest = max(widest, g.Number)
	}
	var out []Bar
	for _, g := range groups {
		out = append(out, stacked(g, widest, fragment(key, g.Name)))
	}
	return out
}

// words is what a service needs, and what it declares, as the matrix has them.
func (s Service) words() (needs, declares []string) {
	return strings.Fields(s.subject.Verdict.Answer()), strings.Fields(s.Declared.Answer)
}

// Needs is what a service needs, as list prints it; "unknown" where nobody can tell.
func (s Service) Needs() string { return cmp.Or(s.subject.Verdict.Answer(), unknown) }

const unknown = "unknown"

// A Set is the services with one answer.
type Set struct {
	Answer   string
	Services []Service
}

// sets is the answers, the most frequent first; each has its services in order.
func (r *Report) sets() []Set {
	var out []Set
	at := map[string]int{}
	for _, s := range r.Services {
		i, ok := at[s.Needs()]
		if !ok {
			i = len(out)
			at[s.Needs()] = i
			out = append(out, Set{Answer: s.Needs()})
		}
		out[i].Services = append(out[i].Services, s)
	}
	slices.SortStableFunc(out, func(a, b Set) int {
		return cmp.Or(len(b.Services)-len(a.Services), strings.Compare(a.Answer, b.Answer))
	})
	return out
}

// matrix has a line for each word and a column for each service, in the order of the sets.
// A run of services of which the same is so is one rectangle.
func matrix(sets []Set) []Bar {
	var columns []Service
	for _, s := range sets {
		columns = append(columns, s.Services...)
	}
	index := map[string]int{}
	var out []Bar
	for i, s := range columns {
		needs, declares := s.words()
		for _, word := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(needs, declares)))) {
			if word == "?" { // declared, and not to be told
				continue
			}
			k, ok := index[word]
			if !ok {
				k = len(out)
				index[word] = k
				out = append(out, Bar{Name: word, Width: len(columns), Filter: fragment("word", word)})
			}
			what := "needed"
			switch {
			case !slices.Contains(needs, word):
				what = "declared"
			case slices.Contains(declares, word):
				what = "both"
			}
			out[k].Number++
			out[k].add(i, what, s.Name)
		}
	}
	slices.SortStableFunc(out, func(a, b Bar) int {
		return cmp.Or(b.Number-a.Number, strings.Compare(a.Name, b.Name))
	})
	for i := range out {
		for j := range out[i].Parts {
			p := &out[i].Parts[j]
			p.Title = fmt.Sprintf("%s, %s: %s", out[i].Name, matrixWords[p.Class], p.Title)
			if p.Length > 1 {
				p.Title += fmt.Sprintf(" to %s (%d services)", columns[p.From+p.Length-1].Name, p.Length)
			}
		}
	}
	return out
}

// matrixWords says what the colours of the matrix mean.
var matrixWords = map[string]string{
	"needed":   "needed, not declared",
	"declared": "declared, not needed as far as is known",
	"both":     "needed and declared",
}

// add makes the last rectangle longer, or begins another.
func (b *Bar) add(column int, class, name string) {
	if n := len(b.Parts); n > 0 && b.Parts[n-1].Class == class && b.Parts[n-1].From+b.Parts[n-1].Length == column {
		b.Parts[n-1].Length++
		return
	}
	b.Parts = append(b.Parts, Part{Class: class, Title: name, From: column, Length: 1})
}

// filterWords is the words that the filter offers.
func (r *Report) filterWords() []string {
	seen := map[string]bool{}
	for _, s := range r.Services {
		for _, w := range s.filterWords() {
			seen[w] = true
		}
	}
	var out []string
	for w := range seen {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(special(a)-special(b), strings.Compare(a, b)) })
	return out
}

// special puts the answers that are no option word behind those that are.
func special(word string) int {
	return slices.Index([]string{infer.Nothing, infer.OptOut, unknown}, word) + 1
}

// filterWords is the words by which a service is found: needed or declared.
func (s Service) filterWords() []string {
	needs, declares := s.words()
	if len(needs) == 0 {
		needs = []string{unknown}
	}
	list := slices.DeleteFunc(slices.Concat(needs, declares), func(w string) bool { return w == "?" })
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
