package gitstate

import (
	"bytes"
	"context"
	"io/fs"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// FaultsBefore tells which findings are about a script that the change leaves
// alone, and were there before it. Who updates a version need not correct them.
// Looking at a tree again takes as long as the hook itself, so it is done only
// for a tree in which such a script has one of the findings that stop.
func (s *State) FaultsBefore(ctx context.Context, trees []*Tree, res *lint.Result, stops func(lint.Finding) bool,
	opts lint.Options) (func(lint.Finding) bool, error) {
	type script struct{ template, service string }
	known := map[string]lint.Baseline{} // by the tree's directory
	for _, t := range trees {
		_, before, err := s.states(t)
		if err != nil {
			return nil, err
		}
		dir, old := s.Dir(t), corpus.Tree{FS: before.FS}
		alone, wanted := map[script]bool{}, false
		for _, sub := range res.Subjects {
			svc := sub.Service
			if svc.Tree.Dir != dir || sub.Script == nil {
				continue
			}
			if text, problem := old.ReadFile(svc.Template); problem == nil && bytes.Equal(text, sub.Script.Src) {
				alone[script{svc.Template, svc.Name}] = true
				wanted = wanted || slices.ContainsFunc(res.Findings, func(f lint.Finding) bool {
					return f.Tree == svc.Tree && f.Path == svc.Template && stops(f)
				})
			}
		}
		if !wanted {
			continue
		}
		parts := slices.DeleteFunc(slices.Clone(t.parts), func(p string) bool {
			_, err := fs.Lstat(before.FS, p)
			return err != nil
		})
		if len(parts) == 0 {
			continue
		}
		found, err := corpus.Load(ctx, []*corpus.Target{s.target(t, before.FS, parts)}, corpus.Narrow{})
		if err != nil {
			continue // then the faults count as new
		}
		found.Services = slices.DeleteFunc(found.Services,
			func(svc *corpus.Service) bool { return !alone[script{svc.Template, svc.Name}] })
		was, err := lint.Run(ctx, found, opts)
		if err != nil {
			return nil, err
		}
		var list []lint.Finding
		for _, sub := range was.Subjects {
			list = append(list, sub.Findings...)
		}
		known[dir] = lint.NewBaseline(list)
	}
	return func(f lint.Finding) bool { return f.Tree != nil && known[f.Tree.Dir].Has(f) }, nil
}
