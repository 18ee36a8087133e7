package batch

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSize is the most that a batch file may have; the ports of a whole tree
// are a tenth of it.
const maxSize = 16 << 20

// A ParseError says what is wrong with a line of a batch file.
type ParseError struct {
	Line int
	Text string
}

func (e *ParseError) Error() string { return fmt.Sprintf("%s:%d: %s", FileName, e.Line, e.Text) }

// A field is a line of the file.
type field struct {
	name, value string
	line        int
}

// Parse reads a batch file. The error is a *ParseError.
func Parse(text []byte) (*Batch, error) {
	if len(text) > maxSize {
		return nil, &ParseError{1, fmt.Sprintf("the file has %d bytes, expected at most %d", len(text), maxSize)}
	}
	paragraphs, err := split(text)
	if err != nil {
		return nil, err
	}
	if len(paragraphs) == 0 || paragraphs[0][0].name != "svcjify-batch" {
		return nil, &ParseError{1, "expected svcjify-batch: " + version + " as the first line that is no comment"}
	}
	if f := paragraphs[0][0]; f.value != version {
		return nil, &ParseError{f.line, fmt.Sprintf("the format is %q, expected %s: another version of svcjify wrote it", f.value, version)}
	}
	b := &Batch{}
	names := map[string]int{} // file names, to the line
	for i, p := range paragraphs {
		kind := p[0].name
		read, ok := readers[kind]
		if !ok || (kind == "svcjify-batch") != (i == 0) {
			return nil, &ParseError{p[0].line, fmt.Sprintf("a paragraph starts with %q, expected skip, patch, closed or file", kind)}
		}
		if err := read(b, p); err != nil {
			return nil, err
		}
		for _, f := range p {
			if f.name != "file" {
				continue
			}
			if before, twice := names[f.value]; twice {
				return nil, &ParseError{f.line, fmt.Sprintf("file %q stands in line %d already", f.value, before)}
			}
			names[f.value] = f.line
		}
	}
	return b, nil
}

