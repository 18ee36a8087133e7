package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/advise/observe"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Verdict says what an administrator can do with a service today.
type Verdict string

const (
	// OneLine: the script declares what it needs; NAME_svcj=YES is enough.
	OneLine Verdict = "one-line"
	// TwoLines: the script declares nothing, or too little; the options are svcjify's.
	TwoLines Verdict = "two-lines"
	// WithCare: further lines of rc.conf make up for what only a precmd sets.
	WithCare Verdict = "with-care"
	// NotToday: the script stands in the way, or nothing shows what it needs.
	NotToday Verdict = "not-today"
	// Never: no option makes it work, or it leaves no process that a jail could hold.
	Never Verdict = "never"
	// Already: rc.conf has it in a jail.
	Already Verdict = "already"
)

// Verdicts is every verdict in the order of a report.
var Verdicts = []Verdict{OneLine, TwoLines, WithCare, Already, NotToday, Never}

// An Advice is the answer for one service.
type Advice struct {
	// Name is the script's name in rc.d, Path where it stands; RunName is ${name},
	// which the variables in rc.conf begin with.
	Name, Path, RunName string
	// Package is the package's name and version, "" where none is known; Base is
	// true for the base system's.
	Package string
	Base    bool
	// Enabled says whether rc.conf switches it on. RCVar is the variable that does,
	// "" for a script that has none.
	Enabled bool
	RCVar   string
	Verdict Verdict
	// Lines are what is to be set in rc.conf. File is the file that they belong
	// into where that is not rc.conf, since one of rc.conf.d is read later.
	Lines []rcrun.Setting
	File  string
	// Before is what rc.conf has now of the variables in Lines, where it has them.
	Before []rcrun.Setting
	// Options is the option words that are in force with Lines; nil where the
	// verdict is not to jail it. Declared is what the script itself says, nil for nothing.
	Options, Declared []string
	// Certainty is how far the options can be relied on.
	Certainty infer.Certainty
	// Offers are other lines for those who want more, the narrower options first.
	Offers []Offer
	// Losses is what the service can't do, or what behaves otherwise, in the jail.
	Losses []string
	// Doubts is what speaks against the options, such as a keyword of the script.
	Doubts []string
	// Reasons say why the verdict is what it is, in sentences.
	Reasons []string
	// Port is what the script would have to change for a better verdict; "" for nothing.
	Port string
	// Process is what it runs.
	Process observe.Subject
	// Evidence is what speaks for the options.
	Evidence []infer.Evidence
}

// An Offer is a stricter form of the advice, and what it rests on.
type Offer struct {
	// Lines replace those of the same name in Advice.Lines.
	Lines []rcrun.Setting
	// Options is the words that are in force then.
	Options []string
	Why     string
}

// Jails reports whether the advice is to start the service in a jail.
func (a *Advice) Jails() bool {
	return a.Verdict == OneLine || a.Verdict == TwoLines || a.Verdict == WithCare
}

// Assignment is a line of rc.conf.
func Assignment(s rcrun.Setting) string {
	value := s.Value
	if strings.ContainsAny(value, "\"`$\\!") || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
		return s.Name + "=" + quote(value)
	}
	return s.Name + `="` + value + `"`
}

// sysrc is the command that sets lines in rc.conf; sysrc(8) asks no shell for the value.
func (a *Advice) sysrc(lines []rcrun.Setting) string {
	var b strings.Builder
	b.WriteString(a.sysrcCommand())
	for _, s := range lines {
		b.WriteString(" " + word(s.Name+"="+s.Value))
	}
	return b.String()
}

func (a *Advice) sysrcCommand() string {
	if a.File != "" {
		return "sysrc -f " + word(a.File)
	}
	return "sysrc"
}

// Undo is the commands that take the lines back.
func (a *Advice) Undo() []string {
	var gone []string
	var back []rcrun.Setting
	for _, s := range a.Lines {
		i := slices.IndexFunc(a.Before, func(b rcrun.Setting) bool { return b.Name == s.Name })
		if i < 0 {
			gone = append(gone, word(s.Name))
		} else {
			back = append(back, a.Before[i])
		}
	}
	var out []string
	if len(gone) > 0 {
		out = append(out, a.sysrcCommand()+" -x "+strings.Join(gone, " "))
	}
	if len(back) > 0 {
		out = append(out, a.sysrc(back))
	}
	return out
}

// word is a text as one word of sh(1), without quotes where it needs none.
func word(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("_-./=:,@%+", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	if name, value, ok := strings.Cut(s, "="); ok && !strings.ContainsAny(value, "\"`$\\!") && word(name) == name {
		return name + `="` + value + `"`
	}
	return quote(s)
}

// shownOptions is the words as a sentence has them.
func shownOptions(words []string) string {
	if len(words) == 0 {
		return "no option"
	}
	return fmt.Sprintf("%q", strings.Join(words, " "))
}
