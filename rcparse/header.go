package rcparse

import (
	"bytes"
	"regexp"
	"strings"
)

// A Header is what rcorder(8) reads from the comments at the top of a script.
type Header struct {
	Provide, Require, Before, Keyword []Word
	// NotRead are lines that look like part of the block and that rcorder(8)
	// does not read, such as KEYWORDS: for KEYWORD:.
	NotRead []Word
}

// A Word is a word with its place.
type Word struct {
	Text string
	Pos  Pos
}

// Has reports whether a keyword stands in the block.
func (h Header) Has(keyword string) bool {
	for _, w := range h.Keyword {
		if w.Text == keyword {
			return true
		}
	}
	return false
}

// headerTags are the tags of rcorder(8), which takes most in the plural too
// (the table at the top of rcorder.c).
var headerTags = map[string]func(*Header) *[]Word{
	"PROVIDE":  func(h *Header) *[]Word { return &h.Provide },
	"PROVIDES": func(h *Header) *[]Word { return &h.Provide },
	"REQUIRE":  func(h *Header) *[]Word { return &h.Require },
	"REQUIRES": func(h *Header) *[]Word { return &h.Require },
	"BEFORE":   func(h *Header) *[]Word { return &h.Before },
	"KEYWORD":  func(h *Header) *[]Word { return &h.Keyword },
	"KEYWORDS": func(h *Header) *[]Word { return &h.Keyword },
}

// tagLine matches what someone meant to be a line of the block.
var tagLine = regexp.MustCompile(`^#[ \t]*([A-Z]+)[ \t]*:`)

// parseHeader reads the rcorder block: adjoining lines of the form
// "# TAG: words". The first other line ends it, as in rcorder.c's crunch_file.
func parseHeader(src []byte) Header {
	var h Header
	state := before
	offset := 0
	for n := 1; offset < len(src); n++ {
		line, _, _ := bytes.Cut(src[offset:], []byte("\n"))
		tag, words, ok := tagOf(line)
		list := headerTags[tag]
		switch {
		case ok && list != nil && state != after:
			state = within
			at := offset + len(line) - len(words)
			*list(&h) = append(*list(&h), wordsOf(words, at, n, offset)...)
		case tagLine.Match(line) && state != before:
			name := string(tagLine.FindSubmatch(line)[1])
			if ok && list != nil || state == within {
				h.NotRead = append(h.NotRead, Word{name, Pos{offset, n, 1}})
			}
			state = after
		case state == within:
			state = after
		}
		offset += len(line) + 1
	}
	return h
}

// Where the reader is: before, within or after the block.
const (
	before = iota
	within
	after
)

// tagOf splits "# TAG: words".
func tagOf(line []byte) (tag, words string, ok bool) {
	body, ok := strings.CutPrefix(string(line), "# ")
	if !ok {
		return "", "", false
	}
	tag, words, ok = strings.Cut(body, ":")
	return tag, words, ok
}

// wordsOf splits the words of a line that start at offset.
func wordsOf(words string, offset, line, lineStart int) []Word {
	var out []Word
	for i := 0; i < len(words); {
		if strings.IndexByte(" \t\r", words[i]) >= 0 {
			i++
			continue
		}
		end := i
		for end < len(words) && strings.IndexByte(" \t\r", words[end]) < 0 {
			end++
		}
		at := offset + i
		out = append(out, Word{words[i:end], Pos{at, line, at - lineStart + 1}})
		i = end
	}
	return out
}
