// Package places finds the lines of a TOML text, for messages about values
// that the decoder takes and the program refuses.
package places

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Lines is the line of each key of a TOML text, by its path: "operator",
// "ignore.0", "ignore.0.reason". The decoder tells the place of what it
// refuses itself, but not of a value that only we refuse. What stands in
// an inline table has the line of the key before it.
func Lines(text []byte) map[string]int {
	out := map[string]int{}
	count := map[string]int{}
	prefix := ""
	row, seen := 1, 0 // the row at the offset that was counted up to
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		e := p.Expression()
		var key []string
		line := 0
		for it := e.Key(); it.Next(); {
			key = append(key, string(it.Node().Data))
			if at := int(it.Node().Raw.Offset); line == 0 {
				row, seen = row+bytes.Count(text[seen:at], []byte("\n")), at
				line = row
			}
		}
		name := strings.Join(key, ".")
		switch e.Kind {
		case unstable.ArrayTable:
			prefix = fmt.Sprintf("%s.%d", name, count[name])
			count[name]++
			out[prefix] = line
			if out[name] == 0 {
				out[name] = line
			}
		case unstable.Table:
			prefix = name
			out[name] = line
		case unstable.KeyValue:
			if prefix != "" {
				name = prefix + "." + name
			}
			out[name] = line
		}
	}
	return out
}
