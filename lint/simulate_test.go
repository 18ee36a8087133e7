package lint

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestIsDetail(t *testing.T) {
	for _, w := range []string{"/var/run/foo.pid", "--pidfile=/x", "-pid", "--pid-file", "pid=/x", "/var/log/foo",
		"/x/foo.log", "--logfile", "--log=/x", "-log", "--pids"} {
		require.True(t, isDetail(w), w)
	}
	for _, w := range []string{"--rapid", "--login", "login", "-u", "root", "--spider", "/usr/local/etc/foo.conf",
		"cupid", "--logic", "catalog"} {
		require.False(t, isDetail(w), w)
	}
}

// TestStatesHold says of every service of a tree, the made one and that of
// SVCJIFY_PORTSDIR, that what is called ready or patchable starts in the
// simulated jail what it starts on the host: whichever rules there are, none of
// its losses that matter goes unsaid.
func TestStatesHold(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	dirs := []string{"../corpus/testdata/ports"}
	if dir := os.Getenv("SVCJIFY_PORTSDIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, r := range rcrun.Releases() {
		for _, dir := range dirs {
			c, err := corpus.Open([]string{dir})
			require.NoError(t, err)
			res, err := Run(t.Context(), c, Options{Simulate: pool, Release: r})
			require.NoError(t, err)
			held := 0
			for _, s := range res.Subjects {
				if s.State != Patchable && s.State != Ready || s.Records == nil || s.Verdict.OptOut ||
					len(s.Records.Host.Starts) == 0 {
					continue
				}
				if p := (&Pass{Subject: s}); p.optedOut() {
					continue
				}
				held++
				for _, l := range s.Records.losses() {
					require.NotEqual(t, Error, l.severity, "%s %s is %s for %s: %s", s.Origin(), s.Service.Name,
						s.State, r.Name, l.what)
				}
				require.Empty(t, s.Records.failed(), s.Service.Name)
				require.True(t, s.Records.Host.Remains, s.Service.Name)
			}
			require.Positive(t, held)
			t.Logf("%s, release %s: %d services start in the jail what they start on the host", dir, r.Name, held)
		}
	}
}

// TestStatesAgreeWithFindings holds the law that no state contradicts a finding,
// over every service of the trees: a service that is not ready has a finding that
// says why, and a ready one has none that says that it does not work.
func TestStatesAgreeWithFindings(t *testing.T) {
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	dirs := []string{"../corpus/testdata/ports"}
	if dir := os.Getenv("SVCJIFY_PORTSDIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		c, err := corpus.Open([]string{dir})
		require.NoError(t, err)
		for _, opts := range []Options{{}, {Simulate: pool}} {
			res, err := Run(t.Context(), c, opts)
			require.NoError(t, err)
			for _, s := range res.Subjects {
				require.Empty(t, contradiction(s, res.Findings), "%s %s", s.Origin(), s.Service.Name)
			}
			t.Logf("%s, simulated %t: %d states agree with their findings", dir, opts.Simulate != nil,
				len(res.Subjects))
		}
	}
}

// contradiction says what does not fit between a service's state and its findings.
func contradiction(s *Subject, all []Finding) string {
	has := func(is func(Finding) bool) bool { return slices.ContainsFunc(s.Findings, is) }
	code := func(c string) func(Finding) bool { return func(f Finding) bool { return f.Code == c } }
	fault := func(f Finding) bool { return f.Severity == Error && !f.doubt }
	doubt := func(f Finding) bool { return f.doubt }
	switch {
	case s.State == Ready && has(fault):
		return "ready, with an error"
	case s.State == Ready && has(doubt):
		return "ready, with a doubt"
	case s.State == Faulty && !has(fault):
		return "faulty, without an error"
	case s.State == Patchable && !has(code("SJ101")), s.State == Unsuitable && !has(code("SJ101")):
		return string(s.State) + ", without SJ101"
	case s.State == Patchable && len(s.Blockers()) > 0:
		return "patchable, with what blocks"
	case s.State == Blocked && !has(fault):
		return "blocked, without an error"
	case s.State != Unknown:
	case s.Script == nil && !slices.ContainsFunc(all, func(f Finding) bool {
		return (f.Code == "SJ402" || f.Code == "SJ406") && (f.Origin == s.Origin() || f.Path == s.Service.Template)
	}):
		return "unknown, without a word on the template"
	case s.Script != nil && !has(doubt) && !has(code("SJ101")):
		return "unknown, without a word on why"
	}
	return ""
}

func TestContradiction(t *testing.T) {
	error := Finding{Code: "SJ201", Severity: Error}
	for _, s := range []*Subject{
		{State: Ready, Findings: []Finding{error}},
		{State: Ready, Findings: []Finding{{Code: "SJ201", Severity: Warning, doubt: true}}},
		{State: Faulty},
		{State: Patchable},
		{State: Unsuitable, Findings: []Finding{error}},
		{State: Patchable, Findings: []Finding{{Code: "SJ101"}}, grounds: []Finding{error}},
		{State: Blocked, Findings: []Finding{{Code: "SJ209", Severity: Error, doubt: true}}},
		{State: Unknown, Script: rcparse.Parse(nil, nil)},
		{State: Unknown, Service: &corpus.Service{}},
	} {
		require.NotEmpty(t, contradiction(s, nil), "%s %v", s.State, s.Findings)
	}
}
