package rcrun

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// A guess is what is taken for true of the host where the text does not say.
// A script has one, so that its Records in all scenarios can be compared: the
// first in which a plain start on the host starts something.
type guess struct {
	// fewFiles: files under an etc directory, and in /var/db, are absent unless
	// the script requires them; grep finds in a file the first thing it looks
	// for and no other; no other package is installed; and fdescfs(5) and
	// procfs(5) are mounted.
	fewFiles bool
	// otherwise: see Scenario.OtherAnswers.
	otherwise bool
	// assumed are variables of rc.conf that must be set for a start, such as
	// the list of interfaces.
	assumed []Setting
}

// findGuess finds the script's services and its guess, or says why it can't. It is done once,
// and counted once in a session, whichever child does it: see Script.account.
func (s *Script) findGuess(ctx context.Context, sc Scenario) string {
	if s.guessFound {
		return s.whyNoGuess
	}
	before := s.sessionSpent.spent
	if s.paid {
		s.sessionSpent.spent = 0
	}
	began := s.sessionSpent.spent
	s.whyNoGuess = s.searchGuess(ctx, sc)
	s.cost = s.sessionSpent.spent - began
	s.guessFound = ctx.Err() == nil && s.sessionSpent.empty() == "" // else another session may get further
	if s.paid {
		s.sessionSpent.spent = before
	}
	return s.whyNoGuess
}

// account takes over what a session has spent so far. Where nothing of it is for what
// findGuess does, though that is done, its cost is added.
func (s *Script) account(spent int, paid, runs bool) {
	s.sessionSpent.spent, s.paid = spent, paid
	if s.guessFound && !paid && runs {
		s.sessionSpent.spent += s.cost
	}
}

// searchGuess does what findGuess says; each further guess is tried only where the one before
// starts nothing.
func (s *Script) searchGuess(ctx context.Context, sc Scenario) string {
	plain := Scenario{Verb: "start", InstalledAs: sc.InstalledAs, Release: sc.Release}
	if why := s.discover(ctx, plain); why != "" {
		return why
	}
	s.candidates = s.candidatesOf(sc.InstalledAs)
	full := s.simulate(ctx, plain, false)
	if len(full.asked) > len(s.found) { // what is switched on may show more
		s.found = full.asked
		s.candidates = s.candidatesOf(sc.InstalledAs)
		full = s.simulate(ctx, plain, false)
	}
	s.first, s.firstOf = full.record, plain
	if full.started() || full.record.Failed != "" {
		return ""
	}
	// Where no guess starts anything, the one that gets furthest tells best why.
	most := len(full.record.Reached)
	for _, w := range s.guesses(ctx, plain, full.empty) {
		s.guess = w
		m := s.enabled(ctx, plain)
		if m.record.Failed != "" {
			continue
		}
		if m.started() {
			s.first = m.record
			return ""
		}
		if n := len(m.record.Reached); n > most && m.record.Undecided != "" {
			most, s.furthest, s.furthestLine = n, m.record.Undecided, m.record.UndecidedLine
		}
	}
	s.guess = guess{}
	s.why(&s.first)
	return ""
}

// enabled is a plain start in the guess that is being tried; a script may come
// to its run_rc_command only there.
func (s *Script) enabled(ctx context.Context, plain Scenario) *sim {
	if len(s.found) == 0 {
		s.discover(ctx, plain)
	}
	return s.simulate(ctx, plain, false)
}

// started reports whether the start got to something that may be the service.
func (m *sim) started() bool { return len(m.record.Starts) > 0 }

// guesses is what to try after the full one, likeliest first: fewer files, then
// one variable more, then all of them, then another user.
func (s *Script) guesses(ctx context.Context, plain Scenario, all []Setting) []guess {
	list := []guess{{fewFiles: true}}
	for _, v := range all {
		list = append(list, guess{assumed: []Setting{v}})
	}
	if len(all) > 1 {
		list = append(list, guess{assumed: s.needed(ctx, plain, all)}, guess{fewFiles: true, assumed: all})
	}
	list = append(list, guess{otherwise: true}, guess{fewFiles: true, otherwise: true})
	if len(all) > 0 {
		list = append(list, guess{otherwise: true, assumed: all})
	}
	for _, name := range s.names(plain.InstalledAs) { // some will not run as root, nor as whom they name in jest
		user := Setting{name + "_user", "nobody"}
		if strings.Contains(s.text, user.Name) || strings.Contains(s.text, "${name}_user") {
			list = append(list, guess{assumed: []Setting{user}}, guess{assumed: append([]Setting{user}, all...)})
		}
	}
	return list
}

