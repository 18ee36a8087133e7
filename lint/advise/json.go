package advise

import (
	"io"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/lint/report"
)

type jsonAdvice struct {
	Name      string           `json:"name"`
	Path      string           `json:"path"`
	Package   string           `json:"package"`
	Base      bool             `json:"base"`
	Enabled   bool             `json:"enabled"`
	RCVar     string           `json:"rcvar"`
	Verdict   Verdict          `json:"verdict"`
	Lines     []string         `json:"lines"`
	File      string           `json:"file,omitempty"`
	Undo      []string         `json:"undo"`
	Options   []string         `json:"options"`
	Declared  []string         `json:"declared"`
	Certainty infer.Certainty  `json:"certainty"`
	Narrower  []jsonOffer      `json:"narrower"`
	Losses    []string         `json:"losses"`
	Doubts    []string         `json:"doubts"`
	Reasons   []string         `json:"reasons"`
	Port      string           `json:"port,omitempty"`
	Evidence  []infer.Evidence `json:"evidence"`
}

type jsonOffer struct {
	Lines   []string `json:"lines"`
	Options []string `json:"options"`
	Why     string   `json:"why"`
}

// JSON prints an array of objects. Options is null where the service should not be
// jailed, and empty where it needs none; declared is null where the script says nothing.
func JSON(w io.Writer, list []*Advice) error {
	out := []jsonAdvice{}
	for _, a := range list {
		j := jsonAdvice{
			Name: a.Name, Path: a.Path, Package: a.Package, Base: a.Base, Enabled: a.Enabled, RCVar: a.RCVar,
			Verdict: a.Verdict,
			Lines:   assignments(a.Lines), File: a.File, Undo: orEmpty(a.Undo()), Options: a.Options,
			Declared: a.Declared, Certainty: a.Certainty,
			Narrower: []jsonOffer{}, Losses: orEmpty(a.Losses), Doubts: orEmpty(a.Doubts), Reasons: orEmpty(a.Reasons),
			Port: a.Port, Evidence: a.Evidence,
		}
		if j.Evidence == nil {
			j.Evidence = []infer.Evidence{}
		}
		for _, o := range a.Offers {
			j.Narrower = append(j.Narrower, jsonOffer{assignments(o.Lines), orEmpty(o.Options), o.Why})
		}
		out = append(out, j)
	}
	return report.EncodeJSON(w, out)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
