package lint

import (
	"slices"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// DropRestart deletes the script's restart_cmd, and its function where nothing else
// calls it, so that rc.subr(8) stops and starts itself: that works for a jailed service
// too. It is nil where that can't be done; whether the host still does the same is for
// the caller to find out.
func DropRestart(s *rcparse.Script) *Fix {
	m, ok := s.Method("restart_cmd")
	if !ok || m.Cond || m.Eval || len(s.Get("restart_cmd")) != 1 || s.File() == nil {
		return nil
	}
	line, ok := wholeLine(s, m.Span)
	if !ok {
		return nil
	}
	edits := []Edit{{Span: line}}
	if fn := functionOf(s, "restart_cmd"); fn != nil {
		if both, ok := removeFunc(s, "restart_cmd", fn); ok {
			edits = both
		}
	}
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	for i := 1; i < len(edits); i++ {
		if edits[i-1].End > edits[i].Start {
			return nil
		}
	}
	return &Fix{What: "delete restart_cmd", Edits: edits, Certainty: infer.Likely}
}
