package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// hostileTexts are what a tree may hold to do harm where it is printed.
var hostileTexts = []string{
	"\x1b]0;title\x07\x1b[2J", "a\nb", "a\r\n::error file=x::made up", "\u202egnp.exe", "=1+1", "+1", "-1", "@SUM(A1)",
	"\t=1", "\r=1",
	"a%0Ab", "a::b,c=d", "<script>x</script>", "]]>", "&amp;", "\x00\x01\x0b\ufffe\uffff", "\xff\xfe", "\"'`$(id);",
	"\u2028\u2029\ufeff", "|x|",
	"[a](http://b)",
}

// filledWith has a text in every place that a tree can fill.
func filledWith(s string) *lint.Result {
	tree := &corpus.Tree{Dir: s, Prefix: s}
	f := lint.Finding{Code: "SJ101", Severity: lint.Warning, Tree: tree, Path: s, Line: 1, Col: 1, Service: s,
		Origin: s, Message: s, Hint: s, Source: s}
	bare := f
	bare.Line, bare.Col, bare.Source = 0, 0, ""
	sub := &lint.Subject{
		Service: &corpus.Service{Tree: tree, Name: s, Template: s, Ports: []*corpus.Port{{Dir: s, Origin: s}},
			Condition: s, Conditions: []string{s}},
		State: lint.Unknown, Programs: []string{s}, Findings: []lint.Finding{f},
		Verdict: infer.Verdict{Options: []string{s}, Reason: s, Limits: []string{s}, Contradictions: []string{s},
			Evidence: []infer.Evidence{{Path: s, Line: 1, Fact: s, Supports: s, Kind: "text"}}},
	}
	return &lint.Result{Subjects: []*lint.Subject{sub}, Findings: []lint.Finding{bare, f},
		Silenced: []lint.Silenced{{Finding: f, By: lint.ByConfig, Reason: s}}}
}

// FuzzPrinters: whatever stands in the tree, each format is what it claims to be for a
// parser that others wrote, and holds nothing that does something where it is shown.
func FuzzPrinters(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		res := filledWith(s)
		for _, format := range append(Formats(), ListFormats()...) {
			var out bytes.Buffer
			if err := format.Print(&out, res, Options{Declared: true}); err != nil {
				t.Fatal(format.Name, err)
			}
			if err := sinks[format.Name](out.Bytes()); err != nil {
				t.Fatalf("%s of %q: %v\n%q", format.Name, s, err, out.Bytes())
			}
		}
		var out bytes.Buffer
		if err := Explain(&out, res.Subjects[0]); err != nil {
			t.Fatal(err)
		}
		if err := forTerminal(out.Bytes()); err != nil {
			t.Fatalf("explain of %q: %v\n%q", s, err, out.Bytes())
		}
	})
}

// sinks has for each format what its readers rely on.
var sinks = map[string]func([]byte) error{
	"text": forTerminal, "oneline": forTerminal,
	"json": forJSON, "rdjson": forJSON, "sarif": forJSON,
	"jsonl": func(b []byte) error {
		for line := range bytes.Lines(b) {
			if err := forJSON(line); err != nil {
				return err
			}
		}
		return nil
	},
	"checkstyle": forXML, "csv": forSpreadsheet, "github": forGitHub,
}

func forTerminal(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("no UTF-8")
	}
	for _, r := range string(b) {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return errors.New("a character that does something on a terminal")
		}
	}
	return nil
}

func forJSON(b []byte) error {
	var v any
	if !utf8.Valid(b) {
		return errors.New("no UTF-8")
	}
	return json.Unmarshal(b, &v)
}

func forXML(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	elements := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			elements++
			if !strings.Contains(" checkstyle file error ", " "+start.Name.Local+" ") {
				return errors.New("an element that is none of the form's: " + start.Name.Local)
			}
		}
	}
	if elements < 3 {
		return errors.New("too few elements")
	}
	return nil
}

func forSpreadsheet(b []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) != 2 {
		return errors.New("another number of rows than services and a header")
	}
	for _, cell := range rows[1] {
		if strings.IndexAny(cell, "=+-@\t\r") == 0 {
			return errors.New("a cell that is a formula")
		}
	}
	return forTerminal(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))
}

// forGitHub reads workflow commands as actions/runner does (ActionCommand.cs).
func forGitHub(b []byte) error {
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) != 2 {
		return errors.New("another number of lines than findings")
	}
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line, "::warning ")
		if !ok {
			return errors.New("a line that is no command of ours")
		}
		properties, _, ok := strings.Cut(rest, "::")
		if !ok {
			return errors.New("a command without a message")
		}
		for _, p := range strings.Split(properties, ",") {
			name, _, _ := strings.Cut(p, "=")
			if !strings.Contains(" file line col title ", " "+name+" ") {
				return errors.New("a property that is none of ours: " + name)
			}
		}
	}
	return forTerminal(b)
}
