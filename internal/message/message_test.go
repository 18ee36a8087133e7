package message

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 10, ""},
		{"ten bytes!", 10, "ten bytes!"},
		{"eleven byte", 10, "eleven..."},
		{"abcdefäöü", 10, "abcdef..."},
		{"a\xffb", 10, "a?b"},
		{"abcdef\xff\xff\xff\xff\xff", 10, "abcdef..."},
		{"abcdef", 2, "..."},
	} {
		require.Equal(t, c.want, Clip(c.text, c.most), "%q", c.text)
	}
	require.Equal(t, "a b c", ClipLine(" a\n\tb  c\n", 10))
	require.Equal(t, "a b c d...", ClipLine(" a\n\tb  c d e f", 10))
	require.Equal(t, "a b...", ClipLine("a b"+strings.Repeat(" ", 1000)+"c", 10))
}

func FuzzClip(f *testing.F) {
	f.Add("äöü", 5)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 3 + abs(most%1000)
		got := Clip(text, most)
		require.LessOrEqual(t, len(got), most)
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, len(ClipLine(text, most)), max(most, 2*len(cut)))
	})
}

func abs(n int) int { return max(n, -n) }

func TestReason(t *testing.T) {
	other := errors.New("other")
	require.Equal(t, fs.ErrNotExist, Reason(&fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}))
	require.Equal(t, other, Reason(other))
	require.NoError(t, Reason(nil))
}

func TestNearest(t *testing.T) {
	known := []string{"net/socat", "net/rsync", "net/zsync", "www/nginx", "www/nginx-devel", "Certain"}
	for name, want := range map[string][]string{
		"net/socatt": {"net/socat"}, "net/scoat": {"net/socat"}, "net/xsync": {"net/rsync", "net/zsync"},
		"www/ngnix": {"www/nginx"}, "ne": nil, "": nil, "databases/x": nil, "certian": {"Certain"},
		strings.Repeat("x", 300): nil,
	} {
		require.Equal(t, want, Nearest(name, known), name)
	}
}

func TestOnlyNearest(t *testing.T) {
	known := []string{"net_basic", "netv4", "netv6", "net_raw", "mlock", "mlock"}
	for name, want := range map[string]string{
		"net_basci": "net_basic", "netbasic": "net_basic", "NET_BASIC": "net_basic", "mlcok": "mlock",
		"netv5": "", "nt_bsc": "", "net": "", "": "", "network": "",
	} {
		require.Equal(t, want, OnlyNearest(name, known), name)
	}
}
