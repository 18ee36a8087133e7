package batch

import (
	"context"
	"runtime"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/parallel"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Freed is what the newest release would bring: services that get no patch
// now, and would if the scripts had to serve that release only.
type Freed struct {
	// Release is its name; "" where there is nothing newer.
	Release string
	// Subjects is the services, as that release sees them.
	Subjects []*lint.Subject
}

// Free judges those again under the newest release that a rule stops of which
// that release has no finding: SJ202 (it finds the script by its file's name).
// SJ205 never stands in the way. Opts is how the changes of today were planned.
func (t Today) Free(ctx context.Context, opts patch.Options) (Freed, error) {
	now := opts.Lint.Release
	if now.Name == "" {
		now, _ = rcrun.ReleaseOf("")
	}
	all := rcrun.Releases()
	newest := all[len(all)-1]
	if newest.Name == now.Name || now.FindsByFile() || !newest.FindsByFile() {
		return Freed{}, nil
	}
	k, err := infer.Embedded()
	if err != nil {
		return Freed{}, err
	}
	opts.Lint.Release = newest
	var stopped []*lint.Subject
	for _, w := range t.Withheld(nil) {
		if slices.ContainsFunc(w.Subject.Blockers(), func(f lint.Finding) bool { return f.Code == "SJ202" }) {
			stopped = append(stopped, w.Subject)
		}
	}
	again := &lint.Result{Subjects: make([]*lint.Subject, len(stopped))}
	ports := byPort(stopped)
	parallel.Each(ctx, len(ports), parallel.Workers{Count: runtime.GOMAXPROCS(0)}, func(_, p int) {
		one := opts.Lint
		if one.Simulate != nil {
			one.Account = one.Simulate.Account()
		}
		for _, i := range ports[p] {
			again.Subjects[i] = lint.Judge(ctx, stopped[i].Service, stopped[i].Script.Src, k, one)
		}
	})
	if err := ctx.Err(); err != nil {
		return Freed{}, err
	}
	changes, _, err := patch.Plan(ctx, again, opts)
	if err != nil {
		return Freed{}, err
	}
	out := Freed{Release: newest.Name}
	for _, c := range changes {
		out.Subjects = append(out.Subjects, c.Subjects...)
	}
	return out, nil
}

// byPort is the places in the list of each port's services, which have one budget.
func byPort(list []*lint.Subject) [][]int {
	var out [][]int
	of := map[*corpus.Port]int{}
	for i, s := range list {
		p := s.Service.Port()
		at, known := of[p]
		if p == nil || !known {
			at = len(out)
			of[p] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], i)
	}
	return out
}
