package lint

import (
	"context"
	"regexp"

	"mvdan.cc/sh/v3/syntax"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// instancesOf finds where a script first speaks of the variable by which it
// takes instances from rc.conf, which is named for the service like all of them.
func instancesOf(s *rcparse.Script) (name string, at rcparse.Pos, ok bool) {
	if s.File() == nil || s.Name.Kind != rcparse.Literal {
		return "", at, false
	}
	syntax.Walk(s.File(), func(n syntax.Node) bool {
		var lit *syntax.Lit
		switch n := n.(type) {
		case *syntax.ParamExp:
			lit = n.Param
		case *syntax.Assign:
			lit = n.Name
		}
		if lit == nil || ok {
			return !ok
		}
		for _, end := range []string{"_profiles", "_instances"} {
			if v := s.Name.Text + end; lit.Value == v {
				name, at, ok = v, s.PosAt(int(lit.Pos().Offset())), true
			}
		}
		return !ok
	})
	return name, at, ok
}

// instances starts the service with two instances in rc.conf, each with an
// example of what the script wants of an instance. It is nil for a script that
// takes none.
func instances(ctx context.Context, opts Options, svc *corpus.Service, s *rcparse.Script) *Setting {
	v, _, ok := instancesOf(s)
	if !ok {
		return nil
	}
	set := rcrun.Setting{Name: v, Value: "one two"}
	start := rcrun.Scenario{Verb: "start", InstalledAs: svc.Name, Release: opts.Release.Name}
	start.RCConf = append([]rcrun.Setting{set}, ofInstances(s, "one", "two")...)
	jailed := start
	jailed.Svcj = true
	runs := opts.Simulate.Run(ctx, []rcrun.Job{{Src: s.Src, Subst: Substitutions(svc), Scenarios: []rcrun.Scenario{start, jailed}}})[0]
	return &Setting{set, runs[0], runs[1]}
}

// ofInstances is rc.conf's lines for what the script reads of an instance, in
// variables such as foo_${profile}_config, which only an eval can read.
func ofInstances(s *rcparse.Script, instances ...string) []rcrun.Setting {
	name := regexp.QuoteMeta(s.Name.Text)
	indirect := regexp.MustCompile(`\b` + name + `_\$(?:\{\w+\}|\w+?)_([a-z]\w*)`)
	var out []rcrun.Setting
	seen := map[string]bool{"": true}
	for _, m := range indirect.FindAllStringSubmatch(string(s.Src), 2*maxSettings) {
		if seen[m[1]] || len(seen) > maxSettings {
			continue
		}
		seen[m[1]] = true
		value := rcrun.Example(m[1])
		if m[1] == "enable" {
			value = "YES"
		}
		for _, i := range instances {
			out = append(out, rcrun.Setting{Name: s.Name.Text + "_" + i + "_" + m[1], Value: value})
		}
	}
	return out
}
