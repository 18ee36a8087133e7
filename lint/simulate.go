package lint

import (
	"context"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Pair is one action of a service, such as start, simulated on the host and
// with the service in its jail, all else being equal.
type Pair struct {
	Host, Jail rcrun.Record
	// Unfound is the verbs, such as stop, that find no process because the jailed
	// start does not write the pid file.
	Unfound []string
}

// failed says why the two can't be relied on, "" where they can.
func (p Pair) failed() string {
	if p.Host.Failed != "" {
		return p.Host.Failed
	}
	return p.Jail.Failed
}

// Records are the simulated runs that the rules look at; nil where there was
// no simulation.
type Records struct {
	// Pair is `service NAME start` with rc.conf holding only the enable line, and
	// with the svcj line added.
	Pair
	// Args is the words after start: none, or one for a script that comes to no
	// run_rc_command without, such as one that wants an interface.
	Args []string
	// Corrected is the start as it would be if what ends the jailed start early were
	// corrected; nil where nothing does.
	Corrected *Corrected
	// Other is the start with the other answer to each question that the simulation
	// can only guess at (rcrun.Scenario.OtherAnswers); nil where none was asked.
	Other *Pair
	// Stop is `service NAME stop` of a script with a stop_cmd; nil where it has none.
	Stop *Pair
	// Overrides are by service(8) and at boot; nil where the script says
	// nothing of service jails, or does not come to a run_rc_command.
	Overrides []Override
	// Trials are starts under settings of rc.conf that the script knows, in order.
	Trials []Trial
	// Cut says why not all of the runs above could be made, "" where they were; Untried is the
	// same for the Trials alone.
	Cut, Untried string
}

// A runner runs one service's script.
type runner struct {
	ctx    context.Context
	runs   *rcrun.Session
	svc    *corpus.Service
	script *rcparse.Script
	plain  rcrun.Scenario // the start that all others are made of
}

// pairs runs each scenario on the host and with the service in its jail.
func (r *runner) pairs(src []byte, scenarios ...rcrun.Scenario) []Pair {
	if len(scenarios) == 0 {
		return nil
	}
	job := rcrun.Job{Src: src, Subst: Substitutions(r.svc)}
	for _, sc := range scenarios {
		jailed := sc
		jailed.Svcj = true
		job.Scenarios = append(job.Scenarios, sc, jailed)
	}
	runs := r.runs.Run(r.ctx, job)
	out := make([]Pair, len(scenarios))
	for i := range out {
		out[i] = Pair{Host: runs[2*i], Jail: runs[2*i+1]}
	}
	return out
}

// simulate runs the scenarios that the rules need.
func simulate(ctx context.Context, opts Options, runs *rcrun.Session, svc *corpus.Service,
	script *rcparse.Script) *Records {
	run := &runner{ctx, runs, svc, script, rcrun.Scenario{Verb: "start", InstalledAs: svc.Name,
		Release: opts.Release.Name}}
	var r Records
	for _, args := range [][]string{nil, {"default"}} {
		start := run.plain
		start.Args = args
		pair := run.pairs(script.Src, start)[0]
		if args == nil || pair.Host.Name != "" {
			r.Pair, r.Args = pair, args
		}
		if r.Host.Name != "" || r.Host.Failed != "" {
			break
		}
	}
	run.plain.Args = r.Args
	if r.failed() != "" {
		return &r
	}
	if script.DeclaresSvcj() && r.Host.Name != "" {
		job := rcrun.Job{Src: script.Src, Subst: Substitutions(svc)}
		r.Overrides = overrides(ctx, runs, job, run.plain, &r)
	}
	r.Unfound = run.unfound(r.Pair)
	r.Corrected = run.correctedStart(&r)
	r.rest(run)
	r.Cut = runs.Ended()
	if !opts.Configured && r.Cut == "" {
		r.Trials = run.trials(&r)
		r.Untried = runs.Ended()
	}
	return &r
}

// rest runs what is wanted for some scripts only.
func (r *Records) rest(run *runner) {
	var scenarios []rcrun.Scenario
	_, stops := run.script.Method("stop_cmd")
	if stops {
		stop := run.plain
		stop.Verb, stop.Running, stop.Corrected = "stop", true, true
		scenarios = append(scenarios, stop)
	}
	guesses := len(r.Host.Unknown)+len(r.Jail.Unknown) > 0
	if guesses {
		other := run.plain
		other.OtherAnswers = true
		other.Corrected = r.Corrected != nil
		scenarios = append(scenarios, other)
	}
	src := run.script.Src
	if r.Corrected != nil {
		src = r.Corrected.src
	}
	pairs := run.pairs(src, scenarios...)
	if stops && pairs[0].failed() == "" {
		r.Stop = &pairs[0]
	}
	if last := len(pairs) - 1; guesses && pairs[last].failed() == "" && len(pairs[last].Host.Starts) > 0 {
		r.Other = &pairs[last]
	}
}

// unfound runs what a jailed service is asked later, against a process whose pid
// file the jailed start has not written.
func (r *runner) unfound(p Pair) []string {
	if !slices.ContainsFunc(p.losses(), func(l loss) bool { return l.kind == lostPID }) {
		return nil
	}
	verbs := []string{"status", "stop", "reload"}
	var scenarios []rcrun.Scenario
	for _, verb := range verbs {
		sc := r.plain
		sc.Verb, sc.Running, sc.Svcj, sc.Corrected = verb, true, true, true
		lost := sc
		lost.Unwritten = []string{p.Host.PidFile}
		scenarios = append(scenarios, sc, lost)
	}
	job := rcrun.Job{Src: r.script.Src, Subst: Substitutions(r.svc), Scenarios: scenarios}
	runs := r.runs.Run(r.ctx, job)
	var out []string
	for i, verb := range verbs {
		found, lost := runs[2*i], runs[2*i+1]
		if found.Exit == 0 && lost.Exit != 0 && found.Failed+lost.Failed == "" {
			out = append(out, verb)
		}
	}
	return out
}

// start is the start to judge by: the plain one, or what it would be if what ends
// it early in the jail were corrected.
func (r *Records) start() Pair {
	if r.Corrected != nil {
		return r.Corrected.Pair
	}
	return r.Pair
}

// jailed reports whether the jailed start comes to the script's second run, in a jail.
func (p Pair) jailed() bool { return len(p.Jail.Jails) > 0 && p.Jail.Jails[0].Found }
