package rcrun

import (
	"errors"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
	"github.com/svcjify/svcjify/rcparse/sh"
	"mvdan.cc/sh/v3/syntax"
)

// Limits on a text that is parsed: a script, or one that a script makes for
// eval, sh -c or trap. The parser is recursive.
const (
	maxText  = 256 << 10
	maxEval  = 64 << 10
	maxDepth = 1000
)

var (
	errTooLong = errors.New("a shell text of more than 256 KiB")
	errTooDeep = errors.New("a shell text nested deeper than 1000 levels")
)

// parseText parses by the grammar of FreeBSD's sh(1), and makes a tree of it that
// the interpreter runs alike.
func parseText(text string) (*syntax.File, error) {
	if err := bounded(text); err != nil {
		return nil, err
	}
	f, err := sh.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	forBash(f)
	return f, nil
}

// bounded refuses what the parser's stack may not hold. The count is naive:
// brackets in quotes and comments count too.
func bounded(text string) error {
	if len(text) > maxText {
		return errTooLong
	}
	depth, run, word := 0, 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth = max(depth-1, 0)
		}
		if c == '!' || c == '~' || c == '+' || c == '-' {
			run++
		} else if c != ' ' && c != '\t' {
			run = 0
		}
		if c >= 'a' && c <= 'z' {
			word++
			continue
		}
		switch text[i-word : i] {
		case "if", "case", "while", "until", "for", "elif":
			depth++
		case "fi", "esac", "done":
			depth = max(depth-1, 0)
		}
		word = 0
		if depth > maxDepth || run > maxDepth {
			return errTooDeep
		}
	}
	return nil
}

// harmless reports whether a text of eval can be run as it stands: it has
// nothing that rewrite would change.
func harmless(text string) bool {
	if strings.ContainsAny(text, "&|<>~`") {
		return false
	}
	for _, s := range []string{
		"$$", "$!", "$(", "$[", "$\"", "[[", "]=", "+=", "PPID", "RANDOM", "DIRSTACK", "time", "coproc", "local -",
		"export -", "readonly -",
		"declare", "typeset", "nameref",
	} {
		if strings.Contains(text, s) {
			return false
		}
	}
	for _, rest := range strings.Split(text, "${")[1:] {
		if !plainExpansion(rest) {
			return false
		}
	}
	return wellFormed(text) && (!strings.Contains(text, "{") ||
		!strings.Contains(text, ",") && !strings.Contains(text, ".."))
}

// plainExpansion reports whether what stands behind ${ is a name and an operator
// that Bash and sh(1) have in common, or the brace.
func plainExpansion(rest string) bool {
	name := strings.TrimLeft(rest, identifier)
	if name == rest {
		return false
	}
	operator := strings.TrimPrefix(name, ":")
	return operator != "" && (strings.IndexByte("-=+?", operator[0]) >= 0 ||
		operator == name && strings.IndexByte("}%#", operator[0]) >= 0)
}

// wellFormed reports whether a text is sure to parse: simple commands whose
// quotes and braces match. A syntax error in an eval ends a shell, but not the
// interpreter.
func wellFormed(text string) bool {
	single, double, open := 0, 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'':
			single++
		case '"':
			double++
		case '{':
			open++
		case '}':
			open--
		case '(', ')', ';', '\\':
			return false
		}
	}
	first, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), " ")
	return single%2 == 0 && double%2 == 0 && (single == 0 || double == 0) && open == 0 &&
		!syntax.IsKeyword(strings.TrimSpace(first))
}

// safeText is a text of eval or trap after rewrite.
func safeText(text string) (string, error) {
	if len(text) > maxEval {
		return "", errTooLong
	}
	return safeTexts.Get(text, func() (string, error) { return madeSafe(text) })
}

// safeTexts is what texts of eval were made into.
var safeTexts = interp.Kept[string]{Most: 256 << 10}

func madeSafe(text string) (string, error) {
	if harmless(text) {
		return text, nil
	}
	f, err := parseText(text)
	if err != nil {
		return "", err
	}
	rewrite(f, 0, false)
	var b strings.Builder
	if err := syntax.NewPrinter().Print(&b, f); err != nil {
		return "", err
	}
	return b.String(), nil
}
