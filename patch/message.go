package patch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
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
	script, its := "the rc script", "the rc script's"
	if len(c.templates()) > 1 {
		script, its = "the rc scripts", "the rc scripts'"
	}
	var only []string // of several scripts
	if len(c.Left) > 0 {
		for _, s := range c.Subjects {
			if name := ServiceName(s); !slices.Contains(only, name) {
				only = append(only, name)
			}
		}
	}
	what := []string{"Correct " + its + " service jail lines", "Correct the service jail lines"}
	switch k := c.Kinds(); {
	case k.Moved > 0 && k.Options+k.OptOuts == 0:
		what = []string{"Make " + script + " work in a service jail", "Work in a service jail"}
	case k.Options > 0:
		what = []string{"Make " + script + " service jails ready",
			"Make " + script[len("the "):] + " service jails ready", "Make service jails ready", "Service jails ready",
			"svcj ready"}
	case k.OptOuts > 0:
		what = []string{"Opt out of service jails", "svcj opt-out"}
	}
	if len(only) > 0 { // the others would be taken for forgotten, or for done
		whose := []string{strings.Replace(what[0], script, list(only), 1)}
		if k := c.Kinds(); k.Options == 0 && k.OptOuts > 0 {
			whose = []string{"Opt " + list(only) + " out of service jails"}
		}
		what = append(whose, what...)
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
	// Options and OptOuts are new declarations, Corrected is corrected ones. A default of
	// NO that rc.conf can lift comes with options, and counts as those.
	Options, OptOuts, Corrected int
	// Moved is repairs of a start that needs what only a start_precmd sets.
	Moved int
	// Dropped is restart_cmds that are deleted.
	Dropped int
}

