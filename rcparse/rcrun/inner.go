package rcrun

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// begin is run_rc_command's start: the service is known now.
func (s *shell) begin(hc interp.Context) {
	asked := service{getString(hc, "name"), getString(hc, "rcvar")}
	if !slices.Contains(s.sim.asked, asked) && len(s.sim.asked) < maxServices {
		s.sim.asked = append(s.sim.asked, asked)
	}
	s.sim.sleeps = 0
	s.sim.noteEmpty(hc)
	if s.inside {
		return
	}
	s.sim.jailed = s.sim.jailed && yes(getString(hc, asked.name+"_svcj"))
	rec := &s.sim.record
	if !slices.Contains(rec.Names, asked.name) && len(rec.Names) < maxServices {
		rec.Names = append(rec.Names, asked.name)
	}
	if rec.Name != "" && (len(rec.Starts)+len(rec.Jails) > 0 || s.sim.runs > 0) {
		// The first that did something stays, and one whose precmd runs the script again.
		return
	}
	// a precmd's own run_rc_command, with another verb
	if rec.Name == asked.name && Phase(getString(hc, "__phase")) == Precmd {
		return
	}
	rec.Name, rec.RCVar = asked.name, asked.rcvar
	if p := getString(hc, "pidfile"); p != "" {
		rec.PidFile = absolute(getString(hc, "__cwd"), p)
	}
	rec.Prepares = getString(hc, asked.name+"_setup")+getString(hc, getString(hc, "rc_arg")+"_precmd") != ""
	rec.SvcjOptions, rec.SvcjOptionsSet = hc.Lookup(asked.name + "_svcj_options")
	rec.Svcj = yes(getString(hc, asked.name+"_svcj"))
	rec.Enabled = asked.rcvar == "" || yes(getString(hc, asked.rcvar))
}

// noteEmpty keeps in mind which variables of rc.conf are empty where the script
// goes to work or gives up.
func (s *sim) noteEmpty(hc interp.Context) {
	for _, c := range s.script.candidates {
		if getString(hc, c) == "" {
			s.needs(Setting{c, Example(s.script.ownPart(c))})
		}
	}
}

// needs keeps in mind a variable that a start may need.
func (s *sim) needs(v Setting) {
	const most = 32
	if len(s.empty) < most && !slices.ContainsFunc(s.empty, func(w Setting) bool { return w.Name == v.Name }) {
		s.empty = append(s.empty, v)
	}
}

// maxServices bounds the names under which one script calls run_rc_command.
const maxServices = 50

// jail is `jail -c` with the parameters that rc.subr gives: it runs exec.start
// inside, which is service(8) with the script's name, and fails if that does.
func (s *shell) jail(hc interp.Context, params []string) error {
	fr := s.frameOf(hc)
	s.note(hc, fr, append([]string{"/usr/sbin/jail", "-c"}, params...), true)
	var j Jail
	var start string
	for _, p := range params {
		if name, ok := strings.CutPrefix(p, "name="); ok {
			j.Name = name
			continue
		}
		j.Params = append(j.Params, p)
		if line, ok := strings.CutPrefix(p, "exec.start="); ok {
			start = line
		}
	}
	if !s.sim.scenario.Corrected && slices.ContainsFunc(s.sim.record.Jails,
		func(k Jail) bool { return k.Name == j.Name }) {
		s.sim.record.Refused = append(s.sim.record.Refused, j.Name)
		return status(1)
	}
	words := strings.Fields(start)
	j.Found = len(words) > 3 && s.sim.findsScript(words[3])
	s.sim.record.Jails = append(s.sim.record.Jails, j)
	if len(words) < 5 {
		return status(1)
	}
	return s.inner(fr.umask, words[3], words[4], words[5:])
}

// enter is service(8) with -j: the script again, in the jail that is there. The
// arguments are the jail's ${name}, the script's name, the verb and its words.
func (s *shell) enter(hc interp.Context, args []string) error {
	if len(args) < 3 {
		return status(1)
	}
	jail, args := args[0], args[1:]
	argv := append([]string{"/usr/sbin/service", "-E", "_rc_svcj=jailing", "-j", "svcj-" + jail}, args...)
	fr := s.frameOf(hc)
	s.note(hc, fr, argv, true)
	return s.inner(fr.umask, args[0], args[1], args[2:])
}

