package bmake

import (
	"strings"
)

// WordsOf gives the words at the evaluation's own choice.
func (e *Evaluation) WordsOf(name string, work *int, limit int) []Word {
	v, ok := e.Vars[name]
	if !ok {
		return e.expandWords(Piece{Text: "${" + name + "}", Rec: -1}, work, limit)
	}
	var list []Word
	for _, p := range v.Pieces() {
		list = append(list, e.expandWords(p, work, limit)...)
	}
	return list
}

// expandWords gives a piece's words; those that cannot be known are left out.
func (e *Evaluation) expandWords(p Piece, work *int, limit int) []Word {
	var list []Word
	var from *Occurrence // nil for what the framework adds
	if p.Rec >= 0 && e.Occurrences[p.Rec].File != nil && !e.Occurrences[p.Rec].File.Foreign {
		from = &e.Occurrences[p.Rec]
	}
	var at *lineFinder
	condition := ""
	if from != nil {
		at = newLineFinder(from.File, from.Node)
		// Empty, but for the other side of what could not be decided.
		condition = from.Guard.condition(e.around)
	}
	for _, raw := range SplitRaw(p.Text) {
		x := e.ExpanderOf(work, limit)
		text := x.Expand(raw)
		if x.Unknown || x.Err != nil {
			continue
		}
		line := 0
		if at != nil {
			line = at.lineOf(raw)
		}
		for _, t := range SplitWords(text) {
			// A word costs more than its bytes.
			if *work -= 64; *work < 0 {
				return list
			}
			w := Word{Text: t}
			if from != nil {
				w.File, w.Line, w.Condition = from.File.path, line, condition
			}
			list = append(list, w)
		}
	}
	return list
}

// A lineFinder finds the physical lines on which the words of a value stand. It is
// asked for them in their order.
type lineFinder struct {
	rest   string // of the value
	line   int
	missed int // words that are not there as such, such as those of a loop
}

// maxMissed is how many words are looked for in vain.
const maxMissed = 20

func newLineFinder(f *File, n *Node) *lineFinder {
	return &lineFinder{rest: f.data[n.valueStart:n.end],
		line: n.line + strings.Count(f.data[n.start:n.valueStart], "\n")}
}

func (l *lineFinder) lineOf(word string) int {
	if l.missed > maxMissed {
		return l.line
	}
	i := strings.Index(l.rest, word)
	if i < 0 {
		l.missed++
		return l.line
	}
	l.line += strings.Count(l.rest[:i], "\n")
	l.rest = l.rest[i+len(word):]
	return l.line
}

// A Word is one word of a variable's value.
type Word struct {
	Text string
	// Condition is empty when the word is there at default options and
	// flavour. Else it says what must be chosen: "option RELAY", "option DOCS off",
	// "flavor nox11", or the condition of the .if that could not be decided.
	Condition string
	// File is in the tree, Line counts from 1; empty and 0 for a word that the framework adds.
	File string
	Line int
}
