package patch

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// TestProveByRunning holds the proof itself to account: each text after the
// edit but the first is wrong in one way, and must not pass.
func TestProveByRunning(t *testing.T) {
	const script = ". /etc/rc.subr\nname=foo\nrcvar=foo_enable\nload_rc_config $name\n: ${foo_enable=NO}\ncommand=/usr/local/sbin/foo\n%run_rc_command \"$1\"\n"
	with := func(line string) []byte {
		return []byte(script[:len(script)-len("%run_rc_command \"$1\"\n")] + line +
			script[len(script)-len("run_rc_command \"$1\"\n"):])
	}
	pool, err := rcrun.NewPool(rcrun.PoolOptions{})
	require.NoError(t, err)
	defer pool.Close()
	opts := Options{Lint: lint.Options{Simulate: pool, Operator: lint.OperatorEquals}}
	k, err := infer.Embedded()
	require.NoError(t, err)
	svc := &corpus.Service{Tree: &corpus.Tree{Dir: "."}, Name: "foo", Template: "foo"}
	before := lint.Judge(context.Background(), svc, with(""), k, opts.Lint)
	options := infer.Verdict{Options: []string{"net_basic"}, Certainty: infer.Certain}
	out := infer.Verdict{OptOut: true, Certainty: infer.Certain}
	soft := infer.Verdict{OptOut: true, Lifted: []string{"net_basic"}, Certainty: infer.Certain}
	const softLines = ": ${foo_svcj_options=net_basic}\n: ${foo_svcj=NO}\n"
	for _, c := range []struct {
		name, line string
		v          infer.Verdict
		want       string
	}{
		{"options", ": ${foo_svcj_options=net_basic}\n", options, ""},
		{"opt-out", "foo_svcj=NO\n", out, ""},
		{"empty value lost", ": ${foo_svcj_options:=net_basic}\n", options, "empty value does not win"},
		{"value lost", "foo_svcj_options=net_basic\n", options, "rc.conf's value does not win"},
		{"other default", ": ${foo_svcj_options=net_all}\n", options, "the default is not in force"},
		{"other variable", ": ${fooo_svcj_options=net_basic}\n", options, "the default is not in force"},
		{"too late", "", options, "a start does not come to run_rc_command"},
		{"soft opt-out", ": ${foo_svcj=NO}\n", out, "rc.conf would override the opt-out"},
		{"default of NO", softLines, soft, ""},
		{"default of NO before load_rc_config", softLines + "load_rc_config foo\n", soft, ""},
		{"a NO that can't be lifted", ": ${foo_svcj_options=net_basic}\nfoo_svcj=NO\n", soft, "would not lift the opt-out"},
		{"no default of NO", ": ${foo_svcj_options=net_basic}\n", soft, ""},
		{"a default of YES", ": ${foo_svcj_options=net_basic}\n: ${foo_svcj=YES}\n", soft, "on the host, start would not be the same"},
		{"default of NO, other options", ": ${foo_svcj_options=net_all}\n: ${foo_svcj=NO}\n", soft, "the default is not in force"},
		{"host changes", ": ${foo_svcj_options=net_basic}\ncommand_args=-x\n", options, "on the host, start would not be the same"},
		{"only stop changes", ": ${foo_svcj_options=net_basic}\nsig_stop=KILL\n", options, "on the host, stop would not be the same"},
		{"a run that fails under the setting proves nothing", "[ -z \"$foo_svcj\" ] || while :; do :; done\nfoo_svcj=NO\n", out, errNotSimulated.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := *before
			s.Verdict = c.v
			after := lint.Judge(context.Background(), svc, with(c.line), k, opts.Lint)
			err := proveByRunning(context.Background(), &s, after, true, opts)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}
