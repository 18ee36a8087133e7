package advise_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus/host/hosttest"
	"github.com/svcjify/svcjify/lint/advise"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rcrun.WorkerArg { // os.Executable is this test
		os.Exit(rcrun.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// madeRoot is a copy of the made system, with its package database.
func madeRoot(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "root")
	require.NoError(t, hosttest.CopyRoot(filepath.Join("testdata", "root"), dir))
	return dir
}

// write puts files below a root, over those that are there.
func write(t *testing.T, root string, files map[string]string) {
	for name, text := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
	}
}

// machine opens a root; its problems are lines.
func machine(t *testing.T, root string) (*advise.Machine, []string) {
	m, err := advise.Open(context.Background(), root, advise.Options{Workers: 2})
	require.NoError(t, err)
	t.Cleanup(m.Close)
	var problems []string
	for _, p := range m.Problems {
		problems = append(problems, p.Path+": "+p.Text)
	}
	return m, problems
}

// advice asks about some services, by name.
func advice(t *testing.T, m *advise.Machine, q advise.Question) map[string]*advise.Advice {
	list, errs := m.Advise(context.Background(), q)
	require.Empty(t, errs)
	out := map[string]*advise.Advice{}
	for _, a := range list {
		out[a.Name] = a
	}
	return out
}

func golden(t *testing.T, name string, got []byte) {
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(name, got, 0o644))
		return
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "if it is right: go test ./lint/advise -update")
}

// The made system has some forty services, several for each verdict: expected.tsv
// says which, and was written before the advice was looked at.
func TestMadeRoot(t *testing.T) {
	m, problems := machine(t, madeRoot(t))
	require.Empty(t, problems)
	list, errs := m.Advise(context.Background(), advise.Question{All: true})
	require.Empty(t, errs)
	var table bytes.Buffer
	for _, a := range list {
		table.WriteString(a.Name + "\t" + string(a.Verdict))
		for _, l := range a.Lines {
			table.WriteString("\t" + advise.Assignment(l))
		}
		table.WriteString("\n")
	}
	want, err := os.ReadFile(filepath.Join("testdata", "expected.tsv"))
	require.NoError(t, err)
	require.Equal(t, string(want), table.String())

	list, errs = m.Advise(context.Background(), advise.Question{})
	require.Empty(t, errs)
	for _, f := range advise.Formats() {
		var out bytes.Buffer
		require.NoError(t, f.Print(&out, list))
		golden(t, "root."+f.Name+".golden", out.Bytes())
	}
}

// The same system gives the same bytes, however many look at it at once.
func TestDeterministic(t *testing.T) {
	m, _ := machine(t, madeRoot(t))
	var first []byte
	for workers := 1; workers <= 3; workers++ {
		list, _ := m.Advise(context.Background(), advise.Question{All: true, Workers: workers})
		var out bytes.Buffer
		require.NoError(t, advise.JSON(&out, list))
		if first == nil {
			first = out.Bytes()
		}
		require.Equal(t, string(first), out.String())
	}
}
