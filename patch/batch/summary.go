package batch

import (
	"bytes"
	"embed"
	htmltemplate "html/template"
	"strings"
	"text/template"
)

//go:embed templates
var templateFiles embed.FS

// markdown is SUMMARY.md.
func (p *page) markdown() ([]byte, error) {
	t, err := template.New("summary.md").Funcs(template.FuncMap{"md": escapeMarkdown, "link": escapeLink}).ParseFS(templateFiles, "templates/summary.md")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
}

// html is SUMMARY.html: one file that needs no other.
func (p *page) html() ([]byte, error) {
	t, err := htmltemplate.New("summary.html").ParseFS(templateFiles, "templates/summary.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
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
