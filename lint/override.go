package lint

import (
	"context"
	"strings"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// An Override is how a script's own declaration stands up to rc.conf, either
// by service(8) or at boot: the two differ, since rc(8) has read rc.conf
// before the script's first line (rc.subr, load_rc_config and _rc_conf_loaded).
type Override struct {
	// When is "with service(8)" or "at boot".
	When string
	// Unset, Set and Empty are starts on the host whose rc.conf says nothing of
	// ${name}_svcj_options, gives it a value of its own, and empties it.
	Unset, Set, Empty rcrun.Record
	// Yes is a start whose rc.conf says ${name}_svcj=YES.
	Yes rcrun.Record
}

// overrideValue is an administrator's answer that no script gives of itself.
const overrideValue = "mlock netv6"

// overrides runs a script whose run_rc_command is called for a name. By
// service(8) the starts that say nothing of its options are those of r.
func overrides(ctx context.Context, session *rcrun.Session, job rcrun.Job, start rcrun.Scenario,
	r *Records) []Override {
	option := r.Host.Name + "_svcj_options"
	boot := start
	boot.Boot = true
	yes := boot
	yes.Svcj = true
	job.Scenarios = []rcrun.Scenario{boot, yes}
	for _, plain := range []rcrun.Scenario{start, boot} {
		set, empty := plain, plain
		set.RCConf = []rcrun.Setting{{Name: option, Value: overrideValue}}
		empty.RCConf = []rcrun.Setting{{Name: option}}
		job.Scenarios = append(job.Scenarios, set, empty)
	}
	runs := session.Run(ctx, job)
	return []Override{
		{When: "with service(8)", Unset: r.Host, Yes: r.Jail, Set: runs[2], Empty: runs[3]},
		{When: "at boot", Unset: runs[0], Yes: runs[1], Set: runs[4], Empty: runs[5]},
	}
}

// Failed says why the runs can't be relied on, "" where they can.
func (o Override) Failed() string {
	for _, r := range []rcrun.Record{o.Unset, o.Set, o.Empty, o.Yes} {
		switch {
		case r.Failed != "":
			return r.Failed
		case r.Name != o.Unset.Name || r.Name == "":
			return "run_rc_command is not called for the same name"
		}
	}
	return ""
}

// Default is the options that are in force where rc.conf says nothing, and
// whether the script set any.
func (o Override) Default() (string, bool) { return o.Unset.SvcjOptions, o.Unset.SvcjOptionsSet }

// ValueLost reports whether rc.conf's options are not the ones in force.
func (o Override) ValueLost() bool { return o.Set.SvcjOptions != overrideValue }

// EmptyLost reports whether rc.conf can't take all options away.
func (o Override) EmptyLost() bool { return strings.TrimSpace(o.Empty.SvcjOptions) != "" }

// OptOutLost reports whether ${name}_svcj=YES in rc.conf puts the service into a jail.
func (o Override) OptOutLost() bool { return o.Yes.Svcj || len(o.Yes.Jails) > 0 }

// overridden says when something is so, in words for a message, "" for never;
// known is false where no run can tell for this variable's prefix.
func (p *Pass) overridden(prefix string, lost func(Override) bool) (when string, known bool) {
	if p.Records == nil || len(p.Records.Overrides) == 0 || prefix != p.Records.Host.Name {
		return "", false
	}
	var whens []string
	for _, o := range p.Records.Overrides {
		if o.Failed() != "" {
			return "", false
		}
		if lost(o) {
			whens = append(whens, o.When)
		}
	}
	return strings.Join(whens, " and "), true
}

// never is the answer of overridden where both are so.
const never = "with service(8) and at boot"

// not is an answer of overridden behind a denial: "has no effect at boot".
func not(when string) string {
	if when == never {
		return ", neither with service(8) nor at boot"
	}
	return " " + when
}
