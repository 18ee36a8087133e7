package sh

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// suspects is where words stand that are reserved in other shells, and that sh(1)
// takes for the name of a command: the text stops making sense only later.
type suspects struct {
	function, menu, braces int // in root, counted from 1
	test                   bool
}

// suspectWord looks at the first word of a command.
func (p *parser) suspectWord(w *syntax.Word) {
	at := int(w.Pos().Offset()) + 1
	p.suspects.test = false
	switch w.Lit() {
	case "function":
		p.suspects.function = at
	case "select":
		p.suspects.menu = at
	case "time", "coproc":
		p.suspects.braces = at
	case "[[":
		p.suspects.test = true
	}
}

// foreign fails where the last token makes sense in another shell.
func (p *parser) foreign() {
	fail := func(at int, id string) {
		d := difference(id)
		panic(p.errorAt(at, "sh(1) "+d.Here, d.Instead))
	}
	here, last := p.offset(p.start), 0
	before := strings.TrimRight(string(p.root[max(here-3, 0):here]), " \t\n")
	if before != "" {
		last = int(before[len(before)-1])
	}
	adjoins := here > 0 && p.root[here-1] == byte(last)
	switch {
	case p.tok == redirection && adjoins && strings.HasSuffix(before, "<<"):
		fail(here-2, "here-string")
	case p.tok == leftParen && adjoins && (last == '<' || last == '>'):
		fail(here-1, "process-substitution")
	case p.tok == leftParen && adjoins && last == '=':
		fail(here, "array")
	case p.tok == background && adjoins && last == '|':
		fail(here-1, "pipe-both")
	case p.tok == background && strings.HasSuffix(before, ";;"):
		fail(here-2, "test-next")
	case p.tok == leftParen && p.suspects.test, p.tok == word && p.word.Lit() == "]]":
		fail(here, "test-brackets")
	case p.tok == leftParen && adjoins && strings.ContainsRune("?*+@!", rune(last)):
		fail(here-1, "extended-pattern")
	case p.suspects.function > 0 && (p.tok == leftParen || p.tok == rightBrace):
		fail(p.suspects.function-1, "function-keyword")
	case p.suspects.menu > 0 && p.tok == doWord:
		fail(p.suspects.menu-1, "select")
	case p.suspects.braces > 0 && p.tok == rightBrace:
		fail(p.suspects.braces-1, "word-before-braces")
	}
}
