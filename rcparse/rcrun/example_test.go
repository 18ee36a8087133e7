package rcrun_test

import (
	"context"
	"fmt"

	"github.com/svcjify/svcjify/rcparse/rcrun"
)

// The same script is started on the host and in its jail: what only start_precmd
// sets is lost there.
func ExampleScript_Run() {
	script := rcrun.FromText(`. /etc/rc.subr
name=harbourd
rcvar=harbourd_enable
command=/usr/local/sbin/harbourd
start_precmd=harbourd_precmd
harbourd_precmd() { command_args="-u harbour"; }
load_rc_config $name
run_rc_command "$1"
`)
	for _, jailed := range []bool{false, true} {
		record := script.Run(context.Background(), rcrun.Scenario{Verb: "start", InstalledAs: "harbourd", Svcj: jailed})
		fmt.Println(jailed, record.Starts[0].Argv)
	}
	// Output:
	// false [/usr/local/sbin/harbourd -u harbour]
	// true [/usr/local/sbin/harbourd]
}
