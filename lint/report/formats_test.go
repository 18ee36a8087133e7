package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const script = `#!/bin/sh
. /etc/rc.subr
name=foo
load_rc_config $name
	: ${foo_enable="NO"}   # Größe
run_rc_command "$1"
`

// plainResult is a service with a finding that has a fix, and what is ignored.
func plainResult() *lint.Result {
	tree := &corpus.Tree{Dir: "ports", Prefix: "ports"}
	s := &lint.Subject{
		Service: &corpus.Service{Tree: tree, Name: "foo", Template: "net/foo/files/foo.in",
			Ports: []*corpus.Port{{Origin: "net/foo"}, {Origin: "net/foo-devel"}}},
		Script: rcparse.Parse([]byte(script), nil),
		State:  lint.Patchable,
		Verdict: infer.Verdict{Options: []string{"mlock", "net_basic"}, Certainty: infer.Confident,
			Reason: "It listens, \"and\" locks."},
	}
	at := strings.Index(script, "run_rc")
	f := lint.Finding{
		Code: "SJ101", Severity: lint.Warning, Tree: tree, Path: "net/foo/files/foo.in", Line: 5, Col: 2,
		Service: "foo", Origin: "net/foo",
		Source:  "\t: ${foo_enable=\"NO\"}   # Größe",
		Message: `no service jail options; it needs "mlock net_basic" (confident)`,
		Fix: &lint.Fix{Certainty: infer.Confident, What: "declare its service jail options",
			Edits: []lint.Edit{{Span: rcparse.Span{Start: at, End: at},
				New: ": ${foo_svcj_options=\"mlock net_basic\"}\n"}}},
	}
	g := f
	g.Code, g.Severity, g.Line, g.Col, g.Source, g.Message, g.Fix = "SJ205", lint.Info, 3, 1, "name=foo",
		"status_cmd is not run", nil
	end := strings.Index(script, "   # Gr")
	g.Fix = &lint.Fix{Certainty: infer.Certain, What: "drop it",
		Edits: []lint.Edit{{Span: rcparse.Span{Start: end, End: end + len("   # Größe")}}}}
	h := f
	h.Code, h.Severity, h.Line, h.Col, h.Source, h.Message, h.Fix, h.Hint = "SJ402", lint.Error, 0, 0, "",
		"there is no template", nil, "write one"
	h.Path, h.Service = "net/foo/Makefile", ""
	s.Findings = []lint.Finding{f, g}
	q := g
	q.Code, q.Message, q.Fix = "SJ204", "instances share one jail", nil
	return &lint.Result{Subjects: []*lint.Subject{s}, Findings: []lint.Finding{h, g, f, f}, Silenced: []lint.Silenced{
		{Finding: q, By: lint.ByComment, Reason: "one instance only"}, {Finding: q, By: lint.ByBaseline, Reason: "known in the baseline"},
	}}
}

const hostile = "a\x1b[2J\r\n::error::x%0A,:=]]>&<\"'\xff\u202e\u0085\t|\\"

// hostileResult has the worst of names wherever a tree can put one.
func hostileResult() *lint.Result {
	tree := &corpus.Tree{Dir: hostile, Prefix: hostile}
	f := lint.Finding{Code: "SJ101", Severity: lint.Error, Tree: tree, Path: hostile, Line: 1, Col: 8, Service: hostile,
		Origin: hostile, Message: hostile, Hint: hostile, Source: hostile}
	s := &lint.Subject{
		Service: &corpus.Service{Tree: tree, Name: hostile, Template: hostile, Condition: hostile,
			Ports: []*corpus.Port{{Origin: hostile}}},
		Script: rcparse.Parse([]byte(hostile), nil), State: lint.Patchable,
		Verdict: infer.Verdict{OptOut: true, Certainty: infer.Likely, Reason: hostile, Limits: []string{hostile},
			Evidence: []infer.Evidence{{Path: hostile, Fact: hostile}}},
	}
	f.Fix = &lint.Fix{Certainty: infer.Certain, What: hostile,
		Edits: []lint.Edit{{Span: rcparse.Span{Start: 9, End: 30}, New: hostile}}}
	s.Findings = []lint.Finding{f}
	return &lint.Result{Subjects: []*lint.Subject{s}, Findings: []lint.Finding{f},
		Silenced: []lint.Silenced{{Finding: f, By: lint.ByConfig, Reason: hostile}}}
}

