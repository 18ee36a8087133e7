package infer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
	"github.com/svcjify/svcjify/rcparse"
)

// fromHeader reads what the rcorder(8) block says.
func fromHeader(in Input) []Evidence {
	var out []Evidence
	h := in.Script.Header
	for _, w := range h.Keyword {
		if w.Text == "nojail" || w.Text == "nojailvnet" {
			out = append(out, Evidence{
				Path: in.Template, Line: w.Pos.Line, Kind: FromKeyword, Supports: OptOut, Strength: Likely,
				Fact: fmt.Sprintf("KEYWORD %s: its author keeps it out of jails", w.Text),
			})
		}
	}
	for _, w := range h.Require {
		switch w.Text {
		case "NETWORKING", "netif", "routing", "named", "local_unbound", "dhclient", "SERVERS", "ntpd", "slapd",
			"postgresql", "mysql", "mysql-server", "redis", "memcached", "rabbitmq", "ldap", "rpcbind":
			out = append(out, Evidence{
				Path: in.Template, Line: w.Pos.Line, Kind: FromKeyword, Supports: "net_basic", Strength: Possible,
				Fact: fmt.Sprintf("REQUIRE %s: starts after the network", w.Text),
			})
		}
	}
	for _, w := range h.Before {
		switch w.Text {
		case "netif", "routing", "pf", "ipfw", "jail":
			what := "the network up before " + w.Text
			if w.Text == "jail" {
				what = "the host up for jails"
			}
			out = append(out, Evidence{
				Path: in.Template, Line: w.Pos.Line, Kind: FromKeyword, Supports: OptOut, Strength: Likely,
				Fact: fmt.Sprintf("BEFORE %s: it sets %s", w.Text, what),
			})
		case "NETWORKING", "FILESYSTEMS", "mountcritlocal", "disks":
			out = append(out, Evidence{
				Path: in.Template, Line: w.Pos.Line, Kind: FromKeyword, Supports: OptOut, Strength: Possible,
				Fact: fmt.Sprintf("BEFORE %s: it starts before the network or the disks are set up", w.Text),
			})
		}
	}
	return out
}

// A hostAct is a command that no svcj option permits in a jail.
type hostAct struct {
	pattern *lazyregexp.Regexp // of the command's base name
	args    *lazyregexp.Regexp // of its arguments, nil for any
	act     string             // what it does, in words fit for a comment
	// setUp is true for what a precmd on the host could do just as well before
	// the program starts; it does not make the service unsuitable.
	setUp bool
}

// hostActs follows jail(8) and sys/kern/kern_jail.c, prison_priv_check: what a
// jail without VNET is refused whatever allow.* says.
var hostActs = []hostAct{
	{lazyregexp.New(`^(mount|umount|mount_.*|mdmfs|automount|fusermount3?)$`), nil, "mounts file systems", false},
	{lazyregexp.New(`^(kldload|kldunload|load_kld)$`), nil, "loads kernel modules", true},
	{lazyregexp.New(`^(ifconfig)$`), lazyregexp.New(`\b(create|destroy|up|down|inet6?|addm|plumb|alias|-alias|delete|mtu|name)\b`), "configures network interfaces", false},
	{lazyregexp.New(`^route$`), lazyregexp.New(`\b(add|delete|del|change|flush)\b`), "changes the routing table with route(8)", false},
	{lazyregexp.New(`^sysctl$`), lazyregexp.New(`[A-Za-z0-9_}]=`), "sets sysctls", true},
	{lazyregexp.New(`^(pfctl|ipfw|ipf|ipnat|ippool|dnctl|natd)$`), nil, "controls the packet filter", false},
	{lazyregexp.New(`^devfs$`), lazyregexp.New(`\b(rule|ruleset|applyset)\b`), "changes devfs rules", true},
	{lazyregexp.New(`^(jail|jexec|bastille|iocage|ezjail-admin|cbsd|pot)$`), nil, "manages jails", false},
	{lazyregexp.New(`^(zfs|zpool)$`), nil, "administers ZFS", false},
	{lazyregexp.New(`^(swapon|swapoff|mdconfig|gmirror|geli|gstripe|graid)$`), nil, "changes disks and swap", false},
	{lazyregexp.New(`^(shutdown|reboot|halt|poweroff|acpiconf|zzz)$`), nil, "shuts down or suspends the host", false},
	{lazyregexp.New(`^(ngctl|setkey|usbconfig|devctl|kenv|cpucontrol|vidcontrol|kbdcontrol|mixer)$`), nil, "changes kernel or device state", false},
}

