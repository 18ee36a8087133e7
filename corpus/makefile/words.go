package makefile

import (
	"strings"
)

// wordsOf gives the words at the evaluation's own choice.
func (e *evaluation) wordsOf(name string, work *int, limit int) []Word {
	v, ok := e.vars[name]
	if !ok {
		return e.expandWords(piece{text: "${" + name + "}", rec: -1}, work, limit)
	}
	var list []Word
	for _, p := range v.pieces() {
		list = append(list, e.expandWords(p, work, limit)...)
	}
	return list
}

// expandWords gives a piece's words; those that cannot be known are left out.
func (e *evaluation) expandWords(p piece, work *int, limit int) []Word {
	var list []Word
	var from *record // nil for what the framework adds
	if p.rec >= 0 && e.records[p.rec].file != nil && !e.records[p.rec].file.foreign {
		from = &e.records[p.rec]
	}
	var at *lineFinder
	condition := ""
	if from != nil {
		at = newLineFinder(from.file, from.node)
		// Empty, but for the other side of what could not be decided.
		condition = from.guard.condition()
	}
	for _, raw := range splitRaw(p.text) {
		x := &expander{e: e, work: work, limit: limit}
		text := x.expand(raw)
		if x.unknown || x.err != nil {
			continue
		}
		line := 0
		if at != nil {
			line = at.lineOf(raw)
		}
		for _, t := range splitWords(text) {
			// A word costs more than its bytes.
			if *work -= 64; *work < 0 {
				return list
			}
			w := Word{Text: t}
			if from != nil {
				w.File, w.Line, w.Condition = from.file.path, line, condition
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

func newLineFinder(f *file, n *node) *lineFinder {
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

// A wordList holds each word once.
type wordList struct {
	words []Word
	at    map[string]int
}

func newWordList(words []Word) *wordList {
	l := &wordList{at: make(map[string]int, len(words))}
	for _, w := range words {
		l.add(w)
	}
	return l
}

func (l *wordList) add(w Word) {
	if _, ok := l.at[w.Text]; !ok {
		w.Text = strings.Clone(w.Text) // a part of a long value would keep all of it
		l.at[w.Text] = len(l.words)
		l.words = append(l.words, w)
	}
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