// TestOffered: no format offers what svcjify patch would hold back.
func TestOffered(t *testing.T) {
	res := plainResult()
	count := func() int {
		var out bytes.Buffer
		require.NoError(t, RDJSON(&out, res))
		return strings.Count(out.String(), `"suggestions"`)
	}
	require.Equal(t, 3, count()) // two of SJ101, one of SJ205
	res.Subjects[0].State = lint.Blocked
	require.Equal(t, 1, count())
	res.Subjects[0].State = lint.Patchable
	res.Findings[2].Fix.Certainty = infer.Likely // it is the same in both
	require.Equal(t, 1, count())
}

// every calls f for each format of both kinds.
func every(f func(name string, x Format)) {
	for _, x := range Formats() {
		f(x.Name, x)
	}
	for _, x := range ListFormats() {
		f("list-"+x.Name, x)
	}
}

// TestGolden holds each printer to testdata/FORMAT.CASE.
func TestGolden(t *testing.T) {
	every(func(name string, x Format) {
		for kind, res := range map[string]*lint.Result{"plain": plainResult(), "hostile": hostileResult()} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				var out bytes.Buffer
				require.NoError(t, x.Print(&out, res, Options{}))
				parses(t, name, out.Bytes(), len(res.Findings))
				got := withoutDocs(out.String())
				path := filepath.Join("testdata", name+"."+kind)
				if *update {
					require.NoError(t, os.MkdirAll("testdata", 0o755))
					require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err, "make it with go test ./lint/report -run Golden -update")
				require.Equal(t, string(want), got)
			})
		}
	})
}

// withoutDocs takes out what the rules say of themselves, so that nobody who
// words a rule differently has to touch a printer's golden file.
func withoutDocs(text string) string {
	for _, r := range lint.Rules() {
		for what, doc := range map[string]string{"page": r.Page(), "text": r.Doc.Text, "title": r.Doc.Title} {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if err := e.Encode(doc); err != nil {
				panic(err)
			}
			text = strings.ReplaceAll(text, strings.TrimSpace(b.String()),
				fmt.Sprintf("\"the %s of %s\"", what, r.Code))
		}
	}
	return text
}

// parses reads an output as its readers do.
func parses(t *testing.T, name string, out []byte, findings int) {
	t.Helper()
	require.True(t, utf8.Valid(out))
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	switch name {
	case "json", "sarif", "rdjson", "list-json":
		require.True(t, json.Valid(out))
	case "jsonl":
		require.Len(t, lines, findings)
		for _, l := range lines {
			require.True(t, json.Valid([]byte(l)))
		}
	case "checkstyle":
		d := xml.NewDecoder(bytes.NewReader(out))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
		}
	case "github":
		require.Len(t, lines, findings)
		for _, l := range lines {
			require.Regexp(t, `^::(error|warning|notice) file=[^:,\r]*(,line=\d+(,col=\d+)?)?,title=svcjify SJ\d+::[^\r]*$`, l)
		}
	case "list-csv":
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
	case "oneline":
		require.Len(t, lines, findings)
	}
	if !strings.Contains(name, "json") && name != "sarif" { // JSON has its own escapes
		require.Negative(t, bytes.IndexFunc(out, func(r rune) bool {
			return r != '\n' && r != '\t' && !(r == '\r' && name == "list-csv") && !unicode.IsPrint(r)
		}), "%q", out)
	}
}

// TestLong: a megabyte in one name breaks nothing, and people see a part of it.
func TestLong(t *testing.T) {
	res := plainResult()
	long := strings.Repeat("ä\t", 1<<19)
	for i := range res.Findings {
		f := &res.Findings[i]
		f.Message, f.Source, f.Line, f.Col, f.Fix = long, long, 1, 1<<19+1, nil
	}
	res.Subjects[0].Findings = res.Findings
	every(func(name string, x Format) {
		var out bytes.Buffer
		require.NoError(t, x.Print(&out, res, Options{}))
		parses(t, name, out.Bytes(), len(res.Findings))
		if name == "text" {
			require.Less(t, out.Len(), 64<<10)
			require.Contains(t, out.String(), "bytes more)")
		}
	})
}

