package lint

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse"
)

// effects is what a statement does as far as moving it out of a function goes.
type effects struct {
	// reads and writes are variables; exports those that it exports.
	reads, writes, exports map[string]bool
	// plain is true where it is nothing but assignments, exports and tests.
	plain bool
	// returns is true where it may leave the function with success.
	returns bool
	// opaque is true where it may set variables that the text does not name.
	opaque bool
	// files is true where it looks at the file system.
	files bool
}

// A tracer finds effects. The calls of the script's functions count with what
// the functions do.
type tracer struct {
	script *rcparse.Script
	bodies map[string]*syntax.Stmt
	inside []string // the functions that are being looked into
}

func newTracer(s *rcparse.Script) *tracer {
	t := &tracer{script: s, bodies: map[string]*syntax.Stmt{}}
	syntax.Walk(s.File(), func(n syntax.Node) bool {
		if fn, ok := n.(*syntax.FuncDecl); ok && fn.Name != nil {
			t.bodies[fn.Name.Value] = fn.Body
		}
		return true
	})
	return t
}

func (t *tracer) of(st *syntax.Stmt) effects {
	e := effects{reads: map[string]bool{}, writes: map[string]bool{}, exports: map[string]bool{}, plain: true}
	t.stmt(st, &e)
	return e
}

func (t *tracer) stmts(list []*syntax.Stmt, e *effects) {
	for _, st := range list {
		t.stmt(st, e)
	}
}

func (t *tracer) stmt(st *syntax.Stmt, e *effects) {
	if len(st.Redirs) > 0 || st.Background {
		e.plain = false
		for _, r := range st.Redirs {
			t.words(e, r.Word, r.Hdoc)
		}
	}
	switch c := st.Cmd.(type) {
	case nil:
	case *syntax.CallExpr:
		t.call(c, e)
	case *syntax.DeclClause: // the Korn dialect's export x=y
		for _, a := range c.Args {
			t.assign(a, e)
			if a.Name != nil && c.Variant.Value == "export" {
				e.exports[a.Name.Value] = true
			}
		}
		e.plain = e.plain && c.Variant.Value == "export"
	case *syntax.Block:
		t.stmts(c.Stmts, e)
	case *syntax.IfClause:
		for cl := c; cl != nil; cl = cl.Else {
			t.stmts(cl.Cond, e)
			t.stmts(cl.Then, e)
		}
	case *syntax.CaseClause:
		t.words(e, c.Word)
		for _, item := range c.Items {
			t.words(e, item.Patterns...)
			t.stmts(item.Stmts, e)
		}
	case *syntax.ForClause:
		if it, ok := c.Loop.(*syntax.WordIter); ok {
			t.words(e, it.Items...)
			e.writes[it.Name.Value] = true
		} else {
			e.plain = false
		}
		t.stmts(c.Do, e)
	case *syntax.BinaryCmd:
		if c.Op != syntax.AndStmt && c.Op != syntax.OrStmt {
			e.plain = false
		}
		t.stmt(c.X, e)
		t.stmt(c.Y, e)
	default: // loops may not end, subshells and functions are no assignments
		e.plain = false
		syntax.Walk(c, func(n syntax.Node) bool {
			if inner, ok := n.(*syntax.Stmt); ok {
				t.stmt(inner, e)
				return false
			}
			return true
		})
	}
}

// call is a simple command.
func (t *tracer) call(c *syntax.CallExpr, e *effects) {
	t.words(e, c.Args...)
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			t.assign(a, e)
		}
		return
	}
	for _, a := range c.Assigns { // for the one command
		t.words(e, a.Value)
	}
	name := c.Args[0].Lit()
	switch name {
	case ":", "true":
	case "[", "test":
		for _, w := range c.Args[1:] {
			op := w.Lit()
			e.files = e.files || len(op) == 2 && op[0] == '-' && strings.IndexByte("bcdefghkLprsStuwxOG", op[1]) >= 0
		}
	case "checkyesno":
		for _, w := range c.Args[1:] {
			if v := w.Lit(); syntax.ValidName(v) {
				e.reads[v] = true
			} else {
				e.plain = false
			}
		}
	case "export":
		for _, w := range c.Args[1:] {
			v, _, _ := strings.Cut(leadingLit(w), "=")
			if !syntax.ValidName(v) {
				e.plain, e.opaque = false, true
				continue
			}
			e.writes[v], e.exports[v] = true, true
		}
	case "return":
		e.plain = false
		if len(c.Args) < 2 || c.Args[1].Lit() == "" || c.Args[1].Lit() == "0" {
			e.returns = true
		}
	case "local", "unset":
		e.plain = false
		for _, w := range c.Args[1:] {
			v, _, _ := strings.Cut(leadingLit(w), "=")
			e.writes[v] = true
		}
	case "eval", "read", ".", "set", "shift", "getopts", "setvar", "trap":
		e.plain, e.opaque = false, true
	case "break", "continue":
		e.plain = false
	default:
		e.plain = false
		if body, ok := t.bodies[name]; ok && !slices.Contains(t.inside, name) && len(t.inside) < 20 {
			t.inside = append(t.inside, name)
			callee := t.of(body)
			t.inside = t.inside[:len(t.inside)-1]
			for v := range callee.reads {
				e.reads[v] = true
			}
			for v := range callee.writes {
				e.writes[v] = true
			}
			e.opaque = e.opaque || callee.opaque
		} else if name == "" {
			e.opaque = true // "$cmd args" may be eval
		}
	}
}

func (t *tracer) assign(a *syntax.Assign, e *effects) {
	if a.Name == nil || a.Append || a.Array != nil || a.Index != nil {
		e.plain, e.opaque = false, true
		return
	}
	e.writes[a.Name.Value] = true
	t.words(e, a.Value)
}

// words collects what expansions read, and what ${x:=y} writes.
func (t *tracer) words(e *effects, list ...*syntax.Word) {
	for _, w := range list {
		if w == nil {
			continue
		}
		syntax.Walk(w, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.ParamExp:
				if n.Param == nil || n.Param.Value == "" { // "${ x}" parses, and fails when it runs
					e.plain, e.opaque = false, true
					break
				}
				e.reads[n.Param.Value] = true
				if n.Exp != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) &&
					!t.filled(n.Param.Value) {
					e.writes[n.Param.Value] = true
				}
			case *syntax.CmdSubst, *syntax.ArithmExp, *syntax.ProcSubst:
				e.plain = false
			}
			return true
		})
	}
}

// filled reports whether the top level leaves a variable with a value whatever
// rc.conf says, so that ${x:=y} is just ${x}.
func (t *tracer) filled(name string) bool {
	return slices.ContainsFunc(t.script.Get(name), func(a rcparse.Assign) bool {
		v, static := a.Static()
		return !a.Cond && static && v != "" && (a.Op == rcparse.Plain || a.Op.IsDefault() && !a.Op.KeepsEmpty())
	})
}

// leadingLit is the literal text that a word starts with.
func leadingLit(w *syntax.Word) string {
	if len(w.Parts) == 0 {
		return ""
	}
	lit, _ := w.Parts[0].(*syntax.Lit)
	if lit == nil {
		return ""
	}
	return lit.Value
}
