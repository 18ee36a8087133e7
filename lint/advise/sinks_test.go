package advise_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// FuzzAdviceSinks: whatever stands in a script or in rc.conf, the script that people run
// holds calls of sysrc(8) with plain words and nothing else, and so do the lines
// that they paste.
func FuzzAdviceSinks(f *testing.F) {
	for _, s := range []string{"foo", "a;id", "$(id)", "`id`", "a\nid", "'", "\"", "a\rb", "\\", "\x1b[2J", "\u202e",
		"a b", "!x", "\xff", "~", "*", "#", "-x", "a=b;c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := []rcrun.Setting{{Name: s + "_svcj", Value: "YES"}, {Name: "foo_svcj_options", Value: s}}
		a := &advise.Advice{
			Name: s, Path: s, RunName: s, Package: s, RCVar: s, Verdict: advise.TwoLines, Lines: lines, File: s,
			Before: lines[1:], Options: []string{s}, Declared: []string{s}, Losses: []string{s}, Reasons: []string{s},
			Port:     s,
			Offers:   []advise.Offer{{Lines: lines, Options: []string{s}, Why: s}},
			Evidence: []infer.Evidence{{Path: s, Fact: s, Kind: "text"}},
		}
		list := []*advise.Advice{a}
		var text, sh, js bytes.Buffer
		for _, err := range []error{advise.Text(&text, list), advise.Shell(&sh, list), advise.JSON(&js, list)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !json.Valid(js.Bytes()) {
			t.Fatalf("no JSON: %q", js.Bytes())
		}
		for _, r := range text.String() + sh.String() {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				t.Fatalf("%U would be sent to a terminal, of %q", r, s)
			}
		}
		onlySysrc(t, sh.String())
		for _, command := range a.Undo() {
			if shown := report.OneLine(command); len(shown) < 4000 { // a longer one is cut, and says so
				onlySysrc(t, shown)
			}
		}
	})
}

// onlySysrc reads a script as a shell does.
func onlySysrc(t *testing.T, script string) {
	t.Helper()
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(bytes.NewReader([]byte(script)), "")
	if err != nil {
		t.Fatalf("no shell script: %v\n%s", err, script)
	}
	for _, st := range file.Stmts {
		call, ok := st.Cmd.(*syntax.CallExpr)
		if !ok || len(st.Redirs) > 0 || st.Background || len(call.Assigns) > 0 || len(call.Args) == 0 {
			t.Fatalf("more than a call:\n%s", script)
		}
		if name := call.Args[0].Lit(); name != "sysrc" && name != "set" {
			t.Fatalf("a call of %q:\n%s", name, script)
		}
		syntax.Walk(call, func(n syntax.Node) bool {
			switch n.(type) {
			case *syntax.CmdSubst, *syntax.ParamExp, *syntax.ArithmExp, *syntax.ExtGlob, *syntax.ProcSubst:
				t.Fatalf("an expansion:\n%s", script)
			}
			return true
		})
	}
}
