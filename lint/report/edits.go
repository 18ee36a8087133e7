package report

import (
	"fmt"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// fingerprints is each finding's fingerprint, with a number behind it from the
// second of the same on, so that a service that tracks them keeps them apart.
func fingerprints(list []lint.Finding) []string {
	seen := map[string]int{}
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Fingerprint()
		if seen[out[i]]++; seen[out[i]] > 1 {
			out[i] += fmt.Sprintf(":%d", seen[out[i]])
		}
	}
	return out
}

// A change is an edit by line and column instead of offsets; columns count bytes.
type change struct {
	start, end rcparse.Pos
	lint.Edit
}

// scripts finds what the edits of a finding are offsets into.
type scripts map[scriptKey]*lint.Subject

type scriptKey struct{ location, service string }

func scriptsOf(res *lint.Result) scripts {
	out := scripts{}
	for _, s := range res.Subjects {
		if s.Script != nil {
			out[scriptKey{s.Service.Tree.Stable(s.Service.Template), s.Service.Name}] = s
		}
	}
	return out
}

// changes is what a finding's fix does, nil where it has none, and where it is not
// to be offered: a click in a review must not do what svcjify patch would not. An
// answer has to be confident, and nothing is declared while a fault stands in the way.
func (s scripts) changes(f lint.Finding) []change {
	sub := s[scriptKey{f.StablePath(), f.Service}]
	if f.Fix == nil || sub == nil || f.Fix.Certainty < infer.Confident ||
		f.Code == "SJ101" && sub.State == lint.Blocked {
		return nil
	}
	var out []change
	for _, e := range f.Fix.Edits {
		out = append(out, change{sub.Script.PosAt(e.Start), sub.Script.PosAt(e.End), e})
	}
	return out
}
