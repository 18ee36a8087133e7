package advise

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/internal/parallel"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/advise/observe"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Found is a script with what rc.conf says of it.
type Found struct {
	Script *host.Script
	// RunName is ${name}, RCVar the variable that switches it on, "" for none.
	RunName, RCVar string
	Enabled        bool

	settings rcrun.Record
}

// Find says of every script whether rc.conf switches it on.
func (m *Machine) Find(ctx context.Context) []*Found {
	out := make([]*Found, len(m.Scripts))
	jobs := make([]rcrun.Job, len(m.Scripts))
	for i, s := range m.Scripts {
		out[i] = &Found{Script: s}
		jobs[i] = rcrun.Job{Src: s.Text, Scenarios: []rcrun.Scenario{{Verb: "start", InstalledAs: s.Name,
			SettingsOnly: true, Release: m.release.Name}}}
	}
	var again []*Found
	for i, recs := range m.Pool.Run(ctx, jobs) {
		f := out[i]
		f.settings = recs[0]
		f.RunName, f.RCVar, f.Enabled = f.settings.Name, f.settings.RCVar, f.settings.Enabled
		if f.RunName == "" {
			f.byText()
			again = append(again, f)
		}
	}
	m.askConf(ctx, again)
	return out
}

// byText takes from the text what a script is called that does not come to its
// run_rc_command, since it looks itself whether it is switched on.
func (f *Found) byText() {
	s := rcparse.Parse(f.Script.Text, nil)
	f.RunName, f.RCVar = s.Name.Text, s.RCVar.Text
	if s.Name.Kind != rcparse.Literal || f.RunName == "" {
		f.RunName = strings.ReplaceAll(f.Script.Name, "-", "_")
	}
	if s.RCVar.Kind != rcparse.Literal || f.RCVar == "" {
		f.RCVar = f.RunName + "_enable"
	}
}

// askConf asks rc.conf alone for what the scripts did not show.
func (m *Machine) askConf(ctx context.Context, list []*Found) {
	jobs := make([]rcrun.Job, len(list))
	for i, f := range list {
		text := fmt.Sprintf(". /etc/rc.subr\nname=%s\nrcvar=%s\nload_rc_config $name\nrun_rc_command \"$1\"\n",
			f.RunName, f.RCVar)
		jobs[i] = rcrun.Job{Src: []byte(text),
			Scenarios: []rcrun.Scenario{{Verb: "start", InstalledAs: f.Script.Name, SettingsOnly: true,
				Release: m.release.Name}}}
	}
	for i, recs := range m.Pool.Run(ctx, jobs) {
		list[i].Enabled, list[i].settings.Svcj = recs[0].Enabled, recs[0].Svcj
		list[i].settings.SvcjOptions, list[i].settings.SvcjOptionsSet = recs[0].SvcjOptions, recs[0].SvcjOptionsSet
	}
}

// A Question says which services are asked about.
type Question struct {
	// Names is names of scripts, or ${name}; without any, all that rc.conf switches on.
	Names []string
	// All asks about what is switched off too, and about the steps of the boot that can't be.
	All bool
	// Observed is what was captured on the running system.
	Observed []*observe.Capture
	// Progress, if it is set, is told of each service before it is looked at, from several goroutines.
	Progress func(done, all int, name string)
	// Workers is how many services are judged at once; 0 is as many as the pool has.
	Workers int
}

// A MissingError is a name for which there is no script.
type MissingError struct{ Name, Near string }

func (e *MissingError) Error() string {
	text := fmt.Sprintf("no service %q in rc.d", e.Name)
	if e.Near != "" {
		text += fmt.Sprintf("; did you mean %q?", e.Near)
	}
	return text
}

// Advise judges the services that are asked about, in the order of their names.
// The errors are of the names that are not there; the advice on the others stands.
func (m *Machine) Advise(ctx context.Context, q Question) ([]*Advice, []error) {
	k, err := infer.Embedded()
	if err != nil {
		return nil, []error{err}
	}
	found, errs := q.choose(m.Find(ctx))
	out, crashes := make([]*Advice, len(found)), make([][]lint.Crash, len(found))
	if q.Workers <= 0 {
		q.Workers = runtime.GOMAXPROCS(0)
	}
	parallel.Each(ctx, len(found), parallel.Workers{Count: q.Workers}, func(_, i int) {
		out[i], crashes[i] = m.judged(ctx, found[i], k, q, func() {
			if q.Progress != nil {
				q.Progress(i, len(found), found[i].Script.Name)
			}
		})
	})
	m.Crashes = slices.Concat(crashes...)
	if ctx.Err() != nil {
		return nil, append(errs, ctx.Err())
	}
	return out, errs
}

// judged is judge, with a fault of svcjify's own made the answer for this one service.
func (m *Machine) judged(ctx context.Context, found *Found, k *infer.Knowledge, q Question,
	begin func()) (a *Advice, crashes []lint.Crash) {
	defer func() {
		if p := parallel.Caught(recover()); p != nil {
			crashes = []lint.Crash{lint.NewCrash(p, found.Script.Name, "")}
		}
		if len(crashes) > 0 {
			a = m.adviceOf(found)
			a.Verdict = NotToday
			a.Reasons = []string{"svcjify itself failed at this service (SJ901), so it could not be judged."}
		}
	}()
	begin()
	return m.judge(ctx, found, k, q)
}

// choose takes what is asked about.
func (q Question) choose(all []*Found) (out []*Found, errs []error) {
	slices.SortStableFunc(all, func(a, b *Found) int { return strings.Compare(a.Script.Name, b.Script.Name) })
	if len(q.Names) == 0 {
		for _, f := range all {
			if q.All || f.Enabled && f.RCVar != "" {
				out = append(out, f)
			}
		}
		return out, nil
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Script.Name)
	}
	for _, name := range q.Names {
		i := slices.IndexFunc(all, func(f *Found) bool { return f.Script.Name == name || f.Script.Path == name })
		if i < 0 {
			i = slices.IndexFunc(all, func(f *Found) bool { return f.RunName == name })
		}
		switch {
		case i < 0:
			errs = append(errs, &MissingError{name, message.OnlyNearest(path.Base(name), names)})
		case !slices.Contains(out, all[i]):
			out = append(out, all[i])
		}
	}
	return out, errs
}
