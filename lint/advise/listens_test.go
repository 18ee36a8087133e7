package advise

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The lines are as the configurations of well-known servers have them.
func TestListenKinds(t *testing.T) {
	for line, want := range map[string][]family{
		"listen 80;":                           {mixed},
		"    listen [::1]:80 default_server;":  {onlyIPv6},
		"listen 192.0.2.7:80 ssl http2;":       {onlyIPv4},
		"listen = /var/run/php-fpm.sock":       {onlyUNIX},
		"listen.owner = www":                   nil,
		"listen.mode = 0660":                   nil,
		"Listen 192.0.2.7:80":                  {onlyIPv4},
		"bind 127.0.0.1 -::1":                  {onlyIPv4, onlyIPv6},
		"bind-address = 127.0.0.1":             {onlyIPv4},
		"bind-address = ::":                    {mixed},
		"port 0":                               {portOff},
		"port = 3306":                          {mixed},
		"unixsocket /var/run/redis.sock":       {onlyUNIX},
		"unixsocketperm 700":                   nil,
		"listen_addresses = ''":                {portOff},
		"listen_addresses = 'localhost'":       {mixed},
		"unix_socket_directories = '/var/run'": {onlyUNIX},
		"ListenAddress 0.0.0.0":                {onlyIPv4},
		"http-address: 127.0.0.1:9090":         {onlyIPv4},
		`"listen": "unix:/var/run/x.sock",`:    {onlyUNIX},
		"endpoint: tcp://192.0.2.7:4317":       {onlyIPv4},
		"socket = /tmp/mysql.sock":             {onlyUNIX},
		"# listen 80":                          nil,
		"; port = 1":                           nil,
		"logfile = /var/log/x.log":             nil,
		"report = daily":                       nil,
		"":                                     nil,
		"interface: em0":                       {mixed},
		"address = example.org":                {mixed},
	} {
		require.Equal(t, want, listenKinds(line), line)
	}
}

// What a configuration says never makes the reader fail, and a line that is a
// comment or empty says nothing.
func FuzzListenKinds(f *testing.F) {
	f.Add("listen = 127.0.0.1:80")
	f.Add("bind unix:/x.sock, [::1]:80")
	f.Fuzz(func(t *testing.T, line string) {
		for _, k := range listenKinds(line) {
			require.Contains(t, []family{mixed, onlyUNIX, onlyIPv4, onlyIPv6, portOff}, k)
		}
		require.Empty(t, listenKinds("#"+line))
	})
}

func TestPlainLines(t *testing.T) {
	text := "a=1\nb=\"two words\" c='it'\nd=$a\nif true; then e=1; fi\nf() { g=1; }\nh=\nexport i=1\nj=1 &\nk='a'\\''b'\n. /etc/x\n"
	require.Equal(t, "a='1'\nb='two words'\nc='it'\nh=''\nk='a'\\''b'\n", plainLines(text))
	require.Equal(t, plainLines(text), plainLines(plainLines(text)))
	require.Equal(t, []string{"/etc/x", "/y"}, sources(". /etc/x\nif true; then . '/z/../y'; fi\n. $z\n. relative\n"))
	require.Equal(t, "a=1\n", upTo("a=1\nb=\"\nc=2\n", 2))
	require.Equal(t, "", upTo("if\n", 1))
}

// What is taken of a broken rc.conf is shell, and the same when it is taken again.
func FuzzPlainLines(f *testing.F) {
	f.Add("a=1\nb='x'\n", 2)
	f.Add("while :; do :; done\nx=\"\n", 1)
	f.Fuzz(func(t *testing.T, text string, line int) {
		plain := plainLines(text)
		require.NotNil(t, parse(plain), plain)
		require.Equal(t, plain, plainLines(plain))
		require.Contains(t, text, upTo(text, line%1000))
		sources(text)
	})
}