// HostAct says what a command does that no svcj option permits in a jail, in
// words fit for a comment.
func HostAct(command string, args []string) (act string, ok bool) {
	h, ok := hostActOf(command, args)
	return h.act, ok
}

func hostActOf(command string, args []string) (hostAct, bool) {
	base := path.Base(strings.Trim(command, `"'`))
	for _, h := range hostActs {
		if h.pattern.MatchString(base) && (h.args == nil || h.args.MatchString(strings.Join(args, " "))) {
			return h, true
		}
	}
	return hostAct{}, false
}

// fromCommands looks at what the script itself runs. What a precmd does stays
// on the host and says nothing; what start itself does is refused in the jail,
// and is the service's whole purpose where no program is left running.
func fromCommands(in Input) []Evidence {
	s := in.Script
	var out []Evidence
	daemon := staysByText(s)
	for _, method := range []string{"start_cmd", "start_precmd", "start_postcmd"} {
		for _, c := range s.Reach(method) {
			h, ok := hostActOf(c.Name, c.Args)
			if !ok {
				continue
			}
			e := Evidence{
				Path: in.Template, Line: c.Pos.Line, Kind: FromScript,
				Fact: fmt.Sprintf("%s runs %s: it %s", method, path.Base(c.Name), h.act),
			}
			switch {
			case method != "start_cmd":
				e.Fact += ", on the host"
				e.Strength = Possible
			case bySetting(s, c):
				e.Fact += ", if rc.conf asks for it"
				e.Strength = Possible
			case daemon && h.setUp:
				e.Supports, e.Strength, e.always = OptOut, Possible, true
			case daemon:
				e.Supports, e.Strength = OptOut, Likely
			default:
				e.Supports, e.Strength = OptOut, Confident
			}
			out = append(out, e)
		}
	}
	for _, a := range s.Get("required_modules") {
		out = append(out, Evidence{
			Path: in.Template, Line: a.Pos.Line, Kind: FromScript, Strength: Possible,
			Fact: "required_modules " + rcparse.Unquote(a.Value) + ": loaded on the host before the jail is made",
		})
	}
	return out
}

// staysByText reports whether the start leaves a program running as far as the
// text tells.
func staysByText(s *rcparse.Script) bool { return s.Program() != "" || backgrounds(s) }

// backgrounds reports whether a start method leaves a program running as far
// as the text tells: it calls daemon(8), or an absolute command, or service(8)'s like.
func backgrounds(s *rcparse.Script) bool {
	for _, c := range s.Reach("start_cmd") {
		name := s.Expand(strings.Trim(c.Name, `"'`))
		base := path.Base(name)
		if strings.HasPrefix(name, "%%") && !strings.Contains(name, "/") {
			return true // a program that the port fills in, such as %%PYTHON_CMD%%
		}
		if name == "$command" || name == "${command}" || base == "nohup" ||
			base != "sh" && base != "env" && interpreter.MatchString(base) {
			return true
		}
		if strings.Contains(name, "/") && !strings.HasPrefix(name, "/bin/") && !strings.HasPrefix(name, "/usr/bin/") {
			if _, act := HostAct(c.Name, c.Args); !act {
				return true
			}
		}
	}
	return false
}