// Kinds counts what the change does.
func (c *Change) Kinds() Kinds {
	var k Kinds
	for _, s := range c.Subjects {
		corrections, moved := 0, 0
		for _, f := range c.Fixed {
			switch {
			case f.Path != s.Service.Template:
			case f.Code == "SJ201":
				moved = 1
			case f.Code == "SJ205":
				k.Dropped++
			default:
				corrections = 1
			}
		}
		k.Moved += moved
		switch {
		case s.Declared():
			k.Corrected += corrections
		case s.Verdict.Never():
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

// Body is the rest of the commit message: what is declared and why, once for the
// services of which the same is true, then what changes for those who jail them.
// The trailers are the committer's and are left out.
func (c *Change) Body() string {
	var paragraphs []string
	add := func(text string) {
		if strings.TrimSpace(text) != "" && !slices.Contains(paragraphs, text) { // copies of a script say the same
			paragraphs = append(paragraphs, text)
		}
	}
	for _, text := range c.moves() {
		add(wrap(text, bodyWidth))
	}
	for _, g := range c.declarations() {
		add(wrap(g.sentence(), bodyWidth))
	}
	add(c.changes())
	add(wrap(c.newer(), bodyWidth))
	add(wrap(c.form(), bodyWidth))
	add(wrap(c.bumps(), bodyWidth))
	return strings.Join(paragraphs, "\n")
}

// noColon matches a default of the options that is written without a colon.
var noColon = regexp.MustCompile(`\{[^{}]*_svcj_options[=-]`)

// form says why a default with options has no colon where those around it have one.
func (c *Change) form() string {
	for _, s := range c.Subjects {
		if s.Declared() || len(s.Verdict.Works()) == 0 || s.Script == nil {
			continue
		}
		block := s.Script.Block()
		if len(block) == 0 || !hasColon(block[len(block)-1]) || !slices.ContainsFunc(c.Files, func(f File) bool {
			return f.Path == s.Service.Template && noColon.Match(f.New)
		}) {
			continue
		}
		return "The default has no colon, so that an empty value in rc.conf, which denies the network, stays empty."
	}
	return ""
}

func hasColon(a rcparse.Assign) bool { return a.Op == rcparse.ColonEquals || a.Op == rcparse.ColonDash }

// bumps says in which ports PORTREVISION rises, where that is not only the one that the
// subject names.
func (c *Change) bumps() string {
	script, them, text := "the script", "it", ""
	if len(c.templates()) > 1 {
		script, them = "the scripts", "them"
	}
	if len(c.Ports) < 2 {
		them = script
	} else {
		text = "PORTREVISION rises in all ports that install " + script + ": " + list(c.Ports) + "."
	}
	if n := len(c.Rebuilt); n > 0 {
		share, do := "share", "do"
		if n == 1 {
			share, do = "shares", "does"
		}
		text += fmt.Sprintf(" %s, which %s not install %s, %s the line that sets PORTREVISION.", list(c.Rebuilt), do,
			them, share)
	}
	return strings.TrimSpace(text)
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

// moves says what is moved to where the jailed start finds it, a sentence each.
func (c *Change) moves() []string {
	var said sayings
	for _, s := range c.Subjects {
		for _, f := range c.Fixed {
			if f.Path != s.Service.Template || f.Code != "SJ201" && f.Code != "SJ205" {
				continue
			}
			move := fmt.Sprintf("%s. So %s.", f.Message, f.Fix.What)
			if len(f.Fix.Exports) > 0 {
				move += " The script's other commands find " + list(f.Fix.Exports) + " in their environment now, too."
			}
			if f.Fix.Reorders {
				move += " Flags of rc.conf now stand in front of these words, and no longer behind."
			}
			said.add(ServiceName(s), move)
		}
	}
	return said.texts(true)
}

// changes is a list of what is otherwise for those who put the services into a jail.
func (c *Change) changes() string {
	var said sayings
	for _, s := range c.Subjects {
		if s.Verdict.Never() || s.Declared() {
			continue
		}
		name := ServiceName(s)
		for _, verb := range s.Skipped {
			if verb == "restart" {
				said.add(name, fmt.Sprintf(
					"\"service %s restart\" does nothing, and its exit status is 0; stop and start work.", name))
			} else {
				said.add(name, fmt.Sprintf("\"service %s %s\" says nothing, and its exit status is 0.", name, verb))
			}
		}
		for _, f := range s.Findings { // what does not stand in the way, but must be known
			if told := f.Severity >= lint.Warning || f.Code == "SJ207"; told && !f.IsDoubt() &&
				slices.Contains([]string{"SJ201", "SJ204", "SJ206", "SJ207", "SJ212"}, f.Code) {
				text := strings.Replace(f.Message, "in a service jail ", "", 1)
				said.add(name, stop(triedWith.ReplaceAllString(text, " to $1")))
			}
		}
		for _, l := range s.Verdict.Limits {
			said.add(name, c.about(name, stop(l)))
		}
		for _, q := range s.Silenced {
			if q.Works {
				said.add(name, q.Message+", yet it works: "+stop(q.Reason))
			}
		}
	}
	items := said.texts(len(said) > 1)
	if len(items) == 0 {
		return ""
	}
	when := "In a service jail" // that is where it happens, not where it is typed
	if name := said[0].names[0]; !c.several() || len(said) == 1 && len(said[0].names) == 1 {
		when = "With " + name + "_svcj=YES"
		if len(items) == 1 {
			items[0] = strings.TrimPrefix(items[0], name+": ")
		}
	}
	if names := said[0].names; len(items) == 1 && len(names) > 1 {
		when, items[0] = "In the service jails of "+list(names), strings.TrimPrefix(items[0], list(names)+": ")
	}
	if len(items) == 1 {
		if setting, ok := strings.CutPrefix(items[0], "with "); ok {
			return wrap(when+" and "+setting, bodyWidth)
		}
		return wrap(when+", "+items[0], bodyWidth)
	}
	var b strings.Builder
	b.WriteString(when + ":\n")
	for _, item := range items {
		lines := strings.TrimSuffix(wrap(item, bodyWidth-2), "\n")
		b.WriteString("- " + strings.ReplaceAll(lines, "\n", "\n  ") + "\n")
	}
	return b.String()
}

// about says of which of several services a sentence is that does not name it.
func (c *Change) about(name, text string) string {
	if c.several() {
		return name + ": " + text
	}
	return text
}

// several reports whether the change is of services of several names; copies of one
// script in several ports have one.
func (c *Change) several() bool {
	return slices.ContainsFunc(c.Subjects, func(s *lint.Subject) bool {
		return ServiceName(s) != ServiceName(c.Subjects[0])
	})
}

// triedWith is how a finding tells with which value a setting was tried.
var triedWith = regexp.MustCompile(` \(tried with ("[^"]*")\)`)

// newer says which options an older rc.subr does not know, "" for none.
func (c *Change) newer() string {
	var words []string
	oldest := rcrun.Releases()[0]
	for _, s := range c.Subjects {
		for _, w := range s.Verdict.Works() {
			if !oldest.Knows(w) && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	them := "it"
	if len(words) > 1 {
		them = "them"
	}
	return fmt.Sprintf("The rc.subr of FreeBSD %s does not know %s: it says so and starts the jail without %s.",
		oldest.Name, list(words), them)
}

// sentenceCase begins a sentence, unless it begins with a name.
func sentenceCase(text string) string {
	if first, _, _ := strings.Cut(text, " "); strings.ContainsAny(first, "_.(:") { // proxy_bind, redis:
		return text
	}
	if first, size := utf8.DecodeRuneInString(text); unicode.IsLower(first) {
		return string(unicode.ToUpper(first)) + text[size:]
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
