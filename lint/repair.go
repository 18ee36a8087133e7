package lint

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// repair moves what the jailed start loses, by default or under a setting that
// people are told of, from the start_precmd to the top level, where that is nothing
// but assignments, exports and tests, and the simulation shows that the host then
// starts what it did, and the jail the same. It returns nil where it can't be done
// or does not help.
func repair(ctx context.Context, opts Options, runs *rcrun.Session, svc *corpus.Service, s *rcparse.Script,
	r *Records) *Fix {
	if r.failed() != "" || !r.jailed() {
		return nil
	}
	lost := r.losses()
	for _, t := range r.Trials {
		if t.Told && t.jailed() && len(t.Jail.Refused) == 0 {
			lost = append(lost, notCovered(t.losses(), lost)...)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	for _, try := range repairs {
		if fix := try(s, lost, r.Host.Name); fix != nil && helps(ctx, opts, runs, svc, s, r, fix) {
			return fix
		}
	}
	return nil
}

// repairs are the ways to give the jailed start what it loses, likeliest first.
// Each gets what is lost and the name that the service's variables begin with.
var repairs = []func(s *rcparse.Script, lost []loss, name string) *Fix{moveState, assignInPlace, chdirDefault,
	chdirLast}

// helps reports whether a repair leaves the start on the host as it was, and
// nothing of it lost in the jail.
func helps(ctx context.Context, opts Options, runs *rcrun.Session, svc *corpus.Service, s *rcparse.Script, r *Records,
	fix *Fix) bool {
	text := []byte(spliced(s.Src, fix.Edits))
	after := rcparse.Parse(text, Substitutions(svc))
	if after.Err != nil {
		return false
	}
	again := simulate(ctx, opts, runs, svc, after)
	if again.failed() != "" || len(again.losses()) > 0 ||
		!reflect.DeepEqual(rcrun.Unplaced(again.Host.Starts), rcrun.Unplaced(r.Host.Starts)) {
		return false
	}
	// The settings that people are told of mean what they meant, and so do flags
	// in the environment.
	start := rcrun.Scenario{Verb: "start", Args: r.Args, InstalledAs: svc.Name, Release: opts.Release.Name}
	var scenarios []rcrun.Scenario
	for _, t := range r.Trials {
		if t.Told && !t.List {
			sc := start
			sc.RCConf = t.Conf
			scenarios = append(scenarios, sc)
		}
	}
	flags := start
	flags.Env = []rcrun.Setting{{Name: "flags", Value: "--third"}}
	scenarios = append(scenarios, flags)
	run := &runner{ctx, runs, svc, s, start}
	before, afterwards := run.pairs(s.Src, scenarios...), run.pairs(text, scenarios...)
	for i, b := range before {
		a := afterwards[i]
		lost := a.losses()
		if len(scenarios[i].Env) > 0 {
			lost = nil // service(8) gives none of them to the jailed start
		}
		if b.failed()+a.failed() != "" || len(lost) > 0 || !alike(b.Host.Starts, a.Host.Starts, fix.Reorders) {
			return false
		}
	}
	return true
}

// alike reports whether two starts are the same, but for the order of a command's
// words where that may change, and for the variable flags, which only rc.subr reads.
func alike(a, b []rcrun.Command, reordered bool) bool {
	a, b = rcrun.Unplaced(a), rcrun.Unplaced(b)
	for _, list := range [][]rcrun.Command{a, b} {
		for i, c := range list {
			list[i].Env = slices.DeleteFunc(slices.Clone(c.Env),
				func(kv string) bool { return strings.HasPrefix(kv, "flags=") })
			if reordered {
				list[i].Argv, list[i].Program = slices.Sorted(slices.Values(c.Argv)),
					slices.Sorted(slices.Values(c.Program))
			}
		}
	}
	return reflect.DeepEqual(a, b)
}

// spliced applies edits that are sorted and apart.
func spliced(src []byte, edits []Edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.Write(src[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(src[at:])
	return b.String()
}

// moveState makes the edits.
func moveState(s *rcparse.Script, lost []loss, _ string) *Fix {
	fn := precmdOf(s)
	at, ok := beforeRun(s)
	flags, eval, err := variable(s, "_flags")
	if fn == nil || !ok || eval || err != nil || at <= int(fn.Pos().Offset()) {
		return nil
	}
	body, ok := fn.Body.Cmd.(*syntax.Block)
	if !ok || len(fn.Body.Redirs) > 0 {
		return nil
	}
	wanted := map[string]bool{}
	for _, l := range lost {
		for _, v := range l.vars {
			wanted[v] = v != "command" && v != "flags" // what run_rc_command has read by then
		}
	}
	moved, exports := movable(s, body.Stmts, wanted)
	if len(moved) == 0 {
		return nil
	}
	var edits []Edit
	var text strings.Builder
	left, reorders, emptied, end := 0, false, 0, 0
	for i, st := range body.Stmts {
		if !moved[i] {
			if !idle(st) {
				left++
			}
			continue
		}
		sp, ok := wholeLine(s, rcparse.Span{Start: int(st.Pos().Offset()), End: int(st.End().Offset())})
		if !ok {
			return nil
		}
		sp.Start = commentAbove(s, sp.Start)
		moved, before := outdented(s, sp, st, flags)
		if gap := string(s.Src[min(end, sp.Start):sp.Start]); end > 0 && (gap[:min(1, len(gap))] == "\n" ||
			strings.Contains(gap, "\n\n")) {
			text.WriteString("\n") // what stood apart still does
		}
		text.WriteString(moved)
		end = sp.End
		reorders = reorders || before
		if emptiesFlags(st) {
			emptied++
		}
		edits = addRemoval(s, edits, sp)
	}
	floor := 0
	for i := range edits {
		edits[i].Span = closeGap(s, edits[i].Span, floor)
		floor = edits[i].End
	}
	what := "move what the jailed start needs from " + fn.Name.Value + " to the top level"
	if emptied == len(moved) {
		what = "empty " + flags + " at the top level and no longer in " + fn.Name.Value +
			", and flags with it, which rc.subr(8) takes instead where the environment has it"
	}
	if left == 0 { // an empty function is a syntax error
		gone, ok := removeFunc(s, "start_precmd", fn)
		if !ok {
			return nil
		}
		edits = gone
	}
	block := text.String() + "\n"
	if !strings.HasSuffix(string(s.Src[:at]), "\n\n") {
		block = "\n" + block
	}
	edits = append(edits, Edit{Span: rcparse.Span{Start: at, End: at}, New: block})
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	for i := 1; i < len(edits); i++ {
		if edits[i-1].End > edits[i].Start {
			return nil
		}
	}
	return &Fix{What: what, Edits: edits, Certainty: infer.Likely, Exports: exports, Reorders: reorders}
}

// precmdOf is the function that start_precmd is set to.
func precmdOf(s *rcparse.Script) *syntax.FuncDecl { return functionOf(s, "start_precmd") }

// functionOf is the one function that a method is set to, nil where there is none.
func functionOf(s *rcparse.Script, method string) *syntax.FuncDecl {
	m, ok := s.Method(method)
	if !ok || m.Cond || s.File() == nil {
		return nil
	}
	name := s.Expand(rcparse.Unquote(m.Value))
	var found *syntax.FuncDecl
	for _, st := range s.File().Stmts {
		if fn, ok := st.Cmd.(*syntax.FuncDecl); ok && fn.Name != nil &&
			(fn.Name.Value == name || s.Expand(fn.Name.Value) == name) {
			if found != nil {
				return nil
			}
			found = fn
		}
	}
	return found
}

// beforeRun is the offset of the line of the script's one run_rc_command, the
// comments above it included, and whether it is one and load_rc_config before it.
func beforeRun(s *rcparse.Script) (int, bool) {
	if len(s.Runs) != 1 || s.Runs[0].Func != "" || s.Runs[0].Cond || s.LastLoad() < 0 ||
		s.LastLoad() > s.Runs[0].Span.Start {
		return 0, false
	}
	start := s.Runs[0].Span.Start
	if pos := s.PosAt(start); pos.Col != 1 {
		return 0, false
	}
	return commentAbove(s, start), true
}

// movable is the statements that can go to the top level and together set what
// is wanted, and the variables that they export. Each is plain, reads and writes
// only what no statement that stays behind it in front changes or looks at, and
// is reached whenever the function does not fail.
func movable(s *rcparse.Script, body []*syntax.Stmt, wanted map[string]bool) (map[int]bool, []string) {
	t := newTracer(s)
	list := make([]effects, len(body))
	moved := map[int]bool{}
	for i, st := range body {
		list[i] = t.of(st)
		moved[i] = list[i].plain && !list[i].opaque && !readsRun(s, list[i].reads)
	}
	// What need not move stays, unless something that moves reads it.
	need := map[int]bool{}
	for grew := true; grew; {
		grew = false
		for i := range body {
			if need[i] || !moved[i] || !(meets(list[i].writes, wanted) ||
				meets(list[i].writes, wantedBy(list, need, i))) {
				continue
			}
			need[i], grew = true, true
		}
	}
	for shrank := true; shrank; {
		shrank = false
		for i := range body {
			if need[i] && stuck(list, need, i) {
				delete(need, i)
				shrank = true
			}
		}
	}
	exports := map[string]bool{}
	for i := range need {
		maps.Copy(exports, list[i].exports)
	}
	return need, slices.Sorted(maps.Keys(exports))
}

// wantedBy is what the needed statements behind i read.
func wantedBy(list []effects, need map[int]bool, i int) map[string]bool {
	out := map[string]bool{}
	for j := range need {
		if j > i {
			maps.Copy(out, list[j].reads)
		}
	}
	return out
}

// stuck reports whether a statement that stays in front of i keeps it there.
func stuck(list []effects, need map[int]bool, i int) bool {
	for j := range i {
		if need[j] {
			continue
		}
		a, b := list[j], list[i]
		if a.returns || a.opaque || meets(a.writes, b.reads) || meets(a.writes, b.writes) || meets(a.reads, b.writes) ||
			b.files && !a.plain {
			return true
		}
	}
	return false
}

// readsRun reports whether a statement reads what only run_rc_command, or the
// call of a function, gives: $1, $?, rc_arg, _precmd. rc_flags can be told by
// its other name.
func readsRun(s *rcparse.Script, reads map[string]bool) bool {
	for v := range reads {
		if v == "rc_flags" {
			continue
		}
		c := v[0]
		special := !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
		if special || v == "command" || strings.HasPrefix(v, "rc_") || c == '_' && len(s.Get(v)) == 0 {
			return true
		}
	}
	return false
}

func meets(a, b map[string]bool) bool {
	for v := range a {
		if b[v] {
			return true
		}
	}
	return false
}

// idle reports whether a statement does nothing when it stands alone.
func idle(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) == 0 || len(st.Redirs) > 0 {
		return false
	}
	switch c.Args[0].Lit() {
	case ":", "true":
		return len(c.Args) == 1
	case "return":
		return len(c.Args) == 1 || c.Args[1].Lit() == "0"
	case "local":
		return true
	}
	return false
}
