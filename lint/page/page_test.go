package page

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// full is a report in which a text stands wherever a text of the tree may.
func full(text string) *Report {
	f := lint.Finding{Code: "SJ201", Severity: lint.Error, Path: text, Line: 3, Col: 4, Message: text, Hint: text,
		Source: text, Service: text}
	rec := rcrun.Record{Name: text, RCVar: text, SvcjOptions: text, Skipped: []string{text}, Unknown: []string{text},
		Jails:   []rcrun.Jail{{Name: text}},
		Starts:  []rcrun.Command{{Argv: []string{text}, User: text, Env: []string{text}}},
		Reached: []rcrun.Command{{Argv: []string{text}}}}
	s := &lint.Subject{
		Service: &corpus.Service{Name: text, Template: text, Condition: text, Tree: &corpus.Tree{}},
		Records: &lint.Records{Pair: lint.Pair{Host: rec, Jail: rec}}, State: lint.Patchable,
		Findings: []lint.Finding{f},
		Verdict: infer.Verdict{Options: []string{text}, Reason: text, Certainty: infer.Likely, Limits: []string{text},
			Contradictions: []string{text},
			NotFound:       []string{text}, WouldChange: []string{text},
			Evidence: []infer.Evidence{{Path: text, Line: 2, Fact: text, Supports: text}}},
	}
	other := *s
	other.Records, other.State = nil, lint.Blocked
	other.Service = new(corpus.Service)
	*other.Service = *s.Service
	elsewhere := f
	elsewhere.Service = "other"
	r := New(Input{
		Result: &lint.Result{Subjects: []*lint.Subject{s, &other}, Findings: []lint.Finding{f, elsewhere}},
		Tree:   text, Commit: text, Release: text, Certainty: infer.Confident,
		Patches: map[*corpus.Service]*Patch{s.Service: {Title: text, Diff: "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-" + text +
			"\n+" + text + "\n", After: map[*corpus.Service]lint.State{s.Service: lint.Ready}}},
		Withheld: map[*corpus.Service]Withheld{other.Service: {What: text, Do: text, More: text}},
	})
	for i := range r.Services {
		x := &r.Services[i]
		x.Category, x.Maintainer, x.Comment, x.Origin = text, text, text, text
		x.Declared.Answer = text
	}
	r.count()
	return r
}

// What the page is made of; anything else would be from the tree.
var (
	elements = strings.Fields("html head meta link title style body a header h1 p code nav main section h2 strong svg rect ul li b span " +
		"details summary table thead tr th tbody td div form label input select option button output dl dt dd br i pre script")
	attributes = strings.Fields("lang charset http-equiv content name rel href class aria-label aria-labelledby id viewbox preserveaspectratio role " +
		"x width height scope tabindex hidden type placeholder value aria-live aria-hidden data-key data-state data-certainty data-word data-category data-rule open")
	link = regexp.MustCompile(`^(#.*|report\.json|data:,)$`)
)

// parsed holds the page to what it is made of, and gives the elements with their texts.
func parsed(t *testing.T, page []byte) (tags, texts []string) {
	z := html.NewTokenizer(strings.NewReader(string(page)))
	scripts := 0
	ids := map[string]bool{}
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			require.Equal(t, 1, scripts)
			return tags, texts
		case html.CommentToken:
			require.Fail(t, "a comment")
		case html.TextToken:
			texts = append(texts, string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			tags = append(tags, token.Data)
			require.Contains(t, elements, token.Data)
			if token.Data == "script" {
				scripts++
			}
			for _, a := range token.Attr {
				require.Contains(t, attributes, a.Key, token.Data)
				switch a.Key {
				case "href":
					require.Regexp(t, link, a.Val)
				case "id":
					require.False(t, ids[a.Val], a.Val)
					ids[a.Val] = true
				}
			}
		}
	}
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
	`</title></style></script><iframe>`,
	`javascript:alert(1)`, `<!-- `, `]]>`, "&lt;b&gt;", "{{.Policy}}", "a\x00b\x1b[31m\x9b", "abc\u202e\u2066xyz",
	"\xff\xfe", "", " ", "\n\n", "data:text/html,x",
	strings.Repeat("long", 5000), "`${x}`",
}

func TestHostile(t *testing.T) {
	for _, text := range hostile {
		page, err := full(text).HTML()
		require.NoError(t, err)
		parsed(t, page)
		for _, c := range []string{"\x1b", "\x00", "\u202e", "\u2066", "\ufffd"} {
			require.NotContains(t, string(page), c)
		}
		data, err := full(text).JSON()
		require.NoError(t, err)
		require.True(t, json.Valid(data))
	}
	page, err := full(`<i>x</i>`).HTML()
	require.NoError(t, err)
	_, texts := parsed(t, page)
	require.True(t, slices.Contains(texts, "<i>x</i>")) // to be read as it was written
}

// FuzzText has a text of the tree become markup wherever one may stand.
func FuzzText(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		page, err := full(text).HTML()
		require.NoError(t, err)
		parsed(t, page)
	})
}

