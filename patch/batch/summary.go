package batch

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"strings"
	"text/template"

	"github.com/svcjify/svcjify/lint/report"
)

//go:embed templates
var templateFiles embed.FS

// words are what the templates call.
var words = map[string]any{
	"join":  func(list []string) string { return strings.Join(list, ", ") },
	"lines": func(list []string) string { return strings.Join(list, "; ") },
	"short": func(commit string) string { return commit[:min(12, len(commit))] },
}

// markdown is SUMMARY.md.
func (p *page) markdown() ([]byte, error) {
	t, err := template.New("summary.md").Funcs(words).Funcs(template.FuncMap{"md": escapeMarkdown,
		"link": escapeLink}).ParseFS(templateFiles, "templates/summary.md")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return []byte(report.Shown(b.String())), err
}

// html is SUMMARY.html: one file that needs no other.
func (p *page) html() ([]byte, error) {
	t, err := htmltemplate.New("summary.html").Funcs(words).ParseFS(templateFiles, "templates/summary.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return []byte(report.Shown(b.String())), err
}

// Contents is what the page has, in its order, with the number of things in it.
func (p *page) Contents() []count {
	out := []count{{"Before you send", "send", 0}, {"Counts", "counts", 0}}
	add := func(what, anchor string, n int) {
		if n > 0 {
			out = append(out, count{what, anchor, n})
		}
	}
	add("What is built again", "cost", p.Cost.Ports+p.Cost.Dependents)
	add("Patches", "patches", p.Patches)
	add("Left for later", "later", total(p.Later, func(r row) int { return len(r.Links) }))
	held := total(p.Held, func(c cause) int { return c.Services })
	add("Withheld", "withheld", held)
	for _, c := range p.Held {
		add("Withheld: "+c.Title, c.Anchor, c.Services)
	}
	if len(p.FreedRows) > 0 {
		add("With --release "+p.Freed.Release, "release", len(p.Freed.Subjects))
	}
	add("Sent", "sent", len(p.Sent))
	add("Skipped by hand", "skipped", len(p.Skips))
	add("No longer in the batch", "closed", len(p.Closed))
	return out
}

// total adds up what f gives for each of a list.
func total[T any](list []T, f func(T) int) (n int) {
	for _, x := range list {
		n += f(x)
	}
	return n
}

// escapeMarkdown makes text that Markdown shows as it is, within a table too.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '|':
			b.WriteString("&#124;")
		case strings.ContainsRune("\\`*_[]!~#", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escapeLink makes the target of a link of a path.
func escapeLink(s string) string {
	var b strings.Builder
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/._@+-", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
