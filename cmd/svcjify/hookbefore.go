package main

import (
	"bytes"
	"context"
	"io/fs"
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
)

// faultsBefore tells which findings are about a script that the change leaves
// alone, and were there before it. Who updates a version need not correct them.
// Looking at a tree again takes as long as the hook itself, so it is done only
// for a tree in which such a script has one of the findings that stop.
func (s *step) faultsBefore(ctx context.Context, c *Command, trees []*stepTree, subjects []*lint.Subject,
	stop []lint.Finding, opts lint.Options) (func(lint.Finding) bool, error) {
	if opts.Release.Name == "" {
		opts.Release = c.config.Release
	}
	type script struct{ template, service string }
	known := map[string]lint.Baseline{} // by the tree's directory
	for _, t := range trees {
		_, before, err := s.states(t)
		if err != nil {
			return nil, err
		}
		dir, old := s.dir(t), corpus.Tree{FS: before.FS}
		alone, stops := map[script]bool{}, false
		for _, sub := range subjects {
			svc := sub.Service
			if svc.Tree.Dir != dir || sub.Script == nil {
				continue
			}
			if text, problem := old.ReadFile(svc.Template); problem == nil && bytes.Equal(text, sub.Script.Src) {
				alone[script{svc.Template, svc.Name}] = true
				stops = stops || slices.ContainsFunc(stop,
					func(f lint.Finding) bool { return f.Tree == svc.Tree && f.Path == svc.Template })
			}
		}
		if !stops {
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
			continue // which only costs the indulgence
		}
		found.Services = slices.DeleteFunc(found.Services,
			func(svc *corpus.Service) bool { return !alone[script{svc.Template, svc.Name}] })
		res, err := lint.Run(ctx, found, opts)
		if err != nil {
			return nil, err
		}
		var list []lint.Finding
		for _, sub := range res.Subjects {
			list = append(list, sub.Findings...)
		}
		known[dir] = lint.NewBaseline(list)
	}
	return func(f lint.Finding) bool { return f.Tree != nil && known[f.Tree.Dir].Has(f) }, nil
}