func TestReport(t *testing.T) {
	r := full("word")
	require.Equal(t, Group{Number: 2, States: map[lint.State]int{lint.Patchable: 1, lint.Blocked: 1}, Landed: 1}, r.All)
	require.Len(t, r.Elsewhere, 1)
	require.Len(t, r.Patches, 1)
	require.Equal(t, r.Services[0].ID, r.Patches[0].Service)
	require.Nil(t, r.Services[0].Withheld)
	require.Equal(t, "word", r.Services[1].Withheld.What)
	require.Equal(t, []string{"s-word", "s-word-2"}, []string{r.Services[0].ID, r.Services[1].ID})
	page, err := r.HTML()
	require.NoError(t, err)
	for _, want := range []string{
		`<strong>0 %</strong> of 2 services are ready (0)`,
		`With the 1 patch below committed: <strong>50 %</strong> (1)`,
		`id="s-word.starts"`, `<code>word:2</code>`, `<code>word:3:4</code>`, `<span class="del">-word`,
		`<rect class="st-patchable" x="0" width="1" height="1"><title>1 patchable</title></rect>`,
		`<rect class="both" x="0" width="2" height="1"><title>word, needed and declared: word to word (2 services)</title></rect>`,
	} {
		require.Contains(t, string(page), want)
	}
	again, err := full("word").HTML()
	require.NoError(t, err)
	require.Equal(t, string(page), string(again))
}

func TestNothing(t *testing.T) {
	page, err := New(Input{Result: &lint.Result{}}).HTML()
	require.NoError(t, err)
	parsed(t, page)
	require.Contains(t, string(page), "No service was found.")
}

func TestDiffLines(t *testing.T) {
	var classes []string
	for _, l := range diffLines("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ f()\n a\n--- was a comment\n+++ is\n z\n\\ No newline at end of file\ndiff --git a/y b/y\n") {
		classes = append(classes, l.Class)
	}
	require.Equal(t, []string{"head", "head", "head", "hunk", "", "del", "add", "", "head", "head"}, classes)
}

func TestPercent(t *testing.T) {
	for want, c := range map[string][2]int{"0 %": {0, 7}, "100 %": {7, 7}, "5.6 %": {22, 392}, "65 %": {253, 392},
		"0.1 %": {1, 1500}} {
		require.Equal(t, want, percent(c[0], c[1]))
	}
	require.Equal(t, "0 %", percent(0, 0))
}

// TestDirectory has what a directory may be that is to hold a report.
func TestDirectory(t *testing.T) {
	r := full("x")
	top := t.TempDir()
	at := func(name string) string { return filepath.Join(top, name) }
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(at(name)), 0o755))
		require.NoError(t, os.WriteFile(at(name), []byte(text), 0o644))
	}
	files := func(name string) []string {
		list, err := os.ReadDir(at(name))
		require.NoError(t, err)
		var out []string
		for _, e := range list {
			out = append(out, e.Name())
		}
		return out
	}
	write("others/notes.txt", "mine")
	write("others/SUMMARY.html", "mine too")
	require.NoError(t, r.Write(at("others")))
	require.NoError(t, r.Write(at("others"))) // over its own
	require.Equal(t, []string{"SUMMARY.html", "index.html", "notes.txt", "report.json"}, files("others"))

	require.NoError(t, r.Write(at("made/for/it")))
	require.NoError(t, os.Symlink(at("others"), at("link")))
	require.NoError(t, r.Write(at("link")))

	write("page/index.html", "<h1>my home page</h1>")
	write("data/report.json", "{}")
	write("file", "")
	require.NoError(t, os.MkdirAll(at("dir/index.html"), 0o755))
	require.NoError(t, os.MkdirAll(at("linked"), 0o755))
	require.NoError(t, os.Symlink(at("others/index.html"), at("linked/index.html")))
	require.NoError(t, os.Symlink(at("nowhere"), at("dangling")))
	require.NoError(t, os.Symlink(at("loop"), at("loop")))
	for name, want := range map[string]string{
		"page": "index.html: was not written by svcjify report", "data": "report.json: was not written by svcjify report",
		"dir": "index.html: is not a regular file", "linked": "index.html: is not a regular file",
		"file": "no directory can be made", "file/below": "no directory can be made", "dangling": "no directory can be made", "loop": "no directory can be made",
	} {
		var e *DirError
		require.ErrorAs(t, Check(at(name)), &e, name)
		require.Contains(t, e.Error(), want, name)
		require.NotEmpty(t, e.Hint)
		require.Error(t, r.Write(at(name)))
	}
	require.Equal(t, []string{"index.html"}, files("page"))
	kept, err := os.ReadFile(at("page/index.html"))
	require.NoError(t, err)
	require.Equal(t, "<h1>my home page</h1>", string(kept))
	require.False(t, slices.ContainsFunc(files("others"),
		func(n string) bool { return strings.HasPrefix(n, ".svcjify") }))
}
