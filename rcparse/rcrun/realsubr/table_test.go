package realsubr

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// An entry is a line of testdata/differences.tsv: a difference that is known,
// with the reason why it is none of the model's.
type entry struct {
	tree               string // made, ports, stand-in or *
	shell              string // dash, sh or *
	script             string // a path, in which * matches any words
	scenario, variable string // likewise
	reason             string
	line, used         int
}

type table []*entry

func readTable(name string) (table, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var t table
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 6 || c[5] == "" {
			return nil, fmt.Errorf("%s:%d: found %d columns, expected tree, shell, script, scenario, variable and reason", name, n, len(c))
		}
		t = append(t, &entry{tree: c[0], shell: c[1], script: c[2], scenario: c[3], variable: c[4], reason: c[5],
			line: n})
	}
	return t, nil
}

func (e *entry) applies(tree, shell string) bool {
	return matches(e.tree, tree) && matches(e.shell, shell)
}

func (t table) find(tree, shell string, d difference) *entry {
	for _, e := range t {
		if e.applies(tree, shell) && matches(e.script, d.script) && matches(e.scenario, d.scenario) &&
			matches(e.variable, d.variable) {
			return e
		}
	}
	return nil
}

// idle is the entries that no difference was found for though what they are
// about was compared.
func (t table) idle(sel selection, shell string, list []*subject) []*entry {
	var out []*entry
	for _, e := range t {
		compared := e.used == 0 && e.applies(sel.tree, shell) && (!sel.few || e.scenario == "*") &&
			slices.ContainsFunc(list, func(s *subject) bool { return matches(e.script, s.where) })
		if compared {
			out = append(out, e)
		}
	}
	return out
}

// matches is glob(7) where * matches a slash as well.
func matches(pattern, s string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(s, "/", "\x01"))
	return err == nil && ok
}
