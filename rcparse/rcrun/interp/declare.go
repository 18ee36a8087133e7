package interp

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// declare is export, readonly and local where their operands stand in the text.
func (r *shell) declare(c *declaration) {
	var v variable
	switch c.variant {
	case "local":
		if !r.inFunc {
			r.errf("local: can only be used in a function\n")
			r.exit.code = 1
			return
		}
		v.local = true
	case "export":
		v.exported = true
	case "readonly":
		v.readOnly = true
	default:
		r.exit.fatal(fmt.Errorf("it has %s, which sh(1) does not have", c.variant))
		return
	}
	list := false
	for i := range c.args {
		for _, a := range r.operands(&c.args[i]) {
			switch {
			case strings.HasPrefix(a.name, "-"), strings.HasPrefix(a.name, "+"):
				for _, f := range a.name[1:] {
					switch f {
					case 'x':
						v.exported = true
					case 'r':
						v.readOnly = true
					case 'p', 'f':
						list = true
					case 'a', 'A', 'n', 'g':
					default:
						r.errf("%s: invalid option %q\n", c.variant, a.name)
						r.exit.code = 2
						return
					}
				}
				continue
			case !syntax.ValidName(a.name):
				r.errf("%s: invalid name %q\n", c.variant, a.name)
				r.exit.code = 1
				return
			case list:
				continue
			}
			old := r.env.get(a.name)
			if !a.naked {
				old = r.assigned(&a, old)
			}
			old.local = old.local || v.local
			old.exported = old.exported || v.exported
			old.readOnly = old.readOnly || v.readOnly
			r.setVar(a.name, old, a.naked)
		}
	}
}

// operands is one that stands in the text, or what an expansion comes to.
func (r *shell) operands(a *assign) []assign {
	if a.fields == nil {
		return []assign{*a}
	}
	var out []assign
	for _, f := range r.fields([]*word{a.fields}) {
		name, value, ok := strings.Cut(f, "=")
		b := assign{name: name, naked: !ok}
		if ok {
			b.value = compileWord(&syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: value}}})
		}
		out = append(out, b)
	}
	return out
}
