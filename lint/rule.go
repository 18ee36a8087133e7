package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse"
)

// A Rule is one check with its documentation.
type Rule struct {
	// Code and Slug name it: SJ101, undeclared.
	Code, Slug string
	// Severity is that of most of its findings; a finding may be milder.
	Severity Severity
	// Blocks is true where a service with this finding must not be declared
	// ready: it would not work when jailed.
	Blocks bool
	// Doubt is true where a finding says that nothing is known of the jailed start.
	Doubt bool
	Doc   Doc
	// Check reports what it finds of one service; nil for a rule whose
	// findings come from the corpus.
	Check func(*Pass)
}

// A Doc is a rule's documentation: `svcjify explain` and the page in docs/ are made from it.
type Doc struct {
	// Title is one line, lower case, no full stop.
	Title string
	// Text says what is found, why it matters, and which fact of rc.subr(8) is behind it.
	Text string
	// Before fires the rule; After is silent. Both are parts of an rc.d script.
	Before, After string
}

// Rules is every rule in the order of the codes.
func Rules() []*Rule {
	return []*Rule{
		sj101, sj102, sj103, sj104, sj105, sj106, sj107, sj108, sj109, sj110,
		sj201, sj202, sj203, sj204, sj205, sj206, sj207, sj208, sj209, sj210, sj211, sj212,
		sj301, sj302, sj303, sj304,
		sj401, sj402, sj403, sj405, sj406, sj407,
		sj501, sj502, // they look at what the others found
		sj901,
	}
}

// RuleOf finds a rule by its code or slug, in any case.
func RuleOf(name string) (*Rule, bool) {
	for _, r := range Rules() {
		if strings.EqualFold(r.Code, name) || strings.EqualFold(r.Slug, name) {
			return r, true
		}
	}
	return nil, false
}

// A Pass is one rule applied to one service.
type Pass struct {
	*Subject
	rule *Rule
	opts Options
	out  *[]Finding
}

// report adds a finding at a place of the template with the rule's severity.
func (p *Pass) report(at rcparse.Pos, fix *Fix, hint, format string, args ...any) {
	p.reportAs(p.rule.Severity, at, fix, hint, format, args...)
}

// doubt adds a finding that says what is not known of the jailed start.
func (p *Pass) doubt(sev Severity, at rcparse.Pos, hint, format string, args ...any) {
	p.reportAs(sev, at, nil, hint, format, args...)
	(*p.out)[len(*p.out)-1].doubt = true
}

// reportAs adds a finding with another severity.
func (p *Pass) reportAs(sev Severity, at rcparse.Pos, fix *Fix, hint, format string, args ...any) {
	*p.out = append(*p.out, Finding{
		Code: p.rule.Code, Severity: sev, Tree: p.Service.Tree, Path: p.Service.Template,
		Line: max(at.Line, 1), Col: max(at.Col, 1), Service: p.Service.Name, Origin: p.Origin(),
		Message: fmt.Sprintf(format, args...), Hint: hint, Fix: fix, doubt: p.rule.Doubt,
	})
}

// command is a hint to run `svcjify VERB` on the service, with words behind its name;
// what says what that does. It is "" where there is nothing to name.
func (p *Pass) command(verb, behind, what string) string {
	if p.Service.Fileless {
		return ""
	}
	name := p.Origin()
	if name == "" && p.Service.Tree != nil {
		name = p.Service.Tree.Shown(p.Service.Template)
	}
	words := []string{"svcjify", verb, name, behind, what}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// Page renders a rule's documentation as Markdown.
func (r *Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n", r.Code, r.Slug)
	fmt.Fprintf(&b, "*%s*: %s.\n\n%s\n", r.Severity, r.Doc.Title, r.Doc.Text)
	if r.Doc.Before != "" {
		fmt.Fprintf(&b, "\n## Before\n\n```sh\n%s\n```\n", r.Doc.Before)
	}
	if r.Doc.After != "" {
		fmt.Fprintf(&b, "\n## After\n\n```sh\n%s\n```\n", r.Doc.After)
	}
	if r.Blocks {
		declared := "faulty"
		if r.Doubt {
			declared = "unknown"
		}
		fmt.Fprintf(&b, "\nA service with this finding is *blocked*, or *%s* if it declares itself ready: svcjify writes no patch that calls it ready.\n", declared)
	}
	b.WriteString("\n## To ignore it\n\n")
	if r.Check != nil { // it looks at a script, so that a comment there is heard
		fmt.Fprintf(&b, "In the script, for that script: `# svcjify: ignore %s why`", r.Code)
		if r.CanWork() {
			fmt.Fprintf(&b, ", or `# svcjify: works %s why` if you\nsaw the service work in the jail", r.Code)
		}
		b.WriteString(".\n")
	}
	fmt.Fprintf(&b, "For files by their path: an `[[ignore]]` in .svcjify.toml, with a reason too. Everywhere: `disable = [\"%s\"]`\nthere. See docs/configuration.md.\n", r.Code)
	return b.String()
}
