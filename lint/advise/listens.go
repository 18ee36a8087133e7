package advise

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
)

// A family is what a service's listening addresses have in common.
type family int

const (
	mixed family = iota // several, any, or nothing found
	onlyUNIX
	onlyIPv4
	onlyIPv6
	portOff // not a family: a port that is switched off
)

// listenLine is a line of a configuration that says where to listen: a key that
// names it, and a value. The separators are those of ini, yaml, nginx and the like.
var listenLine = regexp.MustCompile(`(?i)^\s*["'<{(]*((?:[\w.-]*[_.-])?(?:listen|bind|addr|address|addresses|(?:unix)?[_-]?socket|port|endpoint|interface)(?:[_.-]?(?:addr|address|addresses|host|ip|port|on|path|file|dir|directories|perm\w*|owner|group|mode))*)["'>]?\s*(?:=>|[=:>\s])\s*(.*)$`)

// noNetworking is a line that switches IP off by itself.
var noNetworking = regexp.MustCompile(`(?i)^\s*skip[-_]networking(\s*=\s*(1|on|true|yes))?\s*$`)

// listens finds what a service listens on: by its configurations, and by
// addresses on its command line. The sentence says where that stands.
func (j *judgement) listens() (family, string) {
	found := map[family]int{}
	var where string
	unix := false // where is about a UNIX socket
	note := func(f family, place, text string) {
		found[f]++
		if f == onlyUNIX && !unix || where == "" && f != mixed && f != portOff {
			unix = f == onlyUNIX
			where = fmt.Sprintf("%s has %q", place, message.ClipLine(text, 80))
		}
	}
	off := false
	for _, name := range j.configuration() {
		f, ok, _ := j.m.Root.Text(name)
		if !ok {
			continue
		}
		n := 0
		for line := range strings.Lines(f.Text) {
			n++
			line = strings.TrimRight(line, "\r\n")
			if noNetworking.MatchString(line) {
				off = true
				note(onlyUNIX, fmt.Sprintf("%s:%d", name, n), strings.TrimSpace(line))
				continue
			}
			for _, kind := range listenKinds(line) {
				note(kind, fmt.Sprintf("%s:%d", name, n), strings.TrimSpace(line))
			}
		}
	}
	for _, c := range j.subject.Records.Host.Starts {
		for _, w := range c.Argv[1:] {
			if kind, ok := addressKind(afterEquals(w)); ok && kind != onlyUNIX {
				note(kind, "the command line", w)
			}
		}
	}
	if found[portOff] > 0 && found[onlyUNIX] > 0 && found[mixed] == 0 {
		off = true
	}
	delete(found, portOff)
	if off {
		return onlyUNIX, "It listens on UNIX sockets only: " + where + "."
	}
	switch {
	case found[mixed] > 0 || len(found) != 1:
		return mixed, ""
	case found[onlyUNIX] > 0:
		return onlyUNIX, "It listens on UNIX sockets only: " + where + "."
	case found[onlyIPv4] > 0:
		return onlyIPv4, "It listens on IPv4 addresses only: " + where + "."
	}
	return onlyIPv6, "It listens on IPv6 addresses only: " + where + "."
}

// listenKinds says what a line of a configuration has it listen on; nothing for
// a line that is about something else, and for one that switches a port off.
func listenKinds(line string) []family {
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || strings.ContainsAny(trimmed[:1], "#;!/*-") {
		return nil
	}
	m := listenLine.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	key, value := strings.ToLower(m[1]), m[2]
	for _, end := range []string{"perm", "permissions", "owner", "group", "mode", "perms"} {
		if strings.HasSuffix(key, end) {
			return nil
		}
	}
	if i := strings.IndexAny(value, "#;{"); i >= 0 {
		value = value[:i]
	}
	value = strings.TrimSpace(value)
	if value == `''` || value == `""` {
		return []family{portOff}
	}
	value = strings.Trim(value, `"',;>)]}`)
	var out []family
	for _, w := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		w = strings.TrimPrefix(strings.Trim(w, `"'`), "-") // redis: an address that need not be there
		kind, ok := addressKind(w)
		switch {
		case ok:
			out = append(out, kind)
		case len(out) > 0: // what follows an address is its options
		case isOff(w):
			return []family{portOff}
		default:
			return []family{mixed} // a port, a name, an interface: any family
		}
	}
	return out
}

// isOff reports whether a value of a port or address means none.
func isOff(w string) bool {
	switch strings.ToLower(w) {
	case "0", "no", "off", "none", "false", "disabled", "":
		return true
	}
	return false
}

func afterEquals(w string) string {
	if i := strings.IndexByte(w, '='); i >= 0 {
		return w[i+1:]
	}
	return w
}

// addressKind tells the family of an address by its form: /path, unix:path,
// 192.0.2.1, 192.0.2.1:80, ::1, [::1]:80, tcp://192.0.2.1:80. The unspecified
// address of IPv6 is no form of one family: many programs take IPv4 on it too.
func addressKind(w string) (family, bool) {
	low := strings.ToLower(w)
	for _, scheme := range []string{"unix://", "unix:", "local:", "ipc://", "ipc:"} {
		if strings.HasPrefix(low, scheme) {
			return onlyUNIX, true
		}
	}
	if strings.HasPrefix(w, "/") {
		return onlyUNIX, true
	}
	if _, rest, ok := strings.Cut(w, "://"); ok {
		w, _, _ = strings.Cut(rest, "/")
	}
	var a netip.Addr
	if ap, err := netip.ParseAddrPort(w); err == nil {
		a = ap.Addr()
	} else if a, err = netip.ParseAddr(strings.Trim(w, "[]")); err != nil {
		p, err := netip.ParsePrefix(w)
		if err != nil {
			return mixed, false
		}
		a = p.Addr()
	}
	switch {
	case a.Is4():
		return onlyIPv4, true
	case a.IsUnspecified():
		return mixed, true
	}
	return onlyIPv6, true
}
