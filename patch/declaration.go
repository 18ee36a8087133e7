package patch

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
)

// A declaration is what services declare for one and the same reason.
type declaration struct {
	services []string
	answer   infer.Verdict
	fixed    string // what was wrong with what they declared before, "" where they declared nothing
}

// declarations groups the change's services, in order.
func (c *Change) declarations() []*declaration {
	var out []*declaration
	for _, s := range c.Subjects {
		d := &declaration{answer: s.Verdict}
		d.answer.Reason = Reason(s)
		if s.Declared() {
			if d.fixed = c.corrected(s); d.fixed == "" {
				continue
			}
		}
		i := slices.IndexFunc(out, func(o *declaration) bool {
			return o.fixed == d.fixed && o.answer.Answer() == s.Verdict.Answer() &&
				slices.Equal(o.answer.Works(), s.Verdict.Works()) && o.answer.Reason == d.answer.Reason
		})
		if i < 0 {
			i, out = len(out), append(out, d)
		}
		if name := ServiceName(s); !slices.Contains(out[i].services, name) {
			out[i].services = append(out[i].services, name)
		}
	}
	return out
}

// corrected is what was wrong with what a service declares.
func (c *Change) corrected(s *lint.Subject) string {
	var what []string
	reason := false
	for _, f := range c.Fixed {
		text := certainty.ReplaceAllString(f.Message, "")
		if f.Path == s.Service.Template && f.Code != "SJ201" && f.Code != "SJ205" && !slices.Contains(what, text) {
			what = append(what, text)
			reason = reason || strings.HasPrefix(f.Code, "SJ3")
		}
	}
	text := strings.Join(what, "; ")
	if why := Reason(s); reason && why != "" { // the answer itself changes
		text += ". " + why
	}
	return text
}

// certainty is a word of svcjify's that a commit has no use for.
var certainty = regexp.MustCompile(` \((certain|confident|likely|possible)\)`)

var (
	// leavesNothing is a reason that speaks of a run which comes to an end: it may work in a
	// jail, which then ends with it.
	leavesNothing = regexp.MustCompile(`\b(exits|leaves no process|no process remains|once at)\b`)
	// otherMode is a reason that tells of a way to use the program which it does not hold for.
	otherMode = regexp.MustCompile(`\b(not the default|by default|In its normal)\b`)
)

// sentence says what the services declare and why.
func (d *declaration) sentence() string {
	who, need, stay, cannot := list(d.services), " needs ", " stays", list(d.services)+" cannot work"
	switch n := len(d.services); {
	case n == 2:
		cannot = "Neither " + d.services[0] + " nor " + d.services[1] + " can work"
	case n > 2:
		cannot = "None of " + list(d.services) + " can work"
	}
	why := ""
	if d.answer.Reason != "" {
		why = " " + stop(d.answer.Reason)
	}
	switch {
	case d.fixed != "":
		return list(d.services) + ": " + stop(d.fixed)
	case d.answer.OptOut && why == "":
		why = " " + sentenceCase(stop(d.answer.Because()))
	}
	if len(d.services) > 1 { // the reason speaks of one
		need, stay = " need ", " stay"
		why = ofIt.ReplaceAllString(why, " Each ")
	}
	needs := who + need + cmp.Or(list(d.answer.Works()), "no option") + " in a service jail"
	gets := who + " gets" + strings.TrimPrefix(needs, who+need[:len(need)-1]) + ", and is not jailed by default."
	if len(d.services) > 1 {
		gets = who + " get" + strings.TrimPrefix(needs, who+need[:len(need)-1]) + ", and are not jailed by default."
	}
	switch {
	case d.answer.Never() && (d.answer.Policy || d.answer.Certainty < infer.Certain || leavesNothing.MatchString(why)):
		return who + stay + " out of service jails." + why
	case d.answer.Never() && otherMode.MatchString(why):
		return cannot + " in a service jail as it runs by default." + why
	case d.answer.Never():
		return cannot + " in a service jail, whatever its svcj options." + why
	case d.answer.OptOut:
		return gets + why + " " + d.lifted()
	}
	return needs + "." + why
}

// ofIt begins a reason that speaks of the service.
var ofIt = regexp.MustCompile(`^ It `)

// lifted says how an administrator jails what is not jailed by default.
func (d *declaration) lifted() string {
	name := d.services[0]
	if len(d.services) > 1 {
		name = "NAME"
	}
	return name + "_svcj=YES in rc.conf jails it; svcj_all_enable does not."
}
