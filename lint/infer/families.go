package infer

import (
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

var (
	// inC are values of USES by which older programs in C are built.
	inC = []string{"autoreconf", "gmake", "libtool", "compiler", "imake", "uidfix"}
	// dualStack are those of languages whose library opens sockets of either
	// family where a program does not ask for one.
	dualStack = []string{"go", "cargo", "python", "php", "nodejs", "java", "erlang", "elixir", "ruby", "gem", "mono"}
	// sixth is a sign of IPv6.
	sixth = lazyregexp.New(`(?i)\b(ipv6|inet6|tcp6|udp6)\b|\[::|::1\b`)
)

// perhapsIPv4 reports whether the program is one in C of which nothing shows that
// it knows IPv6: no option of the port, no address, nothing that it says of
// itself. Some of these know AF_INET only (udpxy, flow-tools), for which netv4 is
// the smaller answer.
func (in Input) perhapsIPv4() bool {
	uses := func(list []string) bool {
		return slices.ContainsFunc(in.Port.Uses, func(w Word) bool {
			name, _, _ := strings.Cut(w.Text, ":")
			return slices.Contains(list, name)
		})
	}
	if !uses(inC) || uses(dualStack) || len(in.Port.Modules) > 0 {
		return false
	}
	texts := []string{in.Port.Comment, in.Port.Descr, string(in.Script.Src)}
	for _, w := range in.Port.Options {
		texts = append(texts, w.Text)
	}
	return !slices.ContainsFunc(texts, sixth.MatchString)
}
