package lint

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/rcparse"
)

// The line stands below the service's own defaults, in their form.
func TestDeclareOptionsPlace(t *testing.T) {
	const head = ". /etc/rc.subr\nname=rook\nrcvar=rook_enable\nload_rc_config $name\n\n"
	const tail = "\ncommand=/usr/local/sbin/rook\nrun_rc_command \"$1\"\n"
	const line = ": ${rook_svcj_options=\"net_basic\"}\n"
	for name, tt := range map[string]struct{ before, line, after string }{
		"last of the block": {": ${rook_enable:=\"NO\"}\n: ${rook_user:=\"rook\"}\n", line, ""},
		"before defaults of others that stand apart": {
			": ${rook_enable:=\"NO\"}\n: ${rook_dir:=/var/db/rook}\n", line,
			"\n# Directories\n: ${XDG_DATA_HOME:=\"${rook_dir}\"}\nexport XDG_DATA_HOME\n"},
		"behind a default that is taken from another name": {
			": ${rook_enable:=\"NO\"}\nrook_conf=${rook_config-\"/etc/rook.conf\"}\n", line, ""},
		"behind a setting of its own": {": ${rook_enable:=\"NO\"}\nrook_group=rook\n", line, ""},
		"not behind the command":      {": ${rook_enable:=\"NO\"}\n", line, "command_args=-d\n"},
		"quotes around all of it": {": \"${rook_enable:=NO}\"\n",
			": \"${rook_svcj_options=net_basic}\"\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := rcparse.Parse([]byte(head+tt.before+tt.after+tail), nil)
			require.Nil(t, s.Err)
			edit, err := DeclareOptions(s, []string{"net_basic"}, OperatorEquals)
			require.NoError(t, err)
			at := edit.Span.Start
			require.Equal(t, head+tt.before+tt.line+tt.after+tail,
				string(s.Src[:at])+edit.New+string(s.Src[edit.Span.End:]))
		})
	}
}
