package bmake

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// loop evaluates a .for, whose body goes to n.next.
func (e *Evaluation) loop(f *File, at int, n *Node) *Error {
	names, list, ok := loopHeader(e.fill(n.Text))
	if !ok {
		return &Error{Path: f.path, Line: n.line,
			Text: fmt.Sprintf("found .for %s: expected .for NAME in WORDS", message.Clip(n.Text, 80))}
	}
	text, known, err := e.Expand(list)
	if err != nil {
		if !e.inactive {
			return err
		}
		text = ""
	}
	items := SplitWords(text)
	if len(items) > maxForItems {
		return &Error{Path: f.path, Line: n.line,
			Text: fmt.Sprintf("found .for over %d words: expected at most %d", len(items), maxForItems)}
	}
	if len(items) == 0 || len(items)%len(names) != 0 {
		// Nothing is executed; the assignments in the body are recorded all the same.
		if known && len(items) > 0 {
			e.note(n.line, "found .for over %d words: expected a multiple of %d", len(items), len(names))
		}
		inactive := e.inactive
		e.inactive = true
		err = e.turn(f, at, n, nil)
		e.inactive = inactive
		return err
	}
	for i := 0; i < len(items); i += len(names) {
		turn := make([]loopVar, len(names))
		for k, name := range names {
			turn[k] = loopVar{name, items[i+k]}
		}
		switch err := e.turn(f, at, n, turn); err {
		case nil:
		case errBreak:
			return nil
		default:
			return err
		}
	}
	return nil
}

// turn evaluates the body once.
func (e *Evaluation) turn(f *File, at int, n *Node, vars []loopVar) *Error {
	outside := len(e.loops)
	e.loops = append(e.loops, vars...)
	err := e.block(f, at+1, n.next)
	e.loops = e.loops[:outside]
	return err
}

// loopHeader splits "a b in words".
func loopHeader(s string) (names []string, list string, ok bool) {
	rest := s
	for {
		rest = strings.TrimLeft(rest, " \t")
		end := strings.IndexAny(rest, " \t")
		word := rest
		if end >= 0 {
			word = rest[:end]
		}
		if word == "" {
			return nil, "", false
		}
		rest = rest[len(word):]
		if word == "in" {
			return names, rest, len(names) > 0
		}
		if len(names) >= 64 {
			return nil, "", false
		}
		names = append(names, word)
	}
}

// fill puts the loop variables' values into a line, as bmake does before it
// parses the line: ${i} becomes ${:Uvalue}, so that modifiers still apply.
// The outermost loop comes first.
func (e *Evaluation) fill(s string) string {
	if len(e.loops) == 0 || strings.IndexByte(s, '$') < 0 {
		return s
	}
	for _, v := range e.loops {
		s = fillOne(s, v)
		e.Work -= len(s) // the next expansion, or the next line, ends what costs too much
		if len(s) > maxExpansion || e.Work < 0 {
			break
		}
	}
	return s
}

func fillOne(s string, v loopVar) string {
	var b strings.Builder
	last := 0
	for i := strings.IndexByte(s, '$'); i >= 0 && i+1 < len(s); {
		j := i + 2
		switch c := s[i+1]; {
		case c == '$':
		case (c == '{' || c == '(') && strings.HasPrefix(s[j:], v.name):
			end := byte('}')
			if c == '(' {
				end = ')'
			}
			after := j + len(v.name)
			if after < len(s) && (s[after] == ':' || s[after] == end) {
				b.WriteString(s[last:j])
				b.WriteString(":U")
				b.WriteString(escapeItem(v.value, end))
				last = after
				j = after
			}
		case len(v.name) == 1 && c == v.name[0]:
			b.WriteString(s[last:i])
			b.WriteString("${:U" + escapeItem(v.value, '}') + "}")
			last = i + 2
		}
		next := strings.IndexByte(s[min(j, len(s)):], '$')
		if next < 0 {
			break
		}
		i = j + next
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// escapeItem protects what would end a :U modifier.
func escapeItem(s string, end byte) string {
	if !strings.ContainsAny(s, ":$\\})") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == ':' || c == '\\' || c == end || c == '$' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
