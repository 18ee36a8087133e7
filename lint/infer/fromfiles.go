package infer

import (
	"fmt"
	"path"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A File is a text that comes with the port: its message, a configuration, its
// packing list.
type File struct{ Path, Text string }

// maxLines bounds how many lines of one file become evidence.
const maxLines = 3

// jailParams are the parameters of jail(8) by which a message tells people what
// the program needs in a jail, and the option that grants the same (rc.conf(5)).
var jailParams = []sign{
	{lazyregexp.New(`\ballow\.mlock\b`), "mlock", Likely},
	{lazyregexp.New(`\ballow\.raw_sockets\b`), "net_raw", Likely},
	{lazyregexp.New(`\ballow\.socket_af\b`), "net_all", Likely},
	{lazyregexp.New(`\ballow\.sysvipc\b|\bsysv(shm|sem|msg)\b`), "sysvipcnew", Likely},
	{lazyregexp.New(`\ballow\.vmm\b`), "vmm", Likely},
	{lazyregexp.New(`\ballow\.settime\b`), "settime", Likely},
	{lazyregexp.New(`\ballow\.routing\b`), "routing", Likely},
	{lazyregexp.New(`\ballow\.nfsd\b`), "nfsd", Likely},
	{lazyregexp.New(`\ballow\.mount\b`), OptOut, Possible},
}

// messageSigns are what a message says of how the program is used.
var messageSigns = []sign{
	{lazyregexp.New(`(?i)\bhttps?://(localhost|127\.0\.0\.1|\[::1\]|your|<|\$|%%|hostname|server)[^/\s]*`), "net_basic", Likely},
	{lazyregexp.New(`(?i)\b(listen(s|ing)?|bind(s|ing)?|connect(s|ing)?|available|reach\w*|runs?|running)\b.{0,40}\b(tcp|udp|localhost|127\.0\.0\.1|ports?( number)?[ :=]+["'(]?[\d%$]\w*)`), "net_basic", Likely},
	{lazyregexp.New(`(?i)\bkldload\b|\bkernel modules?\b`), OptOut, Possible},
	{lazyregexp.New(`\bkern\.ipc\.(shm|sem|msg)\w+`), "sysvipcnew", Possible},
	{lazyregexp.New(`\bnet\.inet\.ip\.forwarding\b|\bgateway_enable\b`), "routing", Possible},
	{lazyregexp.New(`(?i)\bpf\.conf\b|\bipfw\b|\bpf_enable\b`), OptOut, Possible},
}

// confListen is a line of a configuration that names an address or a port; the
// line is not a comment. The key stands before =, :, a blank or a tag's end.
var (
	confListen = lazyregexp.New(`(?i)^[\s"'<{.\w-]*\b(listen(_?(addr|address|on|port))?|bind(_?(addr|address|ip|host))?|addr(ess)?|port|http_?port|https_?port|server_?port|endpoint)\b["'>]?\s*[=: >]\s*["']?([\w.:\[\]*-]*\d[\w.:\[\]*-]*|\*|localhost)` +
		// em0 is no address
		`|^[\s"'<{.\w-]*\binterface\b["'>]?\s*[=: >]\s*["']?([\w:\[\]-]*[.:][\w.:\[\]-]*|\*|localhost)`)
	confSocket = lazyregexp.New(`(?i)^[^#;/]*\b\w*(socket|listen|bind|address)\w*["'>]?\s*[=: >]\s*["']?(unix:|local:)?/[\w./%-]+\.sock`)
	comment    = lazyregexp.New(`^\s*(#|;|//|<!--|--|")`)
)

// isConf reports whether a name is a configuration's, not a patch's or a script's.
func isConf(name string) bool {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".in"), ".sample")
	switch path.Ext(name) {
	case ".conf", ".cfg", ".cnf", ".toml", ".yaml", ".yml", ".ini", ".json", ".properties", ".env", ".xml", ".config":
		return !strings.HasPrefix(name, "patch-") && !strings.HasPrefix(name, "pkg-")
	}
	return false
}

// fromFiles looks at what else the port has: what its message tells people, the
// configuration it installs, and what it packs.
func fromFiles(in Input) []Evidence {
	var out []Evidence
	for _, f := range in.Port.Files {
		name := path.Base(f.Path)
		found := map[string]int{}
		add := func(line int, kind Kind, s sign, fact string) {
			if found[s.supports]++; found[s.supports] <= maxLines {
				out = append(out, Evidence{Path: f.Path, Line: line, Kind: kind, Supports: s.supports,
					Strength: s.strength, Fact: fact})
			}
		}
		for i, line := range strings.Split(f.Text, "\n") {
			switch {
			case strings.HasPrefix(name, "pkg-plist"):
				if s, what := packed(line); what != "" {
					add(i+1, FromPackage, s, "it installs "+what)
				}
			case isConfPatch(name): // it counts for conditions of the table only
			case isConf(name):
				if comment.MatchString(line) {
					continue
				}
				if m := confSocket.FindString(line); m != "" {
					add(i+1, FromConf, sign{supports: Nothing, strength: Possible},
						fmt.Sprintf("its configuration has a UNIX socket: %q", message.ClipLine(m, 60)))
				} else if m := confListen.FindString(line); m != "" {
					add(i+1, FromConf, sign{supports: "net_basic", strength: Likely},
						fmt.Sprintf("its configuration has %q", message.ClipLine(m, 60)))
				}
			default:
				for _, s := range jailParams {
					if m := s.pattern.FindString(line); m != "" {
						add(i+1, FromMessage, s, fmt.Sprintf("its message tells people to set %s in jails", m))
					}
				}
				for _, s := range messageSigns {
					if m := s.pattern.FindString(line); m != "" {
						add(i+1, FromMessage, s, fmt.Sprintf("its message says %q", message.ClipLine(m, 60)))
					}
				}
			}
		}
	}
	return out
}

