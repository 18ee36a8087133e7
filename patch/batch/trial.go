package batch

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/report"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/rcparse"
)

// A tried is a service as a person types it.
type tried struct {
	file     string // of rc.d: what service(8) is called with
	variable string // what its variables in rc.conf begin with
	enable   string // the variable that switches it on, "" for none
}

func triedOf(s *lint.Subject) tried {
	t := tried{report.OneLine(s.Service.Name), report.OneLine(patch.ServiceName(s)), ""}
	t.enable = t.variable + "_enable"
	if s.Records != nil && s.Records.Host.Name != "" {
		t.enable = report.OneLine(s.Records.Host.RCVar)
	}
	return t
}

// plain reports whether all that is typed begins with the file's name.
func (t tried) plain() bool { return t.file == t.variable && t.enable == t.variable+"_enable" }

// A group is services that are tried with the same lines.
type group struct {
	members []tried
	outside bool // they are not jailed
}

// trial is the commands by which a person can see it work: one block for the services
// whose names and variables begin alike, and one for each other.
func trial(list []patch.Numbered) string {
	var inside, outside []group
	lost := map[string][]string{}
	for _, n := range list {
		for _, s := range n.Subjects {
			t, to := triedOf(s), &inside
			if s.Verdict.Never() {
				to = &outside
			}
			i := slices.IndexFunc(*to, func(g group) bool { return t.plain() && g.members[0].plain() })
			if i < 0 {
				i, *to = len(*to), append(*to, group{outside: s.Verdict.Never()})
			}
			if g := &(*to)[i]; !slices.Contains(g.members, t) {
				g.members = append(g.members, t)
			}
			for _, v := range s.Skipped {
				lost[v] = addOnce(lost[v], t.file)
			}
			if signalsAsUser(s) {
				lost["stop"] = addOnce(lost["stop"], t.file)
			}
			if !hasStatus(s) {
				lost["no status"] = addOnce(lost["no status"], t.file)
			}
		}
	}
	var blocks []string
	for _, g := range slices.Concat(inside, outside) {
		blocks = append(blocks, g.steps(lost, len(inside) > 0))
	}
	return strings.Join(blocks, "\n")
}

// steps is the lines of one group.
func (g group) steps(lost map[string][]string, others bool) string {
	t, text := g.members[0], ""
	if len(g.members) > 1 {
		var files []string
		for _, m := range g.members {
			files = append(files, m.file)
		}
		text = "NAME is each of " + strings.Join(files, ", ") + "."
		if g.outside && others {
			text = "For those that are not jailed, NAME is each of " + strings.Join(files, ", ") + "."
		}
		text = patch.Paragraph(text) + "\n"
		t = tried{"NAME", "NAME", "NAME_enable"}
	}
	var lines []string
	service := func(verb, remark string) { lines = append(lines, "service "+t.file+" "+verb+remark) }
	on, off := "sysrc", "sysrc -x "+t.variable+"_svcj"
	if t.enable != "" {
		on += " " + t.enable + "=YES"
		off += "    # and " + t.enable + ", unless it was on before"
	}
	lines = append(lines, on+" "+t.variable+"_svcj=YES")
	if g.outside {
		service("start", "    # on the host, as before: it really starts")
	} else {
		service("start", "")
	}
	if g.outside {
		lines = append(lines, "jls -j svcj-"+t.variable+"    # no such jail")
	} else {
		lines = append(lines, "jls -j svcj-"+t.variable+"    # the service's jail")
		if none := g.remark(lost["no status"], "no status"); none != "    # no status" {
			service("status", g.remark(lost["status"], "says nothing in the jail, exits with 0")+none)
		}
		service("restart", g.remark(lost["restart"], "does nothing in the jail: stop, then start"))
		lines = append(lines, "jls -j svcj-"+t.variable+"    # the jail is there")
	}
	stop := ""
	if !g.outside {
		stop = g.remark(lost["stop"], "if its user may not signal into the jail: jail -r svcj-"+t.variable)
	}
	service("stop", stop)
	for _, l := range append(lines, off) {
		text += "    " + l + "\n"
	}
	return text
}

// remark says of which services of the group something is true, "" for none.
func (g group) remark(which []string, says string) string {
	var in []string
	for _, m := range g.members {
		if slices.Contains(which, m.file) {
			in = append(in, m.file)
		}
	}
	switch len(in) {
	case 0:
		return ""
	case len(g.members):
		return "    # " + says
	}
	return "    # " + strings.Join(in, ", ") + ": " + says
}

// hasStatus reports whether rc.subr(8) offers the script's status: it does where it
// can look for a process, and where the script has a method of its own.
func hasStatus(s *lint.Subject) bool {
	if s.Script == nil {
		return true
	}
	if offered, known := s.Script.Offers("status"); offered || !known {
		return true
	}
	return slices.ContainsFunc(s.Script.Assigns, func(a rcparse.Assign) bool {
		return slices.Contains([]string{"command", "procname", "status_cmd"}, a.Var) ||
			strings.HasSuffix(a.Var, "_program")
	})
}

// signalsAsUser reports whether rc.subr(8) stops the service with a signal that it sends
// as the service's user: newer kernels refuse that from outside a jail.
func signalsAsUser(s *lint.Subject) bool {
	if s.Script == nil || s.Records == nil || len(s.Records.Jail.Starts) == 0 || s.Verdict.Never() {
		return false
	}
	_, own := s.Script.Method("stop_cmd")
	return !own && !slices.Contains([]string{"", "root"}, s.Records.Jail.Starts[0].User)
}
