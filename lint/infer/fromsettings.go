package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

// A setting is something that a script writes down and that tells what the
// program asks of the kernel.
type setting struct {
	pattern  *lazyregexp.Regexp
	supports string
	strength Certainty
	fact     string // what it shows; %q is what was found
}

// settings are looked for in the script outside its comments. What each needs
// is in jail(8), cuse(3), sysvshm(4) and the like, and in the runtime's source.
var settings = []setting{
	{lazyregexp.New(`\bDOTNET_\w+|\bASPNETCORE_\w+|\bdotnet\b`), "mlock", Likely,
		"the script has %q: the .NET runtime locks a page of memory at its start and ends where that is refused"},
	{lazyregexp.New(`\bmemorylocked\b|\blimits\b[^\n|;]*\s-l\b`), "mlock", Possible,
		"the script has %q: it allows for locked memory"},
	{lazyregexp.New(`\b\w+_limits\}?:?=["']?([^"'\n]*\s)?-l\b`), "mlock", Likely,
		"the script has %q: limits(1) gives it memory to lock"},
	{lazyregexp.New(`\bkern\.ipc\.(shm|sem|msg)\w+`), "sysvipcnew", Likely,
		"the script has %q: it is about System V IPC"},
	{lazyregexp.New(`(^|[/\s"'])(pg_ctl|postmaster)\b`), "sysvipcnew", Likely,
		"the script has %q: the server of PostgreSQL takes a System V shared memory segment at every start"},
	{lazyregexp.New(`\b(required_modules|load_kld|kldload|kldstat)\b[^\n]*\bcuse(4bsd)?\b`), OptOut, Likely,
		"the script has %q: it makes character devices through cuse(3), which a jail refuses"},
	{lazyregexp.New(`\b(required_modules|load_kld|kldload|kldstat)\b[^\n]*\b(fuse|fusefs)\b`), OptOut, Likely,
		"the script has %q: it mounts through fuse(4)"},
	{lazyregexp.New(`\b(required_modules|load_kld|kldload|kldstat)\b[^\n]*\b(if_(tun|tap|tuntap|bridge|wg|ovpn|amn|gre|gif|epair|vxlan)|ng_\w+|netgraph|ipfw|pf|ipdivert|dummynet|vmm|nmdm|ipsec)\b`), OptOut, Likely,
		"the script has %q: what that module serves, a jail refuses"},
	{lazyregexp.New(`/dev/(tun|tap|vmnet|wg)\d*\b`), OptOut, Likely, "the script has %q: it opens a tunnel device, and its addresses a jail may not set"},
	{lazyregexp.New(`/dev/(pf|ipl|ipfw|fuse|cuse|devctl2|io|kmem|mem|nmdm|vmmctl)\b`), OptOut, Possible, "the script has %q: a device that a jail may not use so"},
	{lazyregexp.New(`/dev/(cua\w+|tty[uU]\w*|pass\d*|xpt\d*|ugen[\d.]*|usb\w*|input/\w+|uinput|lirc\d*|video\d*|dvb\w*|dsp[\d.]*|mixer\d*|midi\w*|umidi\w*|iic\d*|gpioc\d*|acpi|apm|smb\d*|speaker|cd\d|ch\d|sa\d|da\d|ada\d|tpm\d*|sndstat|uvisor\w*|ucom\w*|uhid\d*|hidraw\d*|led/\w+|mfi\d*|mpt\d*|mps\d*|mpr\d*|ciss\d*|nvme\w*|ses\d*|ipmi\d*|drm\w*|dri/\w+|kbd\w*|sysmouse|psm\d|ums\d)\b`),
		Nothing, Possible, "the script has %q: it works with a device"},
	{lazyregexp.New(`\bsecurity\.jail\.\w+|\ballow\.\w+`), "", Possible, "the script has %q: it knows of jails"},
	{lazyregexp.New(`\betc/periodic/`), OptOut, Likely, "the script has %q: it runs a periodic(8) script once"},
	{lazyregexp.New(`\bntpdate\b|\bsntp\b|\brdate\b|\bdate\s+-[jfnu]*\s*[0-9]{8}`), "settime", Possible, "the script has %q: it sets the clock"},
}

// fromSettings looks at what the script writes down outside its comments.
func fromSettings(in Input) []Evidence {
	var out []Evidence
	for i, line := range strings.Split(string(in.Script.Src), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, s := range settings {
			m := s.pattern.FindString(line)
			if m == "" || slices.ContainsFunc(out,
				func(e Evidence) bool { return e.Supports == s.supports && e.Kind == FromSetting }) {
				continue
			}
			fact := s.fact
			if strings.Contains(fact, "%q") {
				fact = fmt.Sprintf(fact, message.ClipLine(strings.Trim(m, `/"' `), 60))
			}
			out = append(out, Evidence{Path: in.Template, Line: i + 1, Kind: FromSetting, Supports: s.supports,
				Strength: s.strength, Fact: fact})
		}
	}
	for _, w := range in.Script.Header.Keyword {
		if w.Text == "firstboot" {
			out = append(out, Evidence{
				Path: in.Template, Line: w.Pos.Line, Kind: FromKeyword, Supports: OptOut, Strength: Likely,
				Fact: "KEYWORD firstboot: it runs once, at the first boot",
			})
		}
	}
	return out
}

// descOf is what the script says that the service is for, desc= of rc.subr(8).
func descOf(in Input) (text string, pos rcparse.Pos, ok bool) {
	for _, name := range []string{"desc", in.Script.Name.Text + "_desc"} {
		if list := in.Script.Get(name); len(list) > 0 {
			a := list[len(list)-1]
			return in.Script.Expand(rcparse.Unquote(a.Value)), a.Pos, true
		}
	}
	return "", rcparse.Pos{}, false
}
