package lint

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
)

// A Declaration is what a script says about service jails, and that rc.subr reads.
type Declaration struct {
	// Options is the option words: those in force where the script was simulated
	// and rc.conf says nothing, else those of the text. It is nil where none are set.
	Options []string
	// Told is false where options are set whose words can't be told.
	Told bool
	// Switch is what the script sets ${name}_svcj to, "" for nothing, and OptOut
	// is true where that is a NO that rc.conf is not to undo.
	Switch string
	OptOut bool
	// Line is where that is said, 0 for nowhere; of several, the first.
	Line int
	// Unread is the variables that are meant for it and that rc.subr never reads.
	Unread []string
}

// Declaration is what the service's script declares.
func (s *Subject) Declaration() Declaration {
	d := Declaration{Told: true}
	if s.Script == nil {
		return d
	}
	p := &Pass{Subject: s}
	for _, x := range p.declarations() {
		switch {
		case x.Kind != rcparse.SvcjOptions && x.Kind != rcparse.SvcjSwitch:
			continue
		case p.wrongPrefix(x):
			d.Unread = append(d.Unread, p.shown(x.Var))
			continue
		case x.Kind == rcparse.SvcjSwitch:
			d.Switch, _ = x.Static()
			d.OptOut = d.OptOut || x.hardNo()
		case d.Options == nil:
			words, told := x.words()
			if d.Told = told; told {
				d.Options = append([]string{}, words...)
			}
		}
		if d.Line == 0 {
			d.Line = x.Pos.Line
		}
	}
	for _, m := range s.Script.Misnamed() {
		d.Unread = append(d.Unread, p.shown(m.Var))
	}
	slices.Sort(d.Unread)
	d.Unread = slices.Compact(d.Unread)
	if s.Records != nil && s.Records.failed() == "" && s.Records.Host.Name != "" {
		if d.Options, d.Told = nil, true; s.Records.Host.SvcjOptionsSet {
			d.Options = append([]string{}, strings.Fields(s.Records.Host.SvcjOptions)...)
		}
	}
	return d
}

// Answer is the declaration in the words of a verdict: the option words, "none"
// for the empty set, "NO"; "?" where the words can't be told, and "" for nothing.
func (d Declaration) Answer() string {
	switch {
	case d.OptOut:
		return infer.OptOut
	case !d.Told:
		return "?"
	case d.Options == nil:
		return ""
	case len(d.Options) == 0:
		return infer.Nothing
	}
	return strings.Join(d.Options, " ")
}
