package lint

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/parallel"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/infer/program"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Options say how to look.
type Options struct {
	// Operator is the form of the default that fixes write.
	Operator Operator
	// Release is the oldest rc.subr that the scripts must serve; without a name, the default one.
	Release rcrun.Release
	// Simulate runs scripts in the simulated rc(8); nil for none. The rules that
	// need it are silent without.
	Simulate *rcrun.Pool
	// Programs is where the programs themselves can be looked at; nil for nowhere.
	Programs *program.Finder
	// Account is what the service's runs are counted in, together with those of its port's
	// other services; nil for a budget of its own.
	Account *rcrun.Account
	// Records, if they are set, are those of an earlier Judge of the same text, and
	// nothing is simulated again.
	Records *Records
	// Configured says that Simulate runs scripts under a machine's own rc.conf: what
	// other settings would do is not tried, and no repair of the script.
	Configured bool
	// Complete, if it is set, adds to the input of the inference what else is
	// known of the service, such as the package that a machine has it from.
	Complete func(*infer.Input)
	// Policy is what people have decided; nil for nothing.
	Policy *Policy
	// Buffers holds the text of templates, by path in the tree, that counts
	// instead of the file's: an editor's buffer.
	Buffers map[string][]byte
	// Progress, if it is set, is told of each service before it is looked at, from several
	// goroutines.
	Progress func(done, all int, svc *corpus.Service)
	// Workers is how many services are looked at at once; 0 for one a processor.
	Workers int
	// Before is what the tree is compared with; nil for nothing.
	Before *Before
}

// A Result is what a run found.
type Result struct {
	// Subjects has one entry a service that was looked at, in the corpus's order.
	Subjects []*Subject
	// Findings is all findings, those of the corpus too, sorted by place, but for
	// what is ignored.
	Findings []Finding
	// Silenced is what is ignored, by whatever it is.
	Silenced []Silenced
	// Left is how many services were not looked at, since the context ended.
	Left int
	// Crashes are faults of svcjify's own, each of which is a finding too.
	Crashes []Crash
}

// Count is the number of services in a state.
func (r *Result) Count(s State) int {
	n := 0
	for _, x := range r.Subjects {
		if x.State == s {
			n++
		}
	}
	return n
}

// Add puts the result of another run beside this one.
func (r *Result) Add(x *Result) {
	r.Subjects = append(r.Subjects, x.Subjects...)
	r.Findings = append(r.Findings, x.Findings...)
	r.Silenced = append(r.Silenced, x.Silenced...)
	r.Crashes = append(r.Crashes, x.Crashes...)
	r.Left += x.Left
}

// A run is one call of Run.
type run struct {
	ctx       context.Context
	corpus    *corpus.Corpus
	knowledge *infer.Knowledge
	opts      Options
	done      atomic.Int64
}

// A judged is what came of one service.
type judged struct {
	i        int
	subject  *Subject
	problems []corpus.Problem
}

// Run looks at every service of a corpus. What is wrong with a service is a
// finding, a fault of ours at one service too (SJ901). When the context ends, the
// error is the context's, and the result has what was found so far.
func Run(ctx context.Context, c *corpus.Corpus, opts Options) (*Result, error) {
	k, err := infer.Embedded()
	if err != nil {
		return nil, err
	}
	if opts.Operator == "" {
		opts.Operator = OperatorEquals
	}
	r := &run{ctx: ctx, corpus: c, knowledge: k, opts: opts}
	subjects := make([]*Subject, len(c.Services))
	problems := make([][]corpus.Problem, len(c.Services))
	results := r.start()
	for range c.Services {
		select {
		case l := <-results:
			subjects[l.i], problems[l.i] = l.subject, l.problems
			continue
		case <-ctx.Done():
		}
		break // who is still looking is not waited for
	}
	res := &Result{}
	for _, s := range subjects {
		if s == nil {
			res.Left++
			continue
		}
		res.Subjects = append(res.Subjects, s)
		res.Crashes = append(res.Crashes, s.Crashes...)
	}
	var more []Finding
	if opts.Before != nil && ctx.Err() == nil {
		more = unbumped(ctx, c.Services, opts.Before)
	}
	if opts.Programs != nil && res.Left == 0 {
		for _, p := range opts.Programs.Problems() {
			more = append(more, fromProblem(p))
		}
	}
	for _, p := range c.Problems {
		if p.Kind == corpus.Internal {
			res.Crashes = append(res.Crashes, Crash{Origin: p.Origin, What: p.Text, Stack: p.Stack})
		}
	}
	res.gather(c, problems, more, opts.Policy)
	return res, ctx.Err()
}