var (
	netVar  = lazyregexp.New(`(?i)_(port|ports|listen|listen_?addr\w*|bind|bind_?\w*|addr|address|ip|ipaddr|http_?port|https_?port|endpoint)$`)
	peerVar = lazyregexp.New(`(?i)_(host|hostname|hosts|server|servers|url|peer|peers|master|remote|upstream|proxy)$`)
	netText = lazyregexp.New(`(?i)(\b\d{1,3}(\.\d{1,3}){3}\b|\[::1?\]|\binet6?:|https?://|\btcp6?:|\budp:|(^|[ ="',])[A-Za-z0-9.*-]*:\d{2,5}\b)`)
	netFlag = lazyregexp.New(`(?i)^--?(listen\S*|port\S*|bind\S*|host\S*|http[._-]?\S*|addr\S*|web\S*listen\S*|server\S*port\S*|ip)$`)
	sockVal = lazyregexp.New(`(?i)(\.sock(et)?\b|\bunix:|\blocal:/)`)
	macAddr = lazyregexp.New(`(?i)\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b`)
	noTCP   = lazyregexp.New(`(?i)^--?(no-?(listen-?)?tcp|nolisten)$`)
	hasHost = lazyregexp.New(`[A-Za-z0-9]`)
	// noLookup is tcpserver(1)'s -H, alone or with other flags that take no value.
	noLookup = lazyregexp.New(`^-[1dDhHoOpPqQrRvX]*H`)
)

// fromListen looks for addresses and ports in defaults and in the command line.
func fromListen(in Input) []Evidence {
	s := in.Script
	var out []Evidence
	for _, a := range s.Assigns {
		if a.Func != "" || a.Op == rcparse.Loop {
			continue
		}
		v := s.Expand(rcparse.Unquote(a.Value))
		e := Evidence{Path: in.Template, Line: a.Pos.Line, Kind: FromListen, Supports: "net_basic"}
		switch {
		case macAddr.MatchString(v):
			continue
		case netText.MatchString(v):
			e.Strength, e.Fact = Likely, fmt.Sprintf("%s holds an address: %q", a.Var, message.ClipLine(v, 60))
		case netVar.MatchString(a.Var) && hasHost.MatchString(v) && !strings.Contains(v, "/"):
			e.Strength, e.Fact = Likely, fmt.Sprintf("%s=%q: it listens or connects", a.Var, message.ClipLine(v, 60))
		case peerVar.MatchString(a.Var) && hasHost.MatchString(v) && !strings.HasPrefix(v, "/"):
			e.Strength, e.Fact = Possible, fmt.Sprintf("%s=%q: it speaks to another host", a.Var,
				message.ClipLine(v, 60))
		case sockVal.MatchString(v):
			e.Strength, e.Supports, e.Fact = Possible, Nothing, fmt.Sprintf("%s=%q: a UNIX socket", a.Var,
				message.ClipLine(v, 60))
		default:
			continue
		}
		out = append(out, e)
	}
	for _, words := range in.CommandLines() {
		if path.Base(words[0]) == "tcpserver" && slices.ContainsFunc(words[1:], noLookup.MatchString) {
			out = append(out, Evidence{Path: in.Template, Line: s.Name.Pos.Line, Kind: FromListen, Supports: "netv4",
				Strength: Likely,
				Fact:     "the start runs tcpserver with -H: it listens on IPv4 only, and looks up no remote names"})
		}
	}
	for _, w := range slices.Concat(in.CommandLines()...) {
		flag, _, _ := strings.Cut(w, "=")
		if noTCP.MatchString(flag) {
			out = append(out, Evidence{
				Path: in.Template, Kind: FromListen, Supports: Nothing, Strength: Possible,
				Fact: fmt.Sprintf("the command line has %q: a UNIX socket only", message.ClipLine(w, 60)),
			})
		}
		if netFlag.MatchString(flag) {
			line := 0
			if list := s.Get("command_args"); len(list) > 0 {
				line = list[len(list)-1].Pos.Line
			}
			out = append(out, Evidence{
				Path: in.Template, Line: line, Kind: FromListen, Supports: "net_basic", Strength: Likely,
				Fact: fmt.Sprintf("the command line has %q", message.ClipLine(w, 60)),
			})
		}
	}
	return out
}
