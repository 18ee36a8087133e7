package infer

import (
	"path"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
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

// fromRun looks at what the start leaves running: the simulated start, or where
// there was none to go by, the text. It is one fact, by whichever it is known.
func fromRun(in Input) []Evidence {
	a, own := in.Script.Method("start_cmd")
	e := Evidence{Path: in.Template, Line: in.Script.Name.Pos.Line, Kind: FromStart, Supports: OptOut}
	if own {
		e.Line = a.Pos.Line
	}
	switch {
	case own && sameBothWays(in.Script):
		e.Strength, e.Fact = Likely, "start_cmd and stop_cmd are the same function, which does not tell start from stop: it runs once and leaves no process"
	case in.Run == nil || in.Run.Failed != "" || in.Run.Name == "" || in.Run.Undecided != "":
		if !own || staysByText(in.Script) {
			return nil
		}
		e.Strength, e.Fact = Possible, "the script has its own start_cmd and sets no command: perhaps no process is left running"
	case in.Run.Remains:
		return nil
	default:
		e.Strength, e.Fact = Likely, "the simulated start: it leaves no process running"
	}
	return []Evidence{e}
}

// asksWhich is a word by which a method tells start from stop.
var asksWhich = lazyregexp.New(`\$(\{)?([0-9@*#]|rc_arg|_?cmd|action)`)

// sameBothWays reports whether start and stop are one function that can't tell
// which it is: what it runs does not stay, or stop would start another.
func sameBothWays(s *rcparse.Script) bool {
	start, ok := s.Method("start_cmd")
	stop, also := s.Method("stop_cmd")
	name := s.Expand(rcparse.Unquote(start.Value))
	if !ok || !also || name != s.Expand(rcparse.Unquote(stop.Value)) {
		return false
	}
	for _, f := range s.Funcs {
		if f.Name == name {
			return !asksWhich.MatchString(string(s.Src[f.Span.Start:f.Span.End]))
		}
	}
	return false
}
