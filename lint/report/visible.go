package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLine is the most of a name or message that is printed for people, in bytes.
const maxLine = 4096

// OneLine makes a hostile text safe to print on one line of a terminal: what is
// no printable character (controls, escapes, bidirectional marks, bytes that
// are no UTF-8) is shown as Go writes it, \x1b or \u202e. A very long text is
// cut, and says so.
func OneLine(s string) string {
	rest := 0
	if len(s) > maxLine {
		cut := maxLine
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		rest, s = len(s)-cut, s[:cut]
	}
	s = visible(s)
	if rest > 0 {
		s += fmt.Sprintf("... (%d bytes more)", rest)
	}
	return s
}

// visible replaces what can't be printed.
func visible(s string) string {
	plain := func(r rune) bool { return r != utf8.RuneError && unicode.IsPrint(r) }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if plain(r) {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteToASCII(s[i : i+n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += n
	}
	return b.String()
}

// Shown is a text of any length in which what can't be printed is made visible, but for the ends
// of lines.
func Shown(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

// Lines is a text of several lines for people: what can't be printed is made visible,
// but for the ends of lines and tabs. Lines that are too long are cut as by OneLine.
func Lines(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for k, p := range parts {
			parts[k] = OneLine(p)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}
