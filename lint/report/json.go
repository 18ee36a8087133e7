package report

import (
	"io"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

type jsonFinding struct {
	Code     string        `json:"code"`
	Slug     string        `json:"slug"`
	Severity lint.Severity `json:"severity"`
	Path     string        `json:"path"`
	PathFrom string        `json:"path_from,omitempty"`
	Line     int           `json:"line,omitempty"`
	Col      int           `json:"col,omitempty"`
	Service  string        `json:"service,omitempty"`
	Origin   string        `json:"origin,omitempty"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint,omitempty"`
	Fix      string        `json:"fix,omitempty"`
}

type jsonDeclared struct {
	// Answer is as in the other formats: the words, "none", "NO", "?", or "" for nothing.
	Answer  string   `json:"answer"`
	Options []string `json:"options"`
	Switch  string   `json:"svcj,omitempty"`
	Line    int      `json:"line,omitempty"`
	Unread  []string `json:"unread,omitempty"`
}

// A Service is a service as JSON has it: what the columns of list say, with evidence and
// findings.
type Service struct {
	Name           string           `json:"name"`
	Origin         string           `json:"origin"`
	Template       string           `json:"template"`
	PathFrom       string           `json:"path_from,omitempty"`
	Ports          []string         `json:"ports"`
	Condition      string           `json:"condition,omitempty"`
	State          lint.State       `json:"state"`
	Declared       jsonDeclared     `json:"declared"`
	Options        []string         `json:"options"`
	OptOut         bool             `json:"opt_out"`
	Lifted         *[]string        `json:"lifted,omitempty"`
	Reason         string           `json:"reason,omitempty"`
	Certainty      infer.Certainty  `json:"certainty"`
	Open           string           `json:"open,omitempty"`
	Limits         []string         `json:"limits,omitempty"`
	Contradictions []string         `json:"contradictions,omitempty"`
	Evidence       []infer.Evidence `json:"evidence"`
	Findings       []jsonFinding    `json:"findings"`
}

// JSON prints the findings as an array of objects.
func JSON(w io.Writer, res *lint.Result) error { return EncodeJSON(w, findings(res.Findings)) }

func findings(list []lint.Finding) []jsonFinding {
	out := make([]jsonFinding, 0, len(list))
	for _, f := range list {
		out = append(out, finding(f))
	}
	return out
}

func finding(f lint.Finding) jsonFinding {
	j := jsonFinding{
		Code: f.Code, Severity: f.Severity, Path: f.StablePath(), PathFrom: f.Tree.StableFrom(), Line: f.Line,
		Col:     f.Col,
		Service: f.Service, Origin: f.Origin, Message: f.Message, Hint: f.Hint,
	}
	if r, ok := lint.RuleOf(f.Code); ok {
		j.Slug = r.Slug
	}
	if f.Fix != nil {
		j.Fix = f.Fix.What
	}
	return j
}

// stableTemplate is the path of a service's script, "" where it has none.
func stableTemplate(s *lint.Subject) string {
	if s.Service.Template == "" {
		return ""
	}
	return s.Service.Tree.Stable(s.Service.Template)
}

// lifted is the options with which an opt-out can be lifted; nil where none can, or there is none.
func lifted(v infer.Verdict) *[]string {
	if v.Lifted == nil {
		return nil
	}
	return &v.Lifted
}

// ListJSON prints the services as an array of objects. Options is null where
// the answer is unknown, and empty where the empty set is the answer; those of
// declared are null where none are set, or their words can't be told.
func ListJSON(w io.Writer, res *lint.Result) error {
	out := make([]Service, 0, len(res.Subjects))
	for _, s := range res.Subjects {
		out = append(out, NewService(s))
	}
	return EncodeJSON(w, out)
}

// NewService is what JSON says of a service.
func NewService(s *lint.Subject) Service {
	j := Service{
		Name: s.Service.Name, Origin: s.Origin(), Template: stableTemplate(s), PathFrom: s.Service.Tree.StableFrom(),
		Ports: []string{}, Condition: s.Service.Condition, State: s.State,
		Options: s.Verdict.Options, OptOut: s.Verdict.OptOut, Lifted: lifted(s.Verdict), Reason: s.Verdict.Reason,
		Certainty: s.Verdict.Certainty,
		Open:      s.Verdict.Open, Limits: s.Verdict.Limits, Contradictions: s.Verdict.Contradictions,
		Evidence: s.Verdict.Evidence,
		Findings: findings(s.Findings),
	}
	d := s.Declaration()
	j.Declared = jsonDeclared{Answer: d.Answer(), Options: d.Options, Switch: d.Switch, Line: d.Line, Unread: d.Unread}
	for _, p := range s.Service.Ports {
		j.Ports = append(j.Ports, p.Origin)
	}
	if j.Evidence == nil {
		j.Evidence = []infer.Evidence{}
	}
	return j
}