// split cuts the text into paragraphs of fields.
func split(text []byte) ([][]field, error) {
	var out [][]field
	open := false
	for i, raw := range bytes.Split(text, []byte("\n")) {
		line := strings.TrimRight(string(raw), " \t\r")
		switch {
		case line == "":
			open = false
			continue
		case line[0] == '#':
			continue
		case !utf8.ValidString(line):
			return nil, &ParseError{i + 1, "the line is not UTF-8"}
		case line[0] == ' ' || line[0] == '\t':
			if !open {
				return nil, &ParseError{i + 1, "a line that starts with a blank goes on with the one above, and there is none"}
			}
			last := &out[len(out)-1][len(out[len(out)-1])-1]
			last.value = strings.TrimSpace(last.value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.ContainsAny(name, " \t") || name == "" {
			return nil, &ParseError{i + 1, fmt.Sprintf("found %q, expected a field and a colon, such as skip: www/nginx", cut(line))}
		}
		if !open {
			out = append(out, nil)
			open = true
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, `"`) {
			plain, err := strconv.Unquote(value)
			if err != nil {
				return nil, &ParseError{i + 1, fmt.Sprintf("%s is %s, expected a closing quote and nothing after it", name, cut(value))}
			}
			value = plain
		}
		n := len(out) - 1
		out[n] = append(out[n], field{name, value, i + 1})
	}
	return out, nil
}

func cut(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "..."
	}
	return s
}

// readers read a paragraph by its first field.
var readers = map[string]func(*Batch, []field) error{
	"svcjify-batch": readSettings,
	"skip":          readSkip,
	"patch":         readPatch,
	"closed":        readClosed,
	"file":          readFile,
}

// A need is how often a field may stand in a paragraph.
type need int

const (
	once need = iota + 1
	maybe
	often
)

// check holds a paragraph against what its kind has. Only what says "often" may
// stand there twice.
func check(p []field, allowed map[string]need) error {
	seen := map[string]bool{}
	for _, f := range p {
		n, ok := allowed[f.name]
		switch {
		case !ok:
			return &ParseError{f.line, fmt.Sprintf("unknown field %q after %q", f.name, p[0].name)}
		case f.value == "":
			return &ParseError{f.line, fmt.Sprintf("%s is empty", f.name)}
		case seen[f.name] && n != often:
			return &ParseError{f.line, fmt.Sprintf("%s stands here twice", f.name)}
		}
		seen[f.name] = true
	}
	for name, n := range allowed {
		if n == once && !seen[name] {
			if p[0].name == "skip" && name == "because" {
				return &ParseError{p[0].line, "a skip needs a reason: add a line because: ..."}
			}
			return &ParseError{p[0].line, fmt.Sprintf("%s %q has no %s", p[0].name, cut(p[0].value), name)}
		}
	}
	return nil
}

func readSettings(b *Batch, p []field) error {
	if err := check(p, map[string]need{"svcjify-batch": once, "tree": once, "path": often, "base": maybe, "flag": often,
		"author": maybe, "date": maybe, "pr": maybe}); err != nil {
		return err
	}
	s := &b.Settings
	for _, f := range p {
		switch f.name {
		case "tree":
			s.Tree = f.value
		case "path":
			s.Paths = append(s.Paths, f.value)
		case "base":
			s.Base = f.value
		case "flag":
			s.Flags = append(s.Flags, f.value)
		case "author":
			s.Author = f.value
		case "date":
			s.Date = f.value
		case "pr":
			s.PR = f.value
		}
	}
	return nil
}

func readSkip(b *Batch, p []field) error {
	if err := check(p, map[string]need{"skip": once, "because": once}); err != nil {
		return err
	}
	s := Skip{What: p[0].value}
	if _, err := path.Match(s.What, ""); err != nil {
		return &ParseError{p[0].line, fmt.Sprintf("pattern %q: %s", s.What, err)}
	}
	for _, f := range p[1:] {
		s.Because = f.value
	}
	b.Skips = append(b.Skips, s)
	return nil
}

func readClosed(b *Batch, p []field) error {
	if err := check(p, map[string]need{"closed": once, "as": once, "because": maybe}); err != nil {
		return err
	}
	c := Closed{Change: p[0].value}
	for _, f := range p[1:] {
		if f.name == "because" {
			c.Because = f.value
			continue
		}
		c.As = Status(f.value)
		if !c.As.closes() {
			return &ParseError{f.line, fmt.Sprintf("closed as %q, expected one of %s, %s, %s, %s", f.value, Landed, Superseded, Gone, Skipped)}
		}
	}
	b.Closed = append(b.Closed, c)
	return nil
}

func readFile(b *Batch, p []field) error {
	if err := check(p, map[string]need{"file": once, "sum": once, "before": maybe}); err != nil {
		return err
	}
	var w Written
	for _, f := range p {
		if err := w.set(f); err != nil {
			return err
		}
	}
	b.Files = append(b.Files, w)
	return nil
}

var hexSum, hexBlob = regexp.MustCompile(`^[0-9a-f]{64}$`), regexp.MustCompile(`^[0-9a-f]{40}$`)

// set reads one of the fields that describe a file.
func (w *Written) set(f field) error {
	switch f.name {
	case "file":
		if !fs.ValidPath(f.value) || f.value == "." || path.Base(f.value) == FileName {
			return &ParseError{f.line, fmt.Sprintf("file %q is not a path in this directory", cut(f.value))}
		}
		w.Name = f.value
	case "sum", "before":
		switch {
		case f.name == "sum" && f.value == "gone":
		case !hexSum.MatchString(f.value):
			return &ParseError{f.line, fmt.Sprintf("%s is %q, expected 64 hexadecimal digits", f.name, cut(f.value))}
		case f.name == "sum":
			w.Sum = f.value
		default:
			w.Before = f.value
		}
	}
	return nil
}

func readPatch(b *Batch, p []field) error {
	if err := check(p, map[string]need{"patch": once, "file": once, "sum": once, "before": maybe, "maintainer": maybe,
		"series": maybe, "mends": maybe, "service": often, "port": often, "edit": often, "bump": often}); err != nil {
		return err
	}
	e := Entry{Change: p[0].value}
	for _, f := range p {
		switch f.name {
		case "file", "sum", "before":
			if err := e.set(f); err != nil {
				return err
			}
		case "maintainer":
			e.Maintainer = f.value
		case "series":
			n, total, _ := strings.Cut(f.value, "/")
			var err, err2 error
			e.Number, err = strconv.Atoi(n)
			e.Total, err2 = strconv.Atoi(total)
			if err != nil || err2 != nil || e.Number < 1 || e.Number > e.Total {
				return &ParseError{f.line, fmt.Sprintf("series is %q, expected such as 2/5", cut(f.value))}
			}
		case "mends":
			if e.Mends = f.value == "yes"; !e.Mends {
				return &ParseError{f.line, fmt.Sprintf("mends is %q, expected yes or no such line", cut(f.value))}
			}
		case "service":
			e.Answers = append(e.Answers, f.value)
		case "port":
			e.Ports = append(e.Ports, f.value)
		case "edit", "bump":
			old, rest, _ := strings.Cut(f.value, " ")
			now, name, _ := strings.Cut(rest, " ")
			if !hexBlob.MatchString(old) || !hexBlob.MatchString(now) || !fs.ValidPath(name) {
				return &ParseError{f.line, fmt.Sprintf("%s is %q, expected two object names and a path", f.name, cut(f.value))}
			}
			e.Edits = append(e.Edits, Edit{name, old, now, f.name == "bump"})
		}
	}
	b.Patches = append(b.Patches, e)
	return nil
}
