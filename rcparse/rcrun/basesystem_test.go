package rcrun

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Which commands are there: see shell.finds.
func TestFinds(t *testing.T) {
	for _, tc := range []struct{ script, want string }{
		{"cat </dev/null && mount /x && /bin/say base", "base"},
		{"nginx && /bin/say wrong || /bin/say $?", "127"},
		{"PATH=$PATH:/usr/local/bin; nginx && /bin/say right", "right"},
		{"PATH=/opt/x; nginx && mount && /bin/say right", "right"},
		{"PATH=/bin:/usr/bin; mount || /bin/say $?", "127"}, // it is in /sbin
		{"env PATH=/usr/local/sbin nginx && /bin/say right", "right"},
		{"env -i nginx || /bin/say $?", "127"},
		{"limits -C daemon nginx || /bin/say $?", "127"},
		{"sudo -u www /usr/bin/true || /bin/say $?", "127"}, // a package's wrapper
		{"su -m www -c 'nginx || /bin/say $?'", "127"},
		{"su -m www -c 'PATH=/usr/local/bin; nginx && /bin/say right'", "right"},
		{"'/usr/local/bin/nginx -g x' || /bin/say $?", "127"},
		{"x='/usr/local/bin/nginx -g x'; $x && /bin/say right", "right"},
		{"bin/nginx || script/web || ./web || /bin/say $?", "127"},
		{"cd /usr/local/www/x && bin/nginx && ./web && /bin/say right", "right"},
		{"usr/local/bin/nginx && bin/cat && /bin/say right", "right"},
		{"f() { :; }; PATH=/opt/x; f && env f || /bin/say $?", "127"},
		{"'' || /bin/say $?; -x || /bin/say $?", "127 127"},
		{"command -v nginx || /bin/say $?; command -v mount >/dev/null && /bin/say right", "127 right"},
	} {
		rec := FromText(tc.script).Run(t.Context(), Scenario{Verb: "start", InstalledAs: "x"})
		require.Empty(t, rec.Failed, tc.script)
		var said []string
		for _, c := range rec.Reached {
			if c.Argv[0] == "/bin/say" {
				said = append(said, c.Argv[1:]...)
			}
		}
		require.Equal(t, tc.want, strings.Join(said, " "), tc.script)
		if strings.Contains(tc.want, "127") && !strings.Contains(tc.script, "command -v") {
			require.Contains(t, strings.Join(rec.Unknown, "\n"),
				"is run as a command, and there is no such command", tc.script)
		}
	}
}

// A start that only the host finds is the jail's fault, one that neither finds is not.
func TestFindsInTheJail(t *testing.T) {
	both := func(middle string) (host, jail []Command) {
		s := FromText(serviceText(middle))
		sc := Scenario{Verb: "start", InstalledAs: "foo"}
		host = s.Run(t.Context(), sc).Starts
		sc.Svcj = true
		return host, s.Run(t.Context(), sc).Starts
	}
	host, jail := both("start_precmd='export PATH=$PATH:/usr/local/bin' start_cmd=nginx")
	require.Len(t, host, 1)
	require.Empty(t, jail)
	host, jail = both("start_cmd=nginx")
	require.Empty(t, host)
	require.Empty(t, jail)
	host, jail = both("start_precmd='cd /usr/local/www/x' start_cmd='bin/web -d'")
	require.Len(t, host, 1)
	require.Empty(t, jail)
}

func TestBaseCommands(t *testing.T) {
	list := BaseCommands()
	for _, p := range []string{"/bin/sh", "/usr/bin/su", "/usr/sbin/daemon", "/usr/sbin/service", "/sbin/sysctl",
		"/usr/bin/limits", "/usr/sbin/setfib", "/bin/cpuset"} {
		require.Contains(t, list, p)
	}
	require.Equal(t, "/usr/local/bin/nginx", programPath("nginx"))
}
