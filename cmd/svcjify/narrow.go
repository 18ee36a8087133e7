package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
)

// narrowFlags leave services and findings out. They mean the same for every
// command: what they leave out is not looked at as far as that can be told
// before, is in no list, and is not listed as withheld.
type narrowFlags struct {
	only, categories, maintainers, states []string
	rules, ignored                        []string
	// plan is no flag: the findings stay with the services, since a change is
	// proved by all of them.
	plan bool
}

func (f *narrowFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.only, "only", nil,
		"only ports or services that match these patterns, such as www/* or nginx")
	cmd.Flags().StringSliceVar(&f.categories, "category", nil, "only ports of these categories")
	cmd.Flags().StringSliceVar(&f.maintainers, "maintainer", nil, "only ports of these addresses")
	cmd.Flags().StringSliceVar(&f.states, "state", nil,
		"only services in these states: "+strings.Join(stateNames(), ", "))
	cmd.Flags().StringSliceVar(&f.rules, "rule", nil,
		"report and fix only these rules (severity info included), and only services where one of them finds something")
	cmd.Flags().StringSliceVar(&f.ignored, "ignore", nil, "leave out these rules")
	complete(cmd, "state", stateNames()...)
	complete(cmd, "rule", ruleNames()...)
	complete(cmd, "ignore", ruleNames()...)
}

func stateNames() []string {
	var out []string
	for _, s := range lint.States {
		out = append(out, string(s))
	}
	return out
}

// names is those of the flags that are there, and can be told before anything is judged; "" for none.
func (f *narrowFlags) names() string {
	return given(flagValues{"--only", f.only}, flagValues{"--category", f.categories},
		flagValues{"--maintainer", f.maintainers})
}

// afterwards is those that only judging can tell.
func (f *narrowFlags) afterwards() string {
	return given(flagValues{"--state", f.states}, flagValues{"--rule", f.rules}, flagValues{"--ignore", f.ignored})
}

// A flagValues is a flag with what it was given.
type flagValues struct {
	flag   string
	values []string
}

// given is the flags that have a value, as they were typed.
func given(flags ...flagValues) string {
	var out []string
	for _, f := range flags {
		if len(f.values) > 0 {
			out = append(out, f.flag+" "+strings.Join(f.values, ","))
		}
	}
	return strings.Join(out, " ")
}

// check finds what is wrong with the flags.
func (f *narrowFlags) check() error {
	for _, p := range f.only {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("%w: --only: pattern %q: %w", errUsage, p, err)
		}
	}
	for _, s := range f.states {
		if !slices.Contains(stateNames(), s) {
			return wrongWord("--state", s, stateNames())
		}
	}
	for flag, rules := range map[string][]string{"--rule": f.rules, "--ignore": f.ignored} {
		for _, r := range rules {
			if _, ok := lint.RuleOf(r); !ok {
				return wrongRule(flag, r)
			}
		}
	}
	return nil
}

// narrow is what can be told before anything is looked at.
func (f *narrowFlags) narrow() corpus.Narrow {
	n := corpus.Narrow{Categories: f.categories}
	if len(f.only) > 0 || len(f.maintainers) > 0 {
		n.Keep = f.keeps
	}
	return n
}

// keeps tells whether a service is meant by --only and --maintainer.
func (f *narrowFlags) keeps(s *corpus.Service) bool {
	names := []string{s.Name}
	for _, p := range s.Ports {
		names = append(names, p.Origin, path.Base(p.Origin), p.Dir)
	}
	maintainer := ""
	if p := s.Port(); p != nil {
		maintainer = strings.TrimSpace(p.Make.Value("MAINTAINER"))
	}
	return among(f.only, func(p string) bool {
		return slices.ContainsFunc(names, func(n string) bool { ok, _ := path.Match(p, n); return ok })
	}) && among(f.maintainers, func(m string) bool { return strings.EqualFold(m, maintainer) })
}

