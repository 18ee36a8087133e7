package makefile

import (
	"strings"

	"github.com/svcjify/svcjify/corpus/makefile/bmake"
	"github.com/svcjify/svcjify/internal/message"
)

// Choice is an option that a helper depends on, in words.
func (e *evaluation) Choice(option string, on bool) string { return optionLabel(option, on) }

func optionLabel(option string, on bool) string {
	if on {
		return "option " + option
	}
	return "option " + option + " off"
}

// InWords puts a condition into words where it is a plain question for an
// option or a flavour; else it is the condition itself.
func (e *evaluation) InWords(text, variant string, want bool) string {
	text = message.ClipLine(text, bmake.MaxLabel)
	plain, holds := text, want
	for {
		if rest, ok := strings.CutPrefix(plain, "!"); ok && !strings.HasPrefix(rest, "=") {
			plain, holds = strings.TrimSpace(rest), !holds
			continue
		}
		if strings.HasPrefix(plain, "(") && strings.HasSuffix(plain, ")") && strings.Count(plain, "(") == 1 {
			plain = strings.TrimSpace(plain[1 : len(plain)-1])
			continue
		}
		break
	}
	if o, ok := between(plain, "${PORT_OPTIONS:M", "}"); ok {
		return optionLabel(o, holds)
	}
	if o, ok := between(plain, "empty(PORT_OPTIONS:M", ")"); ok {
		return optionLabel(o, !holds)
	}
	if f, ok := comparedWith(plain, "FLAVOR", holds); ok {
		return "flavor " + f
	}
	if variant != "" {
		text = "." + "if" + variant + " " + text
	}
	if want {
		return text
	}
	if inner, ok := strings.CutPrefix(text, "!"); ok && isCall(inner) {
		return inner
	}
	if isCall(text) {
		return "!" + text
	}
	return "!(" + text + ")"
}

// comparedWith gives the word that a variable must equal for the condition to
// come out as wanted: ${NAME} == word, ${NAME:U} == "word", ${NAME:Mword}.
func comparedWith(s, name string, want bool) (string, bool) {
	if w, ok := between(s, "${"+name+":M", "}"); ok && want {
		return w, true
	}
	for _, form := range []string{"${" + name + "}", "${" + name + ":U}"} {
		for _, form := range []string{form, `"` + form + `"`} {
			rest, ok := strings.CutPrefix(s, form)
			if !ok {
				continue
			}
			for _, op := range []string{"==", "!="} {
				if w, ok := strings.CutPrefix(strings.TrimSpace(rest), op); ok && want == (op == "==") {
					w = strings.Trim(strings.TrimSpace(w), `"`)
					return w, isWord(w)
				}
			}
		}
	}
	return "", false
}

// between gives the word between a prefix and a suffix.
func between(s, prefix, suffix string) (string, bool) {
	s, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return "", false
	}
	s, ok = strings.CutSuffix(s, suffix)
	if !ok {
		return "", false
	}
	// A loop variable stands as ${:Uvalue}.
	if v, ok := strings.CutPrefix(s, "${:U"); ok {
		s = strings.TrimSuffix(v, "}")
	}
	return s, isWord(s)
}

func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.') {
			return false
		}
	}
	return s != ""
}

// isCall tells a single function call, such as defined(X).
func isCall(s string) bool {
	i := strings.IndexByte(s, '(')
	return i > 0 && isWord(s[:i]) && strings.IndexByte(s, ')') == len(s)-1
}
