package lazyregexp

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSieve(t *testing.T) {
	tests := []struct{ expression, passes, stops string }{
		{`\bkldload\b`, "a kldload b|kldloads", "kldloa|KLDLOAD|"},
		{`(?i)\bkldload\b`, "a KLDload b", "kldloa"},
		{`^(mount|umount|mount_.*)$`, "mount_x|amount", "moun|mont"},
		{`/dev/(tun|tap)\d*\b`, "/dev/tun0", "/de/tun|dev"},
		{`(?i)(listen_?(addr|port)|bind)`, "LISTEN_ADDR|listenport|Bind|re\u017fBIND", "liste|binn"},
		{`a(bc|bd)?e`, "abce|a", "bcd"},
		{`(ab)+c{2,}`, "abcc|ab", "ba"},
		{`[st]ftp`, "sftp", "stf"},
		{`\d{1,3}(\.\d{1,3}){3}`, "1.2.3.4|.", "1 2 3"},
		{`x|`, "x|y|", ""},
		{`\w+`, "a|", ""},
		{`(?i)ſ`, "s|ſ", ""},
		{`(?i)kill`, "\u212aill|KILL", "kil"},
		{`abcd|bc`, "bc|abc", "acb"},
	}
	for _, tt := range tests {
		s := newSieve(tt.expression)
		for text := range strings.SplitSeq(tt.passes, "|") {
			require.True(t, passes(s, text), "%s in %q", tt.expression, text)
		}
		for text := range strings.SplitSeq(tt.stops, "|") {
			if tt.stops != "" {
				require.False(t, passes(s, text), "%s in %q", tt.expression, text)
			}
		}
	}
}

func TestWithoutAMatch(t *testing.T) {
	r, want := New(`(?i)port=(\d+)`), regexp.MustCompile(`(?i)port=(\d+)`)
	for _, s := range []string{"", "listen", "port=", "PORT=80", "a port=1 port=22"} {
		require.Equal(t, want.MatchString(s), r.MatchString(s))
		require.Equal(t, want.Match([]byte(s)), r.Match([]byte(s)))
		require.Equal(t, want.FindString(s), r.FindString(s))
		require.Equal(t, want.FindStringIndex(s), r.FindStringIndex(s))
		require.Equal(t, want.FindStringSubmatch(s), r.FindStringSubmatch(s))
		require.Equal(t, want.FindSubmatch([]byte(s)), r.FindSubmatch([]byte(s)))
		require.Equal(t, want.FindAllStringSubmatch(s, -1), r.FindAllStringSubmatch(s, -1))
		require.Equal(t, want.ReplaceAllString(s, "<$1>"), r.ReplaceAllString(s, "<$1>"))
	}
}

// FuzzSieve looks for a text in which an expression matches and its sieve stops it.
func FuzzSieve(f *testing.F) {
	for _, e := range []string{`(?i)\b(smtp|imap)s?\b`, `^lib(fuse3?|net)\.so`, `a(b|c)*d|e+f?`, `(?i)k[st]|\x{212a}`,
		`(?:ab){0,2}c`} {
		f.Add(e, "libnet.so SMTPs \u212as aabd ccabab")
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		if len(expression) > 200 || len(text) > 2000 {
			return
		}
		re, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		if !passes(newSieve(expression), text) && re.MatchString(text) {
			t.Errorf("%q matches in %q, and its sieve says no", expression, text)
		}
	})
}

func BenchmarkFindString(b *testing.B) {
	const expression = `(?i)\b(imaps?|smtps?|pop3s?|listens? on|port number)\b`
	text := strings.Repeat("A text of the kind that a port's description is made of. ", 20)
	lazy, own := New(expression), regexp.MustCompile(expression)
	b.Run("lazyregexp", func(b *testing.B) {
		for b.Loop() {
			lazy.FindString(text)
		}
	})
	b.Run("regexp", func(b *testing.B) {
		for b.Loop() {
			own.FindString(text)
		}
	})
}
