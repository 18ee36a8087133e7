package lint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// ignoreLine is a comment that speaks to svcjify: `# svcjify: VERB RULE reason`.
var ignoreLine = regexp.MustCompile(`^[ \t]*#+[ \t]*svcjify:[ \t]*(\S*)[ \t]*(\S*)[ \t]*(.*?)[ \t\r]*$`)

// A remark is such a comment as it stands, with what is wrong with it.
type remark struct {
	Ignore
	Pos  rcparse.Pos
	Text string // the fault, "" where there is none
	Hint string
}

// remarks reads the comments of a script that speak to svcjify. They count for
// the whole script, since what a rule finds may stand anywhere in it.
func remarks(s *rcparse.Script, template string) []remark {
	var out []remark
	offset := 0
	for i, line := range strings.Split(string(s.Src), "\n") {
		at := rcparse.Pos{Offset: offset, Line: i + 1, Col: 1}
		offset += len(line) + 1
		m := ignoreLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		r := remark{Pos: at, Ignore: Ignore{Path: quoteGlob(template), Reason: m[3], Works: m[1] == "works",
			Line: at.Line}}
		rule, known := RuleOf(m[2])
		switch {
		case m[1] != "ignore" && m[1] != "works":
			r.Text = fmt.Sprintf("unknown word %q after svcjify:, expected ignore or works", m[1])
		case m[2] == "":
			r.Text, r.Hint = "no rule is named", "svcjify rules lists them"
		case !known:
			r.Text, r.Hint = fmt.Sprintf("no rule %q", m[2]), "svcjify rules lists them"
		case r.Works && !rule.CanWork():
			r.Text, r.Hint = fmt.Sprintf("%s can't be answered with works: it is not a rule that blocks, or no shell takes the script", rule.Code), "write ignore"
		case r.Reason == "":
			r.Text = fmt.Sprintf("%s is ignored without a reason", rule.Code)
			r.Hint = fmt.Sprintf("say why behind it: # svcjify: %s %s reason", m[1], rule.Code)
		default:
			r.Rule = rule.Code
		}
		out = append(out, r)
	}
	return out
}

// quoteGlob is the glob that matches one path.
func quoteGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// ignores is the comments that count.
func ignores(list []remark) []Ignore {
	var out []Ignore
	for _, r := range list {
		if r.Text == "" {
			out = append(out, r.Ignore)
		}
	}
	return out
}

// CanWork reports whether a person may say of a finding of this rule that the
// service works in the jail all the same.
func (r *Rule) CanWork() bool { return r.Blocks && r.Code != "SJ403" }