// setuidMode is a mode of pkg-plist with the set-user-ID bit, as in @(root,,4755).
var setuidMode = lazyregexp.New(`^@\([^,)]*,[^,)]*,0?[4567][0-7]{3}\b`)

// packed says what a line of a packing list shows.
func packed(line string) (sign, string) {
	setuid := setuidMode.MatchString(line)
	if i := strings.LastIndexAny(line, " )"); i >= 0 && strings.HasPrefix(line, "@") {
		line = line[i+1:]
	}
	line = strings.TrimSpace(line)
	base := path.Base(line)
	switch {
	case strings.HasSuffix(base, ".ko"):
		return sign{supports: OptOut, strength: Possible}, "the kernel module " + base
	case strings.HasPrefix(base, "mount_") && strings.Contains(line, "bin/"):
		return sign{supports: OptOut, strength: Possible}, "the mount program " + base
	case strings.HasPrefix(base, "pam_") && strings.HasSuffix(base, ".so"):
		return sign{strength: Possible}, "the PAM module " + base + ", which programs outside the jail load"
	case setuid && base != "":
		return sign{strength: Possible}, base + " setuid: what it does as another user, it does in the jail too"
	}
	return sign{}, ""
}

// optionSigns say what an option of the port (OPTIONS_DEFINE) or a switch of its
// configure script shows, whether it is on or not: a program that can be built
// with IPv6 speaks IP.
var optionSigns = []sign{
	{lazyregexp.New(`(?i)^(--(en|dis)able-)?(IPV6|INET6|IPV4)$`), "net_basic", Likely},
	{lazyregexp.New(`(?i)^(--with(out)?-)?(TLS|SSL|OPENSSL|GNUTLS|LIBRESSL|HTTP2?|HTTPS|SASL|LDAP|MYSQL|PGSQL|REDIS|MEMCACHED?|TCP_?WRAPPERS?|LIBWRAP|SNMP|WEB|WEBSOCKETS?|CURL|KERBEROS|GSSAPI|RADIUS)(=.*)?$`), "net_basic", Possible},
	{lazyregexp.New(`(?i)^(--(with|enable)-)?(PCAP|LIBPCAP)(=.*)?$`), "net_raw", Possible},
	{lazyregexp.New(`(?i)^(--(with|enable)-)?(FUSE|PF|IPFW|IPFILTER|NETGRAPH)(=.*)?$`), OptOut, Possible},
	{lazyregexp.New(`(?i)^(--(with|enable)-)?(SYSVIPC|SHM|SHMEM)(=.*)?$`), "sysvipcnew", Possible},
	{lazyregexp.New(`(?i)^(--(with|enable)-)?(MLOCK|MLOCKALL|MEMLOCK)(=.*)?$`), "mlock", Possible},
}

// fromOptions looks at OPTIONS and CONFIGURE_ARGS.
func fromOptions(in Input) []Evidence {
	var out []Evidence
	for _, w := range in.Port.Options {
		for _, s := range optionSigns {
			if s.pattern.MatchString(w.Text) {
				what := "it has the option " + w.Text
				if strings.HasPrefix(w.Text, "-") {
					what = "CONFIGURE_ARGS has " + message.ClipLine(w.Text, 60)
				}
				out = append(out, Evidence{Path: w.File, Line: w.Line, Kind: FromDepends, Supports: s.supports,
					Strength: s.strength, Fact: what})
			}
		}
	}
	return out
}

// commentText is an address or a port; a URL is more often where to read than
// where it listens.
var commentText = lazyregexp.New(`(?i)\b\d{1,3}(\.\d{1,3}){3}\b|\[::1?\]|\b(tcp|udp)[ /:-]*(port)?|\bports?\b[^a-z]{0,4}\d{2,5}\b|\blocalhost:\d|\blisten(s|ing)? (on|to|at)\b`)

// fromComments looks at what the script's comments say of its variables.
func fromComments(in Input) []Evidence {
	var out []Evidence
	for i, line := range strings.Split(string(in.Script.Src), "\n") {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok || strings.HasPrefix(text, "!") || len(out) == maxLines {
			continue
		}
		if commentText.MatchString(text) {
			out = append(out, Evidence{
				Path: in.Template, Line: i + 1, Kind: FromComment, Supports: "net_basic", Strength: Possible,
				Fact: fmt.Sprintf("a comment of the script says %q", message.ClipLine(text, 60)),
			})
		}
	}
	return out
}
