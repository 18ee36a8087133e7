package sh

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// sum reads $((...)) from behind the brackets. sh(1) looks at what stands there
// only when it is carried out; where mvdan.cc/sh makes something of it, that is
// the tree, and else it is a word.
func (p *parser) sum(at int) *syntax.ArithmExp {
	from := p.i
	parts := p.level(sumOf, arithmetic, at)
	e := &syntax.ArithmExp{Left: p.pos(at), Right: p.pos(p.i)}
	if x := p.expression(from, parts); x != nil {
		e.X = x
	} else if len(parts) > 0 {
		e.X = &syntax.Word{Parts: parts}
	} else {
		e.X = &syntax.Word{Parts: []syntax.WordPart{p.lit(p.i)}}
	}
	p.i++
	p.joined()
	p.i++
	return e
}

// closesSum reports whether the bracket at the next byte is the first of two.
func (p *parser) closesSum() bool {
	at := p.i
	p.i++
	two := p.joined() == ')'
	p.i = at
	return two
}

// expression is the tree of the arithmetic expression that ends at the next byte
// and has these parts, nil where there is none. mvdan.cc/sh is shown a name for
// each expansion, so that this package alone says what an expansion is.
func (p *parser) expression(from int, parts []syntax.WordPart) syntax.ArithmExpr {
	text := bytes.Clone(p.src[from:p.i])
	var expansions []syntax.WordPart
	for _, part := range parts {
		if lit, ok := part.(*syntax.Lit); ok {
			if strings.ContainsAny(lit.Value, "`$\"") {
				return nil
			}
			continue
		}
		expansions = append(expansions, part)
		for i := p.index(part.Pos()); i < p.index(part.End()); i++ {
			text[i-from] = 'x'
		}
	}
	x, err := syntax.NewParser().Arithmetic(bytes.NewReader(text))
	if err != nil || x == nil || int(x.End().Offset()) != len(bytes.TrimRight(text, " \t\n")) {
		return nil // it may stop at what it does not know
	}
	p.move(reflect.ValueOf(&x).Elem(), from)
	if len(expansions) > 0 && !fill(x, expansions) {
		return nil
	}
	return x
}

// index is the byte of src that a position stands for.
func (p *parser) index(at syntax.Pos) int {
	if p.at == nil {
		return int(at.Offset())
	}
	i, _ := slices.BinarySearch(p.at, int(at.Offset()))
	return i
}

var posType = reflect.TypeFor[syntax.Pos]()

// move gives the nodes of a tree their positions in the text; they have those
// from a byte of src on.
func (p *parser) move(v reflect.Value, from int) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			p.move(v.Elem(), from)
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.move(v.Index(i), from)
		}
	case reflect.Struct:
		if v.Type() == posType {
			if at := v.Interface().(syntax.Pos); at.IsValid() {
				v.Set(reflect.ValueOf(p.pos(min(from+int(at.Offset()), len(p.src)))))
			}
			return
		}
		for i := range v.NumField() {
			p.move(v.Field(i), from)
		}
	}
}

// fill puts expansions into a tree where names stand for them, and reports
// whether there is a place for each.
func fill(x syntax.ArithmExpr, expansions []syntax.WordPart) bool {
	ok, filled := true, 0
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.UnaryArithm:
			if n.Op == syntax.Inc || n.Op == syntax.Dec {
				ok = ok && !holds(n.X, expansions)
			}
		case *syntax.BinaryArithm:
			if strings.HasSuffix(n.Op.String(), "=") && !slices.Contains(comparisons, n.Op) {
				ok = ok && !holds(n.X, expansions)
			}
		case *syntax.Word:
			lit, isLit := n.Parts[0].(*syntax.Lit)
			if !isLit || len(n.Parts) > 1 {
				ok = ok && !holds(n, expansions)
				return false
			}
			var parts []syntax.WordPart
			at := lit.ValuePos
			between := func(end syntax.Pos) {
				if i, j := at.Offset()-lit.ValuePos.Offset(),
					end.Offset()-lit.ValuePos.Offset(); i < j && j <= uint(len(lit.Value)) {
					parts = append(parts, &syntax.Lit{ValuePos: at, ValueEnd: end, Value: lit.Value[i:j]})
				}
			}
			for _, e := range expansions {
				if within(e, lit) {
					between(e.Pos())
					parts = append(parts, e)
					at = e.End()
					filled++
				}
			}
			between(lit.ValueEnd)
			n.Parts = parts
			return false
		}
		return ok
	})
	return ok && filled == len(expansions)
}

var comparisons = []syntax.BinAritOperator{syntax.Eql, syntax.Neq, syntax.Leq, syntax.Geq}

// holds reports whether one of the expansions stands within a node.
func holds(n syntax.Node, expansions []syntax.WordPart) bool {
	return slices.ContainsFunc(expansions, func(e syntax.WordPart) bool { return within(e, n) })
}

func within(inner, outer syntax.Node) bool {
	return inner.Pos().Offset() >= outer.Pos().Offset() && inner.End().Offset() <= outer.End().Offset()
}
