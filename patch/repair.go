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

// repaired is a subject after its repair, with the finding that the repair
// corrects, or the subject itself where there is nothing to repair. A repair is
// proved by itself: what the host does is the same for every verb, and the
// jail starts what the host starts.
func repaired(ctx context.Context, s *lint.Subject, k *infer.Knowledge, opts Options) (*lint.Subject,
	[]lint.Finding, error) {
	if !opts.Repair {
		return s, nil, nil
	}
	after, fixed, err := moved(ctx, s, k, opts)
	if err != nil {
		return nil, nil, err
	}
	if again, f := withoutRestart(ctx, after, k, opts); again != nil {
		after, fixed = again, append(fixed, f)
	}
	return after, fixed, nil
}

// moved makes the repair of SJ201.
func moved(ctx context.Context, s *lint.Subject, k *infer.Knowledge, opts Options) (*lint.Subject, []lint.Finding,
	error) {
	if s.Repair == nil {
		return s, nil, nil
	}
	i := slices.IndexFunc(s.Findings, func(f lint.Finding) bool { return f.Fix == s.Repair })
	if i < 0 {
		return s, nil, nil
	}
	text, err := Apply(s.Script.Src, s.Repair.Edits)
	if err != nil {
		return nil, nil, err
	}
	after := lint.Judge(ctx, s.Service, text, k, opts.Lint)
	if err := proveRepair(ctx, s, after, opts); err != nil {
		return nil, nil, fmt.Errorf("proof of the repair failed: %w", err)
	}
	return after, s.Findings[i : i+1], nil
}

// withoutRestart is the subject without a restart_cmd that does no more than rc.subr(8)
// does without it, and that is not run for a jailed service; nil where there is none.
func withoutRestart(ctx context.Context, s *lint.Subject, k *infer.Knowledge, opts Options) (*lint.Subject,
	lint.Finding) {
	i := slices.IndexFunc(s.Findings, func(f lint.Finding) bool {
		return f.Code == "SJ205" && f.Severity == lint.Warning
	})
	if i < 0 || s.Declared() || s.Verdict.Never() || !slices.Contains(s.Skipped, "restart") || s.Records == nil {
		return nil, lint.Finding{}
	}
	fix := lint.DropRestart(s.Script)
	if fix == nil {
		return nil, lint.Finding{}
	}
	text, err := Apply(s.Script.Src, fix.Edits)
	if err != nil {
		return nil, lint.Finding{}
	}
	after := lint.Judge(ctx, s.Service, text, k, opts.Lint)
	if slices.Contains(after.Skipped, "restart") || proveRestart(ctx, s, after, opts) != nil {
		return nil, lint.Finding{}
	}
	f := s.Findings[i]
	f.Fix = fix
	f.Message = fmt.Sprintf("without restart_cmd, \"service %s restart\" runs the same commands on the host; "+
		"with it, it does nothing for the jailed service", ServiceName(s))
	return after, f
}

// proveRestart holds a script without its restart_cmd to what it did before: all verbs
// are the same on the host, restart in the same commands in the same order, whether the
// service runs or not.
func proveRestart(ctx context.Context, before, after *lint.Subject, opts Options) error {
	if after.Script.Err != nil || after.Script.Name.Text != before.Script.Name.Text {
		return errors.New("the script would not be read as before")
	}
	for _, f := range after.Findings {
		if f.Severity > lint.Info && count(after.Findings, f.Code) > count(before.Findings, f.Code) {
			return fmt.Errorf("%s [%s]", f.Message, f.Code)
		}
	}
	scenarios := append(hostScenarios(before, opts.Lint.Release.Name), rcrun.Scenario{Verb: "restart"},
		rcrun.Scenario{Verb: "onerestart", Running: true},
		rcrun.Scenario{Verb: "restart", Running: true, OtherAnswers: true})
	for _, verb := range extraVerbs(before.Script) {
		scenarios = append(scenarios, rcrun.Scenario{Verb: verb, Running: true})
	}
	for i := range scenarios {
		scenarios[i].InstalledAs, scenarios[i].Release = before.Service.Name, opts.Lint.Release.Name
	}
	subst := lint.Substitutions(before.Service)
	runs := opts.run(ctx, []rcrun.Job{
		{Src: before.Script.Src, Subst: subst, Scenarios: scenarios},
		{Src: after.Script.Src, Subst: subst, Scenarios: scenarios},
	})
	for i, sc := range scenarios {
		a, b := plain(runs[0][i]), plain(runs[1][i])
		if a.Failed != "" || b.Failed != "" {
			return fmt.Errorf("%w: %s", errNotSimulated, a.Failed+b.Failed)
		}
		same := reflect.DeepEqual(a, b)
		if strings.HasSuffix(sc.Verb, "restart") {
			same = reflect.DeepEqual(unphased(a.Reached), unphased(b.Reached)) && a.Exit == b.Exit &&
				len(a.Unknown) == len(b.Unknown)
		}
		if !same {
			return fmt.Errorf("on the host, %s would not be the same", sc.Verb)
		}
	}
	return nil
}

