package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// A hint that several findings of one line share is printed once, and so is a
// fact that stands in several lines of one file.
func TestNotTwice(t *testing.T) {
	f := lint.Finding{Code: "SJ201", Severity: lint.Error, Path: "foo.in", Line: 7, Col: 1, Source: "x=1",
		Message: "one", Hint: "set it at the top level"}
	g, h := f, f
	g.Message, h.Message = "two", "three"
	h.Line = 8
	var b bytes.Buffer
	require.NoError(t, Text(&b, &lint.Result{Findings: []lint.Finding{f, g, h}}, Options{Quiet: true}))
	require.Equal(t, `foo.in:7:1: error: one [SJ201]
	x=1
	^
	hint: set it at the top level
foo.in:7:1: error: two [SJ201]
	x=1
	^
foo.in:8:1: error: three [SJ201]
	x=1
	^
	hint: set it at the top level
`, b.String())

	s := &lint.Subject{
		Service: &corpus.Service{Name: "foo", Template: "foo.in"}, Script: rcparse.Parse([]byte("name=foo\n"), nil),
		Findings: []lint.Finding{f, g},
		Verdict: infer.Verdict{Options: []string{"net_basic"}, Certainty: infer.Likely, Evidence: []infer.Evidence{
			{Path: "Makefile", Line: 3, Fact: "it has the option TLS", Supports: "net_basic", Kind: infer.FromDepends},
			{Path: "Makefile", Line: 4, Fact: "it has the option TLS", Supports: "net_basic", Kind: infer.FromDepends},
			{Path: "pkg-descr", Line: 4, Fact: "it has the option TLS", Supports: "net_basic", Kind: infer.FromDepends},
		}},
	}
	b.Reset()
	require.NoError(t, Explain(&b, s))
	require.Contains(t, b.String(), "Makefile:3, 4: it has the option TLS\n")
	require.Contains(t, b.String(), "pkg-descr:4: it has the option TLS\n")
	require.Equal(t, 1, bytes.Count(b.Bytes(), []byte("hint: ")))
	require.Contains(t, b.String(), "  declares   nothing\n")
}

// What is declared is told in a few words.
func TestDeclares(t *testing.T) {
	for script, want := range map[string]string{
		"":                              "nothing",
		": ${foo_svcj_options=\"\"}":    "no option (line 2)",
		"foo_svcj_options='mlock vmm'":  "mlock vmm (line 2)",
		"foo_svcj_options=${x}":         "options that can't be told without running it (line 2)",
		"foo_svcj=NO":                   "NO (line 2)",
		": ${foo_svcj=\"NO\"}":          `nothing, and "NO" as the default of NAME_svcj, which rc.conf can change (line 2)`,
		": ${foo_svcj_opts=net_basic}":  "nothing; rc.subr does not read foo_svcj_opts",
		": ${fo_svcj_options=netv4}":    "nothing; rc.subr does not read fo_svcj_options",
		"foo_svcj_options=net_basic; x": "net_basic (line 2)",
	} {
		s := &lint.Subject{Service: &corpus.Service{Name: "foo"},
			Script: rcparse.Parse([]byte("name=foo\n"+script+"\n"), nil)}
		require.Equal(t, want, Declares(s.Declaration()), script)
	}
}
