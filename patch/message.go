package patch

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

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

// Subject is the first line of the commit message.
func (c *Change) Subject() string {
	options, optOuts, repairs := c.kinds()
	what := []string{"Mend the rc script's service jail lines", "Fix the service jail lines"}
	moves := slices.ContainsFunc(c.Fixed, func(f lint.Finding) bool { return f.Code == "SJ201" })
	switch {
	case moves && options+optOuts == 0:
		what = []string{"Make the rc script work in a service jail", "Work in a service jail"}
	case options > 0:
		what = []string{"Make the rc script service jails ready", "Service jails ready", "svcj ready"}
		if options > 1 && optOuts+repairs == 0 {
			what[0] = "Make the rc scripts service jails ready"
		}
	case optOuts > 0:
		what = []string{"Keep the rc script out of service jails", "Opt out of service jails", "svcj opt-out"}
	}
	for _, w := range what {
		if s := c.Name() + ": " + w; len(s) <= subjectWidth {
			return s
		}
	}
	return c.Name() + ": " + what[len(what)-1]
}

// kinds counts what the change does.
func (c *Change) kinds() (options, optOuts, repairs int) {
	for _, s := range c.Subjects {
		switch {
		case s.Declared():
			repairs++
		case s.Verdict.OptOut:
			optOuts++
		default:
			options++
		}
	}
	return
}

// Body is the rest of the commit message: for each service what is declared
// and why. The trailers are the committer's and are left out.
func (c *Change) Body() string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, s := range c.Subjects {
		name := s.Script.Name.Text
		if s.Script.Name.Kind != 0 && strings.ContainsAny(name, "$%") || name == "" {
			name = s.Service.Name
		}
		if seen[s.Service.Template] {
			continue
		}
		seen[s.Service.Template] = true
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(wrap(c.sentence(s, name), bodyWidth))
	}
	if len(c.Ports) > 1 {
		b.WriteString("\n" + wrap("The script is installed by "+strings.Join(c.Ports, ", ")+"; PORTREVISION rises in each of them.", bodyWidth))
	}
	return b.String()
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
	switch {
	case s.Declared():
		return fmt.Sprintf("%s: %s.", name, strings.Join(mended, "; "))
	case s.Verdict.OptOut:
		return fmt.Sprintf("%s can't work in a service jail, so it says so. %s", name, s.Verdict.Reason)
	case len(s.Verdict.Options) == 0:
		return fmt.Sprintf("%s needs no service jail option; the empty set says that someone looked. %s", name, s.Verdict.Reason)
	}
	text := fmt.Sprintf("With %s_svcj=YES in rc.conf(5), %s runs in a service jail with %s. %s",
		name, name, strings.Join(s.Verdict.Options, " "), s.Verdict.Reason)
	for _, l := range s.Verdict.Limits {
		text += " Reduced in the jail: " + strings.TrimSuffix(l, ".") + "."
	}
	for _, f := range s.Findings { // what does not stand in the way, but must be known
		if strings.HasPrefix(f.Code, "SJ2") {
			text += " Note: " + f.Message + "."
		}
	}
	for _, q := range s.Silenced {
		if q.Works {
			text += " Note: " + q.Message + ", yet it works: " + strings.TrimSuffix(q.Reason, ".") + "."
		}
	}
	return text
}

// wrap breaks a paragraph into lines of at most width columns.
func wrap(text string, width int) string {
	var b strings.Builder
	col := 0
	for _, w := range strings.Fields(text) {
		if col > 0 && col+1+len(w) > width {
			b.WriteString("\n")
			col = 0
		} else if col > 0 {
			b.WriteString(" ")
			col++
		}
		b.WriteString(w)
		col += len(w)
	}
	return b.String() + "\n"
}

// Author is who a patch is from; Date is in the form of RFC 5322. Both may be empty.
type Author struct{ Name, Date string }

// Mail is the change in the form of git format-patch. Without an author it
// has no From line: git apply and patch(1) take it, git am does not.
func (c *Change) Mail(a Author) ([]byte, error) {
	diff, err := c.Diff()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if a.Name != "" {
		fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\nFrom: %s\n", strings.Repeat("0", 40), a.Name)
	}
	if a.Date != "" {
		fmt.Fprintf(&b, "Date: %s\n", a.Date)
	}
	fmt.Fprintf(&b, "Subject: [PATCH] %s\n\n%s---\n", c.Subject(), c.Body())
	for _, f := range c.Files {
		fmt.Fprintf(&b, " %s\n", f.Path)
	}
	fmt.Fprintf(&b, "\n%s-- \nsvcjify\n", diff)
	return b.Bytes(), nil
}

// FileName is the name of the change's file in a directory of patches.
func (c *Change) FileName() string {
	name := c.Origin
	if name == "" {
		name = path.Base(c.Files[0].Path)
	}
	return strings.ReplaceAll(name, "/", "_") + ".patch"
}