// unphased is commands without the part of run_rc_command that ran them.
func unphased(list []rcrun.Command) []rcrun.Command {
	list = slices.Clone(list)
	for i := range list {
		list[i].Phase = ""
	}
	return list
}

func proveRepair(ctx context.Context, before, after *lint.Subject, opts Options) error {
	if after.Script.Err != nil {
		return fmt.Errorf("line %d: %s", after.Script.Err.Line, after.Script.Err.Text)
	}
	if after.Script.Name.Text != before.Script.Name.Text {
		return errors.New("name would change")
	}
	for _, f := range after.Findings {
		// Settings other than the defaults are looked at only now.
		if f.Severity > lint.Info && (f.Code == "SJ201" ||
			count(after.Findings, f.Code) > count(before.Findings, f.Code)) {
			return fmt.Errorf("%s [%s]", f.Message, f.Code)
		}
	}
	name := before.Records.Host.Name
	scenarios := hostScenarios(before, opts.Lint.Release.Name)
	for _, verb := range extraVerbs(before.Script) {
		scenarios = append(scenarios, rcrun.Scenario{Verb: verb, Running: true})
	}
	// The administrator's own flags are there as before, those of rc.conf and
	// those of the environment, which rc.subr(8) takes instead.
	flags := []rcrun.Setting{{Name: name + "_flags", Value: "--first --second"}}
	scenarios = append(scenarios,
		rcrun.Scenario{Verb: "start", RCConf: flags},
		rcrun.Scenario{Verb: "faststart", Boot: true, RCConf: flags},
		rcrun.Scenario{Verb: "start", Env: []rcrun.Setting{{Name: "flags", Value: "--third"}}})
	for i := range scenarios {
		scenarios[i].InstalledAs, scenarios[i].Release = before.Service.Name, opts.Lint.Release.Name
	}
	subst := lint.Substitutions(before.Service)
	runs := opts.run(ctx, []rcrun.Job{
		{Src: before.Script.Src, Subst: subst, Scenarios: scenarios},
		{Src: after.Script.Src, Subst: subst, Scenarios: scenarios},
	})
	for i, sc := range scenarios {
		a, b := runs[0][i], runs[1][i]
		if a.Failed != "" || b.Failed != "" {
			return fmt.Errorf("%w: %s", errNotSimulated, a.Failed+b.Failed)
		}
		a, b = plain(a), plain(b)
		if before.Repair.Reorders && len(sc.RCConf)+len(sc.Env) > 0 {
			for _, list := range [][]rcrun.Command{a.Starts, a.Reached, b.Starts, b.Reached} {
				for j := range list {
					slices.Sort(list[j].Argv)
					slices.Sort(list[j].Program)
				}
			}
		}
		for _, list := range [][]rcrun.Command{a.Reached, a.Stops, a.Starts, b.Reached, b.Stops, b.Starts} {
			without(list, []string{"flags"}) // only rc.subr reads it
		}
		if !reflect.DeepEqual(a.Starts, b.Starts) {
			return fmt.Errorf("on the host, %s would start something else", sc.Verb)
		}
		for _, list := range [][]rcrun.Command{a.Reached, a.Stops, b.Reached, b.Stops} {
			without(list, before.Repair.Exports)
		}
		if !reflect.DeepEqual(a, b) {
			return fmt.Errorf("on the host, %s would not be the same", sc.Verb)
		}
	}
	return nil
}

// extraVerbs is the script's own commands, as far as the text tells.
func extraVerbs(s *rcparse.Script) []string {
	var out []string
	for _, m := range s.Methods() {
		verb, ok := strings.CutSuffix(m, "_cmd")
		if ok && !slices.Contains([]string{"start", "stop", "restart", "status", "reload"}, verb) {
			out = append(out, verb)
		}
	}
	return out
}

// without takes the variables out of the environments.
func without(list []rcrun.Command, names []string) {
	for i := range list {
		var env []string
		for _, e := range list[i].Env {
			if name, _, _ := strings.Cut(e, "="); !slices.Contains(names, name) {
				env = append(env, e)
			}
		}
		list[i].Env = env
	}
}
