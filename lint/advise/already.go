package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// already judges a service that rc.conf has in a jail: whether rightly.
func (j *judgement) already() {
	v, r := j.subject.Verdict, j.subject.Records
	j.Verdict = Already
	words := strings.Fields(j.settings.SvcjOptions)
	j.Options = known(words)
	if len(j.confOptions()) == 0 && j.settings.SvcjOptionsSet {
		j.Declared = j.Options
	}
	var unknown []string
	for _, w := range words {
		if !j.m.release.Knows(w) {
			unknown = append(unknown, w)
		}
	}
	if len(unknown) > 0 {
		text := fmt.Sprintf("This system's rc.subr does not know %s: it prints a message and goes on without.",
			strings.Join(unknown, ", "))
		if near := message.OnlyNearest(unknown[0], j.knownWords()); near != "" {
			text += fmt.Sprintf(" Did you mean %q?", near)
		}
		j.Reasons = append(j.Reasons, text)
	}
	switch {
	case r.Failed() != "":
		j.Reasons = append(j.Reasons, "Whether rightly, svcjify can't tell: the simulated start was ended, since "+r.Failed()+".")
		return
	case j.refuses():
		j.Reasons = append(j.Reasons, "rc.conf asks for a jail, and the script itself says NO"+j.ownReason()+".")
		return
	case v.Never() && v.Certainty >= infer.Likely:
		j.Reasons = append(j.Reasons, "It should not be: "+lower(optOutReason(v.Reason)))
		j.Lines = []rcrun.Setting{{Name: j.RunName + "_svcj", Value: "NO"}}
		j.Before = j.before(j.Lines)
		return
	}
	if lost := worst(lint.Losses(r.Host, r.Jail)); len(lost) > 0 {
		j.Reasons = append(j.Reasons, j.lostSentences(lost)...)
		svcj := []rcrun.Setting{{Name: j.RunName + "_svcj", Value: "YES"}}
		if extra, _ := j.workaround(svcj); extra != nil {
			j.Reasons = append(j.Reasons, "The lines give it back.")
			j.Lines = extra
		} else {
			j.Reasons = append(j.Reasons, "Better start it on the host until the script is changed.")
			j.Lines = []rcrun.Setting{{Name: j.RunName + "_svcj", Value: "NO"}}
			j.Before = j.before(j.Lines)
			return
		}
	}
	j.measure(unknown)
	j.Before = j.before(j.Lines)
	j.costs(j.Lines)
	j.offers()
}

// measure compares the options in force with what the service needs.
func (j *judgement) measure(unknown []string) {
	v := j.subject.Verdict
	if !v.Known() || v.Certainty < infer.Likely {
		j.Reasons = append(j.Reasons, "Whether "+shownOptions(j.Options)+" is what it needs, nothing shows.")
		return
	}
	little, much := missingWords(j.Options, v.Works()), missingWords(v.Works(), j.Options)
	switch {
	case len(little) > 0:
		j.Reasons = append(j.Reasons, fmt.Sprintf("Too little: it needs %s: %s", strings.Join(little, ", "),
			sentence(v.Reason)))
	case len(much) > 0:
		are := "is"
		if len(much) > 1 {
			are = "are"
		}
		j.Reasons = append(j.Reasons, fmt.Sprintf("Too much: %s %s not needed as far as the evidence goes (%s): %s",
			strings.Join(much, ", "), are, v.Certainty, sentence(v.Reason)))
	case len(unknown) > 0:
	default:
		rightly := "Rightly: "
		if len(j.Lines) > 0 {
			rightly = "As to the options: "
		}
		j.Reasons = append(j.Reasons, rightly+shownOptions(j.Options)+" is what it needs. "+sentence(v.Reason))
		return
	}
	want := slices.Clone(v.Works())
	if len(little) > 0 && v.Certainty < infer.Confident {
		want = merged(j.Options, v.Works()) // what is there may have its reason
	}
	j.Lines = append(j.Lines, rcrun.Setting{Name: j.RunName + "_svcj_options", Value: strings.Join(want, " ")})
	j.Options = want
}

// knownWords is the words that the system's rc.subr knows.
func (j *judgement) knownWords() []string {
	return slices.DeleteFunc(allWords(), func(w string) bool { return !j.m.release.Knows(w) })
}
