package realsubr

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A probe is a script and what it is run in, where the releases of the model
// do not all do the same.
type probe struct {
	name   string
	middle string // of the script
	file   string // in rc.d; "" is the service's name
	sc     rcrun.Scenario
}

var probes = []probe{
	{name: "option words", sc: rcrun.Scenario{Verb: "start", Svcj: true,
		RCConf: []rcrun.Setting{{Name: "probe_svcj_options", Value: "net_basic routing settime setaudit"}}}},
	{name: "svcj_all_enable", sc: rcrun.Scenario{Verb: "start", RCConf: []rcrun.Setting{{Name: "svcj_all_enable", Value: "YES"}}}},
	{name: "the script's file name", file: "probe-file", sc: rcrun.Scenario{Verb: "start", Svcj: true}},
	{name: "start_cmd and a cpuset", middle: "start_cmd=probe_method probe_cpuset=0", sc: rcrun.Scenario{Verb: "start"}},
	{name: "restart_cmd", middle: "restart_cmd=probe_method", sc: rcrun.Scenario{Verb: "restart", Running: true, Svcj: true}},
	{name: "restart_cmd of what does not run", middle: "restart_cmd=probe_method", sc: rcrun.Scenario{Verb: "restart", Svcj: true}},
	{name: "status_cmd", middle: "status_cmd=probe_method", sc: rcrun.Scenario{Verb: "status", Running: true, Svcj: true}},
	{name: "stop", sc: rcrun.Scenario{Verb: "stop", Running: true, Svcj: true}},
	{name: "stop of what does not run", sc: rcrun.Scenario{Verb: "stop", Svcj: true}},
}

func (p probe) subject() *subject {
	return &subject{where: p.name, name: orElse(p.file, "probe"), services: []service{{"probe", "probe_enable"}},
		text: `. /etc/rc.subr
name=probe
rcvar=probe_enable
command=/usr/local/sbin/probe
probe_method() { /usr/local/bin/method; }
load_rc_config $name
` + p.middle + `
run_rc_command "$1"
`}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// fit finds the release of the model to hold an rc.subr against: the one that
// SVCJIFY_RELEASE names, the one that was held against this very file, or else
// the newest that does what the rc.subr does in all probes.
func (h *harness) fit(ctx context.Context, text string) (string, error) {
	if name := os.Getenv("SVCJIFY_RELEASE"); name != "" {
		if _, err := rcrun.ReleaseOf(name); err != nil {
			return "", fmt.Errorf("SVCJIFY_RELEASE: %w", err)
		}
		return name, nil
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	for _, r := range rcrun.Releases() {
		if r.SHA256 == sum {
			return r.Name, nil
		}
	}
	var misfits []string
	for _, r := range slices.Backward(rcrun.Releases()) {
		differ, err := h.misfits(ctx, r.Name)
		if err != nil {
			return "", err
		}
		if len(differ) == 0 {
			return r.Name, nil
		}
		misfits = append(misfits, fmt.Sprintf("\n%s is not it:", r.Name))
		for _, d := range differ {
			misfits = append(misfits, d.String())
		}
	}
	return "", fmt.Errorf("no release of the model fits this rc.subr (SHA-256 %s); SVCJIFY_RELEASE=NAME compares it all the same%s", sum, strings.Join(misfits, "\n"))
}

// misfits is where a release does not what the rc.subr does.
func (h *harness) misfits(ctx context.Context, release string) ([]difference, error) {
	var out []difference
	for _, p := range probes {
		s, sc := p.subject(), p.sc
		sc.InstalledAs, sc.Release = s.name, release
		ob, err := h.run(ctx, s, sc)
		if err != nil {
			return nil, err
		}
		for _, d := range compare(ob, rcrun.FromText(s.text).Run(ctx, sc)) {
			d.script, d.scenario = "probe", p.name
			out = append(out, d)
		}
	}
	return out, nil
}

// TestFit: the release is found by what an rc.subr does, and none is taken that is not right.
func TestFit(t *testing.T) {
	h := newHarness(t, standIn(t, "16"))
	require.Equal(t, "16", h.release)
	for _, r := range rcrun.Releases() {
		differ, err := h.misfits(t.Context(), r.Name)
		require.NoError(t, err)
		require.Equal(t, r.Name == "16", len(differ) == 0, differ)
	}

	text := standIn(t, "16")
	mixed := strings.Replace(text, "setaudit) newest", "setaudit) oldest", 1)
	require.NotEqual(t, text, mixed)
	var err error
	h.subr, err = prepare(mixed, h.shell)
	require.NoError(t, err)
	_, err = h.fit(t.Context(), mixed)
	require.ErrorContains(t, err, "no release of the model fits this rc.subr (SHA-256 ")
	require.ErrorContains(t, err, "\n16 is not it:\nprobe [option words] jails:")
	require.ErrorContains(t, err, "\n15 is not it:\nprobe [svcj_all_enable] svcj:")

	t.Setenv("SVCJIFY_RELEASE", "15.0")
	release, err := h.fit(t.Context(), mixed)
	require.NoError(t, err)
	require.Equal(t, "15.0", release)
	t.Setenv("SVCJIFY_RELEASE", "14.3")
	_, err = h.fit(t.Context(), mixed)
	require.ErrorContains(t, err, `SVCJIFY_RELEASE: release is "14.3", expected one of 15.0, 15, 16 `)
}