// among reports whether one of the wishes is met, or there is none.
func among(wishes []string, met func(string) bool) bool {
	return len(wishes) == 0 || slices.ContainsFunc(wishes, met)
}

// hides tells whether a finding is of a rule that is left out.
func (f *narrowFlags) hides(x lint.Finding) bool {
	is := func(name string) bool {
		r, ok := lint.RuleOf(name)
		return ok && r.Code == x.Code
	}
	return len(f.rules) > 0 && !slices.ContainsFunc(f.rules, is) || slices.ContainsFunc(f.ignored, is)
}

// after leaves out of a result what only judging can tell: states and rules.
func (f *narrowFlags) after(res *lint.Result) {
	if len(f.states) == 0 && len(f.rules) == 0 && len(f.ignored) == 0 {
		return
	}
	type key struct {
		tree              *corpus.Tree
		template, service string
	}
	keyOf := func(s *corpus.Service) key { return key{s.Tree, s.Template, s.Name} }
	out := map[key]bool{}
	templates := map[key]bool{}
	res.Subjects = slices.DeleteFunc(res.Subjects, func(s *lint.Subject) bool {
		left := slices.DeleteFunc(slices.Clone(s.Findings), f.hides)
		gone := !among(f.states, func(x string) bool { return x == string(s.State) }) ||
			len(f.rules) > 0 && len(left) == 0
		if !f.plan {
			s.Findings = left
		}
		if gone {
			out[keyOf(s.Service)] = true
		} else {
			templates[key{s.Service.Tree, s.Service.Origin(), s.Service.Name}] = true
		}
		return gone
	})
	res.Findings = slices.DeleteFunc(res.Findings, func(x lint.Finding) bool {
		if f.hides(x) {
			return true
		}
		if len(f.states) > 0 && x.Service == "" {
			return true // of no service, and so of none in that state
		}
		return out[key{x.Tree, x.Path, x.Service}] || len(f.states) > 0 && !templates[key{x.Tree, x.Origin, x.Service}]
	})
}

// wrongWord is a value that a flag does not take.
func wrongWord(flag, got string, words []string) error {
	err := fmt.Errorf("%s is %q, expected %s", flag, got, message.OrList(words))
	if near := didYouMean("", got, words); near != "" {
		return fmt.Errorf("%w: %w", errUsage, hinted{err, near})
	}
	return fmt.Errorf("%w: %w", errUsage, err)
}

// didYouMean asks for the known words that a wrong one is near to; "" where there
// is none. Before stands before each of them.
func didYouMean(before, got string, known []string) string {
	near := message.Nearest(got, known)
	for i := range near {
		near[i] = before + near[i]
	}
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

func wrongRule(flag, got string) error {
	err := fmt.Errorf("no rule %s", got)
	if flag != "" {
		err = fmt.Errorf("%s: no rule %q", flag, got)
	}
	hint := "svcjify rules lists them"
	var known []string
	for _, r := range lint.Rules() {
		known = append(known, r.Code, r.Slug)
	}
	if near := didYouMean("", got, known); near != "" {
		hint = near + " " + hint
	}
	return fmt.Errorf("%w: %w", errUsage, hinted{err, hint})
}

// unlisted says on standard error what is in no list: ports whose services
// nobody could tell.
func (c *Command) unlisted(found *corpus.Corpus) {
	ports := map[string]bool{}
	for _, p := range found.Problems {
		if p.Kind == corpus.BadMakefile || p.Kind == corpus.Unreadable {
			ports[p.Tree.Shown(p.Path)] = true
		}
		if p.Kind == corpus.Elsewhere {
			fmt.Fprintf(c.Stderr, "note: %s: %s; %s\n",
				report.OneLine(p.Tree.Shown(p.Path)), report.OneLine(p.Text), report.OneLine(p.Hint))
		}
	}
	if len(ports) > 0 {
		fmt.Fprintf(c.Stderr, "warning: %s could not be read completely, so services may be missing here: svcjify lint says why\n",
			report.Plural(len(ports), "file", "files"))
	}
}
