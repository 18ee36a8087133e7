package lint

import (
	"fmt"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/internal/parallel"
)

// ReportTo is where a fault of svcjify's own is reported.
const ReportTo = "https://github.com/svcjify/svcjify/issues"

var sj901 = &Rule{
	Code: "SJ901", Slug: "internal-error", Severity: Error, Blocks: true, Doubt: true,
	Doc: Doc{
		Title: "svcjify itself failed at this service",
		Text: `svcjify failed (a panic) while it examined the service, so it is not known what it would
have found. The other services are judged, and the exit code is 3 at the end. The stack is printed
on standard error. Please report it, with the stack and the script, at ` + ReportTo + `.

Such a service gets no patch, and ` + "`svcjify hook`" + ` stops the commit, since the service was not checked.`,
	},
}

// A Crash is a fault of svcjify's own that ended the look at one service or port.
type Crash struct {
	// Service is the service's name, "" where a port was looked at; Origin is the port.
	Service, Origin string
	// Rule is the code of the rule that failed, "" where it was none.
	Rule string
	// What is the value of the panic; Stack is where it happened.
	What, Stack string
}

// Name is what could not be judged, for people.
func (c Crash) Name() string {
	switch {
	case c.Service == "":
		return c.Origin
	case c.Origin == "":
		return c.Service
	}
	return c.Service + " of " + c.Origin
}

// NewCrash is a panic as what people are told.
func NewCrash(p *parallel.Panic, service, origin string) Crash {
	return Crash{Service: service, Origin: origin, What: p.Error(), Stack: string(p.Stack)}
}

// finding says of a service that it could not be judged.
func (c Crash) finding(tree *corpus.Tree, path string) Finding {
	where := ""
	if c.Rule != "" {
		where = ", in rule " + c.Rule
	}
	return Finding{
		Code: sj901.Code, Severity: sj901.Severity, Tree: tree, Path: path, Service: c.Service, Origin: c.Origin,
		Message: fmt.Sprintf("internal error: svcjify failed while it looked at %s%s, and does not know what it would have found: %s",
			c.Name(), where, message.Clip(c.What, 200)),
		Hint:  "report it at " + ReportTo + ", with the stack that is printed and the file",
		doubt: true,
	}
}

// judge is judgeTemplate, with a fault of ours made a finding.
func (r *run) judge(one *portRun, i int) (s *Subject, problems []corpus.Problem) {
	svc := r.corpus.Services[i]
	defer func() {
		if p := parallel.Caught(recover()); p != nil {
			c := NewCrash(p, svc.Name, svc.Origin())
			s = &Subject{Service: svc, State: Unknown, Crashes: []Crash{c}}
			s.Findings = []Finding{c.finding(svc.Tree, svc.Template)}
			problems = nil
		}
	}()
	if r.opts.Progress != nil {
		r.opts.Progress(int(r.done.Load()), len(r.corpus.Services), svc)
	}
	return one.judgeTemplate(r.ctx, svc, r.knowledge, r.opts)
}

// apply runs a rule on a service.
func (s *Subject) apply(rule *Rule, opts Options) {
	if rule.Check == nil {
		return
	}
	had := len(s.Findings)
	defer func() {
		if p := parallel.Caught(recover()); p != nil {
			c := NewCrash(p, s.Service.Name, s.Service.Origin())
			c.Rule = rule.Code
			s.Crashes = append(s.Crashes, c)
			s.Findings = append(s.Findings[:had], c.finding(s.Service.Tree, s.Service.Template))
		}
	}()
	rule.Check(&Pass{Subject: s, rule: rule, opts: opts, out: &s.Findings})
}
