package patch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/svcjify/svcjify/lint"
)

// The widths that the FreeBSD committer's guide asks for.
const (
	subjectWidth = 63
	bodyWidth    = 72
)

// Name is how the change is called: its origin, or the script's path.
func (c *Change) Name() string {
	if c.Origin != "" {
		return c.Origin
	}
	return c.Files[0].Path
}

// Subject is the first line of the commit message: the fullest sentence that
// fits. The guide aims at 50 columns and allows 63; the sentence is that of
// earlier commits, so it is kept up to 63, then said shorter. A port whose name
// leaves no room even for the shortest is never cut: half a name is a wrong one.
func (c *Change) Subject() string {
	script, its := "rc script", "rc script's"
	if len(c.templates()) > 1 {
		script, its = "rc scripts", "rc scripts'"
	}
	what := []string{"Mend the " + its + " service jail lines", "Fix the service jail lines"}
	switch k := c.Kinds(); {
	case k.Moved > 0 && k.Options+k.OptOuts == 0:
		what = []string{"Make the " + script + " work in a service jail", "Work in a service jail"}
	case k.Options > 0:
		what = []string{"Make the " + script + " service jails ready", "Make " + script + " service jails ready", "Make service jails ready", "Service jails ready", "svcj ready"}
	case k.OptOuts > 0:
		what = []string{"Keep the " + script + " out of service jails", "Opt out of service jails", "svcj opt-out"}
	}
	for _, w := range what {
		if s := c.Name() + ": " + w; len(s) <= subjectWidth {
			return s
		}
	}
	return c.Name() + ": " + what[len(what)-1]
}

// Kinds counts what a change does, by service.
type Kinds struct {
	// Options and OptOuts are new declarations, Mended is mended ones.
	Options, OptOuts, Mended int
	// Moved is repairs of a start that needs what only a start_precmd sets.
	Moved int
}

// Kinds counts what the change does.
func (c *Change) Kinds() Kinds {
	var k Kinds
	for _, s := range c.Subjects {
		mended, moved := 0, 0
		for _, f := range c.Fixed {
			switch {
			case f.Path != s.Service.Template:
			case f.Code == "SJ201":
				moved = 1
			default:
				mended = 1
			}
		}
		k.Moved += moved
		switch {
		case s.Declared():
			k.Mended += mended
		case s.Verdict.OptOut:
			k.OptOuts++
		default:
			k.Options++
		}
	}
	return k
}

// templates is the scripts that change, each once.
func (c *Change) templates() []string {
	var out []string
	for _, s := range c.Subjects {
		if !slices.Contains(out, s.Service.Template) {
			out = append(out, s.Service.Template)
		}
	}
	return out
}

// Body is the rest of the commit message: for each service what is declared
// and why. The trailers are the committer's and are left out.
func (c *Change) Body() string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, s := range c.Subjects {
		text := c.sentence(s, ServiceName(s))
		if seen[s.Service.Template] || seen[text] { // copies of a script say the same
			continue
		}
		seen[s.Service.Template], seen[text] = true, true
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(wrap(text, bodyWidth))
	}
	if len(c.Ports) > 1 {
		b.WriteString("\n" + wrap("The scripts are installed by "+list(c.Ports)+": PORTREVISION rises in each of them.", bodyWidth))
	}
	if len(c.Rebuilt) > 0 {
		text := list(c.Rebuilt) + " install"
		if len(c.Rebuilt) == 1 {
			text += "s"
		}
		b.WriteString("\n" + wrap(text+" none of this, but PORTREVISION is set in one place for all and so rises there as well.", bodyWidth))
	}
	return b.String()
}

// ServiceName is how a service is called in a text for people: by the name that
// its variables in rc.conf begin with, where that is known.
func ServiceName(s *lint.Subject) string {
	name := s.RunName()
	if name == "" || strings.ContainsAny(name, "$%` \t\n") {
		return s.Service.Name
	}
	return name
}

