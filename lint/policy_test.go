package lint

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

const policyScript = `#!/bin/sh
# PROVIDE: foo
. /etc/rc.subr
name="foo_bar"
rcvar="foo_enable"
load_rc_config $name
: ${foo_enable="NO"}
command="/usr/local/sbin/foo"
status_cmd="foo_status"
run_rc_command "$1"
`

// judgeWith judges the script above, which SJ202 blocks: it is installed as foo.
func judgeWith(t *testing.T, p *Policy, remark string) *Result {
	t.Helper()
	tree := &corpus.Tree{Dir: ".", FS: fstest.MapFS{"foo.in": {Data: []byte(policyScript + remark)}}}
	pool, err := rcrun.NewPool(rcrun.PoolOptions{Workers: 1})
	require.NoError(t, err)
	defer pool.Close()
	c := &corpus.Corpus{Trees: []*corpus.Tree{tree},
		Services: []*corpus.Service{{Tree: tree, Name: "foo", Template: "foo.in"}}}
	if p != nil {
		p.Tree, p.Dir, p.Path = tree, ".", "c.toml"
	}
	if p == nil || len(p.Decisions) == 0 {
		if p == nil {
			p = &Policy{}
		}
		p.Decisions = []Decision{{Service: "foo",
			Decision: infer.Decision{Options: []string{"net_basic"}, Reason: "r"}}}
	}
	res, err := Run(context.Background(), c, Options{Policy: p, Simulate: pool})
	require.NoError(t, err)
	return res
}

func codes(list []Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code+" "+f.Severity.String())
	}
	return strings.Join(out, ", ")
}

// TestPolicyState: what is not shown weighs as before, unless a person says
// that the service works.
func TestPolicyState(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy Policy
		remark string
		want   string
		state  State
	}{
		{name: "nothing", want: "SJ202 error, SJ101 warning, SJ205 info", state: Blocked},
		{name: "disabled", policy: Policy{Disabled: map[string]bool{"SJ202": true, "SJ205": true}}, want: "SJ101 warning", state: Blocked},
		{name: "milder", policy: Policy{Severity: map[string]Severity{"SJ202": Info}}, want: "SJ202 info, SJ101 warning, SJ205 info", state: Blocked},
		{name: "ignored", policy: Policy{Ignores: []Ignore{{Path: "**", Rule: "SJ202", Reason: "r"}}}, want: "SJ101 warning, SJ205 info", state: Blocked},
		{name: "works", policy: Policy{Ignores: []Ignore{{Path: "foo.in", Rule: "SJ202", Reason: "r", Works: true}}}, want: "SJ101 warning, SJ205 info", state: Patchable},
		{name: "both", policy: Policy{Ignores: []Ignore{{Path: "*.in", Rule: "SJ202", Reason: "r"}, {Path: "foo.in", Rule: "SJ202", Reason: "r", Works: true}}}, want: "SJ101 warning, SJ205 info", state: Patchable},
		{name: "unused", policy: Policy{Ignores: []Ignore{{Path: "foo.in", Rule: "SJ201", Reason: "r"}, {Path: "bar.in", Rule: "SJ201", Reason: "r"}, {Path: "bar*", Rule: "SJ201", Reason: "r"}}},
			want: "SJ501 warning, SJ501 warning, SJ202 error, SJ101 warning, SJ205 info", state: Blocked},
		{name: "comment", remark: "# svcjify: ignore SJ202 reason\n", want: "SJ101 warning, SJ205 info", state: Blocked},
		{name: "comment works", remark: "# svcjify: works SJ202 reason\n", want: "SJ101 warning, SJ205 info", state: Patchable},
		{name: "comment without reason", remark: "# svcjify: works SJ202\n", want: "SJ202 error, SJ101 warning, SJ205 info, SJ502 warning", state: Blocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := judgeWith(t, &c.policy, c.remark)
			require.Equal(t, c.want, codes(res.Findings))
			require.Equal(t, c.state, res.Subjects[0].State)
		})
	}
}

// TestDeclaredInDoubt: a declaration that the simulated start can't judge is
// neither ready nor faulty, as long as nothing else is wrong with it.
func TestDeclaredInDoubt(t *testing.T) {
	doubt := Finding{Code: "SJ209", Severity: Error, doubt: true}
	for _, c := range []struct {
		more []Finding
		want State
	}{
		{nil, Unknown},
		{[]Finding{{Code: "SJ205", Severity: Warning}}, Unknown},
		{[]Finding{{Code: "SJ102", Severity: Error}}, Faulty},
	} {
		s := &Subject{Service: &corpus.Service{}, Script: rcparse.Parse([]byte("foo_svcj_options=net_basic\n"), nil)}
		s.setGrounds(append(c.more, doubt))
		s.decide()
		require.Equal(t, c.want, s.State)
	}
}

