package rcrun

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// What a text names that the interpreter would answer from the host.
const (
	shellPID = "4242" // $$
	childPID = "4243" // $!
	parent   = "1"    // $PPID

	// pipePrefix starts the name of a "file" that holds what the left side of a
	// pipe wrote; see pipeline.
	pipePrefix = "__svcjify_pipe:"
	// lineMark is added to the line of each command of the script, so that the
	// handlers can tell it from one of the model or of an eval.
	lineMark = 1 << 17
)

// rewrite changes a syntax tree into one that the interpreter runs without
// touching the host, without concurrency, and as sh(1) would: see the cases.
// Commands get their lines raised by mark. In a text that is not trusted what it makes is counted.
func rewrite(n syntax.Node, mark uint, trusted bool) {
	w := &rewriter{mark: mark, heredocs: map[*syntax.Word]bool{}}
	syntax.Walk(n, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "set" {
			flag := c.Args[1].Lit()
			w.errexit = w.errexit || strings.HasPrefix(flag, "-") && strings.Contains(flag, "e")
		}
		return true
	})
	syntax.Walk(n, w.visit)
	if !trusted {
		countMade(n)
	}
}

type rewriter struct {
	mark     uint
	errexit  bool // the text has set -e
	heredocs map[*syntax.Word]bool
}

func (w *rewriter) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Stmt:
		w.statement(n)
	case *syntax.CallExpr:
		for _, a := range n.Args {
			plainBraces(a)
		}
		if w.mark > 0 && len(n.Args) > 0 {
			raise(n.Args[0], w.mark)
		}
	case *syntax.WhileClause:
		if w.mark > 0 {
			countRounds(&n.Do, n.Cond, n.WhilePos.Line())
		}
	case *syntax.ForClause:
		if w.mark > 0 {
			countRounds(&n.Do, nil, n.ForPos.Line())
		}
	case *syntax.WordIter:
		for _, a := range n.Items {
			plainBraces(a)
		}
	case *syntax.DeclClause:
		n.Args = slices.DeleteFunc(n.Args, func(a *syntax.Assign) bool {
			text := ""
			if a.Name != nil {
				text = a.Name.Value
			} else if a.Value != nil {
				text = a.Value.Lit()
			}
			return text == "-" || text == "--" // local -, export --
		})
	case *syntax.Assign:
		rename(n.Name)
	case *syntax.ArithmExp:
		syntax.Walk(n.X, func(n syntax.Node) bool {
			if lit, ok := n.(*syntax.Lit); ok {
				rename(lit)
			}
			return true
		})
	case *syntax.ParamExp:
		rename(n.Param)
	case *syntax.Word:
		n.Parts = w.parts(n.Parts)
		if !w.heredocs[n] {
			tilde(n)
		}
	case *syntax.DblQuoted:
		n.Parts = w.parts(n.Parts)
	case *syntax.Redirect:
		if n.Hdoc != nil {
			w.heredocs[n.Hdoc] = true
		}
	}
	return true
}

// statement takes care of what the interpreter does concurrently, and of the
// redirections and commands that it lacks.
func (w *rewriter) statement(st *syntax.Stmt) {
	st.Redirs = slices.DeleteFunc(st.Redirs, func(r *syntax.Redirect) bool { return !plainRedirect(r) })
	switch c := st.Cmd.(type) {
	case *syntax.DeclClause:
		exportOfWords(st, c)
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe {
			pipeline(st, c)
		}
	}
	if st.Negated && !w.errexit {
		negated(st)
	}
	if st.Background {
		background(st)
	}
}

// exportOfWords turns export $(...) into a call, as it is in sh: the words that
// come of it are seen by the call handler then, and by nothing that parses them.
func exportOfWords(st *syntax.Stmt, c *syntax.DeclClause) {
	computed := func(a *syntax.Assign) bool { return a.Name == nil && a.Value != nil && a.Value.Lit() == "" }
	if c.Variant.Value != "export" || !slices.ContainsFunc(c.Args, computed) {
		return
	}
	args := []*syntax.Word{word("export")}
	for _, a := range c.Args {
		switch {
		case a.Name == nil && a.Value != nil:
			args = append(args, a.Value)
		case a.Name != nil && a.Naked:
			args = append(args, word(a.Name.Value))
		case a.Name != nil:
			w := word(a.Name.Value + "=")
			if a.Value != nil {
				w.Parts = append(w.Parts, a.Value.Parts...)
			}
			args = append(args, w)
		}
	}
	st.Cmd = &syntax.CallExpr{Args: args}
}

// negated turns ! X into if X; then false; else true; fi. The interpreter
// negates the status of an exit in X too, so that "! f" where f exits with 0
// ends the script with 1. (Under set -e the false would end it, so there the
// statement stays as it is.)
func negated(st *syntax.Stmt) {
	inner := &syntax.Stmt{Cmd: st.Cmd, Redirs: st.Redirs}
	call := func(name string) []*syntax.Stmt {
		return []*syntax.Stmt{{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word(name)}}}}
	}
	st.Cmd = &syntax.IfClause{
		Cond: []*syntax.Stmt{inner}, Then: call("false"), Else: &syntax.IfClause{Then: call("true")},
	}
	st.Redirs, st.Negated = nil, false
}

