package infer

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/rcparse"
)

// bySetting reports whether a command of the script runs only if a person has
// set something in rc.conf: it stands behind a test of a variable that is NO or
// empty by default. A test of the machine, such as whether a module is there
// already, is none: it says that the command is wanted.
func bySetting(s *rcparse.Script, c rcparse.Call) bool {
	file := s.File()
	if file == nil {
		return c.Cond
	}
	guarded := false
	within := func(n syntax.Node) bool {
		return int(n.Pos().Offset()) <= c.Span.Start && c.Span.End <= int(n.End().Offset())
	}
	test := func(from, to syntax.Node) { // the text between two nodes
		start, end := int(from.Pos().Offset()), int(to.End().Offset())
		if start >= 0 && end <= len(s.Src) && start < end && offByDefault(s, string(s.Src[start:end])) {
			guarded = true
		}
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if n == nil || guarded || !within(n) {
			return false
		}
		switch n := n.(type) {
		case *syntax.IfClause:
			for _, st := range n.Cond {
				if !within(st) {
					test(st, st)
				}
			}
		case *syntax.BinaryCmd:
			if (n.Op == syntax.AndStmt || n.Op == syntax.OrStmt) && within(n.Y) {
				test(n.X, n.X)
			}
		case *syntax.CaseClause:
			if !within(n.Word) {
				test(n.Word, n.Word)
			}
		}
		return true
	})
	return guarded
}

var (
	checked  = regexp.MustCompile(`\bcheckyesno\s+["']?([A-Za-z_][\w]*|\$\{?\w+\}?\w*)`)
	expanded = regexp.MustCompile(`\$\{?([A-Za-z_]\w*)`)
	noValue  = regexp.MustCompile(`(?i)^(no|off|false|0|none)?$`)
)

// offByDefault reports whether a test asks for a variable that is NO or empty
// unless rc.conf says otherwise.
func offByDefault(s *rcparse.Script, test string) bool {
	var names []string
	for _, m := range checked.FindAllStringSubmatch(test, -1) {
		names = append(names, strings.Trim(m[1], `"'`))
	}
	if strings.Contains(test, "[") || strings.Contains(test, "test ") ||
		strings.HasPrefix(strings.TrimSpace(test), "$") {
		for _, m := range expanded.FindAllStringSubmatch(test, -1) {
			names = append(names, m[1])
		}
	}
	for _, name := range names {
		list := s.Get(strings.TrimPrefix(s.Expand(name), "$"))
		if len(list) == 0 {
			continue // not a setting with a default, or made by the start itself
		}
		if noValue.MatchString(s.Expand(rcparse.Unquote(list[len(list)-1].Value))) {
			return true
		}
	}
	return false
}
