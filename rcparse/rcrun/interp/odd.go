package interp

import (
	"errors"
	"io"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// What scripts seldom have goes by package expand, which sees the shell through this.
type environ struct{ r *shell }

func (e environ) Get(name string) expand.Variable {
	if name == "@" || name == "*" {
		return expand.Variable{Set: true, Kind: expand.Indexed, List: append([]string{}, e.r.params...)}
	}
	value, set := e.r.lookUp(name)
	if !set {
		return expand.Variable{}
	}
	return expand.Variable{Set: true, Kind: expand.String, Str: value}
}

func (e environ) Set(name string, v expand.Variable) error {
	return e.r.setErr(name, variable{value: v.Str, set: v.Set}, false)
}

func (e environ) Each(f func(string, expand.Variable) bool) {
	e.r.env.each(func(name, value string, exported bool) {
		f(name, expand.Variable{Set: true, Exported: exported, Kind: expand.String, Str: value})
	})
}

func (r *shell) config() *expand.Config {
	return &expand.Config{
		Env: environ{r}, NoUnset: r.noUnset,
		CmdSubst: func(w io.Writer, cs *syntax.CmdSubst) error {
			p := compilePart(cs, false)
			text, err := r.substitute(&p)
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			return err
		},
		ProcSubst: func(*syntax.ProcSubst) (string, error) { return "", errUnsupported },
	}
}

func (r *shell) oddParam(p *syntax.ParamExp) (string, error) {
	return expand.Literal(r.config(), &syntax.Word{Parts: []syntax.WordPart{p}})
}

func (r *shell) oddFields(w *word) ([]string, error) { return expand.Fields(r.config(), w.tree) }

func (r *shell) arithmetic(x syntax.ArithmExpr) (int, error) { return expand.Arithm(r.config(), x) }

// failed tells of an expansion that failed; some end the shell.
func (r *shell) failed(err error) {
	if err == nil {
		return
	}
	r.errf("%s\n", err)
	_, ours := errors.AsType[paramError](err)
	_, theirs := errors.AsType[expand.UnsetParameterError](err)
	switch {
	case ours, theirs, err.Error() == "invalid indirect expansion":
		r.exit.code, r.exit.exiting = 1, true
	case errors.Is(err, errReadOnly):
		r.exit.code = 1
	}
}
