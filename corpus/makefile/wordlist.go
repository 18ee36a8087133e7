package makefile

import (
	"strings"
)

// A wordList holds each word once.
type wordList struct {
	words []Word
	at    map[string]int
}

func newWordList(words []Word) *wordList {
	l := &wordList{at: make(map[string]int, len(words))}
	l.add(words...)
	return l
}

func (l *wordList) add(words ...Word) {
	for _, w := range words {
		if _, ok := l.at[w.Text]; !ok {
			w.Text = strings.Clone(w.Text) // a part of a long value would keep all of it
			l.at[w.Text] = len(l.words)
			l.words = append(l.words, w)
		}
	}
}
