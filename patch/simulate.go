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
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// errNotSimulated is why a patch is withheld whose service can't be run.
var errNotSimulated = errors.New("the simulation could not run it")

// proveByRunning compares the script before and after in the simulated rc(8):
// on the host nothing may change, and the declaration must behave as documented
// at boot and by service(8), with rc.conf unset, set and emptied.
func proveByRunning(ctx context.Context, before, after *lint.Subject, declares bool, opts Options) error {
	if opts.Lint.Simulate == nil || before.Records == nil {
		return nil
	}
	subst := lint.Substitutions(before.Service)
	host := hostScenarios(before, opts.Lint.Release.Name)
	runs := opts.run(ctx, []rcrun.Job{
		{Src: before.Script.Src, Subst: subst, Scenarios: host},
		{Src: after.Script.Src, Subst: subst, Scenarios: host},
	})
	for i, sc := range host {
		a, b := runs[0][i], runs[1][i]
		if a.Failed != "" || b.Failed != "" {
			return fmt.Errorf("%w: %s", errNotSimulated, a.Failed+b.Failed)
		}
		if !reflect.DeepEqual(plain(withoutMisnamed(a, before.Script)), plain(b)) {
			return fmt.Errorf("on the host, %s would not be the same",
				strings.Join(append([]string{sc.Verb}, sc.Args...), " "))
		}
	}
	if !declares {
		return nil
	}
	return proveDeclaration(before.Verdict, after.Records, opts.Lint.Operator == lint.OperatorColon)
}

// run runs jobs, one after another where they have a budget together.
func (o Options) run(ctx context.Context, jobs []rcrun.Job) [][]rcrun.Record {
	if o.Lint.Account == nil {
		return o.Lint.Simulate.Run(ctx, jobs)
	}
	out := make([][]rcrun.Record, len(jobs))
	for i, j := range jobs {
		out[i] = o.Lint.Account.Session().Run(ctx, j)
	}
	return out
}

// hostScenarios is what must be the same on the host before and after.
func hostScenarios(s *lint.Subject, release string) []rcrun.Scenario {
	out := []rcrun.Scenario{
		{Verb: "start"},
		{Verb: "faststart", Boot: true},
		{Verb: "stop", Running: true},
		{Verb: "restart", Running: true},
		{Verb: "status", Running: true},
		{Verb: "reload", Running: true},
	}
	if s.Records.Args != nil || s.Script.TakesWords() {
		// A profile, an instance or an interface, and all of them.
		for _, verb := range []string{"start", "stop"} {
			out = append(out, rcrun.Scenario{Verb: verb, Args: []string{"default"}, Running: verb == "stop"})
		}
	}
	for i := range out {
		out[i].InstalledAs, out[i].Release = s.Service.Name, release
	}
	return out
}

// proveDeclaration holds a new declaration to its verdict: unset gives the
// default, and what rc.conf says wins, the empty value too unless the colon
// form was asked for; an opt-out holds whatever rc.conf says, and a default of NO
// until rc.conf says YES.
func proveDeclaration(v infer.Verdict, after *lint.Records, colon bool) error {
	if after == nil || len(after.Overrides) == 0 {
		return fmt.Errorf("%w: a start does not come to run_rc_command", errNotSimulated)
	}
	for _, o := range after.Overrides {
		if why := o.Failed(); why != "" {
			return fmt.Errorf("%w %s: %s", errNotSimulated, o.When, why)
		}
		name := o.Unset.Name + "_svcj_options"
		want := strings.Join(v.Works(), " ")
		switch got, set := o.Default(); {
		case v.Never() && o.OptOutLost():
			return fmt.Errorf("rc.conf would override the opt-out %s", o.When)
		case v.Never():
		case v.OptOut && (o.Unset.Svcj || len(o.Unset.Jails) > 0):
			return fmt.Errorf("it would be jailed by default %s", o.When)
		case v.OptOut && !o.OptOutLost():
			return fmt.Errorf("%s_svcj=YES in rc.conf would not lift the opt-out %s", o.Unset.Name, o.When)
		case got != want || !set:
			return fmt.Errorf("the default is not in force %s: %s is %q, expected %q", o.When, name, got, want)
		case o.ValueLost():
			return fmt.Errorf("rc.conf's value does not win %s: %s is %q", o.When, name, o.Set.SvcjOptions)
		case !colon && o.EmptyLost():
			return fmt.Errorf("rc.conf's empty value does not win %s: %s is %q", o.When, name, o.Empty.SvcjOptions)
		}
	}
	return nil
}

// plain is a Record without what the edit is allowed to change: line numbers,
// the options themselves, and whether there is a precmd.
func plain(r rcrun.Record) rcrun.Record {
	r.SvcjOptions, r.SvcjOptionsSet, r.Prepares = "", false, false
	r.Starts, r.Stops, r.Reached = rcrun.Unplaced(r.Starts), rcrun.Unplaced(r.Stops), rcrun.Unplaced(r.Reached)
	return r
}

// withoutMisnamed is a Record without the commands that sh(1) takes a declaration
// for whose name holds a dash, foo-svcj_options=x, and without what is said of them.
func withoutMisnamed(r rcrun.Record, s *rcparse.Script) rcrun.Record {
	for _, m := range s.Misnamed() {
		if !m.NoVariable {
			continue
		}
		r.Reached = slices.DeleteFunc(slices.Clone(r.Reached),
			func(c rcrun.Command) bool { return strings.HasPrefix(c.Argv[0], m.Var+"=") })
		r.Unknown = slices.DeleteFunc(slices.Clone(r.Unknown),
			func(u string) bool { return strings.HasPrefix(u, `"`+m.Var+"=") })
		if len(r.Unknown) == 0 {
			r.Unknown = nil
		}
	}
	return r
}
