package interp

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// texts is what texts of eval were compiled to.
var texts = Kept[*Code]{Most: 256 << 10}

func parsed(text string) (*Code, error) {
	return texts.Get(text, func() (*Code, error) {
		f, err := syntax.NewParser().Parse(strings.NewReader(text), "")
		if err != nil {
			return nil, err
		}
		return Compile(f.Stmts), nil
	})
}
