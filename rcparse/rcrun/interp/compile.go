package interp

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// A Code is a text, or the body of a function, ready to be run any number of times.
type Code struct{ stmts []*stmt }

// Compile compiles statements. The tree must not change afterwards.
func Compile(list []*syntax.Stmt) *Code { return &Code{compileStmts(list)} }

// Function compiles the body of a function.
func Function(body *syntax.Stmt) *Code { return &Code{[]*stmt{compileStmt(body)}} }

// Settings is the body of a function that sets variables.
func Settings(list []Var) *Code {
	var cmd command = &call{args: []*word{{plain: true, text: ":", value: ":"}}}
	if len(list) > 0 {
		c := &call{assigns: make([]assign, len(list))}
		words := make([]word, len(list))
		for i, v := range list {
			words[i] = word{plain: true, text: v.Value, value: v.Value}
			c.assigns[i] = assign{name: v.Name, value: &words[i]}
		}
		cmd = c
	}
	return &Code{[]*stmt{{cmd: &block{[]*stmt{{cmd: cmd}}}}}}
}

type stmt struct {
	cmd     command // nil for none
	redirs  []*redir
	negated bool
	list    bool // a && b, a || b: errexit looks at its parts only
}

type redir struct {
	op   syntax.RedirOperator
	fd   string
	word *word
	hdoc []*word // the document's lines for <<-, one word for <<
	raw  bool    // and nothing is expanded in it
}

// A command is one of the types below.
type command interface{}

type (
	block    struct{ stmts []*stmt }
	subshell struct{ stmts []*stmt }
	andOr    struct {
		x, y *stmt
		and  bool
	}
	ifClause struct {
		cond, then []*stmt
		otherwise  *ifClause
	}
	loop struct {
		cond, do []*stmt
		until    bool
	}
	forLoop struct {
		name  string
		in    bool // else "$@"
		items []*word
		do    []*stmt
	}
	caseClause struct {
		word  *word
		items []caseItem
	}
	caseItem struct {
		patterns []*word
		stmts    []*stmt
		op       syntax.CaseOperator
	}
	funcDecl struct {
		name string
		body *Code
	}
	call struct {
		pos     syntax.Pos
		assigns []assign
		args    []*word
	}
	assign struct {
		name   string
		value  *word // nil for none
		add    bool
		naked  bool
		fields *word // what the names and values come of, for a declaration
	}
	declaration struct {
		variant string
		args    []assign
	}
	// unknownCommand is one that sh does not have, and no tree of rcrun's.
	unknownCommand struct{ what string }
)

func compileStmts(list []*syntax.Stmt) []*stmt {
	out := make([]*stmt, len(list))
	for i, st := range list {
		out[i] = compileStmt(st)
	}
	return out
}

func compileStmt(st *syntax.Stmt) *stmt {
	out := &stmt{negated: st.Negated}
	if st.Cmd != nil {
		out.cmd = compileCommand(st.Cmd)
		_, out.list = out.cmd.(*andOr)
	}
	if st.Background || st.Disown || st.Coprocess {
		out.cmd = &unknownCommand{"a command in the background"}
	}
	for _, r := range st.Redirs {
		c := &redir{op: r.Op, word: compileWord(r.Word)}
		if r.N != nil {
			c.fd = r.N.Value
		}
		if r.Hdoc != nil {
			c.raw = quotedDelimiter(r.Word)
			c.hdoc = compileDocument(r)
		}
		out.redirs = append(out.redirs, c)
	}
	return out
}

func compileCommand(c syntax.Command) command {
	switch c := c.(type) {
	case *syntax.Block:
		return &block{compileStmts(c.Stmts)}
	case *syntax.Subshell:
		return &subshell{compileStmts(c.Stmts)}
	case *syntax.BinaryCmd:
		if c.Op == syntax.AndStmt || c.Op == syntax.OrStmt {
			return &andOr{compileStmt(c.X), compileStmt(c.Y), c.Op == syntax.AndStmt}
		}
		return &unknownCommand{"a pipe"} // rcrun makes other commands of them
	case *syntax.IfClause:
		return compileIf(c)
	case *syntax.WhileClause:
		return &loop{compileStmts(c.Cond), compileStmts(c.Do), c.Until}
	case *syntax.ForClause:
		it, ok := c.Loop.(*syntax.WordIter)
		if !ok || c.Select {
			return &unknownCommand{fmt.Sprintf("%T", c.Loop)}
		}
		return &forLoop{it.Name.Value, it.InPos.IsValid(), compileWords(it.Items), compileStmts(c.Do)}
	case *syntax.CaseClause:
		out := &caseClause{word: compileWord(c.Word)}
		for _, it := range c.Items {
			out.items = append(out.items, caseItem{compileWords(it.Patterns), compileStmts(it.Stmts), it.Op})
		}
		return out
	case *syntax.FuncDecl:
		if c.Name == nil {
			return &unknownCommand{"a function without a name"}
		}
		return &funcDecl{c.Name.Value, Function(c.Body)}
	case *syntax.CallExpr:
		out := &call{args: compileWords(c.Args)}
		if len(c.Args) > 0 {
			out.pos = c.Args[0].Pos()
		}
		for _, a := range c.Assigns {
			if a.Name == nil || a.Index != nil || a.Array != nil {
				return &unknownCommand{"an array"}
			}
			out.assigns = append(out.assigns, compileAssign(a))
		}
		return out
	case *syntax.DeclClause:
		out := &declaration{variant: c.Variant.Value}
		for _, a := range c.Args {
			if a.Index != nil || a.Array != nil {
				return &unknownCommand{"an array"}
			}
			out.args = append(out.args, compileAssign(a))
		}
		return out
	}
	return &unknownCommand{fmt.Sprintf("%T", c)}
}

