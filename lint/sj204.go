package lint

import (
	"strings"
)

var sj204 = &Rule{
	Code: "SJ204", Slug: "instances-collide", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "several instances would share one jail",
		Text: `The jail is named svcj-${name}. A script that starts several instances under one name
can create one jail only: the second jail(8) fails because the jail exists. If the
script ends in ` + "`run_rc_command \"$1\"`" + `, the word that names the instance does not reach
the jailed run, which then starts all of them; a stop of one removes the jail.

| severity | when |
|---|---|
| error | it happens with the default rc.conf |
| warning | it happens with two entries in a list of rc.conf that the script goes through, such as profiles, instances or configuration files |
| info | the script has profiles or instances, and the simulation gave no result |`,
		Before: `for i in ${foo_instances}; do
	run_rc_command "$1"
done`,
		After: `# one rc.d script (or link) for each instance, each with a name of its own
name=${0##*/}
run_rc_command "$@"`,
	},
	Check: checkInstancesCollide,
}

func checkInstancesCollide(p *Pass) {
	if p.optedOut() {
		return
	}
	if p.simulated() && len(p.Records.Jail.Refused) > 0 {
		p.report(p.Script.Name.Pos, nil, "give each instance a script and a ${name} of its own", "%s",
			collision(p.Records.Pair))
		return
	}
	if !p.simulated() {
		return
	}
	for _, t := range p.Records.Trials {
		switch instances := strings.HasSuffix(t.Conf[0].Name, "_profiles") ||
			strings.HasSuffix(t.Conf[0].Name, "_instances"); {
		case len(t.Jail.Refused) > 0:
			p.reportAs(Warning, t.Pos, nil, "give each instance a script and a ${name} of its own",
				"%s, %s", t.setting(), collision(t.Pair))
		case !t.List || !instances || t.outside() != "":
		case t.failed() != "" || len(t.Host.Starts) < 2 || !t.jailed():
			p.reportAs(Info, t.Pos, nil, "", "if rc.conf sets %s, the instances may share one jail: the simulation gave no result", t.Conf[0].Name)
		}
	}
}

// collision says what comes of the instances: where the script is run again in the
// jail without the word that names one, it starts them all there.
func collision(p Pair) string {
	jail := p.Jail.Refused[0]
	if len(p.Jail.Starts) >= len(p.Host.Starts) {
		return "all instances start in the one jail " + jail + ", which ends when one of them is stopped"
	}
	return "only the first instance starts: the jail " + jail + " already exists when the next one is to be created"
}
