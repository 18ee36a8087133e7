package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/svcjify/svcjify/lint/config/places"
	"github.com/svcjify/svcjify/lint/infer"
)

// maxSize is the most that a batch file may have; the ports of a whole tree
// are a tenth of it.
const maxSize = 16 << 20

// A ParseError says what is wrong with a line of a batch file.
type ParseError struct {
	// Line counts from 1; 0 where the fault has none.
	Line int
	Text string
}

func (e *ParseError) Error() string {
	if e.Line == 0 {
		return FileName + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d: %s", FileName, e.Line, e.Text)
}

// Parse reads a batch file, also one of version 1. The error is a *ParseError.
func Parse(text []byte) (*Batch, error) {
	if len(text) > maxSize {
		return nil, &ParseError{1, fmt.Sprintf("the file has %d bytes, expected at most %d", len(text), maxSize)}
	}
	if isOld(text) {
		return parseOld(text)
	}
	var f form
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&f); err != nil {
		return nil, fromTOML(text, err)
	}
	at := places.Lines(text)
	if at["format"] == 0 {
		return nil, &ParseError{0, fmt.Sprintf("format is missing, expected format = %d", version)}
	}
	if f.Format != version {
		return nil, wrongFormat(at["format"], fmt.Sprint(f.Format))
	}
	b := &Batch{f.Settings, f.Skips, f.Sent, f.Patches, f.Closed, f.Files}
	if err := b.check(at); err != nil {
		return nil, err
	}
	return b, nil
}

func wrongFormat(line int, found string) error {
	return &ParseError{line, fmt.Sprintf("format is %s, expected %d: another version of svcjify wrote it; use that one, or give another directory", found, version)}
}

// fromTOML turns the library's errors into ours. A file whose format is another
// gets the error of the format, whatever else is strange in it.
func fromTOML(text []byte, err error) error {
	var only struct {
		Format int `toml:"format"`
	}
	if toml.Unmarshal(text, &only) == nil && only.Format != version && only.Format != 0 {
		return wrongFormat(places.Lines(text)["format"], fmt.Sprint(only.Format))
	}
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) && len(missing.Errors) > 0 {
		row, _ := missing.Errors[0].Position()
		return &ParseError{row, fmt.Sprintf("unknown key %.60q", strings.Join(missing.Errors[0].Key(), "."))}
	}
	out := &ParseError{0, strings.TrimPrefix(err.Error(), "toml: ")}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		out.Line, _ = decode.Position()
	}
	return out
}

// check finds what TOML does not: at is the line of each key.
func (b *Batch) check(at map[string]int) error {
	c := checker{at: at, names: map[string]bool{}}
	if b.Settings.Tree == "" {
		c.fail("format", "tree is missing: expected the top of the ports tree, such as tree = \"/usr/ports\"")
	}
	for i, s := range b.Skips {
		key := fmt.Sprintf("skip.%d", i)
		if s.What == "" {
			c.fail(key, "skip without what: add a line such as what = \"www/nginx\"")
		}
		if _, err := path.Match(s.What, ""); err != nil {
			c.fail(key+".what", "pattern %q: %s", s.What, err)
		}
		if strings.TrimSpace(s.Because) == "" {
			c.fail(key, "a skip needs a reason: add a line because = \"...\"")
		}
	}
	for i, e := range b.Patches {
		c.patch(fmt.Sprintf("patch.%d", i), e)
	}
	for i, s := range b.Sent {
		if s.Change == "" || s.On.Year == 0 {
			c.fail(fmt.Sprintf("sent.%d", i),
				"expected a patch and a day, such as patch = \"www/nginx\" and on = 2026-11-30")
		}
	}
	for i, x := range b.Closed {
		key := fmt.Sprintf("closed.%d", i)
		if x.Change == "" {
			c.fail(key, "closed without a patch: expected such as patch = \"www/nginx\"")
		}
		if !x.As.closes() {
			c.fail(key+".as", "closed as %q, expected one of %s, %s, %s, %s", x.As, Landed, Superseded, Gone, Skipped)
		}
	}
	for i, w := range b.Files {
		c.written(fmt.Sprintf("file.%d", i), w)
	}
	return c.err
}

// A checker keeps the first fault.
type checker struct {
	at    map[string]int
	names map[string]bool
	err   error
}

// fail notes a fault at a key such as "patch.2.sum", or where what holds it stands.
func (c *checker) fail(key, format string, args ...any) {
	if c.err != nil {
		return
	}
	line := c.at[key]
	for line == 0 && strings.Contains(key, ".") {
		key = key[:strings.LastIndexByte(key, '.')]
		line = c.at[key]
	}
	c.err = &ParseError{line, fmt.Sprintf(format, args...)}
}

var hexSum, hexBlob = regexp.MustCompile(`^[0-9a-f]{64}$`), regexp.MustCompile(`^[0-9a-f]{40}$`)

func (c *checker) written(key string, w Written) {
	switch {
	case !fs.ValidPath(w.Name) || w.Name == "." || path.Base(w.Name) == FileName:
		c.fail(key+".file", "file %.60q is not a path in this directory", w.Name)
	case c.names[w.Name]:
		c.fail(key+".file", "file %.60q stands in this file twice", w.Name)
	case w.Sum == "" && w.Before == "":
		c.fail(key, "file %.60q has no sum", w.Name)
	}
	c.names[w.Name] = true
	if w.Sum != "" && !hexSum.MatchString(w.Sum) {
		c.fail(key+".sum", "sum is %.60q, expected 64 hexadecimal digits", w.Sum)
	}
	if w.Before != "" && !hexSum.MatchString(w.Before) {
		c.fail(key+".before", "before is %.60q, expected 64 hexadecimal digits", w.Before)
	}
}

func (c *checker) patch(key string, e Entry) {
	if e.Change == "" {
		c.fail(key, "patch without a name: expected such as name = \"www/nginx\"")
	}
	c.written(key, e.Written)
	if e.Total != 0 && (e.Number < 1 || e.Number > e.Total) || e.Total == 0 && e.Number != 0 || e.Total < 0 {
		c.fail(key+".number", "number is %d of %d, expected such as 2 of 5", e.Number, e.Total)
	}
	if _, err := infer.ParseCertainty(e.Certainty); err != nil && e.Certainty != "" {
		c.fail(key+".certainty", "certainty is %.60q, expected certain, confident, likely or possible", e.Certainty)
	}
	for i, x := range e.Edits {
		at := fmt.Sprintf("%s.edit.%d", key, i)
		if !hexBlob.MatchString(x.Old) || !hexBlob.MatchString(x.New) {
			c.fail(at, "the edit of %.60q has old %.60q and new %.60q, expected git's names of the texts, 40 hexadecimal digits each", x.Path, x.Old, x.New)
		}
		if !fs.ValidPath(x.Path) {
			c.fail(at+".path", "the edit's path is %.60q, expected a path in the tree", x.Path)
		}
	}
	if slices.Contains(e.Ports, "") {
		c.fail(key+".ports", "ports holds an empty name, expected an origin")
	}
}