// needed drops from the variables, which start something together, those
// without which it still does.
func (s *Script) needed(ctx context.Context, plain Scenario, all []Setting) []Setting {
	starts := func(list []Setting) bool {
		old := s.guess
		defer func() { s.guess = old }()
		s.guess = guess{assumed: list}
		return s.enabled(ctx, plain).started()
	}
	if !starts(all) {
		return all
	}
	for i := 0; i < len(all); {
		if less := slices.Delete(slices.Clone(all), i, i+1); starts(less) {
			all = less
		} else {
			i++
		}
	}
	return all
}

// discover finds what run_rc_command is called for, so that rc.conf can switch
// that on. A script that wants an argument gets one, and one that asks rc.conf
// itself whether it is switched on gets its answer.
func (s *Script) discover(ctx context.Context, plain Scenario) string {
	var off []Setting
	look := func(args []string) (done bool, why string) {
		sc := plain
		sc.Args = args
		m := s.simulate(ctx, sc, true)
		s.found, off = m.asked, m.empty
		return len(s.found) > 0 || m.record.Failed != "", m.record.Failed
	}
	if done, why := look(nil); done {
		return why
	}
	if len(off) > 0 {
		old := s.guess
		s.guess.assumed = slices.Concat(old.assumed, off)
		done, why := look(nil)
		s.guess = old
		if done {
			return why
		}
	}
	_, why := look([]string{"default"})
	return why
}

// reserved are the endings of the variables, named for the service, that
// rc.subr gives a meaning: no start needs them. Methods and switches are none
// whatever comes before.
var (
	reserved = strings.Fields("_enable _svcj _svcj_options _svcj_ipaddrs _program _chroot _chdir _env _env_file _fib _nice _user _group " +
		"_groups _prepend _setup _umask _cpuset _login_class _limits _oomprotect _audit_user _offcmd")
	methods = strings.Fields("_cmd _precmd _postcmd _enable _svcj_enable _svcj _svcj_options")
)

var (
	spelledName = regexp.MustCompile(`\$(?:\{name\}|name\b)(_[A-Za-z0-9_]+)`)
	// commentedSetting is a line of rc.conf as the comments of a script show it.
	commentedSetting = regexp.MustCompile(`(?m)^#[ \t]*([a-z][A-Za-z0-9_]*)=`)
	emptyDefault     = regexp.MustCompile(`\$\{([a-z][A-Za-z0-9_]*):?[-=](?:""|'')?\}`)
)

// names is what the variables of the script's services may begin with: the name
// of the file, and those that run_rc_command was called with.
func (s *Script) names(installedAs string) []string {
	list := []string{strings.ReplaceAll(installedAs, "-", "_")}
	for _, f := range s.found {
		if !slices.Contains(list, f.name) {
			list = append(list, f.name)
		}
	}
	return slices.DeleteFunc(list, func(name string) bool { return name == "" })
}

// ownPart is a variable's name without the service's, which does not say what it is for.
func (s *Script) ownPart(v string) string {
	for _, f := range s.found {
		if rest, ok := strings.CutPrefix(v, f.name+"_"); ok && f.name != "" {
			return "_" + rest
		}
	}
	return v
}

// candidatesOf is the variables of rc.conf that the text mentions: those named for the
// service, and those with an empty default.
func (s *Script) candidatesOf(installedAs string) []string {
	const most = 16
	var out []string
	add := func(v string) {
		bad := slices.ContainsFunc(methods, func(end string) bool { return strings.HasSuffix(v, end) })
		for _, f := range s.found {
			bad = bad || slices.ContainsFunc(reserved, func(end string) bool { return v == f.name+end })
		}
		if !bad && !s.functions[v] && len(out) < most && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	code := withoutComments(s.text)
	for _, name := range s.names(installedAs) {
		re, err := regexp.Compile(`\b` + regexp.QuoteMeta(name) + `_[A-Za-z0-9_]+`)
		if err != nil {
			continue
		}
		for _, v := range re.FindAllString(code, -1) {
			add(v)
		}
		for _, m := range spelledName.FindAllStringSubmatch(code, -1) {
			add(name + m[1])
		}
	}
	for _, m := range commentedSetting.FindAllStringSubmatch(s.text, -1) {
		add(m[1])
	}
	for _, m := range emptyDefault.FindAllStringSubmatch(code, -1) {
		add(m[1])
	}
	return out
}

func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Example is a value that fits the name of a variable of rc.conf(5). The addresses are those of
// RFC 5737, for documentation.
func Example(name string) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	switch {
	case has("interface", "iface", "_if", "nic"):
		return "em0"
	case has("flags", "args", "opts", "options"):
		return "--example"
	case has("port"):
		return "8080"
	case has("url", "uri"):
		return "http://192.0.2.1/"
	case has("server", "addr", "host", "listen", "_ip", "slave", "node", "peer", "collector"):
		return "192.0.2.1"
	case has("dir", "path", "home"):
		return "/var/db/example"
	case has("file", "conf"):
		return "/usr/local/etc/example.conf"
	}
	return "example"
}
