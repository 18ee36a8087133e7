package lint

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A Setting is a line of rc.conf under which the jailed start is not the start
// on the host, though it is by default.
type Setting struct {
	rcrun.Setting
	Host, Jail rcrun.Record
}

// maxSettings bounds what is tried of one script.
const maxSettings = 12

// settings tries the settings that the script's start_precmd looks at, one at a
// time, where the default start loses nothing and the precmd sets something
// that a start would need.
func settings(ctx context.Context, opts Options, svc *corpus.Service, s *rcparse.Script, r *Records) []Setting {
	list := settingsOf(s, r.Host.Name)
	if len(list) == 0 || len(r.losses()) > 0 || len(r.Host.Starts) == 0 {
		return nil
	}
	job := rcrun.Job{Src: s.Src, Subst: Substitutions(svc)}
	for _, v := range list {
		start := rcrun.Scenario{Verb: "start", Args: r.Args, InstalledAs: svc.Name, RCConf: []rcrun.Setting{v}, Release: opts.Release.Name}
		jailed := start
		jailed.Svcj = true
		job.Scenarios = append(job.Scenarios, start, jailed)
	}
	runs := opts.Simulate.Run(ctx, []rcrun.Job{job})[0]
	var out []Setting
	for i, v := range list {
		try := Records{Host: runs[2*i], Jail: runs[2*i+1]}
		if try.failed() == "" && len(try.losses()) > 0 {
			out = append(out, Setting{v, try.Host, try.Jail})
		}
	}
	return out
}

// settingsOf is a value other than the default for each of the service's
// variables that the start_precmd reads: the other answer to a question, an
// example for what is empty. What has a value stands for itself.
func settingsOf(s *rcparse.Script, name string) []rcrun.Setting {
	fn := precmdOf(s)
	if fn == nil || name == "" {
		return nil
	}
	e := newTracer(s).of(fn.Body)
	if len(e.exports) == 0 && !meets(e.writes, map[string]bool{"rc_flags": true, "command_args": true, "command": true}) {
		return nil
	}
	var out []rcrun.Setting
	for _, v := range slices.Sorted(maps.Keys(e.reads)) {
		if !strings.HasPrefix(v, name+"_") || strings.Contains(v, "_svcj") || v == name+"_enable" || len(out) == maxSettings {
			continue
		}
		value, known := "", true
		for _, a := range s.Get(v) {
			value, known = a.Static()
		}
		switch strings.ToLower(value) {
		case "no", "false", "off", "0":
			out = append(out, rcrun.Setting{Name: v, Value: "YES"})
		case "yes", "true", "on", "1":
			out = append(out, rcrun.Setting{Name: v, Value: "NO"})
		case "":
			if known {
				out = append(out, rcrun.Setting{Name: v, Value: rcrun.Example(v)})
			}
		}
	}
	return out
}
