package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/svcjify/svcjify/lint"
)

// The colours of a terminal, as ECMA-48 numbers them.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "1;36"
	green  = "1;32"
)

var severityColor = map[lint.Severity]string{lint.Error: red, lint.Warning: yellow, lint.Info: cyan}

func (o Options) paint(color, s string) string {
	if !o.Color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

// hides reports whether a finding is left out.
func (o Options) hides(f lint.Finding) bool { return o.Quiet && f.Severity < o.Least }

// Text prints each finding with its source line, a caret under the place, and
// its hint, and then the summary. Of several findings of one line, a
// hint that stands there already is not printed again.
func Text(w io.Writer, res *lint.Result, o Options) error {
	var b strings.Builder
	var last lint.Finding
	for _, f := range res.Findings {
		if o.hides(f) {
			continue
		}
		b.WriteString(o.line(f) + "\n")
		if line, caret, ok := excerpt(f); ok {
			fmt.Fprintf(&b, "\t%s\n\t%s\n", line, o.paint(green, caret))
		}
		if f.Hint != "" && !(f.Hint == last.Hint && f.Line == last.Line && f.Location() == last.Location()) {
			fmt.Fprintf(&b, "\thint: %s\n", OneLine(f.Hint))
		}
		last = f
	}
	if !o.Quiet {
		b.WriteString(Summary(res) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Oneline prints a finding a line, and nothing else.
func Oneline(w io.Writer, res *lint.Result, o Options) error {
	var b strings.Builder
	for _, f := range res.Findings {
		if !o.hides(f) {
			b.WriteString(o.line(f) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Line is a finding on one line, `path:line:col: severity: message [SJ101]`.
func Line(f lint.Finding) string { return Options{}.line(f) }

func (o Options) line(f lint.Finding) string {
	place := OneLine(f.Location())
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
		if f.Col > 0 {
			place += fmt.Sprintf(":%d", f.Col)
		}
	}
	return fmt.Sprintf("%s: %s: %s [%s]", o.paint(bold, place), o.paint(severityColor[f.Severity], f.Severity.String()),
		OneLine(f.Message), f.Code)
}

// The window of a source line that is shown, in columns: what stands before
// the place, and how much in all.
const (
	windowBefore = 60
	windowWidth  = 110
)

// excerpt is the source line of a finding and a line with a caret under the
// place; of a long line, the part around it.
func excerpt(f lint.Finding) (line, caret string, ok bool) {
	if f.Line == 0 || strings.TrimSpace(f.Source) == "" {
		return "", "", false
	}
	at := min(max(f.Col-1, 0), len(f.Source))
	const tab = "        "
	show := func(s string) []rune { return []rune(visible(strings.ReplaceAll(s, "\t", tab))) }
	// No more than a part is looked at: a hostile line may have a million bytes.
	before := show(f.Source[max(0, at-4*windowBefore):at])
	after := show(f.Source[at:min(len(f.Source), at+4*windowWidth)])
	mark := ""
	if len(before) > windowBefore || at > 4*windowBefore {
		before = before[max(0, len(before)-windowBefore):]
		mark = "..."
	}
	end := ""
	if room := windowWidth - len(before); len(after) > room || len(f.Source) > at+4*windowWidth {
		after, end = after[:min(len(after), room)], "..."
	}
	if mark == "" { // what the line begins with is of no interest
		indent := 0
		for indent < len(before) && before[indent] == ' ' {
			indent++
		}
		before = before[indent:]
	}
	return mark + string(before) + string(after) + end, strings.Repeat(" ", len(mark)+len(before)) + "^", true
}

// List prints a service a line: name, origin, state, options, certainty; and,
// where it is asked for, what is declared before what is needed.
func List(w io.Writer, res *lint.Result, o Options) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, s := range res.Subjects {
		needs := dash(s.Verdict.Answer())
		if o.Declared {
			needs = "declares " + dash(OneLine(s.Declaration().Answer())) + "\tneeds " + needs
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", OneLine(s.Service.Name), dash(OneLine(s.Origin())), s.State, needs,
			s.Verdict.Certainty)
	}
	return t.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
