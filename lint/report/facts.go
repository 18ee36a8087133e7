package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
)

// A Fact is evidence with every line that it stands in.
type Fact struct {
	infer.Evidence
	lines []int
}

// At is the lines as they stand behind a path.
func (f Fact) At() string {
	at := ""
	for i, n := range f.lines {
		at += []string{":", ", "}[min(i, 1)] + strconv.Itoa(n)
	}
	return at
}

// Facts puts facts of one file that say the same into one, which supports
// the words of all.
func Facts(list []infer.Evidence) []Fact {
	var out []Fact
	at := map[string]int{}
	for _, e := range list {
		key := fmt.Sprint(e.Path, e.Kind, e.Fact)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Fact{Evidence: e})
		}
		if e.Line > 0 && !slices.Contains(out[i].lines, e.Line) {
			out[i].lines = append(out[i].lines, e.Line)
		}
		if words := strings.Fields(out[i].Supports); !slices.Contains(words, e.Supports) && e.Supports != "" {
			out[i].Supports = strings.Join(append([]string{e.Supports}, words...), " ")
		}
	}
	return out
}

// maxFacts is how many facts of one kind and direction are shown to people before the rest is counted.
const maxFacts = 6

// FewFacts is Facts for people: of many of one kind that say the same of the answer, some,
// and how many are left out.
func FewFacts(list []infer.Evidence) (shown []Fact, rest int) {
	count := map[string]int{}
	for _, f := range Facts(list) {
		key := string(f.Kind) + f.Supports
		if count[key]++; count[key] > maxFacts {
			rest++
			continue
		}
		shown = append(shown, f)
	}
	return shown, rest
}
