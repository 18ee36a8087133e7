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
// alone, and were there before it. Who updates a version need not mend them.
func (s *step) faultsBefore(ctx context.Context, c *Command, trees []*stepTree, subjects []*lint.Subject, opts lint.Options) (func(lint.Finding) bool, error) {
	if opts.Release.Name == "" {
		opts.Release = c.config.Release
	}
	type script struct{ dir, path string }
	same := map[script]bool{}
	known := map[string]lint.Baseline{} // by the tree's directory
	for _, t := range trees {
		_, before, err := s.states(t)
		if err != nil {
			return nil, err
		}
		parts := slices.DeleteFunc(slices.Clone(t.parts), func(p string) bool {
			_, err := fs.Lstat(before.FS, p)
			return err != nil
		})
		if len(parts) == 0 {
			continue
		}
		dir := s.dir(t)
		found, err := corpus.OpenFS(before.FS, dir, parts...)
		if err != nil {
			return nil, err
		}
		found.Services = slices.DeleteFunc(found.Services, func(old *corpus.Service) bool {
			i := slices.IndexFunc(subjects, func(sub *lint.Subject) bool {
				return sub.Service.Tree.Dir == dir && sub.Service.Template == old.Template && sub.Service.Name == old.Name
			})
			if i < 0 || subjects[i].Script == nil {
				return true
			}
			text, problem := old.Tree.ReadFile(old.Template)
			return problem != nil || !bytes.Equal(text, subjects[i].Script.Src)
		})
		res, err := lint.Run(ctx, found, opts)
		if err != nil {
			return nil, err
		}
		for _, sub := range res.Subjects {
			same[script{dir, sub.Service.Template}] = true
		}
		known[dir] = lint.NewBaseline(res.Findings)
	}
	return func(f lint.Finding) bool {
		return f.Tree != nil && same[script{f.Tree.Dir, f.Path}] && known[f.Tree.Dir].Has(f)
	}, nil
}
