package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
)

// A mutation is a file with one place changed.
type mutation struct {
	pkg, file  string
	name       string // of the file in a coverage profile
	line, col  int
	kind, what string
	edits      []edit
}

// text is the file with the change.
func (m mutation) text() ([]byte, error) {
	src, err := os.ReadFile(m.file)
	return apply(src, m.edits), err
}

// An edit is a change of the bytes from start to end.
type edit struct {
	start, end int
	to         string
}

// mutationsOf finds the places of a file that can be changed, in order.
func mutationsOf(file string) ([]mutation, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []mutation
	at := func(p token.Pos) int { return set.Position(p).Offset }
	text := func(n ast.Node) string { return string(src[at(n.Pos()):at(n.End())]) }
	add := func(n ast.Node, kind string, edits ...edit) {
		what := strings.Join(strings.Fields(text(n)), " ")
		if len(what) > 100 {
			what = what[:100] + "..."
		}
		place := set.Position(n.Pos())
		out = append(out, mutation{file: file, line: place.Line, col: place.Column, kind: kind,
			what: what, edits: edits})
	}
	negate := func(cond ast.Expr) {
		if cond != nil {
			start, end := at(cond.Pos()), at(cond.End())
			add(cond, "condition", edit{start, start, "!("}, edit{end, end, ")"})
		}
	}
	drop := func(n ast.Node, kind, to string) { add(n, kind, edit{at(n.Pos()), at(n.End()), to}) }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field: // a struct's tags
			_, field := n.(*ast.Field)
			return field && n.(*ast.Field).Tag == nil
		case *ast.IfStmt:
			negate(n.Cond)
		case *ast.ForStmt:
			negate(n.Cond)
		case *ast.CaseClause:
			for _, e := range n.List {
				if isCondition(e) {
					negate(e)
				}
			}
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				if isCondition(e) {
					negate(e)
				}
			}
		case *ast.BinaryExpr:
			if other := map[token.Token]string{token.LAND: "||", token.LOR: "&&", token.LSS: "<=", token.LEQ: "<",
				token.GTR: ">=", token.GEQ: ">", token.ADD: "-", token.SUB: "+"}[n.Op]; other != "" {
				start := at(n.OpPos)
				add(n, "operator", edit{start, start + len(n.Op.String()), other})
			}
		case *ast.ExprStmt:
			if _, ok := n.X.(*ast.CallExpr); ok {
				drop(n, "call", "{}")
			}
		case *ast.DeferStmt:
			drop(n, "call", "{}")
		case *ast.IncDecStmt:
			drop(n, "assignment", "{}")
		case *ast.AssignStmt:
			switch {
			case n.Tok == token.DEFINE:
			case n.Tok == token.ASSIGN && len(n.Lhs) == len(n.Rhs):
				blank := strings.TrimSuffix(strings.Repeat("_, ", len(n.Lhs)), ", ")
				add(n, "assignment", edit{at(n.Lhs[0].Pos()), at(n.Lhs[len(n.Lhs)-1].End()), blank})
			case n.Tok != token.ASSIGN:
				drop(n, "assignment", "{}")
			}
		case *ast.BasicLit:
			switch n.Kind {
			case token.INT:
				if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
					drop(n, "constant", strconv.FormatInt(v+1, 10))
				}
			case token.STRING:
				if s, err := strconv.Unquote(n.Value); err == nil && s != "" {
					drop(n, "constant", strconv.Quote("x"+s))
				} else if err == nil {
					drop(n, "constant", `"x"`)
				}
			}
		case *ast.Ident:
			switch n.Name {
			case "true":
				drop(n, "constant", "false")
			case "false":
				drop(n, "constant", "true")
			}
		}
		return true
	})
	return out, nil
}

// isCondition tells whether an expression is certainly a bool.
func isCondition(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isCondition(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.NOT
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		}
	}
	return false
}

// apply makes edits that are in order.
func apply(src []byte, edits []edit) []byte {
	var b bytes.Buffer
	last := 0
	for _, e := range edits {
		b.Write(src[last:e.start])
		b.WriteString(e.to)
		last = e.end
	}
	b.Write(src[last:])
	return b.Bytes()
}
