package main

import (
	"fmt"
	"regexp"
	"strings"
)

// An mdocWriter writes mdoc(7): the help's plain text, with what it means marked up.
type mdocWriter struct {
	b strings.Builder
	// par is whether prose stands before, from which other prose is to be parted.
	par bool
}

// macro writes a line of its own.
func (w *mdocWriter) macro(format string, args ...any) {
	fmt.Fprintf(&w.b, "."+format+"\n", args...)
}

func (w *mdocWriter) section(macro, title string) {
	w.macro("%s %s", macro, title)
	w.par = false
}

// mdocText keeps roff from taking a text for more than text.
var mdocText = strings.NewReplacer(`\`, `\e`)

// mdocArg is an argument of a macro: it may be taken for another macro, or for a mark of punctuation.
func mdocArg(s string) string {
	return `"` + strings.ReplaceAll(mdocText.Replace(s), `"`, `\(dq`) + `"`
}

var (
	helpItem = regexp.MustCompile(`^  (\S+(?: \S+)*)  +(\S.*)$`)
	// crossRef is a manual page as a word of its own, with what stands behind it.
	crossRef    = regexp.MustCompile(`^([a-z][\w.-]*)\(([1-9])\)([.,;:]*)$`)
	sentenceEnd = regexp.MustCompile(`[.!?]['")]*$`)
	envName     = regexp.MustCompile(`^[A-Z][A-Z_]+$`)
)

// text writes a help text: paragraphs, and among them indented blocks, which are lists of
// `  WORD  what it is` with continuation lines, or else stand as they are.
func (w *mdocWriter) text(s string) {
	if s == "" {
		return
	}
	for par := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		lines := strings.Split(par, "\n")
		for len(lines) > 0 {
			indented := strings.HasPrefix(lines[0], "  ")
			n := 1
			for n < len(lines) && strings.HasPrefix(lines[n], "  ") == indented {
				n++
			}
			if indented {
				w.block(lines[:n])
			} else {
				if w.par {
					w.macro("Pp")
				}
				w.prose(strings.Join(lines[:n], " "))
			}
			lines = lines[n:]
			w.par = true
		}
	}
}

func (w *mdocWriter) block(lines []string) {
	if !helpItem.MatchString(lines[0]) {
		w.macro("Bd -literal -offset indent")
		for _, l := range lines {
			w.b.WriteString(mdocLine(strings.TrimPrefix(l, "  ")) + "\n")
		}
		w.macro("Ed")
		return
	}
	w.macro("Bl -tag -width Ds")
	item := ""
	for _, l := range lines {
		m := helpItem.FindStringSubmatch(l)
		if m == nil || strings.HasPrefix(l, "   ") { // goes on
			item += " " + strings.TrimSpace(l)
			continue
		}
		w.prose(item)
		macro := "Cm"
		if envName.MatchString(m[1]) {
			macro = "Ev"
		}
		w.macro("It %s %s", macro, mdocArg(m[1]))
		item = m[2]
	}
	w.prose(item)
	w.macro("El")
}

// prose writes a paragraph, each sentence on a line of its own, as mdoc(7) wants it.
func (w *mdocWriter) prose(s string) {
	line := ""
	flush := func() {
		if line != "" {
			w.b.WriteString(mdocLine(line) + "\n")
		}
		line = ""
	}
	for _, word := range strings.Fields(s) {
		if m := crossRef.FindStringSubmatch(word); m != nil {
			flush()
			w.macro("%s", strings.TrimSpace(strings.Join(append([]string{"Xr", m[1], m[2]}, strings.Split(m[3], "")...),
				" ")))
			continue
		}
		if rest, ok := strings.CutPrefix(word, "FreeBSD"); ok {
			flush()
			if rest != "" {
				rest = " Ns " + mdocArg(rest)
			}
			w.macro("Fx%s", rest)
			continue
		}
		if len(line)+1+len(word) > 76 {
			flush()
		}
		line = strings.TrimSpace(line + " " + word)
		if sentenceEnd.MatchString(word) {
			flush()
		}
	}
	flush()
}

// mdocLine is a line of text that can't be taken for a request.
func mdocLine(s string) string {
	s = mdocText.Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// usage writes what stands behind a command's name, as in `[PATH...] {A | B}`.
func (w *mdocWriter) usage(s string) {
	for _, x := range [][2]string{{"[", " [ "}, {"]", " ] "}, {"{", " { "}, {"}", " } "}, {"...", " ... "}} {
		s = strings.ReplaceAll(s, x[0], x[1])
	}
	brackets := map[string]string{"[": "Oo", "]": "Oc", "{": "Bro", "}": "Brc"}
	for _, word := range strings.Fields(s) {
		switch flag, isFlag := strings.CutPrefix(word, "-"); {
		case brackets[word] != "":
			w.macro("%s", brackets[word])
		case word == "..." || word == "|":
			w.macro(`No \&%s`, word)
		case isFlag:
			w.macro("Fl %s", mdocText.Replace(flag))
		default:
			w.macro("Ar %s", mdocArg(word))
		}
	}
}
