package interp

import (
	"fmt"
	"io"
	"os"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (r *shell) stmts(list []*stmt) {
	for _, st := range list {
		r.stmt(st)
	}
}

func (r *shell) stmt(st *stmt) {
	if r.stop() {
		return
	}
	r.exit = exit{}
	in, out, errs := r.stdin, r.stdout, r.stderr
	var opened []io.Closer
	for _, rd := range st.redirs {
		c, err := r.redirect(rd)
		if err != nil {
			if !r.exit.fatally {
				r.errf("%v\n", err)
			}
			r.exit.code = 1
			break
		}
		if c != nil {
			opened = append(opened, c)
		}
	}
	if r.exit.ok() && st.cmd != nil {
		r.command(st.cmd)
	}
	switch {
	case st.negated && r.exit.ok():
		r.exit.code = 1
	case st.negated:
		r.exit.clear()
	case !st.list && !r.exit.ok() && !r.noErrExit && r.errExit:
		r.exit.exiting = true
	}
	if r.keepRedirs {
		r.keepRedirs = false
	} else if len(st.redirs) > 0 {
		r.stdin, r.stdout, r.stderr = in, out, errs
		for _, c := range opened {
			c.Close()
		}
	}
	r.last = r.exit
}

func (r *shell) command(c command) {
	if r.stop() {
		return
	}
	switch c := c.(type) {
	case *call:
		r.simple(c)
	case *block:
		r.stmts(c.stmts)
	case *subshell:
		sub := r.subshell()
		sub.stmts(c.stmts)
		r.env.pop()
		sub.exit.exiting = false
		r.exit = sub.exit
	case *andOr:
		old := r.noErrExit
		r.noErrExit = true
		r.stmt(c.x)
		r.noErrExit = old
		if r.exit.ok() == c.and {
			r.stmt(c.y)
		}
	case *ifClause:
		r.ifClause(c)
	case *loop:
		for !r.stop() {
			old := r.noErrExit
			r.noErrExit = true
			r.stmts(c.cond)
			r.noErrExit = old
			stop := r.exit.ok() == c.until
			r.exit.clear()
			if stop || r.round(c.do) {
				break
			}
		}
	case *forLoop:
		items := r.params
		if c.in {
			items = r.fields(c.items)
		}
		for _, item := range items {
			r.setString(c.name, item)
			if r.round(c.do) {
				break
			}
		}
	case *caseClause:
		r.caseClause(c)
	case *funcDecl:
		r.define(c.name, c.body)
	case *declaration:
		r.declare(c)
	case *unknownCommand:
		r.exit.fatal(fmt.Errorf("it has %s, which sh(1) does not have", c.what))
	}
}

func (r *shell) ifClause(c *ifClause) {
	for {
		old := r.noErrExit
		r.noErrExit = true
		r.stmts(c.cond)
		r.noErrExit = old
		if r.exit.ok() {
			r.stmts(c.then)
			return
		}
		r.exit.clear()
		c = c.otherwise
		if c == nil || r.stop() {
			return
		}
	}
}

// round runs the body of a loop once and reports whether that was the last time.
func (r *shell) round(list []*stmt) bool {
	old := r.inLoop
	r.inLoop = true
	defer func() { r.inLoop = old }()
	for _, st := range list {
		r.stmt(st)
		if r.continues > 0 {
			r.continues--
			return r.continues > 0
		}
		if r.breaks > 0 {
			r.breaks--
			return true
		}
	}
	return false
}

func (r *shell) caseClause(c *caseClause) {
	text, err := r.value(c.word)
	r.failed(err)
	next := false // the item before ended with ;&
	for _, it := range c.items {
		if !next && !r.matchesOne(it.patterns, text) {
			continue
		}
		r.stmts(it.stmts)
		switch it.op {
		case syntax.Fallthrough:
			next = true
		case syntax.Resume, syntax.ResumeKorn:
			next = false
		default:
			return
		}
	}
}

func (r *shell) matchesOne(patterns []*word, text string) bool {
	for _, w := range patterns {
		pat, err := r.pattern(w)
		r.failed(err)
		if matches(pat, text) {
			return true
		}
	}
	return false
}

// assigned is a variable after an assignment.
func (r *shell) assigned(a *assign, old variable) variable {
	old.set = true
	text := ""
	if a.value != nil {
		var err error
		if text, err = r.value(a.value); err != nil {
			r.failed(err)
			text = ""
		}
	}
	if a.add && a.value != nil {
		text = old.value + text
	}
	old.value = text
	return old
}

// simple runs a simple command.
func (r *shell) simple(c *call) {
	r.expanded = exit{}
	var args []string
	if len(c.args) > 0 {
		args = r.fields(c.args)
	}
	if len(args) == 0 {
		for i := range c.assigns {
			a := &c.assigns[i]
			v := r.env.get(a.name)
			v.local = false
			r.setVar(a.name, r.assigned(a, v), false)
		}
		if r.exit.ok() {
			r.exit = r.expanded
		}
		return
	}
	if len(c.assigns) == 0 {
		r.invoke(c.pos, args)
		return
	}
	old := make([]variable, len(c.assigns))
	for i := range c.assigns {
		a := &c.assigns[i]
		old[i] = r.env.get(a.name)
		v := r.assigned(a, old[i])
		v.exported = true
		r.setVar(a.name, v, false)
	}
	r.invoke(c.pos, args)
	for i := range c.assigns {
		r.setVar(c.assigns[i].name, old[i], false)
	}
}

// invoke runs a command with its arguments.
func (r *shell) invoke(pos syntax.Pos, args []string) {
	if r.stop() {
		return
	}
	args, err := r.handlers.Call(r.context(pos), args)
	if err != nil {
		r.exit.fatal(err)
		return
	}
	if body := r.funcs.get(args[0]); body != nil {
		params, inFunc := r.params, r.inFunc
		r.params, r.inFunc = args[1:], true
		r.env.push(true)
		r.stmts(body.stmts)
		r.env.pop()
		r.params, r.inFunc = params, inFunc
		r.exit.returning = false
		return
	}
	if IsBuiltin(args[0]) {
		r.exit = r.builtin(args[0], args[1:])
		return
	}
	r.exit.from(r.handlers.Exec(r.context(pos), args))
}

// open opens a file for a redirection.
func (r *shell) open(name string, flag int, tell bool) (io.ReadWriteCloser, error) {
	f, err := r.handlers.Open(r.context(syntax.Pos{}), name, flag)
	switch err.(type) {
	case nil:
		return f, nil
	case *os.PathError:
		if tell {
			r.errf("%v\n", err)
		}
	default:
		r.exit.fatal(err)
	}
	return nil, err
}

func (r *shell) readInto(b *strings.Builder, name *word) error {
	p, err := r.value(name)
	r.failed(err)
	f, err := r.open(p, os.O_RDONLY, true)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(b, f)
	return err
}

func (r *shell) redirect(rd *redir) (io.Closer, error) {
	if rd.op == syntax.Hdoc || rd.op == syntax.DashHdoc {
		r.stdin = strings.NewReader(r.document(rd))
		return nil, nil
	}
	to := &r.stdout
	switch rd.fd {
	case "", "0", "1":
	case "2":
		to = &r.stderr
	default:
		return nil, fmt.Errorf("unsupported redirect fd: %v", rd.fd)
	}
	name, err := r.value(rd.word)
	r.failed(err)
	flag := os.O_RDONLY
	switch rd.op {
	case syntax.DplOut:
		switch name {
		case "1":
			*to = r.stdout
		case "2":
			*to = r.stderr
		case "-":
			*to = io.Discard
		default:
			return nil, fmt.Errorf("unhandled %v arg: %q", rd.op, name)
		}
		return nil, nil
	case syntax.DplIn:
		if name != "-" {
			return nil, fmt.Errorf("unhandled %v arg: %q", rd.op, name)
		}
		r.stdin = nil
		return nil, nil
	case syntax.RdrIn:
	case syntax.RdrOut:
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	case syntax.AppOut:
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	default:
		return nil, fmt.Errorf("unhandled redirect op: %v", rd.op)
	}
	f, err := r.open(name, flag, false)
	if err != nil {
		return nil, err
	}
	if rd.op == syntax.RdrIn {
		r.stdin = f
	} else {
		*to = f
	}
	return f, nil
}
