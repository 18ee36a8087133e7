package realsubr

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// TestGuess: a script that starts only under one of the guesses starts in the made host as it
// does in the simulation. The made tree has none.
func TestGuess(t *testing.T) {
	h := newHarness(t, standIn(t, rcrun.DefaultRelease))
	for name, precmd := range map[string]string{
		"all files":                      `[ -f /usr/local/etc/demo.conf ]`,
		"few files":                      `[ ! -f /usr/local/etc/demo.conf ]`,
		"few files in /var/db":           `[ ! -d /var/db/demo ]`,
		"grep finds the first thing":     `grep -q one /usr/share/demo && ! grep -q two /usr/share/demo`,
		"grep prints the first thing":    "eval `grep ^DEMO /usr/share/demo`; [ \"$DEMO\" = on ]",
		"no other package":               `! pkg info -e other`,
		"fdescfs is mounted":             `mount -p | grep -q fdescfs`,
		"grep does not find":             `! grep -q one /usr/share/demo && ! grep -q one /usr/share/demo`,
		"a module is loaded":             `kldstat -q -m demo`,
		"few files and the other answer": `[ ! -f /usr/local/etc/demo.conf ] && kldstat -q -m demo`,
	} {
		t.Run(name, func(t *testing.T) {
			s := &subject{where: name, name: "demo", text: `#!/bin/sh
. /etc/rc.subr
name=demo
rcvar=demo_enable
command=/usr/local/sbin/demo
start_precmd=demo_precmd
demo_precmd() { ` + precmd + `; }
load_rc_config $name
run_rc_command "$1"
`}
			results, err := h.compareScript(t.Context(), s, true)
			require.NoError(t, err)
			require.NotEmpty(t, results)
			for _, r := range results {
				require.Empty(t, r.found, r.output)
			}
			ob, err := h.run(t.Context(), s, rcrun.Scenario{Verb: "start", InstalledAs: s.name})
			require.NoError(t, err)
			require.NotEmpty(t, ob.Starts(), ob.Output)
		})
	}
}
