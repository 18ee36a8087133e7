package rcparse

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// placeholder matches what bsd.port.mk's SUB_LIST replaces. Shell's own
// ${x%%pattern} uses the same characters, but has no second pair before a
// brace or a blank.
var placeholder = regexp.MustCompile(`%%[A-Za-z0-9_.+-]+%%`)

// mask makes a text of the same length that a shell parser takes: a
// placeholder becomes an identifier, an option prefix (which is deleted, with
// or without its line, when the port is built) becomes blanks, and bytes that
// are not UTF-8 become question marks.
func mask(src []byte, subst map[string]string) []byte {
	out := bytes.Clone(src)
	prefixes := optionPrefixes(src, subst)
	for _, m := range placeholder.FindAllIndex(out, -1) {
		fill := out[m[0]:m[1]]
		if prefixes[string(fill[2:len(fill)-2])] && startsLine(src, m[0]) {
			copy(fill, bytes.Repeat([]byte(" "), len(fill)))
			continue
		}
		for i, c := range fill {
			if c == '%' || c == '.' || c == '+' || c == '-' {
				fill[i] = '_'
			}
		}
	}
	for i := 0; i < len(out); {
		r, n := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && n == 1 {
			out[i] = '?'
		}
		i += n
	}
	return out
}

// startsLine reports whether nothing but blanks and other placeholders stands
// between the start of the line and i.
func startsLine(src []byte, i int) bool {
	line := src[bytes.LastIndexByte(src[:i], '\n')+1 : i]
	return len(bytes.TrimSpace(placeholder.ReplaceAll(line, nil))) == 0
}

// keywordOrAssign matches what can only follow an option prefix, never the
// name of a command.
var keywordOrAssign = regexp.MustCompile(`^(if|then|else|elif|fi|for|while|until|do|done|case|esac|\{|\}|:|[A-Za-z_][A-Za-z0-9_]*=\S*|[a-z_][a-z0-9_]*\(\))(\s|;|$)`)

// optionPrefixes finds the placeholders that stand for "this line only with
// option X": those the port says are empty or a comment, and those that are
// followed by a letter, `#` or `:` at the start of some line. What else can
// follow tells them apart: `_` means part of an identifier, `/` a path, and a
// blank the name of a command.
func optionPrefixes(src []byte, subst map[string]string) map[string]bool {
	found := map[string]bool{}
	for _, m := range placeholder.FindAllIndex(src, -1) {
		if !startsLine(src, m[0]) {
			continue
		}
		name := string(src[m[0]+2 : m[1]-2])
		if v, ok := subst[name]; ok {
			if v == "" || strings.TrimSpace(v) == "@comment" {
				found[name] = true
			}
			continue
		}
		rest, _, _ := bytes.Cut(src[m[1]:], []byte("\n"))
		if len(rest) == 0 {
			continue
		}
		c := rest[0]
		switch {
		case c == '#', c == ':', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '[':
			found[name] = true
		case c == ' ' || c == '\t':
			if keywordOrAssign.Match(bytes.TrimLeft(rest, " \t")) {
				found[name] = true
			}
		}
	}
	return found
}

// Substitute replaces the placeholders of s that the map knows.
func Substitute(s string, subst map[string]string) string {
	if len(subst) == 0 || !strings.Contains(s, "%%") {
		return s
	}
	return placeholder.ReplaceAllStringFunc(s, func(p string) string {
		if v, ok := subst[p[2:len(p)-2]]; ok {
			return v
		}
		return p
	})
}

// Render makes the text that the port would install: placeholders replaced,
// and lines that then start with "@comment " deleted, as bsd.port.mk's sed
// does. A deleted line stays as an empty one, so that line numbers hold. A
// placeholder the map does not know becomes nothing where it is an option
// prefix, and its own name in lower case elsewhere; unknown names those.
func Render(src []byte, subst map[string]string) (text []byte, unknown []string) {
	prefixes := optionPrefixes(src, subst)
	seen := map[string]bool{}
	var out bytes.Buffer
	last := 0
	for _, m := range placeholder.FindAllIndex(src, -1) {
		out.Write(src[last:m[0]])
		last = m[1]
		name := string(src[m[0]+2 : m[1]-2])
		if v, ok := subst[name]; ok {
			out.WriteString(v)
			continue
		}
		if !seen[name] {
			seen[name] = true
			unknown = append(unknown, name)
		}
		if !(prefixes[name] && startsLine(src, m[0])) {
			out.WriteString(strings.ToLower(name))
		}
	}
	out.Write(src[last:])
	lines := bytes.Split(out.Bytes(), []byte("\n"))
	for i, l := range lines {
		if bytes.HasPrefix(l, []byte("@comment ")) {
			lines[i] = nil
		}
	}
	return bytes.Join(lines, []byte("\n")), unknown
}

// absurd refuses a text before the parser sees it: not text, too large, or
// nested so deeply that a recursive parser's stack would not hold it. The
// count is naive (quotes and comments are not looked at), which is why the
// limit is far above what a real script reaches.
func absurd(src []byte) *SyntaxError {
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &SyntaxError{Pos: (&Script{Src: src}).PosAt(i), Text: "a NUL byte: not a text file"}
	}
	if len(src) > MaxSize {
		return &SyntaxError{Pos: Pos{Line: 1, Col: 1}, Text: "larger than 256 KiB: no rc.d script is"}
	}
	depth, run, line, word := 0, 0, 1, 0
	deep := func() *SyntaxError {
		return &SyntaxError{Pos: Pos{Line: line, Col: 1}, Text: "nested deeper than 1000 levels"}
	}
	for i, c := range src {
		switch c {
		case '(', '{':
			depth++
		case ')', '}':
			depth = max(depth-1, 0)
		case '\n':
			line++
		}
		// Runs of unary operators nest too: $((!!!!...1)).
		if strings.IndexByte("!~+- \t", c) >= 0 {
			if c != ' ' && c != '\t' {
				run++
			}
		} else {
			run = 0
		}
		if c >= 'a' && c <= 'z' {
			word++
		} else {
			depth = max(depth+nesting(src[i-word:i]), 0)
			word = 0
		}
		if depth > MaxDepth || run > MaxDepth {
			return deep()
		}
	}
	return nil
}

// nesting is by how much a reserved word deepens the syntax tree.
func nesting(word []byte) int {
	switch string(word) {
	case "if", "case", "while", "until", "for", "elif":
		return 1
	case "fi", "esac", "done":
		return -1
	}
	return 0
}
