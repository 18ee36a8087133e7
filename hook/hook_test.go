package hook

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// result is one service in a state, with findings at its template.
func result(state lint.State, findings ...lint.Finding) *lint.Result {
	tree := &corpus.Tree{}
	for i := range findings {
		findings[i].Tree, findings[i].Path, findings[i].Service = tree, "a/b/files/c.in", "c"
	}
	svc := &corpus.Service{Tree: tree, Template: "a/b/files/c.in", Name: "c"}
	return &lint.Result{Findings: findings, Subjects: []*lint.Subject{{State: state, Service: svc}}}
}

func TestStops(t *testing.T) {
	const never = lint.Error + 1
	for _, c := range []struct {
		state    lint.State
		code     string
		severity lint.Severity
		limit    lint.Severity
		want     bool
	}{
		{lint.Faulty, "SJ104", lint.Error, lint.Error, true},
		{lint.Faulty, "SJ104", lint.Warning, lint.Error, false},
		{lint.Faulty, "SJ104", lint.Warning, lint.Warning, true},
		{lint.Faulty, "SJ104", lint.Error, never, false},
		{lint.Ready, "SJ104", lint.Error, lint.Error, true},
		// A script that declares nothing promises nothing.
		{lint.Blocked, "SJ201", lint.Error, lint.Error, false},
		{lint.Unknown, "SJ201", lint.Error, lint.Error, false},
		{lint.Unsuitable, "SJ201", lint.Error, lint.Error, false},
		{lint.Patchable, "SJ201", lint.Error, lint.Error, false},
		{lint.Blocked, "SJ201", lint.Error, lint.Warning, true},
		{lint.Patchable, "SJ401", lint.Error, lint.Error, true},
		{lint.Unknown, "SJ403", lint.Error, lint.Error, true},
		{lint.Unknown, "SJ901", lint.Error, lint.Error, true},
	} {
		f := lint.Finding{Code: c.code, Severity: c.severity}
		res := result(c.state, f)
		require.Equal(t, c.want, Stops(res, c.limit)(res.Findings[0]), "%+v", c)
	}
}

// A finding of another service in the same file is not mistaken for this one's.
func TestStopsByService(t *testing.T) {
	res := result(lint.Blocked, lint.Finding{Code: "SJ201", Severity: lint.Error})
	other := res.Findings[0]
	other.Service = "d"
	require.False(t, Stops(res, lint.Error)(res.Findings[0]))
	require.True(t, Stops(res, lint.Error)(other))
}

func TestDecide(t *testing.T) {
	res := result(lint.Faulty,
		lint.Finding{Code: "SJ104", Severity: lint.Error},
		lint.Finding{Code: "SJ105", Severity: lint.Error},
		lint.Finding{Code: "SJ205", Severity: lint.Warning},
		lint.Finding{Code: "SJ101", Severity: lint.Info},
		lint.Finding{Code: "SJ401", Severity: lint.Info})
	f := res.Findings
	before := func(x lint.Finding) bool { return x.Code == "SJ105" || x.Code == "SJ205" }
	stops := Stops(res, lint.Error)
	got := Decide(res, stops, before)
	require.Equal(t, Decision{Blocking: 1, Lines: []Line{{Finding: f[0], Blocks: true},
		{Finding: f[1], AsBefore: true}, {Finding: f[2]}, {Finding: f[4]}}}, got)
	var words []string
	for _, l := range got.Lines {
		words = append(words, l.Word())
	}
	require.Equal(t, []string{"ERROR", "WARNING", "WARNING", "NOTE"}, words)

	got = Decide(res, Stops(res, lint.Info), nil)
	require.Equal(t, 5, got.Blocking)
	require.Equal(t, "ERROR", got.Lines[3].Word(), "an info that blocks")
	require.Zero(t, Decide(res, Stops(res, lint.Error+1), nil).Blocking)
}

func TestOldFaultsCount(t *testing.T) {
	require.True(t, OldFaultsCount(lint.Info))
	require.True(t, OldFaultsCount(lint.Warning))
	require.False(t, OldFaultsCount(lint.Error))
	require.False(t, OldFaultsCount(lint.Error+1))
}

func TestUnjudged(t *testing.T) {
	require.NoError(t, Unjudged(nil))
	err := Unjudged([]lint.Crash{{Service: "c", Origin: "a/b"}, {Origin: "a/d"}})
	require.EqualError(t, err, "svcjify failed at c of a/b, a/d, and could not judge it")
}
