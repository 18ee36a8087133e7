package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
)

// Options say how a report is printed. Only Text, Oneline and List look at them:
// what a program reads is always whole and without colour.
type Options struct {
	Color bool
	// Quiet leaves out the summary and what is milder than Least.
	Quiet bool
	Least lint.Severity
	// Declared has List show what the scripts declare.
	Declared bool
}

// A Format prints a result.
type Format struct {
	Name string
	// What says in a few words who reads it.
	What  string
	Print func(io.Writer, *lint.Result, Options) error
}

// machine is a printer without options.
func machine(print func(io.Writer, *lint.Result) error) func(io.Writer, *lint.Result, Options) error {
	return func(w io.Writer, res *lint.Result, _ Options) error { return print(w, res) }
}

// Formats is every format of findings.
func Formats() []Format {
	return []Format{
		{"text", "people: with the source line and a caret", Text},
		{"oneline", "editors and grep(1): path:line:col: severity: message [RULE]", Oneline},
		{"json", "programs: an array of objects", machine(JSON)},
		{"jsonl", "programs: an object a line, with fingerprint and edits", machine(JSONLines)},
		{"sarif", "code scanning: SARIF 2.1.0, with fixes, rule pages and ignores", machine(SARIF)},
		{"checkstyle", "Jenkins and the like: Checkstyle's XML", machine(Checkstyle)},
		{"github", "GitHub Actions: workflow commands that annotate the lines", machine(GitHub)},
		{"rdjson", "reviewdog: with suggestions", machine(RDJSON)},
	}
}

// ListFormats is every format of services.
func ListFormats() []Format {
	return []Format{
		{"text", "people: aligned columns", List},
		{"json", "programs: an array of objects, with evidence and findings", machine(ListJSON)},
		{"csv", "spreadsheets: RFC 4180, with a header", machine(ListCSV)},
	}
}

// Names is the formats' names.
func Names(list []Format) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return out
}

// An Output is a format and the file that it goes to, "" for standard output.
type Output struct {
	Format
	File string
}

// ParseOutputs reads what stands behind --format: `sarif=out.sarif,text`. At most
// one goes to standard output, and no two to the same file.
func ParseOutputs(text string, known []Format) ([]Output, error) {
	var out []Output
	for _, part := range strings.Split(text, ",") {
		name, file, named := strings.Cut(part, "=")
		var o Output
		for _, f := range known {
			if f.Name == name {
				o.Format = f
			}
		}
		switch {
		case o.Print == nil:
			err := fmt.Errorf("format is %q, expected one of %s", name, strings.Join(Names(known), ", "))
			if near := message.OnlyNearest(name, Names(known)); near != "" {
				err = fmt.Errorf("%w; did you mean %q?", err, near)
			}
			return nil, err
		case named && file == "":
			return nil, fmt.Errorf("format is %q, expected a file behind the =", part)
		}
		if file != "-" {
			o.File = file
		}
		for _, x := range out {
			if x.File == o.File && o.File == "" {
				return nil, fmt.Errorf("both %s and %s would go to standard output: name a file for one, as in %s=FILE",
					x.Name, o.Name, x.Name)
			} else if x.File == o.File {
				return nil, fmt.Errorf("both %s and %s would go to %s", x.Name, o.Name, o.File)
			}
		}
		out = append(out, o)
	}
	return out, nil
}
