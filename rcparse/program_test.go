package rcparse

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRealProgram(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"/usr/local/sbin/mud -d", "/usr/local/sbin/mud"},
		{"/usr/sbin/daemon -p /var/run/x.pid -u x /usr/local/bin/x -c y", "/usr/local/bin/x"},
		{"/usr/sbin/daemon -p /var/run/x.pid -s info -l daemon /usr/bin/env /usr/local/bin/x -c y", "/usr/local/bin/x"},
		{"/usr/sbin/daemon -cf -P /var/run/x.pid -r -- /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/sbin/daemon -rP /var/run/x.pid -S -T x /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/sbin/daemon -R 5 -o /var/log/x /usr/bin/env A=b C=d /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/bin/su -m x -c 'sh -c \"/usr/local/bin/y -z\"'", "/usr/local/bin/y"},
		{"/usr/bin/nice -n 5 /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/sbin/rtprio 10 /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/local/bin/python3.12 -u /usr/local/lib/x.py --port 1", "/usr/local/lib/x.py"},
		{"/usr/local/bin/python3.12 -m x.server", "x.server"},
		{"/usr/local/bin/java -Xmx1g -jar x.jar", "/usr/local/bin/java"},
		{"/usr/sbin/daemon", "/usr/sbin/daemon"},
		{"/usr/sbin/daemon -C 3 -R 10 --title x --user=mud --output-file /var/log/x -H /usr/local/bin/x", "/usr/local/bin/x"},
		{"/usr/bin/limits -C daemon -b 64m /usr/local/sbin/x -d", "/usr/local/sbin/x"},
		{"/usr/bin/limits -eC daemon A=b /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/sbin/setaudit -U -a mud /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/cpuset -c -l 0-1 /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/sbin/setfib 1 /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/sbin/setfib -F 1 /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/nice -5 /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/protect -i /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/stdbuf -o L /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/env -i -u HOME -C /var/db A=b /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/bin/timeout -k 5 60 /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"/usr/sbin/chroot -u mud /var/empty /usr/local/sbin/x", "/usr/local/sbin/x"},
		{"", ""},
	} {
		got := RealProgram(Words(c.line))
		if c.want == "" {
			require.Empty(t, got)
			continue
		}
		require.NotEmpty(t, got, c.line)
		require.Equal(t, c.want, got[0], c.line)
	}
}

func TestProgram(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"command", "name=mud\ncommand=/usr/local/bin/${name}d\n", "mudd"},
		{"program variable", "name=mud\n: ${mud_program:=/usr/local/bin/mud2}\ncommand=${mud_program}\n", "mud2"},
		{"daemon", "name=mud\ncommand=/usr/sbin/daemon\ncommand_args=\"-f -p $pidfile %%PREFIX%%/bin/mud --port ${mud_port}\"\n", "mud"},
		{"none", "name=mud\nstart_cmd=mud_start\n", ""},
		{"unknown", "name=mud\ncommand=${mud_bin}\n", ""},
		{"refers to itself", "name=mud\ncommand=$command\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, Parse([]byte(c.src), nil).Program()) })
	}
}

func TestWords(t *testing.T) {
	require.Equal(t, []string{"a", "b c", "", "d"}, Words(`a "b c"  '' \d`))
}

func TestOptionIncludes(t *testing.T) {
	get := func(w string) Option { o, ok := OptionOf(w); require.True(t, ok); return o }
	require.True(t, get("net_all").Includes(get("net_basic")))
	require.True(t, get("net_all").Includes(get("net_raw")))
	require.True(t, get("net_basic").Includes(get("netv4")))
	require.False(t, get("net_basic").Includes(get("net_raw")))
	require.False(t, get("net_basic").Includes(get("net_basic")))
}
