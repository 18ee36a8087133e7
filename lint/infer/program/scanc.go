package program

import (
	"strings"
)

// A cCall is a call in a C source, with its arguments as they stand there.
type cCall struct {
	name string
	args []string
	line int
}

// namesDevice stands for the name of a call that is none: a string with the
// path of a device, wherever it is used.
const namesDevice = "a string"

// The bounds of one source file's scan.
const (
	maxCCalls = 20_000 // of interest, in one file
	maxCArgs  = 400    // bytes of a call's arguments
)

// A cToken is a word, a string with its quotes, or one character.
type cToken struct {
	text string
	line int
}

// scanC finds the calls that are of interest in C or C++. Comments, and what
// the preprocessor leaves out on FreeBSD, are skipped; macros are not expanded.
func scanC(text []byte) []cCall {
	var out []cCall
	tokens := tokensC(string(text))
	for i, t := range tokens {
		if len(out) >= maxCCalls {
			break
		}
		if strings.HasPrefix(t.text, `"/dev/`) && (i < 2 || tokens[i-2].text != "open") {
			out = append(out, cCall{namesDevice, []string{strings.Trim(t.text, `"`)}, t.line})
		}
		if i+1 >= len(tokens) || tokens[i+1].text != "(" || !interesting(t.text) || !isCall(tokens, i) {
			continue
		}
		args, ok := argumentsC(tokens[i+1:])
		if ok {
			out = append(out, cCall{t.text, args, t.line})
		}
	}
	return out
}

func interesting(name string) bool {
	if watched[name] || name == "open" || resolverNames[name] || inetAPIName(name) {
		return true
	}
	_, ok := symbolAct(name)
	return ok
}

// isCall tells a call from a declaration and from a member's name, by what stands before.
func isCall(tokens []cToken, i int) bool {
	if i == 0 {
		return false
	}
	switch before := tokens[i-1].text; {
	case before == "return" || before == "else" || before == "do" || before == "case" || before == "co_await":
		return true
	case before == ".", before == "*" && i > 1 && isWordC(tokens[i-2].text), isWordC(before):
		return false // a member; a declaration that gives a pointer; one that gives a value
	case before == ">":
		return i > 1 && tokens[i-2].text != "-"
	case before == ":":
		return i < 3 || tokens[i-2].text != ":" || !isWordC(tokens[i-3].text)
	}
	return true
}

func isWordC(s string) bool {
	return s != "" && (isLetter(s[0]) || s[0] >= '0' && s[0] <= '9')
}

// argumentsC splits what stands in the parentheses at the outermost commas.
func argumentsC(tokens []cToken) ([]string, bool) {
	var args []string
	var b strings.Builder
	depth := 0
	for _, t := range tokens {
		switch t.text {
		case "(", "[", "{":
			if depth++; depth == 1 {
				continue
			}
		case ")", "]", "}":
			if depth--; depth == 0 {
				if b.Len() > 0 || len(args) > 0 {
					args = append(args, b.String())
				}
				return args, true
			}
		case ",":
			if depth == 1 {
				args = append(args, b.String())
				b.Reset()
				continue
			}
		}
		if b.Len() > 0 && isWordC(t.text) && endsInWord(b.String()) {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
		if b.Len() > maxCArgs {
			return nil, false
		}
	}
	return nil, false
}

func endsInWord(s string) bool { return isWordC(s[len(s)-1:]) }

// tokensC cuts a source into tokens.
func tokensC(s string) []cToken {
	var out []cToken
	var skip conditions
	line, fresh := 1, true // fresh: only blanks since the line's beginning
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\n':
			line++
			fresh = true
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			i++
			continue
		case strings.HasPrefix(s[i:], "//"):
			i += lineEnd(s[i:])
			continue
		case strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return out
			}
			line += strings.Count(s[i:i+2+end], "\n")
			i += end + 4
			continue
		case c == '#' && fresh:
			end := lineEnd(s[i:])
			skip.directive(s[i : i+end])
			line += strings.Count(s[i:i+end], "\n")
			i += end
			continue
		}
		fresh = false
		end := i + 1
		switch {
		case c == '"' || c == '\'':
			for end < len(s) && s[end] != c && s[end] != '\n' {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(s))
			if end > i && s[end-1] == '\n' {
				end-- // the quote was not closed: perhaps an apostrophe in a macro
			}
		case isLetter(c) || c >= '0' && c <= '9':
			for end < len(s) && (isLetter(s[end]) || s[end] >= '0' && s[end] <= '9') {
				end++
			}
		}
		end = max(end, i+1)
		if !skip.off() {
			out = append(out, cToken{s[i:end], line})
		}
		line += strings.Count(s[i:end], "\n")
		i = end
	}
	return out
}

// lineEnd is the length of a line, which a backslash continues.
func lineEnd(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' && (i == 0 || s[i-1] != '\\' && !strings.HasSuffix(s[:i], "\\\r")) {
			return i
		}
	}
	return len(s)
}

// conditions follows #if as far as it is about the operating system; what else
// it asks may go either way, and both ways are looked at.
type conditions struct {
	stack []branch
}

// A branch is one #if: whether its present part is left out, and whether the rest is.
type branch struct{ out, rest bool }

// maxConditions bounds the nesting that is followed.
const maxConditions = 256

func (c *conditions) off() bool {
	for _, b := range c.stack {
		if b.out {
			return true
		}
	}
	return false
}

func (c *conditions) directive(text string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(text, "#")), " ")
	rest = strings.TrimSpace(rest)
	if word == "ifdef" || word == "ifndef" {
		rest = "defined(" + strings.Fields(rest + " x")[0] + ")"
	}
	switch word {
	case "if", "ifdef", "ifndef":
		if len(c.stack) >= maxConditions {
			return
		}
		yes, known := onFreeBSD(rest)
		if word == "ifndef" {
			yes = !yes
		}
		c.stack = append(c.stack, branch{out: known && !yes, rest: known && yes})
	case "elif", "else":
		if n := len(c.stack); n > 0 {
			b := &c.stack[n-1]
			yes, known := true, false
			if word == "elif" {
				yes, known = onFreeBSD(rest)
			}
			b.out = b.rest || known && !yes
			b.rest = b.rest || known && yes
		}
	case "endif":
		if n := len(c.stack); n > 0 {
			c.stack = c.stack[:n-1]
		}
	}
}

// otherMacros are what compilers for other systems define.
var otherMacros = set("__linux__ __linux linux _WIN32 WIN32 _WIN64 __CYGWIN__ __APPLE__ __sun __sun__ __svr4__ __OpenBSD__ __NetBSD__ __DragonFly__ _AIX __hpux __ANDROID__ __HAIKU__ __MINGW32__ __GNU__ __EMSCRIPTEN__")

// onFreeBSD says whether a condition holds on FreeBSD, where that is plain to
// see: 0, 1, and defined() of one macro that names a system.
func onFreeBSD(cond string) (yes, known bool) {
	cond = strings.TrimSpace(cond)
	not := strings.HasPrefix(cond, "!")
	name := strings.Trim(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(cond, "!")), "defined"), " ()")
	switch {
	case cond == "0":
		return false, true
	case cond == "1":
		return true, true
	case name == "__FreeBSD__":
		return !not, true
	case otherMacros[name]:
		return not, true
	}
	// One of several systems, none of them FreeBSD.
	if parts := strings.Split(cond, "||"); len(parts) > 1 && len(parts) < 32 && !strings.Contains(cond, "&&") {
		for _, part := range parts {
			if yes, known := onFreeBSD(part); !known || yes {
				return false, false
			}
		}
		return false, true
	}
	return false, false
}
