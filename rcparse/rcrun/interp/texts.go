package interp

import (
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// texts keeps what texts of eval were compiled to: rc.subr(8) evaluates the same ones again
// and again.
var texts struct {
	mu   sync.Mutex
	kept map[string]*Code
	size int
}

// maxTexts bounds the bytes of the texts that are kept, and maxKeptText one of them.
const (
	maxTexts    = 256 << 10
	maxKeptText = 4 << 10
)

func parsed(text string) (*Code, error) {
	texts.mu.Lock()
	defer texts.mu.Unlock()
	if c, ok := texts.kept[text]; ok {
		return c, nil
	}
	f, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, err
	}
	c := Compile(f.Stmts)
	if len(text) > maxKeptText {
		return c, nil
	}
	if texts.kept == nil || texts.size > maxTexts {
		texts.kept, texts.size = map[string]*Code{}, 0
	}
	texts.kept[text], texts.size = c, texts.size+len(text)
	return c, nil
}