// plainRedirect reports whether the interpreter has the redirection: of
// standard input, output and error, from and to a file or one another.
func plainRedirect(r *syntax.Redirect) bool {
	fd := ""
	if r.N != nil {
		fd = r.N.Value
	}
	if fd != "" && fd != "0" && fd != "1" && fd != "2" {
		return false
	}
	switch r.Op {
	case syntax.RdrIn, syntax.Hdoc, syntax.DashHdoc:
		return fd == "" || fd == "0"
	case syntax.RdrInOut:
		r.Op = syntax.RdrIn
		return fd == "" || fd == "0"
	case syntax.RdrClob:
		r.Op = syntax.RdrOut
		return fd != "0"
	case syntax.RdrOut, syntax.AppOut:
		return fd != "0"
	case syntax.DplOut:
		to := r.Word.Lit()
		return fd != "0" && (to == "1" || to == "2" || to == "-")
	case syntax.DplIn:
		return r.Word.Lit() == "-"
	}
	return false
}

// pipeline turns X | Y into a subshell with Y whose input is a pretended file
// that holds what X writes. X is run to its end first, so that the order of
// commands does not depend on the scheduler; and Y is in a subshell, as in sh.
func pipeline(st *syntax.Stmt, c *syntax.BinaryCmd) {
	name := &syntax.Word{Parts: []syntax.WordPart{
		&syntax.Lit{Value: pipePrefix},
		&syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.CmdSubst{Stmts: []*syntax.Stmt{c.X}}}},
	}}
	inner := &syntax.Stmt{
		Cmd:    &syntax.Subshell{Stmts: []*syntax.Stmt{c.Y}},
		Redirs: []*syntax.Redirect{{Op: syntax.RdrIn, Word: name}},
	}
	if len(st.Redirs) == 0 && !st.Background {
		st.Cmd, st.Redirs = inner.Cmd, inner.Redirs
		return
	}
	st.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{inner}}
}

// background turns X & into (__bg=1; X) || :, where a loop ends after one round: a
// loop in the background is one that goes on for good.
func background(st *syntax.Stmt) {
	inner := &syntax.Stmt{Cmd: st.Cmd, Redirs: st.Redirs, Negated: st.Negated}
	syntax.Walk(inner, func(n syntax.Node) bool {
		if loop, ok := n.(*syntax.WhileClause); ok {
			loop.Do = append(loop.Do, &syntax.Stmt{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word("break")}}})
		}
		return true
	})
	mark := &syntax.Stmt{Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{
		{Name: &syntax.Lit{Value: "__bg"}, Value: word("1")},
	}}}
	sub := &syntax.Stmt{Cmd: &syntax.Subshell{Stmts: []*syntax.Stmt{mark, inner}}}
	ok := &syntax.Stmt{Cmd: &syntax.CallExpr{Args: []*syntax.Word{word(":")}}}
	st.Cmd = &syntax.BinaryCmd{Op: syntax.OrStmt, X: sub, Y: ok} // whatever comes of it, the status is 0
	st.Redirs, st.Negated, st.Background = nil, false, false
}

// parts replaces what would be answered from the host.
func (w *rewriter) parts(list []syntax.WordPart) []syntax.WordPart {
	for i, p := range list {
		if p, ok := p.(*syntax.ParamExp); ok {
			value := map[string]string{"$": shellPID, "!": childPID, "PPID": parent}[p.Param.Value]
			if value != "" && !p.Length && p.Exp == nil {
				list[i] = &syntax.Lit{ValuePos: p.Pos(), ValueEnd: p.End(), Value: value}
			}
		}
	}
	return list
}

// rename gives Bash's magic variables another name: in sh they are ordinary.
func rename(lit *syntax.Lit) {
	if lit == nil {
		return
	}
	switch lit.Value {
	case "RANDOM", "SRANDOM", "DIRSTACK":
		lit.Value = "__" + lit.Value
	}
}

// tilde expands ~user, for which the interpreter would ask the host.
func tilde(w *syntax.Word) {
	if len(w.Parts) == 0 {
		return
	}
	lit, ok := w.Parts[0].(*syntax.Lit)
	if !ok {
		return
	}
	rest, ok := strings.CutPrefix(lit.Value, "~")
	if !ok || rest == "" || rest[0] == '/' {
		return // ~ itself is $HOME
	}
	user, path, slash := strings.Cut(rest, "/")
	if !slash && len(w.Parts) > 1 {
		return // ~'foo' is no tilde expansion
	}
	if slash {
		path = "/" + path
	}
	if strings.Trim(user, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") != "" || user == "-" {
		lit.Value = `\` + lit.Value
		return
	}
	lit.Value = homeOf(user) + path
}

// homeOf is the home directory of a pretended user.
func homeOf(user string) string {
	if user == "root" {
		return "/root"
	}
	return "/home/" + user
}

// plainBraces keeps {a,b} as it stands: only Bash expands it.
func plainBraces(w *syntax.Word) {
	try := &syntax.Word{Parts: slices.Clone(w.Parts)}
	if !syntax.SplitBraces(try) {
		return
	}
	for i, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok && strings.Contains(lit.Value, "{") {
			w.Parts[i] = &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: escaped(lit.Value, '{')}
		}
	}
}

// escaped is a literal with a backslash before each of a character that has none.
func escaped(s string, special byte) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte(s[i])
			i++
		case s[i] == special:
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// raise adds to the line number of a word.
func raise(w *syntax.Word, by uint) {
	if len(w.Parts) == 0 {
		return
	}
	up := func(p syntax.Pos) syntax.Pos { return syntax.NewPos(p.Offset(), p.Line()+by, p.Col()) }
	switch p := w.Parts[0].(type) {
	case *syntax.Lit:
		p.ValuePos = up(p.ValuePos)
	case *syntax.SglQuoted:
		p.Left = up(p.Left)
	case *syntax.DblQuoted:
		p.Left = up(p.Left)
	case *syntax.ParamExp:
		p.Dollar = up(p.Dollar)
	case *syntax.CmdSubst:
		p.Left = up(p.Left)
	}
}

func word(s string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: s}}}
}
