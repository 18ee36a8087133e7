package advise

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/rcparse"
)

// maxSourced bounds how many files are read because another one sources them.
const maxSourced = 50

// checked is the files as they can be run: one with a syntax error is cut off
// where it stands, which is as far as sh(1) comes. Files that they source by a
// plain path are added; missing is those of them that are not there.
func (m *Machine) checked(files []host.File) (conf map[string]string, missing []string, problems []corpus.Problem) {
	conf = map[string]string{}
	sourced := 0
	for len(files) > 0 {
		f := files[0]
		files = files[1:]
		if _, done := conf[f.Path]; done {
			continue
		}
		script := rcparse.Parse([]byte(f.Text), nil)
		if script.Err != nil {
			f.Text = upTo(f.Text, script.Err.Line)
			problems = append(problems, corpus.Problem{Kind: corpus.Unreadable, Path: f.Path, Line: script.Err.Line,
				Text: "is not shell: " + script.Err.Text + "; only the lines above count here",
				Hint: "correct it first: sh(1) ends here, in every rc.d script, and no service is started"})
		}
		conf[f.Path] = f.Text
		for _, name := range sources(f.Text) {
			if _, done := conf[name]; done || sourced == maxSourced {
				continue
			}
			sourced++
			more, ok, bad := m.Root.Text(name)
			problems = append(problems, bad...)
			switch {
			case ok:
				files = append(files, more)
			case len(bad) == 0 && !slices.Contains(missing, name):
				missing = append(missing, name)
			}
		}
	}
	return conf, missing, problems
}

// upTo is the longest part of a text before a line that is shell by itself.
func upTo(text string, line int) string {
	lines := strings.SplitAfter(text, "\n")
	const tries = 200
	for n, left := min(line-1, len(lines)), tries; n > 0 && left > 0; n, left = n-1, left-1 {
		part := strings.Join(lines[:n], "")
		if rcparse.Parse([]byte(part), nil).Err == nil {
			return part
		}
	}
	return ""
}

// parse is a text's syntax tree, nil where it has none.
func parse(text string) *syntax.File { return rcparse.Parse([]byte(text), nil).File() }

// sources is the absolute paths that a text sources, as far as they stand there in plain letters.
func sources(text string) []string {
	f := parse(text)
	if f == nil {
		return nil
	}
	var out []string
	syntax.Walk(f, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "." {
			if name, ok := static(c.Args[1]); ok && path.IsAbs(name) {
				out = append(out, path.Clean(name))
			}
		}
		return true
	})
	return out
}

// plainLines is what of a text sets a variable to a plain value, outside of any
// condition, loop and function.
func plainLines(text string) string {
	f := parse(text)
	if f == nil {
		return ""
	}
	var b strings.Builder
	for _, st := range f.Stmts {
		c, ok := st.Cmd.(*syntax.CallExpr)
		if !ok || len(c.Args) > 0 || len(st.Redirs) > 0 || st.Background || st.Negated {
			continue
		}
		for _, a := range c.Assigns {
			if v, ok := static(a.Value); ok && a.Name != nil && !a.Append && a.Index == nil && a.Array == nil {
				fmt.Fprintf(&b, "%s=%s\n", a.Name.Value, quote(v))
			}
		}
	}
	return b.String()
}

// static is a word's value where nothing is expanded in it.
func static(w *syntax.Word) (string, bool) {
	if w == nil {
		return "", true
	}
	var b strings.Builder
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, `\`, ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				lit, ok := q.(*syntax.Lit)
				if !ok {
					return "", false
				}
				b.WriteString(lit.Value)
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}

// quote makes one shell word of a text.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
