package makefile

import (
	"fmt"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// condition says in words what must be chosen for a guarded line to be
// reached: the parts that do not hold by default. Beyond maxLabels they are counted.
func (g *guard) condition() string {
	var parts []string
	more := 0
	for ; g != nil; g = g.parent {
		var own []string
		if len(parts) >= maxLabels {
			more += len(g.earlier) + 1
			continue
		}
		switch {
		case g.node == nil:
			if g.result.truth != yesTruth {
				own = append(own, optionLabel(g.option, !g.off))
			}
		default:
			for i, earlier := range g.earlier {
				if len(own) >= maxLabels {
					more += len(g.earlier) - i
					break
				}
				if earlier.result.truth != noTruth {
					own = append(own, label(earlier.text, earlier.node.variant, false))
				}
			}
			if !g.otherwise && g.result.truth != yesTruth {
				own = append(own, label(g.text, g.node.variant, true))
			}
		}
		parts = append(own, parts...)
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("%d more conditions", more))
	}
	return strings.Join(parts, " and ")
}

// choosable tells whether a user's choice could make the guarded line reached:
// each condition that does not hold hangs on options, the flavour, the host, or is not known.
func (g *guard) choosable() bool {
	for ; g != nil; g = g.parent {
		if g.node == nil {
			continue
		}
		for _, earlier := range g.earlier {
			if earlier.result.truth == yesTruth && earlier.result.deps == 0 {
				return false
			}
		}
		if !g.otherwise && g.result.truth == noTruth && g.result.deps == 0 {
			return false
		}
	}
	return true
}

func optionLabel(option string, on bool) string {
	if on {
		return "option " + option
	}
	return "option " + option + " off"
}

// label puts a condition into words where it is a plain question for an
// option or a flavour; else it is the condition itself.
func label(text, variant string, want bool) string {
	text = message.ClipLine(text, maxLabel)
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
