package patch

import (
	"context"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// StateAfter is the state of one of the change's services once the change is committed. A
// service that declared nothing is ready, since the proof of the change has shown it;
// another one is looked at again.
func (c *Change) StateAfter(ctx context.Context, s *lint.Subject, opts Options) (lint.State, error) {
	if s.State == lint.Patchable || s.State == lint.Unsuitable {
		return lint.Ready, nil
	}
	k, err := infer.Embedded()
	if err != nil {
		return s.State, err
	}
	for _, f := range c.Files {
		if f.Path == s.Service.Template {
			return lint.Judge(ctx, s.Service, f.New, k, opts.Lint).State, ctx.Err()
		}
	}
	return s.State, nil
}