// TestExcerpt shows where the caret stands.
func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		source     string
		col        int
		line, mark string
	}{
		{"name=foo", 1, "name=foo", "^"},
		{"\tname=foo", 2, "name=foo", "^"},
		{"\tx\tname=foo", 4, "x        name=foo", "         ^"},
		{"Größe x", 9, "Größe x", "      ^"},
		{`printf "\t" x`, 13, `printf "\t" x`, "            ^"},
		{"x", 99, "x", " ^"},
		{"  ", 1, "", ""},
		{strings.Repeat("a", 100) + "b" + strings.Repeat("c", 100), 101,
			"..." + strings.Repeat("a", 60) + "b" + strings.Repeat("c", 49) + "...", strings.Repeat(" ", 63) + "^"},
	} {
		line, mark, _ := excerpt(lint.Finding{Line: 1, Col: c.col, Source: c.source})
		require.Equal(t, c.line, line)
		require.Equal(t, c.mark, mark)
	}
}

func TestColorAndQuiet(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Text(&out, plainResult(), Options{Color: true}))
	require.Contains(t, out.String(), "\x1b[1;31merror\x1b[0m")
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(out.String(), "")
	out.Reset()
	require.NoError(t, Text(&out, plainResult(), Options{}))
	require.Equal(t, out.String(), plain)
	out.Reset()
	require.NoError(t, Text(&out, plainResult(), Options{Quiet: true, Least: lint.Error}))
	require.Equal(t, 1, strings.Count(out.String(), "[SJ"))
	out.Reset()
	require.NoError(t, Text(&out, plainResult(), Options{Quiet: true, Least: lint.Error + 1}))
	require.Empty(t, out.String())
}

func TestParseOutputs(t *testing.T) {
	outs, err := ParseOutputs("sarif=a/b.sarif,text,json=x", Formats())
	require.NoError(t, err)
	require.Len(t, outs, 3)
	require.Equal(t, "a/b.sarif", outs[0].File)
	require.Equal(t, "text", outs[1].Name)
	require.Empty(t, outs[1].File)
	for in, want := range map[string]string{
		"xml": "expected one of text", "sarfi": `did you mean "sarif"`, "sarif=": "expected a file", "text,json": "would go to standard output",
		"text=a,json=a": "would go to a", "": "expected one of", "text,json=-": "standard output",
	} {
		_, err := ParseOutputs(in, Formats())
		require.ErrorContains(t, err, want, in)
	}
}

// TestSARIF holds the parts that code scanning asks for, and that the schema
// can't tell: .ci/sarif holds the whole against the schema.
func TestSARIF(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, SARIF(&out, plainResult()))
	var log sarifLog
	require.NoError(t, json.Unmarshal(out.Bytes(), &log))
	run := log.Runs[0]
	require.Len(t, run.Results, 6)
	seen := map[string]bool{}
	for _, r := range run.Results {
		require.Equal(t, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
		fp := r.PartialFingerprints["svcjifyLine/v1"]
		require.False(t, seen[fp], "fingerprints are different")
		seen[fp] = true
		_, err := url.Parse(r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.NoError(t, err)
	}
	// Columns count code points: the two umlauts at the end are four bytes.
	drop := run.Results[1].Fixes[0].ArtifactChanges[0].Replacements[0].DeletedRegion
	require.Equal(t, sarifRegion{StartLine: 5, StartColumn: 22, EndLine: 5, EndColumn: 32}, drop)
	require.Equal(t, "inSource", run.Results[4].Suppressions[0].Kind)

	for in, want := range map[string]string{"a b/c%.in": "a%20b/c%25.in", "/usr/ports": "file:///usr/ports",
		"a:b": "./a:b", "\xff\n": "%FF%0A"} {
		require.Equal(t, want, sarifURI(in))
	}
}
