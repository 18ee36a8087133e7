// Package message has what all messages need: a text cut to the length that fits a
// sentence, an error without the path that the sentence names already, and the known
// word that a wrong one may stand for.
package message

import (
	"errors"
	"io/fs"
	"strings"
)

const cut = "..."

// Clip cuts a text to at most so many bytes, the dots at its end included. What is no
// UTF-8 becomes "?".
func Clip(text string, most int) string {
	if len(text) > most {
		// Of a hostile text no more is looked at than is shown.
		text = strings.TrimRight(strings.ToValidUTF8(text[:max(0, most-len(cut))], ""), " ") + cut
	}
	return strings.ToValidUTF8(text, "?")
}

// ClipLine is Clip of a text on one line, with single blanks.
func ClipLine(text string, most int) string {
	const far = 16 // a hostile text may be blanks, a million of them
	if len(text) <= far*most {
		return Clip(strings.Join(strings.Fields(text), " "), most)
	}
	return Clip(strings.Join(strings.Fields(text[:far*most]), " "), most-len(cut)) + cut
}

// Reason leaves the path off an error of io/fs.
func Reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// OrList is words in a sentence: "a, b or c".
func OrList(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}
