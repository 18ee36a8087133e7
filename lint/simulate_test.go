package lint

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIsDetail(t *testing.T) {
	for _, w := range []string{"/var/run/foo.pid", "--pidfile=/x", "-pid", "--pid-file", "pid=/x", "/var/log/foo", "/x/foo.log", "--logfile", "--log=/x", "-log", "--pids"} {
		require.True(t, isDetail(w), w)
	}
	for _, w := range []string{"--rapid", "--login", "login", "-u", "root", "--spider", "/usr/local/etc/foo.conf", "cupid", "--logic", "catalog"} {
		require.False(t, isDetail(w), w)
	}
}
