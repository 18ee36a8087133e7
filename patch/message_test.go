package patch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/svcjify/svcjify/lint"
	"github.com/svcjify/svcjify/lint/infer"
	"github.com/svcjify/svcjify/rcparse/rcrun"
)

func TestWholeSentence(t *testing.T) {
	for reason, want := range map[string]string{
		"It listens on TCP 25.":         "It listens on TCP 25.",
		"Its workers share memory.":     "Its workers share memory.",
		"Listens on TCP 3050.":          "It listens on TCP 3050.",
		"Game server on UDP 27960.":     "It is a Game server on UDP 27960.",
		"HTTP server on TCP 5601.":      "It is an HTTP server on TCP 5601.",
		"TPM emulator on a socket.":     "It is a TPM emulator on a socket.",
		"Audio server on UNIX sockets.": "It is an Audio server on UNIX sockets.",
	} {
		require.Equal(t, want, wholeSentence(reason))
	}
	require.NotPanics(t, func() { wholeSentence("") })
}

func TestReasonNamesNoOtherPort(t *testing.T) {
	for _, c := range []struct{ argv, reason, want string }{
		{"/x/food -a :80", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP."},
		{"/x/food --port=6081", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP 6081."},
		{"/x/food -c /etc/food.conf", "It serves HTTP on TCP 6081.", "It serves HTTP on TCP 6081."},
		{"/x/food -l 127.0.0.1:53", "It answers on UDP ports 67, 68 and 69, and on TCP 70.", "It answers on UDP, and on TCP."},
		{"/x/food -l 127.0.0.1:9050", "It relays on TCP 9001 and serves SOCKS on TCP 9050.", "It relays on TCP 9001 and serves SOCKS on TCP 9050."},
		{"/x/food -u 1001:1001", "It shares memory.", "It shares memory."},
	} {
		s := &lint.Subject{Verdict: infer.Verdict{Reason: c.reason}, Records: &lint.Records{}}
		s.Records.Host.Starts = []rcrun.Command{{Argv: strings.Fields(c.argv)}}
		require.Equal(t, c.want, reasonFor(s))
	}
}
