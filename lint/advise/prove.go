package advise

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// prove starts the service with the lines in the simulated jail, by service(8)
// and at boot, and says why that is not the start on the host; "" where it is.
func (j *judgement) prove(lines []rcrun.Setting, options []string) string {
	scenarios := []rcrun.Scenario{j.scenario(nil, false), j.scenario(nil, true), j.scenario(lines, false),
		j.scenario(lines, true)}
	recs := j.run(scenarios)
	for i, when := range []string{"with service(8)", "at boot"} {
		h, jail := recs[i], recs[i+2]
		switch {
		case jail.Failed != "":
			return "svcjify can't tell: the simulated start with these lines was ended, since " + jail.Failed + "."
		case len(jail.Jails) == 0 || !jail.Jails[0].Found || len(jail.Refused) > 0:
			return fmt.Sprintf("With these lines in rc.conf it is not started in a jail %s: the script sets %s_svcj itself.", when, j.RunName)
		case !sameWords(strings.Fields(jail.SvcjOptions), options):
			return fmt.Sprintf("With these lines in rc.conf its options %s are %s: the script sets them itself.",
				when, shownOptions(strings.Fields(jail.SvcjOptions)))
		case len(worst(lint.Losses(h, jail))) > 0:
			return "In the jail, " + worst(lint.Losses(h, jail))[0].What + " " + when + "."
		}
	}
	return ""
}

// laterFile is a file of rc.conf.d for the service that sets one of the lines'
// variables, and is read after rc.conf; the last one counts.
func (j *judgement) laterFile() string {
	later := ""
	for _, dir := range j.m.confDirs() {
		name := dir + "/rc.conf.d/" + j.RunName
		for _, file := range slices.Sorted(maps.Keys(j.m.conf)) {
			if file != name && !strings.HasPrefix(file, name+"/") {
				continue
			}
			for _, l := range j.Lines {
				if _, sets := assigned(j.m.conf[file], l.Name); sets {
					later = file
				}
			}
		}
	}
	return later
}

// scenario is a start with lines in rc.conf, which have it jailed where they say so.
func (j *judgement) scenario(lines []rcrun.Setting, boot bool) rcrun.Scenario {
	sc := rcrun.Scenario{Verb: "start", Args: j.subject.Records.Args, InstalledAs: j.Name, Release: j.m.release.Name,
		RCConf: lines}
	sc.Boot = boot
	sc.Svcj = len(lines) > 0 && lines[0].Value == "YES"
	return sc
}

func (j *judgement) run(scenarios []rcrun.Scenario) []rcrun.Record {
	job := j.job
	job.Scenarios = scenarios
	return j.m.Pool.Run(j.ctx, []rcrun.Job{job})[0]
}
