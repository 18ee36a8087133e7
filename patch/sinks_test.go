package patch

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"testing"
)

// FuzzMailHeader: whatever a port is called, it stays in its header: a mail reader
// finds the headers that were written, and no other.
func FuzzMailHeader(f *testing.F) {
	for _, s := range []string{"net/foo: x", "a\rBcc: b@example.org", "a\r\nBcc: b@example.org", "Zoë", "=?UTF-8?q?x?=",
		"\x1b[2J", strings.Repeat("long ", 40), "\x00", "\xff", "a\tb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		subject, _, _ := strings.Cut(s, "\n")
		var b bytes.Buffer
		writeHeader(&b, "Subject: [PATCH] ", subject)
		writeAddress(&b, "From: ", Person{Name: subject, Email: "moss@example.net"})
		b.WriteString("\nbody\n")
		m, err := mail.ReadMessage(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatalf("%v of %q:\n%q", err, s, b.Bytes())
		}
		if len(m.Header) != 2 {
			t.Fatalf("headers of %q: %v", s, m.Header)
		}
		head, _, _ := bytes.Cut(b.Bytes(), []byte("\n\n"))
		for _, c := range head {
			if c != '\n' && (c < ' ' || c == 0x7f) {
				t.Fatalf("a control character in a header of %q: %q", s, head)
			}
		}
		if _, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
			t.Fatalf("%v of %q", err, s)
		}
	})
}