// runAgain is the script that runs itself, by its path, in the environment that it
// has exported.
func (s *shell) runAgain(hc interp.Context, fr frame, args []string) error {
	if s.sim.runs >= maxRuns {
		return s.sim.budget.stop(fmt.Sprintf("it runs itself more than %d deep", maxRuns))
	}
	s.sim.runs++
	defer func() { s.sim.runs-- }()
	env := s.exportedTo(hc, fr)
	fr.env, fr.cleared, fr.phase, fr.verb = nil, false, TopLevel, ""
	code := s.sim.shellRun(shellStart{exported: env, zero: rcd + s.sim.scenario.InstalledAs, params: args,
		inside: s.inside, frame: fr})
	if s.sim.budget.why != "" {
		return errStopped
	}
	return status(code)
}

// findsScript reports whether service(8) finds the script under a name.
func (s *sim) findsScript(name string) bool {
	return s.scenario.Corrected || name == s.scenario.InstalledAs
}

// inner is the script inside the jail: service(8)'s clean environment and
// directory, rc.conf not yet read, and nothing that the outer run has set, but
// for the umask: a process inherits it, and neither jail(8) nor service(8) sets it.
func (s *shell) inner(umask, name, verb string, args []string) error {
	rec := &s.sim.record
	if !s.sim.findsScript(name) {
		rec.Inner = 1 // service: name does not exist in /etc/rc.d or the local startup directories
		return status(1)
	}
	if s.sim.runs >= maxRuns {
		return s.sim.budget.stop(fmt.Sprintf("it runs itself more than %d deep", maxRuns))
	}
	s.sim.runs++
	defer func() { s.sim.runs-- }()
	env := append(slices.Clone(clean), Setting{"_rc_svcj", "jailing"})
	rec.Inner = s.sim.shellRun(shellStart{
		exported: env, zero: rcd + s.sim.scenario.InstalledAs, params: append([]string{verb}, args...), inside: true,
		frame: frame{phase: TopLevel, cwd: "/", umask: umask},
	})
	if s.sim.budget.why != "" {
		return errStopped
	}
	return status(rec.Inner)
}

// text is a shell text that sh -c or su -c gets: a shell of its own, without the
// model's functions and with the exported variables only.
func (s *shell) text(hc interp.Context, fr frame, text string, params []string) error {
	if s.sim.runs >= maxRuns {
		return s.sim.budget.stop(fmt.Sprintf("its shells are nested more than %d deep", maxRuns))
	}
	if !s.sim.budget.made(len(text), bytesParsed) {
		return errStopped
	}
	code, err := compiledTexts.Get(text, func() (*interp.Code, error) {
		file, err := parseText(text)
		if err != nil {
			return nil, err
		}
		rewrite(file, 0, false)
		return interp.Compile(file.Stmts), nil
	})
	if err != nil {
		s.lacks(fmt.Sprintf("sh -c gets a text that is not shell: %v", err))
		return status(2)
	}
	name := "sh"
	if len(params) > 0 {
		name, params = params[0], params[1:]
	}
	env := s.exportedTo(hc, fr)
	s.sim.runs++
	defer func() { s.sim.runs-- }()
	fr.env, fr.cleared = nil, false
	sh := s.sim.newShell(shellStart{exported: env, zero: name, params: params, inside: s.inside, frame: fr}, nil)
	sh.Stdin, sh.Stdout, sh.Stderr = hc.Stdin, hc.Stdout, hc.Stderr
	exit := s.sim.exitCode(interp.Run(sh, code))
	if s.sim.budget.why != "" {
		return errStopped
	}
	return status(exit)
}

// compiledTexts is what texts of sh -c were compiled to.
var compiledTexts = interp.Kept[*interp.Code]{Most: 256 << 10}

// exportedTo is the environment that a command gets.
func (s *shell) exportedTo(hc interp.Context, fr frame) []Setting {
	vars := map[string]string{}
	all := hc.Exported(func(name, value string) {
		if !fr.cleared {
			vars[name] = value
		}
	})
	s.sim.budget.spend(all / 128) // a script sets some dozens, and few of them twice
	for _, kv := range fr.env {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	list := make([]Setting, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		list = append(list, Setting{name, vars[name]})
	}
	return list
}
