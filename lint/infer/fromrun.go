package infer

import (
	"path"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// CommandLines is what the start runs, each behind daemon(8) and interpreters:
// as the simulated start had it, or else as far as the text tells.
func (in Input) CommandLines() [][]string {
	var out [][]string
	if in.Run != nil {
		for _, c := range in.Run.Starts {
			if len(c.Program) > 0 {
				out = append(out, c.Program)
			}
		}
	}
	if words := rcparse.RealProgram(in.Script.CommandLine()); len(out) == 0 && len(words) > 0 {
		out = append(out, words)
	}
	return out
}

// Programs is the base names of what the start runs, without those that can't be told.
func (in Input) Programs() []string {
	var out []string
	for _, words := range in.CommandLines() {
		if base := path.Base(words[0]); !strings.ContainsAny(base, "$`%") {
			out = append(out, base)
		}
	}
	return out
}

// fromRun looks at what the simulated start left running.
func fromRun(in Input) []Evidence {
	if in.Run == nil || in.Run.Failed != "" || in.Run.Remains || in.Run.Name == "" {
		return nil
	}
	e := Evidence{
		Path: in.Template, Line: in.Script.Name.Pos.Line, Kind: FromStart, Supports: OptOut, Strength: Likely,
		Fact: "the simulated start: it leaves no process running",
	}
	if a, ok := in.Script.Method("start_cmd"); ok {
		e.Line = a.Pos.Line
	}
	return []Evidence{e}
}
