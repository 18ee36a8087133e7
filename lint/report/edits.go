package report

import (
	"fmt"

	"github.com/svcjify/svcjify/lint"
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

// scripts finds the script that the edits of a finding are offsets into.
type scripts map[string]*rcparse.Script

func scriptsOf(res *lint.Result) scripts {
	out := scripts{}
	for _, s := range res.Subjects {
		if s.Script != nil {
			out[lint.InTree(s.Service.Tree, s.Service.Template)] = s.Script
		}
	}
	return out
}

// changes is what a finding's fix does, nil where it has none.
func (s scripts) changes(f lint.Finding) []change {
	script := s[f.Location()]
	if f.Fix == nil || script == nil {
		return nil
	}
	var out []change
	for _, e := range f.Fix.Edits {
		out = append(out, change{script.PosAt(e.Start), script.PosAt(e.End), e})
	}
	return out
}
