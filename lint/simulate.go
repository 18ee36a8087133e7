package lint

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// Records are the simulated runs that the rules look at; nil where there was
// no simulation.
type Records struct {
	// Host and Jail are `service NAME start` with rc.conf holding only the
	// enable line, and with the svcj line besides.
	Host, Jail rcrun.Record
	// Args is the words after start: none, or one for a script that comes to no
	// run_rc_command without, such as one that wants an interface.
	Args []string
	// Overrides are by service(8) and at boot; nil where the script says
	// nothing of service jails, or does not come to a run_rc_command.
	Overrides []Override
	// Settings are those under which the jailed start differs though it does not by default.
	Settings []Setting
	// Instances is the start with two instances; nil where the script takes none.
	Instances *Setting
}

// simulate runs the scenarios that the rules need.
func simulate(ctx context.Context, opts Options, svc *corpus.Service, script *rcparse.Script) *Records {
	job := rcrun.Job{Src: script.Src, Subst: Substitutions(svc)}
	var r Records
	var start rcrun.Scenario
	for _, args := range [][]string{nil, {"default"}} {
		start = rcrun.Scenario{Verb: "start", Args: args, InstalledAs: svc.Name, Release: opts.Release.Name}
		jailed := start
		jailed.Svcj = true
		try := job
		try.Scenarios = []rcrun.Scenario{start, jailed}
		runs := opts.Simulate.Run(ctx, []rcrun.Job{try})[0]
		if args == nil || runs[0].Name != "" {
			r.Host, r.Jail, r.Args = runs[0], runs[1], args
		}
		if r.Host.Name != "" || r.Host.Failed != "" {
			break
		}
	}
	start.Args = r.Args
	if script.DeclaresSvcj() && r.Host.Name != "" && r.failed() == "" {
		r.Overrides = overrides(ctx, opts.Simulate, job, start, &r)
	}
	if r.failed() == "" {
		r.Settings = settings(ctx, opts, svc, script, &r)
		r.Instances = instances(ctx, opts, svc, script)
	}
	return &r
}

// failed says why the runs can't be relied on, "" where they can.
func (r *Records) failed() string {
	for _, rec := range []rcrun.Record{r.Host, r.Jail} {
		if rec.Failed != "" {
			return rec.Failed
		}
	}
	return ""
}

// A loss is one difference between the start on the host and the one in the jail.
type loss struct {
	what     string // in words, what the jailed start lacks or has besides
	severity Severity
	// vars are the variables that may carry it, words what they lose.
	vars, words []string
}

// losses compares what is started, command by command.
func (r *Records) losses() []loss {
	host, jail := r.Host.Starts, r.Jail.Starts
	if len(host) > 0 && len(jail) == 0 {
		return []loss{{"nothing is started: " + strings.Join(host[0].Argv, " "), Error, []string{"command", "command_args", "rc_flags"}, nil}}
	}
	var out []loss
	for i := range host {
		if i >= len(jail) {
			out = append(out, loss{"not started: " + strings.Join(host[i].Argv, " "), Error, nil, nil})
			continue
		}
		out = append(out, compare(host[i], jail[i])...)
	}
	for i := len(host); i < len(jail); i++ {
		out = append(out, loss{"started besides: " + strings.Join(jail[i].Argv, " "), Error, nil, nil})
	}
	return out
}

func compare(h, j rcrun.Command) []loss {
	var out []loss
	line := []string{"rc_flags", "command_args", "command", "flags"}
	if lost, extra := wordDiff(h.Argv, j.Argv), wordDiff(j.Argv, h.Argv); len(lost)+len(extra) > 0 {
		sev := Warning
		if !allDetail(lost) || !allDetail(extra) {
			sev = Error
		}
		if len(lost) > 0 {
			out = append(out, loss{"the command line loses " + quoteWords(lost), sev, line, lost})
		}
		if len(extra) > 0 {
			out = append(out, loss{"the command line has " + quoteWords(extra) + " besides", sev, line, nil})
		}
	} else if !slices.Equal(h.Argv, j.Argv) {
		out = append(out, loss{"the order of the command line changes", Error, line, nil})
	}
	for _, d := range []struct {
		what, h, j string
		sev        Severity
	}{
		{"user", h.User, j.User, Error}, {"group", h.Group, j.Group, Error}, {"groups", h.Groups, j.Groups, Error},
		{"chroot", h.Chroot, j.Chroot, Error},
		{"directory", h.Dir, j.Dir, Error}, // who goes there wants to find something
		// The umask is the process's, and jail(8) hands it on.
		{"limits", h.LoginClass + " " + h.Limits, j.LoginClass + " " + j.Limits, Warning}, {"nice", h.Nice, j.Nice, Warning},
		{"fib", h.FIB, j.FIB, Warning}, {"cpuset", h.CPUSet, j.CPUSet, Warning},
	} {
		if d.h != d.j {
			out = append(out, loss{d.what + " is " + shown(d.j) + ", on the host " + shown(d.h), d.sev, []string{d.what}, nil})
		}
	}
	if lost := wordDiff(h.Env, j.Env); len(lost) > 0 {
		sev := Warning
		var names []string
		for _, e := range lost {
			name, _, _ := strings.Cut(e, "=")
			names = append(names, name)
			if !strings.HasPrefix(name, "LC_") && name != "LANG" && name != "TZ" {
				sev = Error
			}
		}
		out = append(out, loss{"the environment loses " + quoteWords(lost), sev, names, nil})
	}
	return out
}

// wordDiff is the words of a that b lacks, counted.
func wordDiff(a, b []string) []string {
	left := map[string]int{}
	for _, w := range b {
		left[w]++
	}
	var out []string
	for _, w := range a {
		if left[w]--; left[w] < 0 {
			out = append(out, w)
		}
	}
	return out
}

// isDetail reports whether a word of a command line is about a log or pid file
// only; everything else may be privileges, configuration or data.
func isDetail(w string) bool { return detail.MatchString(w) }

// detail takes pid and log for words of their own: --rapid and --login are none.
var detail = regexp.MustCompile(`(?i)(^|[^a-z])pid([^a-z]|file|s?$)|pidfile|^/var/log/|\.log$|^--?log([^a-z]|file|s?$)`)

// allDetail reports whether the words are details, each with the flag in front of it.
func allDetail(words []string) bool {
	for i, w := range words {
		flag := strings.HasPrefix(w, "-") && i+1 < len(words) && isDetail(words[i+1])
		if !flag && !isDetail(w) {
			return false
		}
	}
	return true
}

func quoteWords(words []string) string {
	text := strings.Join(words, " ")
	if len(text) > 100 {
		text = strings.ToValidUTF8(text[:97], "") + "..."
	}
	return `"` + text + `"`
}

func shown(s string) string {
	if strings.TrimSpace(s) == "" {
		return "not set"
	}
	return strings.TrimSpace(s)
}
