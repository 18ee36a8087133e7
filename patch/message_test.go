package patch

import (
	"testing"

	"github.com/stretchr/testify/require"
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
