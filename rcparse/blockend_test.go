package rcparse

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBlockEndOneStatement: two defaults in one statement are no reason to stumble.
func TestBlockEndOneStatement(t *testing.T) {
	const line = `: ${quay_enable=${pier_enable-NO}} ${quay_flags="--system"}`
	s := Parse([]byte(". /etc/rc.subr\nname=quay\nrcvar=quay_enable\n"+line+"\nload_rc_config $name\n"+
		"command=/usr/local/sbin/quay\nrun_rc_command \"$1\"\n"), nil)
	last, ok := s.BlockEnd()
	require.True(t, ok)
	require.Equal(t, line, string(s.Src[last.Start:last.End]))
}
