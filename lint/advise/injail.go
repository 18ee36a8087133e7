package advise

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// jail finds the lines that start the service in a jail.
func (j *judgement) jail() {
	v := j.subject.Verdict
	r := j.subject.Records
	declared := r.Jail.SvcjOptionsSet && len(j.confOptions()) == 0
	if declared {
		j.Declared = known(strings.Fields(r.Jail.SvcjOptions))
	}
	lines := []rcrun.Setting{{Name: j.RunName + "_svcj", Value: "YES"}}
	verdict := OneLine
	options := j.Declared
	missing := j.missing(j.Declared)
	switch {
	case declared && len(missing) == 0:
		j.Reasons = append(j.Reasons, "The script declares "+shownOptions(j.Declared)+".")
		if why, soft := j.softNo(); soft {
			j.because("It is not jailed by default%s. That can be lifted with %s_svcj=YES; svcj_all_enable does not do it.", why, j.RunName)
		}
		if !v.Known() {
			j.Certainty = infer.Certain
		}
	case declared:
		verdict, options = TwoLines, merged(j.Declared, missing)
		j.because("The script declares %s, and it needs %s as well: %s", shownOptions(j.Declared),
			strings.Join(missing, ", "), sentence(v.Reason))
	case !v.Known():
		j.stop(NotToday, shownInPart(v), howToSee(j.Name))
		return
	case v.Certainty < infer.Likely && !goodSign(v):
		j.stop(NotToday, "One sign alone says what it needs, "+shownOptions(v.Works())+": "+lower(sentence(v.Reason)),
			howToSee(j.Name))
		return
	default:
		verdict, options = TwoLines, v.Works()
		j.Reasons = append(j.Reasons, sentence(v.Reason))
		if v.OptOut {
			j.because("So it is better not jailed by default; the lines are for those who want it anyway.")
		}
		if v.Certainty < infer.Likely {
			j.Reasons = append(j.Reasons, "One sign alone says so: try it when it does no harm, or see first: "+howToSee(j.Name))
		}
	}
	if bad := j.unknownToRelease(options); bad != "" {
		j.stop(NotToday, fmt.Sprintf("It needs the option %s, which this system's rc.subr does not know.", bad))
		return
	}
	if verdict == TwoLines {
		lines = append(lines, rcrun.Setting{Name: j.RunName + "_svcj_options", Value: strings.Join(options, " ")})
	}
	lost := worst(lint.Losses(r.Host, r.Jail))
	if len(lost) > 0 {
		extra, why := j.workaround(lines)
		if extra == nil {
			j.Reasons = nil
			j.stop(NotToday, j.lostSentences(lost)...)
			if why == "" {
				why = "No line in rc.conf gives it back."
			}
			j.Reasons = append(j.Reasons, why)
			j.Port = "set at the top level, between load_rc_config and run_rc_command, what the start needs"
			return
		}
		verdict = WithCare
		j.Reasons = append(j.Reasons, j.lostSentences(lost)...)
		j.because("The lines set it in rc.conf instead: with them the simulated start in the jail is the one on the host.")
		lines = append(lines, extra...)
	}
	if why := j.prove(lines, options); why != "" {
		j.Reasons = nil
		if verdict == WithCare {
			j.Reasons = append(j.lostSentences(lost), "Lines in rc.conf do not give it back.")
		}
		j.stop(NotToday, why)
		return
	}
	j.Verdict, j.Lines, j.Options = verdict, lines, options
	if j.Options == nil {
		j.Options = []string{}
	}
	j.Before = j.before(lines)
	j.costs(lines)
	j.offers()
}

// shownInPart is the reason where nothing decides what a service needs: what there
// is of evidence for a single option is named.
func shownInPart(v infer.Verdict) string {
	var facts []string
	for _, e := range v.Evidence {
		if _, option := rcparse.OptionOf(e.Supports); (option || e.Supports == infer.OptOut) &&
			e.Strength >= infer.Likely && !slices.Contains(facts, e.Fact) {
			facts = append(facts, e.Fact)
		}
	}
	if len(facts) == 0 {
		return "Nothing shows what it needs."
	}
	return "What it needs is shown only in part: " + strings.Join(facts[:min(len(facts), 3)], "; ") + "."
}

// goodSign reports whether the one sign that an answer rests on is a good one, such as
// an address that it listens on or a call of its own, and nothing speaks against it.
func goodSign(v infer.Verdict) bool {
	return len(v.Options) > 0 && len(v.Contradictions) == 0 &&
		slices.ContainsFunc(v.Evidence, func(e infer.Evidence) bool {
			return slices.Contains(v.Options, e.Supports) && e.Strength >= infer.Likely
		})
}

// confOptions is the options that rc.conf sets already, though the service is not jailed.
func (j *judgement) confOptions() []rcrun.Setting {
	return j.before([]rcrun.Setting{{Name: j.RunName + "_svcj_options"}})
}

// missing is what the service needs and the words do not grant.
func (j *judgement) missing(have []string) []string {
	v := j.subject.Verdict
	if v.Certainty < infer.Confident || v.Never() { // but what was seen is needed
		return missingWords(have, j.seen.words)
	}
	return missingWords(have, v.Works())
}

// unknownToRelease is a word that the system's rc.subr does not know.
func (j *judgement) unknownToRelease(words []string) string {
	for _, w := range words {
		if !j.m.release.Knows(w) {
			return w
		}
	}
	return ""
}

// worst is the losses that keep a service from being the same.
func worst(list []lint.Loss) []lint.Loss {
	return slices.DeleteFunc(slices.Clone(list), func(l lint.Loss) bool { return l.Severity != lint.Error })
}

// lostSentences says what the jailed start loses, the loss of a user first.
func (j *judgement) lostSentences(list []lint.Loss) []string {
	var out []string
	r := j.subject.Records
	if len(r.Host.Starts) > 0 && len(r.Jail.Starts) > 0 {
		h, in := r.Host.Starts[0], r.Jail.Starts[0]
		lost := lint.MissingWords(h.Argv, in.Argv)
		byFlag := slices.ContainsFunc(lost, func(w string) bool { return w == "-u" || strings.HasPrefix(w, "--user") })
		if in.User == "" && (h.User != "" || byFlag) {
			out = append(out, path.Base(h.Argv[0])+" would start as root: what sets its user does not run inside the jail.")
		}
	}
	for _, l := range list {
		out = append(out, sentence("In the jail, "+strings.ReplaceAll(l.What, "host.example.org", "<the host's name>")))
	}
	return out
}

// howToSee is the advice where evidence is wanting.
func howToSee(name string) string {
	return "svcjify advise --how-to-observe " + name + " says how to see it on the running system."
}