func compileAssign(a *syntax.Assign) assign {
	if a.Name == nil {
		return assign{fields: compileWord(a.Value)}
	}
	out := assign{name: a.Name.Value, add: a.Append, naked: a.Naked}
	if a.Value != nil {
		out.value = compileWord(a.Value)
	}
	return out
}

func compileIf(c *syntax.IfClause) *ifClause {
	out := &ifClause{cond: compileStmts(c.Cond), then: compileStmts(c.Then)}
	if c.Else != nil {
		out.otherwise = compileIf(c.Else)
	}
	return out
}

func quotedDelimiter(w *syntax.Word) bool {
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			if strings.Contains(p.Value, `\`) {
				return true
			}
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		}
	}
	return false
}

// compileDocument is a here-document; <<- loses the tabs that its lines begin with.
func compileDocument(r *syntax.Redirect) []*word {
	if r.Op != syntax.DashHdoc {
		return []*word{compileWord(r.Hdoc)}
	}
	var lines []*word
	var cur []syntax.WordPart
	flush := func() {
		lines = append(lines, compileWord(&syntax.Word{Parts: cur}))
		cur = nil
	}
	for _, p := range r.Hdoc.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			cur = append(cur, p)
			continue
		}
		first := true
		for part := range strings.SplitSeq(lit.Value, "\n") {
			if !first {
				flush()
			}
			first = false
			cur = append(cur, &syntax.Lit{Value: strings.TrimLeft(part, "\t")})
		}
	}
	flush()
	return lines
}

// A word is one, with what is known of it before it is expanded.
type word struct {
	tree   *syntax.Word
	parts  []part
	plain  bool   // it is always the same one word:
	text   string // this as an argument,
	value  string // and this as a value
	braces bool   // Bash's {a,b}, which goes by package expand
}

type partKind uint8

const (
	literalPart partKind = iota
	singlePart
	doublePart
	paramPart
	commandPart
	arithmPart
	oddPart // which goes by package expand
)

type part struct {
	kind  partKind
	tilde bool   // a literal that begins with ~
	field string // of a literal: its text in an argument,
	value string // in a value, or the text that is quoted
	quote string // in double quotes,
	doc   string // in a here-document
	parts []part // in double quotes
	param *param
	stmts []*stmt
	file  *word // of $(<file)
	tree  syntax.WordPart
	arith syntax.ArithmExpr
}

func compileWords(list []*syntax.Word) []*word {
	out := make([]*word, len(list))
	for i, w := range list {
		out[i] = compileWord(w)
	}
	return out
}

func compileWord(w *syntax.Word) *word {
	if w == nil {
		return nil
	}
	out := &word{tree: w, parts: compileParts(w.Parts, false)}
	var text, value strings.Builder
	out.plain = len(out.parts) > 0
	for _, p := range out.parts {
		switch {
		case p.kind == literalPart && !p.tilde, p.kind == singlePart:
			text.WriteString(p.field)
			value.WriteString(p.value)
		default:
			out.plain = false
		}
		if p.kind == literalPart && strings.Contains(p.value, "{") {
			split := syntax.Word{Parts: append([]syntax.WordPart{}, w.Parts...)}
			out.braces = out.braces || syntax.SplitBraces(&split)
		}
	}
	out.plain = out.plain && !out.braces
	out.text, out.value = text.String(), value.String()
	return out
}

func compileParts(list []syntax.WordPart, quoted bool) []part {
	out := make([]part, len(list))
	for i, p := range list {
		out[i] = compilePart(p, i == 0 && !quoted)
	}
	return out
}

func compilePart(p syntax.WordPart, first bool) part {
	switch p := p.(type) {
	case *syntax.Lit:
		return literal(p.Value, first)
	case *syntax.SglQuoted:
		text := p.Value
		if p.Dollar {
			text, _, _ = expand.Format(nil, text, nil)
			text, _, _ = strings.Cut(text, "\x00")
		}
		return part{kind: singlePart, field: text, value: text}
	case *syntax.DblQuoted:
		return part{kind: doublePart, parts: compileParts(p.Parts, true)}
	case *syntax.ParamExp:
		return part{kind: paramPart, param: compileParam(p)}
	case *syntax.CmdSubst:
		out := part{kind: commandPart, stmts: compileStmts(p.Stmts)}
		if len(p.Stmts) == 1 {
			st := p.Stmts[0]
			if st.Cmd == nil && !st.Negated && len(st.Redirs) == 1 && st.Redirs[0].Op == syntax.RdrIn {
				out.file = compileWord(st.Redirs[0].Word)
			}
		}
		return out
	case *syntax.ArithmExp:
		return part{kind: arithmPart, arith: p.X}
	}
	return part{kind: oddPart, tree: p}
}

func literal(s string, first bool) part {
	out := part{kind: literalPart, tilde: first && strings.HasPrefix(s, "~"), field: s, value: s, quote: s, doc: s}
	if strings.Contains(s, `\`) {
		out.field = withoutBackslashes(s, func(byte) bool { return true })
		out.quote = withoutBackslashes(s, func(c byte) bool { return strings.IndexByte("\\$`\"", c) >= 0 })
		out.doc = withoutBackslashes(s, func(c byte) bool { return strings.IndexByte("\\$`", c) >= 0 })
	}
	out.value, _, _ = strings.Cut(out.value, "\x00")
	out.quote, _, _ = strings.Cut(out.quote, "\x00")
	out.doc, _, _ = strings.Cut(out.doc, "\x00")
	return out
}

// withoutBackslashes takes off those that quote one of some characters.
func withoutBackslashes(s string, quotes func(byte) bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && quotes(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
