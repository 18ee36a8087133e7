package rcrun

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// The interpreter tells of statements and commands, and the handlers see the arguments of
// commands. What else costs by its size is counted before it is done, by a call of __made
// that stands in front of the statement: an assignment, a here-document, a case, a list of for.
const madeCall = "__made"

// wordCosts is what a statement's own words cost, without the statements in them.
type wordCosts struct {
	steps      int            // by the text alone: patterns, assignments, literals
	names      map[string]int // how often each variable is expanded
	positional int            // how often the positional parameters are
	status     bool           // $? is
	heredoc    bool
}

// expansions is how many there are.
func (w *wordCosts) expansions() int {
	n := w.positional
	for _, times := range w.names {
		n += times
	}
	return n
}

// patternSteps is what a pattern costs, which is compiled each time.
const patternSteps = 5

// maxUncounted is how many expansions a simple command may have that the handlers alone
// count, after they were made.
const maxUncounted = 8

// countMade puts the calls of __made into a tree.
func countMade(root syntax.Node) {
	var all []*syntax.Stmt
	syntax.Walk(root, func(n syntax.Node) bool {
		if st, ok := n.(*syntax.Stmt); ok {
			all = append(all, st)
		}
		return true
	})
	for _, st := range all {
		w := wordCost(st)
		call, simple := st.Cmd.(*syntax.CallExpr)
		simple = simple && len(call.Args) > 0 && len(call.Assigns) == 0 && !w.heredoc
		switch n := w.expansions(); {
		case st.Negated, st.Cmd == nil:
			continue
		case simple && n <= maxUncounted, n == 0 && w.steps == 0:
			continue
		}
		inner := &syntax.Stmt{Position: st.Position, Cmd: st.Cmd, Redirs: st.Redirs}
		st.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{{Cmd: w.call()}, inner}}
		st.Redirs = nil
	}
}

// wordCost looks at the words of a statement.
func wordCost(st *syntax.Stmt) *wordCosts {
	w := &wordCosts{names: map[string]int{}}
	bytes := 0
	look := func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			return n == st
		case *syntax.Assign:
			bytes += bytesMade
		case *syntax.ParamExp:
			if n.Param == nil {
				break
			}
			switch name := n.Param.Value; {
			case name == "?":
				w.status = true
			case name == "@" || name == "*" || name != "" && name[0] >= '1' && name[0] <= '9':
				w.positional++
			case syntax.ValidName(name):
				w.names[name]++
			}
			if n.Exp != nil {
				w.steps++
			}
		case *syntax.CaseItem:
			w.steps += patternSteps * len(n.Patterns)
		case *syntax.Lit:
			bytes += len(n.Value)
		case *syntax.SglQuoted:
			bytes += len(n.Value)
		case *syntax.Redirect:
			w.heredoc = w.heredoc || n.Hdoc != nil
		}
		return true
	}
	syntax.Walk(st, look)
	const small = 256 // not worth a call
	if bytes > small {
		w.steps += bytes / bytesMade
	} else if w.steps <= patternSteps {
		w.steps = 0
	}
	return w
}

// call is __made with the steps, whether a here-document makes the bytes dearer, and the variables.
func (w *wordCosts) call() *syntax.CallExpr {
	per := bytesMade
	if w.heredoc {
		per = bytesPiped
	}
	c := &syntax.CallExpr{Args: []*syntax.Word{word(madeCall), word(strconv.Itoa(w.steps)), word(strconv.Itoa(per)),
		word(strconv.Itoa(w.positional))}}
	if w.status {
		c.Args[0] = word(madeCall + "_status")
	}
	for _, name := range slices.Sorted(maps.Keys(w.names)) {
		c.Args = append(c.Args, word(strconv.Itoa(w.names[name])+":"+name))
	}
	if w.positional > 0 {
		c.Args = append(c.Args, &syntax.Word{Parts: []syntax.WordPart{&syntax.DblQuoted{
			Parts: []syntax.WordPart{&syntax.ParamExp{Short: true, Param: &syntax.Lit{Value: "@"}}},
		}}})
	}
	return c
}

// made counts what a statement is about to make. The exit status stays where it is looked at.
func (s *shell) made(hc interp.Context, args []string) ([]string, error) {
	if len(args) < 4 { // the script's own call
		return []string{"true"}, nil
	}
	number := func(i int) int { n, _ := strconv.Atoi(args[i]); return n }
	steps, per, positional := number(1), number(2), number(3)
	rest := args[4:]
	bytes := 0
	for len(rest) > 0 {
		times, name, ok := strings.Cut(rest[0], ":")
		n, err := strconv.Atoi(times)
		if !ok || err != nil || positional > 0 && !syntax.ValidName(name) {
			break
		}
		bytes += n * len(getString(hc, name))
		rest = rest[1:]
	}
	for _, p := range rest {
		bytes += positional * len(p)
	}
	if !s.sim.budget.spend(max(steps, 0)) || per <= 0 || !s.sim.budget.made(bytes, per) {
		return nil, errStopped
	}
	if args[0] != madeCall && hc.LastExitStatus != 0 {
		return simulated("status", []string{strconv.Itoa(int(hc.LastExitStatus))}), nil
	}
	return []string{"true"}, nil
}

// made counts bytes, of which so many cost a step.
func (b *budget) made(n, perStep int) bool {
	if n < 0 || n/perStep > maxSteps {
		b.bulk += maxSteps + 1
		return b.spend(maxSteps + 1)
	}
	const unit = 1 << 10
	b.part += n * unit / perStep
	whole := b.part / unit
	b.part %= unit
	b.bulk += whole
	return b.spend(whole)
}

// arguments counts those of a command.
func (s *shell) arguments(args []string) bool {
	n := 0
	for _, a := range args {
		n += len(a)
	}
	b := s.sim.budget
	return b.made(n, bytesMade) && b.spend(len(args)/8)
}

// expanded counts what a text of eval makes that is run as it stands: see harmless.
func (s *shell) expanded(hc interp.Context, text string) bool {
	n := 0
	for rest := text; ; {
		i := strings.IndexByte(rest, '$')
		if i < 0 {
			return s.sim.budget.made(n, bytesMade)
		}
		rest = strings.TrimPrefix(rest[i+1:], "{")
		name := rest[:len(rest)-len(strings.TrimLeft(rest, identifier))]
		if name != "" && !(name[0] >= '0' && name[0] <= '9') {
			n += len(getString(hc, name))
		}
	}
}

// printed is how much a printf(1) may write, at most.
func printed(args []string) int {
	if len(args) == 0 {
		return 0
	}
	format, rest := args[0], args[1:]
	verbs, widths := 0, 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		digits := 0
		for i++; i < len(format) && strings.IndexByte("0123456789.-+ #*", format[i]) >= 0; i++ {
			if c := format[i]; c >= '0' && c <= '9' {
				digits = min(digits*10+int(c-'0'), maxPrinted)
			} else {
				widths, digits = widths+digits, 0
			}
		}
		widths = min(widths+digits, maxPrinted+1)
		verbs++
	}
	rounds := 1
	if verbs > 0 {
		rounds = max(1, (len(rest)+verbs-1)/verbs)
	}
	n := rounds * (len(format) + widths + 24*verbs) // 24: a number in digits
	for _, a := range rest {
		n += len(a)
		if strings.Contains(format, "*") {
			if w, err := strconv.Atoi(a); err == nil {
				n += min(max(w, -w), maxPrinted+1)
			}
		}
	}
	return n
}
