package advise

import (
	"context"
	"fmt"

	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/corpus/host"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A judgement is one service on its way to an Advice.
type judgement struct {
	*Advice
	m        *Machine
	ctx      context.Context
	script   *host.Script
	subject  *lint.Subject
	settings rcrun.Record // as rc.conf has it, nothing started
	job      rcrun.Job
	seen     observed
}

// adviceOf is the advice before anything is decided.
func (m *Machine) adviceOf(found *Found) *Advice {
	s := found.Script
	a := &Advice{Name: s.Name, Path: s.Path, Base: s.Base, Enabled: found.Enabled, RCVar: found.RCVar,
		RunName: found.RunName}
	if len(s.Packages) > 0 {
		a.Package = s.Packages[0].Name + "-" + s.Packages[0].Version
	}
	return a
}

// judge decides on one service, and tells of the faults of svcjify's own that rules had.
func (m *Machine) judge(ctx context.Context, found *Found, k *infer.Knowledge, q Question) (*Advice, []lint.Crash) {
	s := found.Script
	j := &judgement{m: m, ctx: ctx, script: s, settings: found.settings, job: rcrun.Job{Src: s.Text},
		Advice: m.adviceOf(found)}
	tree := &corpus.Tree{FS: m.Root.FS(), Dir: m.Root.Dir, Scripts: true}
	svc := &corpus.Service{Tree: tree, Name: s.Name, Template: strings.TrimPrefix(s.Path, "/")}
	opts := lint.Options{
		Operator: lint.OperatorEquals, Release: m.release, Simulate: m.Pool, Configured: true,
		Complete: func(in *infer.Input) { complete(in, s) },
	}
	j.subject = lint.Judge(ctx, svc, s.Text, k, opts)
	if v := j.subject.Verdict; v.Certainty < infer.Confident && j.subject.Records != nil {
		// The programs are looked at where they can change something: it takes time.
		switch {
		case s.Base:
			opts.Programs = m.baseFinder()
		case len(s.Packages) > 0: // without, every package's list would be read
			opts.Programs = m.finder()
		}
		if opts.Records = j.subject.Records; opts.Programs != nil {
			j.subject = lint.Judge(ctx, svc, s.Text, k, opts)
		}
	}
	j.observe(q.Observed, len(q.Names) == 1)
	j.Certainty, j.Evidence = j.subject.Verdict.Certainty, j.subject.Verdict.Evidence
	j.Process = j.process()
	j.decide()
	if f := j.laterFile(); f != "" && len(j.Lines) > 0 {
		j.File = f
		j.Before = nil
		for _, l := range j.Lines {
			if v, ok := assigned(m.conf[f], l.Name); ok {
				j.Before = append(j.Before, rcrun.Setting{Name: l.Name, Value: v})
			}
		}
		j.because("%s is read after rc.conf: the lines belong there.", f)
	}
	return j.Advice, j.subject.Crashes
}

// complete adds what the package says of itself, which a port would say.
func complete(in *infer.Input, s *host.Script) {
	in.Template = s.Path
	if len(s.Packages) == 0 {
		return
	}
	p := s.Packages[0]
	in.Origins = []string{p.Origin}
	in.Port.Makefile, in.Port.Comment, in.Port.Categories = "package "+p.Name, p.Comment, p.Categories
	for _, o := range p.Options {
		in.Port.Options = append(in.Port.Options, infer.Word{Text: o, File: in.Port.Makefile})
	}
	if p.Message != "" {
		in.Port.Files = append(in.Port.Files, infer.File{Path: in.Port.Makefile + "/pkg-message", Text: p.Message})
	}
}

// decide comes to a verdict: first what rules a jail out, then what is lost in
// it, then the options.
func (j *judgement) decide() {
	switch r := j.subject.Records; {
	case j.subject.Script == nil || j.subject.Script.Err != nil:
		j.stop(NotToday, "svcjify can't read the script: "+j.subject.Script.Err.Error()+".")
	case r == nil:
		j.stop(NotToday, "The script does not use rc.subr(8), which makes the jails.")
	case j.settings.Svcj:
		j.already()
	case j.ruledOut():
	default:
		j.jail()
	}
}

// stop ends with a verdict that is not to jail the service.
func (j *judgement) stop(v Verdict, reasons ...string) {
	j.Verdict = v
	j.Reasons = append(j.Reasons, reasons...)
}

// because adds a reason.
func (j *judgement) because(format string, args ...any) {
	j.Reasons = append(j.Reasons, fmt.Sprintf(format, args...))
}

// ruledOut reports whether no line of rc.conf helps.
func (j *judgement) ruledOut() bool {
	r, v := j.subject.Records, j.subject.Verdict
	switch {
	case r.Failed() != "":
		j.stop(NotToday, "svcjify can't tell: the simulated start was ended, since "+r.Failed()+".")
	case j.refuses():
		j.stop(Never, "The script itself keeps it out of jails"+j.ownReason()+".")
	case v.OptOut && j.baseSaysOtherwise():
		return j.blocked()
	case v.Never() && v.Certainty >= infer.Likely:
		j.stop(Never, optOutReason(v.Reason))
	case j.seen.refused != "":
		j.stop(NotToday, "It was seen to do what no option permits: "+j.seen.refused+".")
	case v.Never():
		j.stop(NotToday, "It may have to run without a jail: "+lower(sentence(v.Reason)))
		j.Reasons = append(j.Reasons, howToSee(j.Name))
	case j.blocked():
	default:
		return false
	}
	return true
}

// leavesNothing is why a script that only sets something up is not jailed.
const leavesNothing = "It leaves no process running, and a service jail goes away with its last process."

// optOutReason is the inference's reason as an administrator is told.
func optOutReason(reason string) string {
	if strings.HasPrefix(reason, "It leaves no process running (the simulated start)") {
		return leavesNothing
	}
	return sentence(reason)
}

// baseSaysOtherwise reports whether a script of the base system declares options:
// who wrote it has judged it, and what speaks against it is then what it loses.
func (j *judgement) baseSaysOtherwise() bool {
	return j.Base && j.subject.Records.Jail.SvcjOptionsSet && len(j.subject.Records.Jail.Jails) > 0 &&
		len(j.confOptions()) == 0
}

// refuses reports whether the service is not jailed though rc.conf says YES.
func (j *judgement) refuses() bool {
	jail := j.subject.Records.Jail
	return jail.Name != "" && !jail.Svcj && len(jail.Jails) == 0
}

// ownReason is the comment at the script's opt-out.
func (j *judgement) ownReason() string {
	lines := strings.Split(string(j.subject.Script.Src), "\n")
	for _, d := range j.subject.Script.Svcj() {
		if v, _ := d.Static(); !strings.EqualFold(v, "NO") || d.Pos.Line < 1 || d.Pos.Line > len(lines) {
			continue
		}
		for _, l := range []string{lines[d.Pos.Line-1], lines[max(d.Pos.Line-2, 0)]} {
			if _, text, ok := strings.Cut(l, "#"); ok {
				if text = strings.TrimSpace(text); text != "" {
					return fmt.Sprintf(" (line %d: %q)", d.Pos.Line, text)
				}
			}
		}
		return fmt.Sprintf(" (line %d)", d.Pos.Line)
	}
	if v := j.subject.Verdict; v.OptOut && v.Comment != "" {
		return ": " + v.Comment
	}
	return ""
}

// softNo reports whether the script says NO and lets rc.conf say otherwise.
func (j *judgement) softNo() (why string, soft bool) {
	soft = slices.ContainsFunc(j.subject.Script.Svcj(), func(d rcparse.Svcj) bool {
		v, _ := d.Static()
		return d.Kind == rcparse.SvcjSwitch && strings.EqualFold(v, "NO")
	})
	return j.ownReason(), soft
}

// blocked looks at what the rules found to stand in the way, other than what the
// jailed start loses, for which there may be other lines.
func (j *judgement) blocked() bool {
	for _, f := range j.subject.Blockers() {
		switch f.Code {
		case "SJ201", "SJ104": // the simulation with the lines tells
			continue
		case "SJ303": // ruledOut has looked at that
			continue
		}
		if f.Code == "SJ208" {
			j.stop(Never, leavesNothing)
			return true
		}
		j.stop(NotToday, sentence(f.Message))
		if slices.Contains([]string{"SJ202", "SJ203", "SJ204", "SJ207"}, f.Code) { // those whose hint says what to do
			j.Port = f.Hint
		}
		return true
	}
	r := j.subject.Records
	switch {
	case len(r.Host.Names) > 1:
		j.stop(NotToday, "It starts services under several names, "+strings.Join(r.Host.Names, ", ")+
			", each of which would take lines of its own.")
	case len(r.Jail.Jails) == 0:
		j.stop(NotToday, "svcjify can't tell: the simulated start comes to no jail"+because(r.Jail)+".")
	case len(r.Host.Assumed) > 0:
		var names []string
		for _, s := range r.Host.Assumed {
			names = append(names, s.Name)
		}
		j.stop(NotToday, "With this rc.conf it starts nothing: set "+strings.Join(names,
			", ")+" first, then ask again.")
	default:
		return false
	}
	return true
}

func because(r rcrun.Record) string {
	if r.Undecided != "" {
		return ": " + r.Undecided
	}
	return ""
}
