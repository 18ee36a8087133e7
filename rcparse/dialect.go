package rcparse

import (
	"bytes"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// grammarError says what FreeBSD's sh(1) would say of a text that the POSIX
// grammar has refused and ksh's has taken; nil where sh takes it too. It knows
// three things more than POSIX (bin/sh/parser.c): a list of no commands, but
// not as a condition (list), braces for do and done of a for loop (command,
// TFOR), and ;& (TFALLTHRU). These are spelled as POSIX has them, and what the
// POSIX grammar says then, counts.
func grammarError(masked []byte, f *syntax.File) *SyntaxError {
	var edits []respelling
	edit := func(at syntax.Pos, old, new string) {
		edits = append(edits, respelling{int(at.Offset()), len(old), new})
	}
	// list is a list of commands behind a word, such as then.
	list := func(at syntax.Pos, word string, stmts []*syntax.Stmt) {
		if len(stmts) == 0 {
			edit(at, word, word+" :;")
		}
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.IfClause:
			if n.ThenPos.IsValid() {
				list(n.ThenPos, "then", n.Then)
			} else {
				list(n.Position, "else", n.Then)
			}
		case *syntax.WhileClause:
			list(n.DoPos, "do", n.Do)
		case *syntax.ForClause:
			switch {
			case n.Braces && len(n.Do) == 0:
				edit(n.DoPos, "{", "do :;")
			case n.Braces:
				edit(n.DoPos, "{", "do")
			default:
				list(n.DoPos, "do", n.Do)
			}
			if n.Braces {
				edit(n.DonePos, "}", "done")
			}
		case *syntax.Block:
			list(n.Lbrace, "{", n.Stmts)
		case *syntax.Subshell:
			list(n.Lparen, "(", n.Stmts)
		case *syntax.CaseItem:
			if n.Op == syntax.Fallthrough {
				edit(n.OpPos, ";&", ";;")
			}
		}
		return true
	})
	slices.SortFunc(edits, func(a, b respelling) int { return a.at - b.at })
	text := respell(masked, edits)
	_, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(bytes.NewReader(text), "")
	if err == nil {
		return nil
	}
	e := syntaxError(err)
	e.Pos = (&Script{Src: masked}).PosAt(origin(e.Offset, edits))
	return e
}

// A respelling is a place where a text is spelled otherwise.
type respelling struct {
	at, length int // in the text
	new        string
}

func respell(text []byte, edits []respelling) []byte {
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		out.Write(text[last:e.at])
		out.WriteString(e.new)
		last = e.at + e.length
	}
	out.Write(text[last:])
	return out.Bytes()
}

// origin is the offset that a place of the respelled text has in the text.
func origin(offset int, edits []respelling) int {
	moved := 0
	for _, e := range edits {
		start := e.at + moved
		if offset < start+len(e.new) {
			return min(offset-moved, e.at+e.length)
		}
		moved += len(e.new) - e.length
	}
	return offset - moved
}
