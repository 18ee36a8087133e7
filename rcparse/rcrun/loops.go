package rcrun

import (
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// A loop of the script calls __round or __wait, with its line, at the start of
// each round; see shell.round.
const (
	roundCall = "__round"
	waitCall  = "__wait"
)

// countRounds puts the call into the body of a while, until or for.
func countRounds(body *[]*syntax.Stmt, cond []*syntax.Stmt, line uint) {
	name := roundCall
	if waits(*body, cond) {
		name = waitCall
	}
	call := &syntax.CallExpr{Args: []*syntax.Word{word(name), word(strconv.Itoa(int(line)))}}
	*body = slices.Insert(*body, 0, &syntax.Stmt{Cmd: call})
}

// waiting is the commands that a loop may hold which does nothing but wait.
var waiting = []string{
	"sleep", ":", "true", "false", "[", "test", "echo", "printf", "warn", "info", "debug", "startmsg", "err", "logger",
	"break", "continue", "return", "exit", "expr", "let", "shift", "check_pidfile", "check_process", "pgrep",
	"ps", "pwait",
	"kill", "nc", "ping", "host", "drill", "sockstat", "grep", "egrep", "fgrep", "wc", "cat", "awk", "sed", "tr",
	"cut", "head",
	"tail", "ls", "stat", "date", "ifconfig", "netstat", "sysctl", "kldstat", "local",
}

// waits reports whether a loop only waits: it sleeps, does nothing else that
// leaves something behind, and can end.
func waits(body, cond []*syntax.Stmt) bool {
	sleeps, only, ends := false, true, false
	look := func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				return true
			}
			name := n.Args[0].Lit()
			sleeps = sleeps || name == "sleep"
			ends = ends || name == "break" || name == "return" || name == "exit" || name == "err"
			only = only && (name == "" || slices.Contains(waiting, name))
		case *syntax.FuncDecl:
			only = false
		case *syntax.Redirect:
			to := n.Word.Lit()
			only = only && (n.Op != syntax.RdrOut && n.Op != syntax.AppOut && n.Op != syntax.RdrClob ||
				to == "/dev/null" || to == "/dev/console")
		}
		return only
	}
	for _, st := range body {
		syntax.Walk(st, look)
	}
	for _, st := range cond { // it may call anything: what it asks is what the loop waits for
		syntax.Walk(st, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
				name := c.Args[0].Lit()
				sleeps = sleeps || name == "sleep"
				ends = ends || name != "sleep" && name != ":" && name != "true" && name != "false"
			}
			return true
		})
	}
	return sleeps && only && ends
}

// soon is after how many rounds what a loop waits for is there; the loop ends
// a few rounds later if it was something else.
const soon = 3

// A wait is the rounds of a loop that only waits, and sim.slept at the last of them.
type wait struct{ rounds, sleeps int }

// round counts the rounds of the script's loops. A loop that only waits ends as
// if what it waits for had come. The exit status stays, for a $? in the body.
func (s *shell) round(args []string, status uint8) []string {
	same := []string{"true"}
	if status != 0 {
		same = simulated("status", []string{strconv.Itoa(int(status))})
	}
	if len(args) != 2 { // the script's own call
		return same
	}
	line, err := strconv.Atoi(args[1])
	if err != nil {
		return same
	}
	m := s.sim
	if m.rounds == nil {
		m.rounds = map[int]int{}
	}
	m.rounds[line]++
	if args[0] == waitCall {
		w := m.waited[line]
		if w.sleeps == m.slept { // it did not sleep since: it has begun again, or did not have to wait
			w.rounds = 0
		}
		w.rounds++
		w.sleeps = m.slept
		if m.waited == nil {
			m.waited = map[int]wait{}
		}
		m.waited[line] = w
		switch n := w.rounds; {
		case n > maxSleeps:
			m.rounds[line] = 0
			delete(m.waited, line)
			return []string{"break"}
		case n > soon:
			m.sleeps = max(m.sleeps, maxSleeps+1)
		}
	}
	return same
}

// busiest is the line of the loop that went round most often, 0 for none.
func (s *sim) busiest() int {
	best := 0
	for line, n := range s.rounds {
		if n > s.rounds[best] || n == s.rounds[best] && line < best {
			best = line
		}
	}
	if s.rounds[best] <= maxSleeps {
		return 0
	}
	return best
}
