package rcrun

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun/interp"
)

// sourced is the mark of a file that a script sources, "" where nothing is to be marked.
func (s *shell) sourced(hc interp.Context, args []string) string {
	if len(args) == 0 || !s.sim.otherwise || knownFile(args[0]) {
		return ""
	}
	p := absolute(getString(hc, "__cwd"), args[0])
	if _, written := s.sim.files.content[p]; written || p == "/dev/null" {
		return ""
	}
	s.sim.unknown(fmt.Sprintf("what is in %q, which it sources", p))
	return s.sim.mark("what " + s.sim.readable(p) + " sets")
}

// knownFile reports whether a file that is sourced is the model, or the base
// system's and holds functions only.
func knownFile(p string) bool {
	return path.Base(p) == "rc.subr" || strings.HasPrefix(p, "/etc/rc.conf") || p == "/etc/defaults/rc.conf" ||
		strings.HasPrefix(p, "/etc/") && strings.HasSuffix(p, ".subr")
}

// source is `.` of a file: rc.subr and rc.conf are what the model is, and what
// is in others can't be known.
func (s *shell) source(args []string) error {
	if p := args[0]; !knownFile(p) {
		s.sim.watched("source", p, true)
		s.sim.unknown(fmt.Sprintf("what is in %q, which it sources", p))
	}
	return nil
}

// kill notes a signal; one that ends a process ends the service's.
func (s *shell) kill(hc interp.Context, args []string) error {
	if len(args) > 0 && args[0] == "-0" {
		return boolStatus(s.sim.alive())
	}
	if len(args) == 0 || args[0] == "-l" {
		return nil
	}
	fr := s.frameOf(hc)
	s.note(hc, fr, append([]string{"kill"}, args...), false)
	s.sim.signal(args)
	return nil
}

// signal is what a signal does to the service.
func (s *sim) signal(args []string) {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			continue
		}
		switch strings.TrimPrefix(strings.TrimPrefix(a, "-s"), "-") {
		case "HUP", "SIGHUP", "1", "USR1", "SIGUSR1", "USR2", "SIGUSR2", "30", "31", "INFO", "STOP", "CONT",
			"WINCH", "28":
			return
		}
	}
	s.running, s.sleeps = false, 0
}

// lookUp answers command -v, type and hash: functions are what they are, any
// other name is a program that is installed, if PATH leads to it.
func (s *shell) lookUp(hc interp.Context, how string, args []string) error {
	for _, a := range args {
		if strings.HasPrefix(a, "-") || how == "hash" {
			continue
		}
		found := a
		switch {
		case a == "":
			return status(1)
		case strings.Contains(a, "/"), s.sim.script.functions[a], interp.IsBuiltin(a):
		case !s.finds(hc, s.frameOf(hc), a):
			return status(127)
		default:
			found = programPath(a)
			s.sim.watched("program", found, true)
		}
		if how == "type" {
			found = a + " is " + found
		}
		fmt.Fprintln(hc.Stdout, found)
	}
	return nil
}

// list is set without arguments: the variables, sorted.
func (s *shell) list(hc interp.Context) {
	vars := map[string]string{}
	hc.Each(func(name, value string) { vars[name] = value })
	names := make([]string, 0, len(vars))
	for name := range vars {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !s.sim.budget.made(len(name)+len(vars[name]), bytesMade) {
			return
		}
		fmt.Fprintf(hc.Stdout, "%s=%s\n", name, quote(vars[name]))
	}
}
