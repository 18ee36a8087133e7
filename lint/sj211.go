package lint

import (
	"fmt"
	"path"
)

var sj211 = &Rule{
	Code: "SJ211", Slug: "no-jail", Severity: Error, Blocks: true,
	Doc: Doc{
		Title: "with svcj=YES the service still runs on the host",
		Text: `rc.conf says ` + "`foo_svcj=YES`" + `, the service starts, and no jail is created: the administrator
believes that it is jailed, and it is not. rc.subr reads the line in load_rc_config, with the name that
run_rc_command is called with. It is not read if the script does not call load_rc_config, or gives each
instance another name. The simulation starts the script with the line
and shows where the process runs, also with two entries in each list of rc.conf that it goes through.`,
		Before: `name=foo
command=/usr/local/sbin/food
run_rc_command "$1"`,
		After: `name=foo
command=/usr/local/sbin/food
load_rc_config $name
run_rc_command "$1"`,
	},
	Check: func(p *Pass) {
		if !p.simulated() || p.badName() {
			return
		}
		if what := p.Records.outside(); what != "" {
			why, hint := p.whyOutside(p.Records.Pair)
			p.report(p.Script.Name.Pos, nil, hint,
				"%s_svcj=YES in rc.conf has no effect, and %s runs on the host: %s", p.RunName(), what, why)
			return
		}
		for _, t := range p.Records.Trials {
			if what := t.outside(); what != "" {
				why, hint := p.whyOutside(t.Pair)
				p.report(t.Pos, nil, hint, "%s, %s_svcj=YES has no effect, and %s runs on the host: %s",
					t.setting(), p.RunName(), what, why)
				return
			}
		}
	},
}

// outside is the base name of the first program that runs on the host though
// rc.conf has the service in a jail, "" for none.
func (p Pair) outside() string {
	for _, c := range p.Jail.Starts {
		if !c.Inside && len(c.Program) > 0 && len(p.Jail.Jails) == 0 {
			return path.Base(c.Program[0])
		}
	}
	return ""
}

// whyOutside is what a start without a jail lacks, and what to do.
func (p *Pass) whyOutside(pair Pair) (why, hint string) {
	name := p.RunName()
	for _, n := range pair.Jail.Names {
		if n != name {
			return fmt.Sprintf("run_rc_command is called with name=%s, so rc.subr reads %s_svcj", n, n),
				"install one rc.d script for each instance, or use one name for all of them"
		}
	}
	if len(p.Script.Loads) == 0 {
		return fmt.Sprintf("load_rc_config is not called, so service(8) never reads %s_svcj", name),
			"call load_rc_config before run_rc_command"
	}
	return "the start ends before run_rc_command creates the jail", p.command("run --svcj", "", "shows both starts")
}