// start has workers judge the services, each all of one port, which share what a port
// may cost. What one finds after the context ended is not sent: it may rest on a simulation
// that was cut off.
func (r *run) start() <-chan judged {
	workers := r.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	results := make(chan judged, len(r.corpus.Services)) // so that no worker waits for a reader
	groups := byPort(r.corpus.Services)
	go parallel.Each(r.ctx, len(groups), parallel.Workers{Count: workers}, func(_, g int) {
		one := r.newPortRun()
		for _, i := range groups[g] {
			s, problems := r.judge(one, i)
			if r.ctx.Err() != nil {
				return
			}
			r.done.Add(1)
			results <- judged{i, s, problems}
		}
	})
	return results
}

// byPort is the services of each port, by their places in the list, in its order. A plain
// script is on its own.
func byPort(list []*corpus.Service) [][]int {
	var groups [][]int
	of := make(map[*corpus.Port]int)
	for i, svc := range list {
		p := svc.Port()
		g, known := of[p]
		if p == nil || !known {
			g = len(groups)
			groups = append(groups, nil)
			of[p] = g
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// maxPortText is how many bytes of scripts are looked at of one port. The most that a
// port of MidnightBSD/mports, pfwsense/ports and FreeBSD's tree of 2012 has is 21 kB.
const maxPortText = 128 << 10

// A portRun is what looks at the services of one port have in common.
type portRun struct {
	account *rcrun.Account
	text    int // bytes of scripts that were looked at
}

func (r *run) newPortRun() *portRun {
	one := &portRun{}
	if r.opts.Simulate != nil {
		one.account = r.opts.Simulate.Account()
	}
	return one
}

// gather puts the findings of all services together with what the corpus and
// the policy itself have to say, and with those that belong to no service.
func (r *Result) gather(c *corpus.Corpus, problems [][]corpus.Problem, rest []Finding, policy *Policy) {
	for _, s := range r.Subjects {
		r.Findings = append(r.Findings, s.Findings...)
		r.Silenced = append(r.Silenced, s.Silenced...)
	}
	for _, list := range problems {
		for _, p := range list {
			rest = append(rest, fromProblem(p))
		}
	}
	for _, p := range c.Problems {
		rest = append(rest, fromProblem(p))
	}
	addSources(rest)
	shown, silenced := policy.split(rest, nil)
	r.Findings = append(r.Findings, shown...)
	r.Silenced = append(r.Silenced, silenced...)
	r.Findings = sortFindings(append(r.Findings, policy.unused(r.Subjects, r.Silenced)...))
	if policy != nil && policy.Baseline != nil {
		fresh, known := policy.Baseline.split(r.Findings)
		r.Findings, r.Silenced = fresh, append(r.Silenced, known...)
	}
	r.Findings = foldAlike(r.Findings)
	slices.SortStableFunc(r.Silenced, func(a, b Silenced) int { return a.compare(b.Finding) })
	r.Silenced = slices.CompactFunc(r.Silenced, func(a, b Silenced) bool { return a.same(b.Finding) })
}

// addSources gives each finding the text of its line in whatever file it is in. A file is
// read once for those of its findings that follow one another.
func addSources(list []Finding) {
	for start := 0; start < len(list); {
		f, end := list[start], start+1
		for end < len(list) && list[end].Tree == f.Tree && list[end].Path == f.Path {
			end++
		}
		part := list[start:end]
		start = end
		if f.Tree == nil || !slices.ContainsFunc(part, func(f Finding) bool { return f.Line > 0 }) {
			continue
		}
		if text, problem := f.Tree.ReadFile(f.Path); problem == nil {
			addSource(part, text)
		}
	}
}

// judgeTemplate reads, parses and judges one service of a port.
func (one *portRun) judgeTemplate(ctx context.Context, svc *corpus.Service, k *infer.Knowledge, opts Options) (
	*Subject, []corpus.Problem) {
	opts.Account = one.account
	s := &Subject{Service: svc, State: Unknown}
	if svc.Template == "" {
		return s, nil
	}
	if src, ok := opts.Buffers[svc.Template]; ok {
		return Judge(ctx, svc, src, k, opts), nil
	}
	src, problem := svc.Tree.ReadFile(svc.Template)
	if problem != nil {
		problem.Origin = s.Origin()
		return s, []corpus.Problem{*problem}
	}
	if one.text += len(src); one.text > maxPortText && one.text > len(src) {
		return s, []corpus.Problem{{Tree: svc.Tree, Kind: corpus.Unreadable, Path: svc.Template, Origin: s.Origin(),
			Text: fmt.Sprintf("was not looked at: the scripts of its port have more than %d bytes together", maxPortText),
			Hint: "no port that is meant seriously has so much; look at one of its services by itself"}}
	}
	return Judge(ctx, svc, src, k, opts), nil
}

// Judge judges a service whose template's text is given, which may be another
// than the tree's: an editor's buffer, or the text after a patch.
func Judge(ctx context.Context, svc *corpus.Service, src []byte, k *infer.Knowledge, opts Options) *Subject {
	if opts.Release.Name == "" {
		opts.Release, _ = rcrun.ReleaseOf("")
	}
	s := &Subject{Service: svc}
	s.Script = rcparse.Parse(src, Substitutions(svc))
	in := infer.NewInput(svc, s.Script)
	if opts.Complete != nil {
		opts.Complete(&in)
	}
	var facts []infer.Evidence
	texts := in             // which gets its run below
	var runs *rcrun.Session // all that is simulated of a service has one budget
	switch {
	case opts.Simulate == nil:
	case opts.Account != nil:
		runs = opts.Account.Session()
	default:
		runs = opts.Simulate.Session()
	}
	gathered := inBackground(func() { facts = infer.Gather(texts) })
	if opts.Simulate != nil && s.Script.UsesRcSubr() && s.Script.Err == nil {
		if s.Records = opts.Records; s.Records == nil {
			s.Records = simulate(ctx, opts, runs, svc, s.Script)
		}
		in.Run = &s.Records.Host
	}
	gathered()
	in.Reports = programs(opts.Programs, in)
	s.Programs = in.Programs()
	s.Verdict = infer.Infer(in, facts, k)
	opts.Policy.decide(svc, &s.Verdict)
	if s.Records != nil && !opts.Configured && (s.Declared() || !s.Verdict.Never()) {
		s.Repair = repair(ctx, opts, runs, svc, s.Script, s.Records)
	}
	s.remarks = remarks(s.Script, svc.Template)
	all := s.check(opts)
	if !s.Declared() && s.Verdict.Lifted != nil && slices.ContainsFunc(all, blocks) {
		// It would not work once an administrator lifts the opt-out, so that can't be offered.
		s.Verdict.Lifted, s.Repair = nil, nil
		all = s.check(opts)
	}
	addSource(all, src)
	s.Findings, s.Silenced = opts.Policy.split(all, ignores(s.remarks))
	if s.Repair != nil && !slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Fix == s.Repair }) {
		s.Repair = nil // what it corrects is ignored
	}
	s.setGrounds(all)
	s.decide()
	s.Script.Drop()
	return s
}

// check is what the rules find; a rule sees what those before it found.
func (s *Subject) check(opts Options) []Finding {
	s.Findings, s.Crashes = nil, nil
	for _, r := range Rules() {
		s.apply(r, opts)
	}
	return sortFindings(s.Findings)
}

// inBackground calls f while its caller waits for the simulation. The function that
// it returns waits for f, and panics as f did.
func inBackground(f func()) (wait func()) {
	done := make(chan *parallel.Panic, 1)
	go func() {
		defer func() { done <- parallel.Caught(recover()) }()
		f()
	}()
	return func() {
		if p := <-done; p != nil {
			panic(p)
		}
	}
}

// Substitutions is what the placeholders of a service's template stand for in
// the first port that installs it; nil for a plain script.
func Substitutions(svc *corpus.Service) map[string]string {
	if len(svc.Ports) == 0 {
		return nil
	}
	return svc.Ports[0].Make.Substitutions()
}