// list is names in a sentence.
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// sentence says what the change does for one service.
func (c *Change) sentence(s *lint.Subject, name string) string {
	var what, moves []string
	for _, f := range c.Fixed {
		switch {
		case f.Path != s.Service.Template:
		case f.Code == "SJ201":
			move := fmt.Sprintf("For a service jail, start_precmd runs on the host, and the script is sourced again inside; there %s. So %s.",
				strings.TrimPrefix(f.Message, "in the jail "), f.Fix.What)
			if len(f.Fix.Exports) > 0 {
				move += " The script's other commands find " + strings.Join(f.Fix.Exports, " ") + " in their environment now, too."
			}
			if f.Fix.Reorders {
				move += " Flags of rc.conf now stand in front of these words, and no longer behind."
			}
			moves = append(moves, move)
		case !slices.Contains(what, f.Message):
			what = append(what, f.Message)
		}
	}
	if len(moves) > 0 {
		text := strings.Join(moves, " ")
		if !s.Declared() || len(what) > 0 {
			text += " " + c.declared(s, name, what)
		}
		return text
	}
	return c.declared(s, name, what)
}

// declared says what a service declares, or which of its findings are mended.
func (c *Change) declared(s *lint.Subject, name string, mended []string) string {
	why := ""
	if s.Verdict.Reason != "" {
		why = " Why: " + stop(s.Verdict.Reason)
	}
	switch {
	case s.Declared():
		if !slices.ContainsFunc(c.Fixed, func(f lint.Finding) bool {
			return f.Path == s.Service.Template && strings.HasPrefix(f.Code, "SJ3")
		}) {
			why = "" // the answer stays
		}
		return name + ": " + stop(strings.Join(mended, "; ")) + why
	case s.Verdict.OptOut:
		because := ""
		if s.Verdict.Comment != "" {
			because = " (" + s.Verdict.Comment + ")"
		}
		return fmt.Sprintf("No option lets %s work in a service jail%s, so the script keeps it outside.%s", name, because, why)
	}
	text := fmt.Sprintf("%s works in a service jail without any option, so the default is the empty set.%s", name, why)
	if len(s.Verdict.Options) > 0 {
		text = fmt.Sprintf("With %s_svcj=YES in rc.conf(5), %s runs in a service jail with %s.%s",
			name, name, strings.Join(s.Verdict.Options, " "), why)
	}
	for _, l := range s.Verdict.Limits {
		text += " Reduced in the jail: " + stop(l)
	}
	for _, f := range s.Findings { // what does not stand in the way, but must be known
		if strings.HasPrefix(f.Code, "SJ2") {
			text += " Note: " + stop(f.Message)
		}
	}
	for _, q := range s.Silenced {
		if q.Works {
			text += " Note: " + q.Message + ", yet it works: " + strings.TrimSuffix(q.Reason, ".") + "."
		}
	}
	return text
}

// stop ends a sentence.
func stop(text string) string { return strings.TrimRight(text, ". ") + "." }

// special matches a line that git am would not take for text: the end of the
// message, the start of a diff, a header, another mail.
var special = regexp.MustCompile(`^(---|diff -|Index: |>*From |(?i:from|subject|date):)`)

// wrap breaks a paragraph into lines of at most width columns. What a hostile
// script brings along is made harmless: control characters are replaced, and a
// line that a mail reader would take for something else is indented.
func wrap(text string, width int) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, text)
	var lines []string
	for _, w := range strings.Fields(text) {
		n := len(lines)
		if n > 0 && len(lines[n-1])+1+len(w) <= width {
			lines[n-1] += " " + w
		} else {
			lines = append(lines, w)
		}
	}
	for i, l := range lines {
		if special.MatchString(l) {
			lines[i] = " " + l
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Paragraph is text for a mail, in lines of at most 72 columns.
func Paragraph(text string) string { return wrap(text, bodyWidth) }

// Template reports whether a file of the change is a script, not a Makefile.
func (c *Change) Template(name string) bool {
	return slices.ContainsFunc(c.Subjects, func(s *lint.Subject) bool { return s.Service.Template == name })
}
