package batch

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/corpus"
	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/patch"
	"github.com/svcjify/svcjify/rcparse"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// A person types the name of the file, variables have the script's, and rc.subr(8) has
// no status where it can't look for a process.
func TestTrial(t *testing.T) {
	service := func(file, script string, never bool) *lint.Subject {
		s := &lint.Subject{Service: &corpus.Service{Name: file}, Script: rcparse.Parse([]byte(script), nil)}
		s.Verdict = infer.Verdict{Options: []string{"net_basic"}, Certainty: infer.Certain}
		if never {
			s.Verdict = infer.Verdict{OptOut: true, Certainty: infer.Certain}
		}
		return s
	}
	of := func(list ...*lint.Subject) []patch.Numbered {
		return []patch.Numbered{{Change: &patch.Change{Subjects: list}}}
	}
	food := service("food", "name=food\ncommand=/usr/local/sbin/food\n", false)
	require.Equal(t, `    sysrc food_enable=YES food_svcj=YES
    service food start
    jls -j svcj-food    # the service's jail
    service food status
    service food restart
    jls -j svcj-food    # the jail is there
    service food stop
    sysrc -x food_svcj    # and food_enable, unless it was on before
`, trial(of(food)))

	bare := service("bare", "name=bare\nstart_cmd=bare_start\n", false)
	require.NotContains(t, trial(of(bare)), "status")
	require.Contains(t, trial(of(food, bare)), "NAME is each of food, bare.\n")
	require.Contains(t, trial(of(food, bare)), "    service NAME status    # bare: no status\n")

	out := service("cf-execd", "name=cf_execd\ncommand=/usr/local/sbin/cf-execd\n", true)
	require.Equal(t, `    sysrc cf_execd_enable=YES cf_execd_svcj=YES
    service cf-execd start    # on the host, as before: it really starts
    jls -j svcj-cf_execd    # no such jail
    service cf-execd stop
    sysrc -x cf_execd_svcj    # and cf_execd_enable, unless it was on before
`, trial(of(out)))
	require.Contains(t, trial(of(out, food)), "    service food start\n")
	require.Contains(t, trial(of(out, food)), "    service cf-execd start ")

	food.Records = &lint.Records{}
	food.Records.Host = rcrun.Record{Name: "food", RCVar: "meals_enable"}
	require.Contains(t, trial(of(food)), "    sysrc meals_enable=YES food_svcj=YES\n")
	food.Records.Host.RCVar = ""
	require.Contains(t, trial(of(food)), "    sysrc food_svcj=YES\n")

	require.NotContains(t, trial(of(food)), "jail -r")
	food.Records.Jail.Starts = []rcrun.Command{{User: "cook"}}
	require.Contains(t, trial(of(food)),
		"    service food stop    # if its user may not signal into the jail: jail -r svcj-food\n")
}
