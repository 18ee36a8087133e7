package lint

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var update = flag.Bool("update", false, "rewrite the expected findings, fixed scripts and pages")

// testKnowledge is what the table says in the rules' tests.
const testKnowledge = `service: foo
needs: net_basic
why: It listens on TCP port 4000.
source: foo(8)

service: silent
needs: none
why: It serves a UNIX socket only.
source: silent(8)

service: outside
needs: NO
why: It mounts file systems, which no option permits.
comment: mounts file systems
source: outside(8)

service: login foo_login
needs: NO
lifted: net_basic
why: Its sessions would be locked in the jail.
comment: its sessions must see the host
source: login(8)

service: bus
needs: NO
lifted: none
why: It starts services of the host.
comment: starts services of the host
source: bus(8)

service: clock
needs: net_basic settime
why: It asks for the time over UDP. It sets the clock.
certainty: certain
source: clock(8)

service: private
needs: net_basic sysvipcnew
why: It shares memory with its children.
certainty: certain
source: private(8)
`

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rcrun.WorkerArg { // os.Executable is this test
		os.Exit(rcrun.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// TestRules runs the cases of testdata/rules/CODE/*.txtar: `in` is the script,
// `findings` what the rule of that code says of it, and `out` the script after
// its fixes. A case without findings shows the rule silent. The archive's
// comment may hold `service: NAME`, the installed name (foo), and `release: R`.
func TestRules(t *testing.T) {
	k, err := infer.ReadKnowledge(fstest.MapFS{"k.txt": {Data: []byte(testKnowledge)}})
	require.NoError(t, err)
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	for _, r := range Rules() {
		if r.Check == nil {
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join("testdata", "rules", r.Code, "*.txtar"))
			require.NoError(t, err)
			fires, silent, fixes := false, false, false
			for _, p := range paths {
				t.Run(strings.TrimSuffix(filepath.Base(p), ".txtar"), func(t *testing.T) {
					fired, fixed := ruleCase(t, p, r, k, pool)
					fires, silent, fixes = fires || fired, silent || !fired, fixes || fixed
				})
			}
			require.True(t, fires, "no case in which %s fires", r.Code)
			require.True(t, silent, "no case in which %s is silent", r.Code)
			require.Equal(t, hasFix[r.Code], fixes, "whether a case of %s has a fix", r.Code)
		})
	}
}

// hasFix is the rules that can correct something.
var hasFix = map[string]bool{
	"SJ101": true, "SJ102": true, "SJ103": true, "SJ104": true, "SJ105": true, "SJ106": true, "SJ107": true, "SJ108": true, "SJ110": true, "SJ201": true,
	"SJ301": true, "SJ302": true, "SJ303": true,
}

func ruleCase(t *testing.T, path string, r *Rule, k *infer.Knowledge, pool *rcrun.Pool) (fired, fixed bool) {
	ar, err := txtar.ParseFile(path)
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range ar.Files {
		files[f.Name] = string(f.Data)
	}
	svc := &corpus.Service{Tree: &corpus.Tree{FS: fstest.MapFS{}, Dir: "."}, Name: "foo", Template: "foo.in"}
	opts := Options{Operator: OperatorEquals, Simulate: pool}
	for _, line := range strings.Split(string(ar.Comment), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "service":
			svc.Name = value
		case "release":
			opts.Release, err = rcrun.ReleaseOf(value)
			require.NoError(t, err)
		}
	}
	s := Judge(context.Background(), svc, []byte(files["in"]), k, opts)
	var got strings.Builder
	var edits []Edit
	for _, f := range s.Findings {
		if f.Code == r.Code {
			fmt.Fprintf(&got, "%d:%d: %s: %s\n", f.Line, f.Col, f.Severity, f.Message)
			if f.Fix != nil {
				edits = append(edits, f.Fix.Edits...)
			}
		}
	}
	out := ""
	if len(edits) > 0 {
		out = splice(t, files["in"], edits)
		again := Judge(context.Background(), svc, []byte(out), k, opts)
		for _, f := range again.Findings {
			require.False(t, f.Code == r.Code && f.Fix != nil, "a second run would change it again: %s", f.Message)
		}
		require.Nil(t, again.Script.Err)
	}
	if *update {
		ar.Files = []txtar.File{{Name: "in", Data: []byte(files["in"])}}
		if got.Len() > 0 {
			ar.Files = append(ar.Files, txtar.File{Name: "findings", Data: []byte(got.String())})
		}
		if out != "" {
			ar.Files = append(ar.Files, txtar.File{Name: "out", Data: []byte(out)})
		}
		require.NoError(t, os.WriteFile(path, txtar.Format(ar), 0o644))
	} else {
		require.Equal(t, files["findings"], got.String())
		require.Equal(t, files["out"], out)
	}
	return got.Len() > 0, out != ""
}

// splice applies edits the plain way; package patch has the careful one.
func splice(t *testing.T, src string, edits []Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		if i > 0 {
			require.LessOrEqual(t, edits[i-1].End, e.Start)
		}
		src = src[:e.Start] + e.New + src[e.End:]
	}
	return src
}

// TestPages holds docs/rules/ to the documentation in the code.
func TestPages(t *testing.T) {
	for _, r := range Rules() {
		path := filepath.Join("..", "docs", "rules", r.Code+".md")
		require.NotEmpty(t, r.Doc.Title)
		require.NotEmpty(t, r.Doc.Text)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(r.Page()), 0o644))
			continue
		}
		page, err := os.ReadFile(path)
		require.NoError(t, err, "make it with go test ./lint -run Pages -update")
		require.Equal(t, r.Page(), string(page), "make it with go test ./lint -run Pages -update")
	}
	for _, old := range []string{"SJ101", "undeclared", "sj101"} {
		r, ok := RuleOf(old)
		require.True(t, ok)
		require.Equal(t, "SJ101", r.Code)
	}
}
