package rcparse_test

import (
	"fmt"

	"github.com/svcjify/svcjify/rcparse"
)

// A template is parsed as it stands in a port, with its placeholders.
func ExampleParse() {
	script := rcparse.Parse([]byte(`. /etc/rc.subr
name="harbourd"
rcvar="harbourd_enable"
load_rc_config $name
: ${harbourd_enable="NO"}
: ${harbourd_svcj_options="net_basic"}
command="%%PREFIX%%/sbin/harbourd"
run_rc_command "$1"
`), nil)
	fmt.Println(script.Name.Text, script.RCVar.Text)
	for _, d := range script.Svcj() {
		value, _ := d.Static()
		fmt.Printf("line %d: %s\n", d.Pos.Line, value)
	}
	// Output:
	// harbourd harbourd_enable
	// line 6: net_basic
}
