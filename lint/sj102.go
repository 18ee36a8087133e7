package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

var sj102 = &Rule{
	Code: "SJ102", Slug: "unknown-option", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "a word of the options that rc.subr does not know",
		Text: `For a word it does not know, rc.subr's run_rc_command prints a message and
goes on: the service starts, in a jail that lacks what the word should have
given. Nobody reads that message at boot. The words are those of rc.conf(5),
"SERVICE JAILS": ` + strings.Join(rcparse.OptionWords(), ", ") + `.

A word that is right but that the rc.subr of ` + "`--release`" + ` (` +
			rcrun.DefaultRelease + ` without it) does not know yet is
a warning, and an error if the service needs the word, declared or not: ` + newerWords() + `.`,
		Before: `: ${foo_svcj_options="net_basik"}`,
		After:  `: ${foo_svcj_options="net_basic"}`,
	},
	Check: checkUnknownOption,
}

// newerWords is what each release lacks.
func newerWords() string {
	var out []string
	for _, r := range rcrun.Releases() {
		var lacks []string
		for _, o := range rcparse.Options() {
			if !r.Knows(o.Word) {
				lacks = append(lacks, o.Word)
			}
		}
		if len(lacks) > 0 {
			out = append(out, r.Name+" lacks "+strings.Join(lacks, ", "))
		}
	}
	return strings.Join(out, "; ")
}

func checkUnknownOption(p *Pass) {
	for _, d := range p.options() {
		words, ok := d.words()
		if !ok {
			continue
		}
		for _, w := range words {
			_, known := rcparse.OptionOf(w)
			switch {
			case !known:
				var fix *Fix
				hint := "known are " + strings.Join(rcparse.OptionWords(), ", ")
				if near := message.OnlyNearest(w, rcparse.OptionWords()); near != "" {
					hint = fmt.Sprintf("did you mean %q?", near)
					fix = d.rewrite(replaceWord(words, w, near), "correct the option's name")
				}
				p.report(d.Pos, fix, hint, "unknown service jail option %q", w)
			case !p.opts.Release.Knows(w):
				severity := Warning
				if p.needs(w) {
					severity = Error
				}
				p.reportAs(severity, d.Pos, nil, "with that rc.subr the service starts without it"+p.since(w),
					"the rc.subr of release %s does not know the service jail option %q", p.opts.Release.Name, w)
			}
		}
	}
	if p.Declared() || !p.Script.UsesRcSubr() {
		return
	}
	for _, w := range p.Verdict.Options {
		if p.needs(w) && !p.opts.Release.Knows(w) {
			p.report(p.undeclaredAt(), nil, strings.TrimPrefix(p.since(w), "; "),
				"the service needs the service jail option %q, which the rc.subr of release %s does not know", w,
				p.opts.Release.Name)
		}
	}
}

// since says which release's rc.subr is the first to know a word, as a further part of a hint.
func (p *Pass) since(word string) string {
	for _, r := range rcrun.Releases() {
		if r.Knows(word) {
			return "; the rc.subr of release " + r.Name + " is the first that knows it"
		}
	}
	return ""
}

// needs reports whether the service needs a word, by the evidence.
func (p *Pass) needs(word string) bool {
	return p.Verdict.Known() && slices.Contains(p.Verdict.Works(), word)
}

func replaceWord(words []string, old, new string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if w == old {
			w = new
		}
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}
