package lint

import (
	"slices"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// A State is what a service amounts to; each is in exactly one.
type State string

const (
	// Ready: it declares options or a reasoned opt-out, and nothing is wrong with that.
	Ready State = "ready"
	// Faulty: it declares something, and a finding says that it won't work.
	Faulty State = "faulty"
	// Patchable: it declares nothing, and the options are known.
	Patchable State = "patchable"
	// Unsuitable: it declares nothing, and is not jailed, since no option makes it
	// work or since it is better not jailed by default; the patch says so.
	Unsuitable State = "unsuitable"
	// Blocked: the options are known, but a fault stands in the way.
	Blocked State = "blocked"
	// Unknown: there is no evidence to go by, or the simulated start does not tell
	// whether the jailed service works.
	Unknown State = "unknown"
)

// States is every state in the order of a summary.
var States = []State{Ready, Faulty, Patchable, Unsuitable, Blocked, Unknown}

// A Subject is all that is known of one service.
type Subject struct {
	Service *corpus.Service
	// Script is nil where the service has no template, or it could not be read.
	Script  *rcparse.Script
	Verdict infer.Verdict
	// Records is nil where the script was not run in the simulation.
	Records *Records
	// Programs is the base names of what the start runs, as far as it can be told.
	Programs []string
	// Repair moves what the jailed start loses to the top level; nil where
	// nothing is lost, or it takes a person.
	Repair *Fix
	// Skipped is the verbs, status or restart, that do nothing for the jailed service
	// though the script has a method of its own for them (SJ205).
	Skipped []string
	// Findings is what the rules found, in the order of the text, but for what
	// is ignored.
	Findings []Finding
	// Silenced is what is ignored by a comment or the configuration.
	Silenced []Silenced
	State    State
	// Crashes are faults of svcjify's own that ended the look, or one rule's part of it.
	Crashes []Crash

	remarks []remark  // the comments that speak to svcjify
	grounds []Finding // what the state rests on, as the rules graded it
}

// Origin is the port that the service is listed under.
func (s *Subject) Origin() string { return s.Service.Origin() }

// Name is how a person would ask for the service: its origin, or else its name.
func (s *Subject) Name() string {
	if o := s.Origin(); o != "" {
		return o
	}
	return s.Service.Name
}

// RunName is the name that run_rc_command is called with, which the variables
// in rc.conf begin with: what the simulation saw, or else what the text says.
func (s *Subject) RunName() string {
	if s.Records != nil && s.Records.Host.Name != "" {
		return s.Records.Host.Name
	}
	return s.Script.Name.Text
}

// Declared reports whether the script says anything about service jails.
func (s *Subject) Declared() bool {
	if s.Script == nil {
		return false
	}
	if s.Script.DeclaresSvcj() {
		return true
	}
	_, ok := s.Script.MentionsSvcj()
	return ok
}

// setGrounds keeps what the state rests on: everything that the rules found, as they
// graded it, but for what a person says to work all the same.
func (s *Subject) setGrounds(all []Finding) {
	for _, f := range all {
		accepted := slices.ContainsFunc(s.Silenced, func(q Silenced) bool { return q.Works && q.same(f) })
		if !accepted {
			s.grounds = append(s.grounds, f)
		}
	}
}

// Blockers is the findings that stand in the way of a service jail, and those
// that say that it can't be told whether something does, ignored or not.
func (s *Subject) Blockers() []Finding {
	return slices.DeleteFunc(slices.Clone(s.grounds), func(f Finding) bool { return !blocks(f) })
}

// blocks reports whether a finding stands in the way of a service jail.
func blocks(f Finding) bool {
	r, ok := RuleOf(f.Code)
	return ok && r.Blocks && f.Severity == Error
}

// Doubts is the findings that say that something of the jailed start is not known.
func (s *Subject) Doubts() []Finding {
	return slices.DeleteFunc(slices.Clone(s.grounds), func(f Finding) bool { return !f.doubt })
}

// faults reports whether one of the findings that block says what is wrong, and
// not only what is not known.
func (s *Subject) faults() bool {
	return slices.ContainsFunc(s.Blockers(), func(f Finding) bool { return !f.doubt })
}

// decide sets the state from the verdict and the findings.
func (s *Subject) decide() {
	worst, doubt := Info, false
	for _, f := range s.grounds {
		if f.doubt {
			doubt = true
		} else {
			worst = max(worst, f.Severity)
		}
	}
	switch {
	case s.Script == nil:
		s.State = Unknown
	case s.Declared() && worst == Error:
		s.State = Faulty
	case s.Declared() && doubt:
		s.State = Unknown
	case s.Declared():
		s.State = Ready
	case !s.callsRun():
		s.State = Blocked
	case !s.Verdict.Known():
		s.State = Unknown
	case s.Verdict.OptOut && !s.syntaxError():
		s.State = Unsuitable
	case s.faults():
		s.State = Blocked
	case len(s.Blockers()) > 0:
		s.State = Unknown
	default:
		s.State = Patchable
	}
}

// syntaxError reports whether sh(1) would refuse the script.
func (s *Subject) syntaxError() bool { return s.Script != nil && s.Script.Err != nil }
