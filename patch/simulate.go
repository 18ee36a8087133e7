package patch

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// errNotSimulated is why a patch is withheld whose service can't be run.
var errNotSimulated = errors.New("the simulation could not run it")

// proveByRunning runs the script before and after in the simulated rc(8): on
// the host nothing may change, and the declaration must behave as documented
// at boot and by service(8), with rc.conf unset, set and emptied.
func proveByRunning(ctx context.Context, before *lint.Subject, fixed []lint.Finding, text []byte, opts Options) error {
	pool := opts.Lint.Simulate
	if pool == nil || before.Records == nil {
		return nil
	}
	name, as := before.Records.Host.Name, before.Service.Name
	subst := lint.Substitutions(before.Service)
	host := hostScenarios(as)
	declares := slices.ContainsFunc(fixed, func(f lint.Finding) bool { return f.Code == "SJ101" })
	var wants []want
	if declares {
		wants = declared(name, as, before.Verdict, opts.Lint.Operator == lint.OperatorColon)
	}
	after := slices.Clone(host)
	for _, w := range wants {
		after = append(after, w.scenario)
	}
	runs := pool.Run(ctx, []rcrun.Job{
		{Src: before.Script.Src, Subst: subst, Scenarios: host},
		{Src: text, Subst: subst, Scenarios: after},
	})
	for i, sc := range host {
		a, b := runs[0][i], runs[1][i]
		if a.Failed != "" || b.Failed != "" {
			return fmt.Errorf("%w: %s", errNotSimulated, a.Failed+b.Failed)
		}
		if !reflect.DeepEqual(plain(a), plain(b)) {
			return fmt.Errorf("on the host, %s would not be the same", sc.Verb)
		}
	}
	for i, w := range wants {
		got := runs[1][len(host)+i]
		switch {
		case got.Failed != "":
			return fmt.Errorf("%w under other settings: %s", errNotSimulated, got.Failed)
		case name == "" || got.Name != name:
			return fmt.Errorf("%w: a plain start does not come to run_rc_command, or not for the same name", errNotSimulated)
		}
		if err := w.check(got); err != nil {
			return err
		}
	}
	return nil
}

// hostScenarios is what must be the same on the host before and after.
func hostScenarios(as string) []rcrun.Scenario {
	return []rcrun.Scenario{
		{Verb: "start", InstalledAs: as},
		{Verb: "faststart", InstalledAs: as, Boot: true},
		{Verb: "stop", InstalledAs: as, Running: true},
		{Verb: "restart", InstalledAs: as, Running: true},
		{Verb: "status", InstalledAs: as, Running: true},
		{Verb: "reload", InstalledAs: as, Running: true},
	}
}

// A want is what the declaration must do in one scenario.
type want struct {
	scenario rcrun.Scenario
	check    func(rcrun.Record) error
}

// declared is what a new declaration must do: unset gives the default, and
// what rc.conf says wins, the empty value too unless the colon form was asked
// for; an opt-out holds whatever rc.conf says.
func declared(name, as string, v infer.Verdict, colon bool) []want {
	var out []want
	for _, boot := range []bool{false, true} {
		when := "by service(8)"
		if boot {
			when = "at boot"
		}
		start := func(conf ...rcrun.Setting) rcrun.Scenario {
			return rcrun.Scenario{Verb: "start", InstalledAs: as, Boot: boot, RCConf: conf}
		}
		if v.OptOut {
			out = append(out, want{start(rcrun.Setting{Name: name + "_svcj", Value: "YES"}), func(r rcrun.Record) error {
				if r.Svcj || len(r.Jails) > 0 {
					return fmt.Errorf("rc.conf would override the opt-out %s", when)
				}
				return nil
			}})
			continue
		}
		option := name + "_svcj_options"
		for _, c := range []struct {
			conf []rcrun.Setting
			want string
			what string
		}{
			{nil, strings.Join(v.Options, " "), "the default is not in force"},
			{[]rcrun.Setting{{Name: option, Value: "mlock netv6"}}, "mlock netv6", "rc.conf's value does not win"},
			{[]rcrun.Setting{{Name: option, Value: ""}}, "", "rc.conf's empty value does not win"},
		} {
			if colon && c.want == "" && c.conf != nil {
				continue
			}
			out = append(out, want{start(c.conf...), func(r rcrun.Record) error {
				if r.SvcjOptions == c.want && r.SvcjOptionsSet {
					return nil
				}
				return fmt.Errorf("%s %s: %s is %q, expected %q", c.what, when, option, r.SvcjOptions, c.want)
			}})
		}
	}
	return out
}

// plain is a Record without what the edit is allowed to change: line numbers
// and the options themselves.
func plain(r rcrun.Record) rcrun.Record {
	r.SvcjOptions, r.SvcjOptionsSet = "", false
	strip := func(list []rcrun.Command) []rcrun.Command {
		out := slices.Clone(list)
		for i := range out {
			out[i].Line = 0
		}
		return out
	}
	r.Starts, r.Reached = strip(r.Starts), strip(r.Reached)
	return r
}