func TestDecision(t *testing.T) {
	v := judgeWith(t, &Policy{Decisions: []Decision{
		{Service: "bar"},
		{Service: "f*", Port: "net/foo"}, // it is no port's
		{Service: "fo?", Line: 7, Decision: infer.Decision{OptOut: true, Comment: "mounts file systems", Reason: "It mounts."}},
	}}, "").Subjects[0]
	require.Equal(t, "NO", v.Verdict.Answer())
	require.Equal(t, infer.Certain, v.Verdict.Certainty)
	require.Equal(t, Unsuitable, v.State)
	e := v.Verdict.Evidence[0]
	require.Equal(t, infer.FromPerson, e.Kind)
	require.Equal(t, "c.toml", e.Path)
	require.Equal(t, 7, e.Line)
	require.Equal(t, "the maintainer says NO: It mounts.", e.Fact)
}

func TestBaseline(t *testing.T) {
	before := judgeWith(t, nil, "")
	var file bytes.Buffer
	_, err := NewBaseline(before.Findings).WriteTo(&file)
	require.NoError(t, err)
	require.Contains(t, file.String(), "\nSJ101 ")
	known, err := ReadBaseline(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, NewBaseline(before.Findings), known)

	same := judgeWith(t, &Policy{Baseline: known}, "")
	require.Empty(t, same.Findings)
	require.Len(t, same.Silenced, 3)
	require.Equal(t, Blocked, same.Subjects[0].State)

	// Lines above move the old findings and don't make them new.
	moved := judgeWith(t, &Policy{Baseline: known}, "# svcjify: ignore SJ105 because\n")
	require.Equal(t, "SJ501 warning", codes(moved.Findings))

	for _, bad := range []string{"SJ101", "SJ999 0123456789abcdef a", "SJ101 short a", "SJ101 0123456789abcdef \"a",
		"SJ101 0123456789abcdef "} {
		_, err := ReadBaseline([]byte("# x\n" + bad))
		require.ErrorContains(t, err, "2: ", bad)
	}
	odd := Baseline{{Rule: "SJ101", Fingerprint: "0123456789abcdef", Path: "a\n b\xff\""}: 2}
	file.Reset()
	_, err = odd.WriteTo(&file)
	require.NoError(t, err)
	again, err := ReadBaseline(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, odd, again)
}

func TestMatchGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "a/b", true}, {"a/b", "a/b", true}, {"a/*", "a/b", true}, {"a/*", "a/b/c", false}, {"*", "a/b", false},
		{"**", "a/b", true}, {"a/**", "a/b/c", true}, {"**/c", "a/b/c", true}, {"**/c", "c", true}, {"**/b", "a/b/c", false},
		{"a/**/d/*.in", "a/b/c/d/x.in", true}, {"a/**", "b", false}, {"a\\*", "a*", true},
	} {
		require.Equal(t, c.want, matchGlob(c.pattern, c.name), "%s %s", c.pattern, c.name)
	}
	require.Error(t, CheckGlob("a/../b"))
	require.Error(t, CheckGlob("[a"))
	require.Error(t, CheckGlob(strings.Repeat("**/", 200)))
	start := time.Now()
	require.False(t, matchGlob(strings.Repeat("**/a/", 90)+"b", strings.Repeat("a/", 2000)+"c"))
	require.Less(t, time.Since(start), 2*time.Second)
}

// FuzzBaseline: whatever is read is written and read again as it was.
func FuzzBaseline(f *testing.F) {
	f.Add([]byte("# a\nSJ101 0123456789abcdef a/b\nSJ101 0123456789abcdef \"a b\"\n"))
	f.Add([]byte("SJ101 0123456789abcdef \"\\xff\\n\"\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := ReadBaseline(text)
		if err != nil {
			return
		}
		var out strings.Builder
		_, err = b.WriteTo(&out)
		require.NoError(t, err)
		again, err := ReadBaseline([]byte(out.String()))
		require.NoError(t, err, out.String())
		require.Equal(t, b, again)
	})
}
