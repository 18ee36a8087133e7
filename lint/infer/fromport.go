package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A sign is a word in a description and what it hints at.
type sign struct {
	pattern  *lazyregexp.Regexp
	supports string
	strength Certainty
}

func re(words string) *lazyregexp.Regexp { return lazyregexp.New(`(?i)\b(` + words + `)\b`) }

// netSigns say that a program speaks IP.
var netSigns = []sign{
	{re(`(http|https|web|ftp|sftp|dns|smtp|imap|pop3|mail|irc|ldap|nntp|xmpp|jabber|sip|rtsp|streaming|proxy|radius|tftp|snmp|gopher|gemini|finger|ident|rsync|mqtt|amqp|game|chat|voice|sql|database|time|cache|caching|vnc|rdp|file|print|license|media|dlna|upnp|git|svn|search|api|application|authentication|push|queue|message|messaging|tracker|whois|rpc|soap|caldav|carddav|webdav|nfs|smb|samba|afp|sync|relay|gateway|monitoring|metrics|log|syslog|name|node)[- /](servers?|daemons?|service|proxy|gateway|relay|node|broker|frontend|front-end|backend|tracker|exporter)`), "net_basic", Likely},
	{re(`DKIM|DomainKeys|Sender[ -]?ID|SPF|DMARC|DNSBLs?|RBLs?|grey-?list\w*|SpamAssassin`), "net_basic", Likely}, // asked in the DNS, or over TCP
	{re(`TCP|UDP|TCP/IP|IPv4|IPv6|internet|network protocol|over the network|listens? on( (all|any|an?|the))?( (TCP|UDP|IP|network|ports?|address\w*|interfaces?|localhost)| \d+)|HTTPS?|REST API|web interface|web-based|websockets?|peer[- ]to[- ]peer|P2P|bittorrent|torrents?|blockchain|cryptocurrency|bitcoin|MQTT|AMQP|DNS|SMTP|IMAP|POP3|LDAP|IRC|XMPP|SIP|VoIP|RTP|SNMP|RADIUS|TFTP|SOCKS|distributed|cluster(ed|ing)?|replication|load balanc\w+|reverse proxy|client/server|client-server|remote(ly)?|multi-?player|prometheus|exporter`), "net_basic", Possible},
	{re(`servers?|daemon|network(ed|ing)?|clients?`), "net_basic", Possible},
	{re(`database|DBMS|PostgreSQL|MySQL|MariaDB|Redis|FastCGI|fax|SMS|conference|key[-/ ]value|search engine|message (queue|broker)|\w*MQ|web[- ](app\w*|console|ui|interface|front-?end)|APIs?|dashboards?|JSON|microservices?|forum|wiki|blog|CMS|voice|streaming|metrics|telemetry|log (ship\w+|collect\w+|aggregat\w+|forward\w+)|frame buffer|net interface|cloud|SaaS|S3|bots?`), "net_basic", Possible},
}

// protocols are the ends of names of programs that are called after what they serve.
var protocols = lazyregexp.New(`(?i)(https?d?|[st]?ftpd?|rsyncd|smtpd?|imap(s|d|4d)?|pop3?(s|d)?|nntpd?|ircd?|dnsd?|ldapd?|radiusd?|sipd?|rtspd?|mqttd?|telnetd|fingerd|identd|lpd|proxyd?|gatewayd?|server|exporter|broker|php-fpm|phpfpm)$`)

// fromNames looks at what the service and its programs are called.
func fromNames(in Input) []Evidence {
	for _, n := range append([]string{in.Service}, in.Programs()...) {
		if m := protocols.FindString(n); m != "" {
			return []Evidence{{
				Path: in.Template, Line: in.Script.Name.Pos.Line, Kind: FromName, Supports: "net_basic",
				Strength: Possible, own: true,
				Fact: fmt.Sprintf("its name %q is that of a network service", n),
			}}
		}
	}
	return nil
}

// otherSigns say that more than the network may be needed, or that no option
// helps. They never decide: they hold the certainty down and are shown.
var otherSigns = []sign{
	{re(`VPN|tunnel(s|l?ing)?|IPsec|IKEv?2?|WireGuard|PPPo?E?|L2TP|PPTP|tun/tap|virtual ethernet`), OptOut, Possible},
	{re(`firewall|packet filter|ipfw|pfctl|brute[- ]?force|NAT(-PMP)?|UPnP IGD|port mapp\w+|traffic shap\w+`), OptOut, Possible},
	{re(`kernel modules?|device driver|hypervisor|virtual machines?|guest additions?|bhyve|VirtualBox|VMware|containers?|jails?`), OptOut, Possible},
	{re(`mounts?|mounting|auto-?mount\w*|FUSE|file ?systems?|ZFS|snapshots?|swap`), OptOut, Possible},
	{re(`display manager|login manager|desktop sessions?|X server|ACPI|suspend|laptop|CPU frequency|power manag\w+|fan control|thermal|overclock\w*|UPS|uninterruptible`), OptOut, Possible},
	{re(`cron|scheduler|supervis(es?|ion|or)|process (control|manag\w+|monitor)|service manager|init system|configuration management|remote command|watchdog|batch (queu\w+|jobs?)|job (queue|scheduler)|CI runner|build (agent|worker|slave)`), OptOut, Possible},
	{re(`DHCP|BOOTP|wireless|802\.11|access point|network interfaces?|bridge|VRRP|CARP|multicast routing|router advertisements?`), OptOut, Possible},
	{re(`OSPF|BGP|RIP|routing (daemon|protocols?|suite)|route server|mesh`), "routing", Possible},
	{re(`NTP|time (synchroni[sz]\w+|daemon|protocol)|clock (synchroni[sz]\w+|discipline)|system clock|PTP`), "settime", Possible},
	{re(`ICMP|ping|traceroute|raw sockets?|sniff\w*|packet captur\w+|libpcap|intrusion detection|IDS|ARP|latency|port scan\w*|netflow`), "net_raw", Possible},
	{re(`shared memory|System V|semaphores?`), "sysvipcnew", Possible},
	{re(`secrets?|vault|key ?agent|passphrases?|smart ?cards?|HSM|real-?time|low[- ]latency`), "mlock", Possible},
	{re(`hardware|sensors?|USB|bluetooth|infrared|serial (port|line)|GPS|audio|sound|joystick|keyboard|mouse|scanner|smart ?card|SMART|disks?`), Nothing, Possible},
	{re(`Unix(-domain)? sockets?|local socket|D-?Bus|milter|entropy|random`), Nothing, Possible},
}

// address is where to read more, which says nothing of what the program does.
var address = lazyregexp.New(`\S+://\S*|\S+@\S+`)

// fromText looks at COMMENT and pkg-descr.
func fromText(in Input) []Evidence {
	var out []Evidence
	seen := map[string]bool{}
	lists := [][]sign{netSigns, otherSigns}
	// possible is which signs a text of several lines may hold: most hold few.
	possible := func(text string) [][]int {
		out := make([][]int, len(lists))
		for k, list := range lists {
			for i, s := range list {
				if s.pattern.May(text) {
					out[k] = append(out[k], i)
				}
			}
		}
		return out
	}
	scan := func(path string, line int, text, what string, signs [][]int) {
		for k, list := range lists {
			for _, i := range signs[k] {
				s := list[i]
				m := s.pattern.FindString(text)
				if key := what + s.supports + strings.ToLower(m); m == "" || seen[key] {
					continue
				} else {
					seen[key] = true
				}
				if i > 0 && k == 0 && hasKind(out, path, line) {
					continue
				}
				out = append(out, Evidence{
					Path: path, Line: line, Kind: FromText, Supports: s.supports, Strength: s.strength,
					Fact:  fmt.Sprintf("%s says %q", what, message.ClipLine(m, 60)),
					faint: strings.EqualFold(m, "daemon"),
				})
			}
		}
	}
	if in.Port.Comment != "" {
		text := address.ReplaceAllString(in.Port.Comment, " ")
		scan(in.Port.Makefile, in.Port.CommentLine, text, "COMMENT", possible(text))
	}
	text := address.ReplaceAllString(in.Port.Descr, " ")
	signs := possible(text)
	for i, line := range strings.Split(text, "\n") {
		scan(in.Port.DescrPath, i+1, line, "pkg-descr", signs)
	}
	return out
}

func hasKind(list []Evidence, path string, line int) bool {
	return slices.ContainsFunc(list, func(e Evidence) bool {
		return e.Path == path && e.Line == line && e.Kind == FromText && e.Supports == "net_basic"
	})
}

// netCategories are the categories of the ports tree whose programs speak IP: a
// database is one for its clients, and a game that starts with rc(8) is a server.
var netCategories = []string{"databases", "games", "net", "net-im", "net-p2p", "dns", "mail", "www", "ftp", "irc",
	"news", "net-mgmt", "net-vpn"}

// fromCategory looks at the port's first category, which is where it lives.
func fromCategory(in Input) []Evidence {
	if len(in.Port.Categories) == 0 || !slices.Contains(netCategories, in.Port.Categories[0]) {
		return nil
	}
	return []Evidence{{
		Path: in.Port.Makefile, Kind: FromCategory, Supports: "net_basic", Strength: Possible,
		Fact: "a port of the category " + in.Port.Categories[0],
	}}
}

// libSigns says what linking against a library hints at.
var libSigns = []sign{
	{lazyregexp.New(`^lib(curl|event|uv|ev|microhttpd|soup\d*|zmq|nanomsg|mosquitto|ldap|lber|pq|mysqlclient|mariadb|hiredis|gnutls|ssh2?|neon|nghttp2|websockets|evhtp|pjsip|srtp2?|nats|rdkafka|grpc\+?\+?|thrift|tirpc|avahi-client|memcached|http_parser|llhttp|torrent|radius|netsnmp|resolv|milter|wslay|ngtcp2|nghttp3)\.so`), "net_basic", Possible},
	{lazyregexp.New(`^lib(spf2?|opendkim|unbound|getdns|ldns|cares|udns|adns)\.so`), "net_basic", Likely}, // which ask DNS
	{lazyregexp.New(`^lib(net|dnet)\.so`), "net_raw", Possible},
	{lazyregexp.New(`^lib(fuse3?)\.so`), OptOut, Likely},
}

// usesSigns does the same for USES.
var usesSigns = []sign{
	{lazyregexp.New(`^(mysql|pgsql|ssl|ldap|apache|samba|php|gssapi)(:|$)`), "net_basic", Possible},
	{lazyregexp.New(`^(nodejs|npm)(:([\w,]*,)?run(,|$)|$)`), "net_basic", Possible}, // Node.js is made for servers
	{lazyregexp.New(`^fuse(:|$)`), OptOut, Possible},
	{lazyregexp.New(`^kmod(:|$)`), OptOut, Likely},
}

// fromDepends looks at libraries and USES.
func fromDepends(in Input) []Evidence {
	var out []Evidence
	add := func(words []Word, signs []sign, what string) {
		for _, w := range words {
			for _, s := range signs {
				if s.pattern.MatchString(w.Text) {
					name, _, _ := strings.Cut(w.Text, ":")
					if s.supports == OptOut && forAnotherPart(in, name) {
						s.strength = Possible
					}
					out = append(out, Evidence{
						Path: w.File, Line: w.Line, Kind: FromDepends, Supports: s.supports, Strength: s.strength,
						Fact: what + " " + name,
					})
				}
			}
		}
	}
	add(in.Port.Libs, libSigns, "it is linked against")
	add(in.Port.Uses, usesSigns, "USES")
	if !staysByText(in.Script) {
		for _, n := range in.Port.Names {
			if strings.HasSuffix(n, "-kmod") || strings.Contains(n, "-kmod-") {
				out = append(out, Evidence{Path: in.Port.Makefile, Kind: FromDepends, Supports: OptOut,
					Strength: Likely,
					Fact:     "it is called " + n + ": a port of a kernel module, with no program in its script"})
				break
			}
		}
	}
	for _, w := range in.Port.Defaults {
		if wallet.MatchString(w.Text) {
			out = append(out, Evidence{Path: w.File, Line: w.Line, Kind: FromDepends, Supports: "mlock",
				Strength: Likely,
				Fact: fmt.Sprintf("it is built with the option %s: it keeps the keys of a wallet in locked memory, "+
					"as Bitcoin Core and its forks do", w.Text)})
		}
	}
	// union semun is declared only where this is defined (sys/sem.h), for semctl(2).
	for _, w := range in.Port.Flags {
		if w.Text == "-D_WANT_SEMUN" && w.File != "" { // CXXFLAGS repeats CFLAGS
			out = append(out, Evidence{Path: w.File, Line: w.Line, Kind: FromDepends, Supports: "sysvipcnew",
				Strength: Likely,
				Fact:     "it is compiled with -D_WANT_SEMUN: it uses System V semaphores"})
		}
	}
	seen := map[string]bool{}
	for _, w := range in.Port.Users {
		if seen[w.Text] {
			continue
		}
		seen[w.Text] = true
		e := Evidence{Path: w.File, Line: w.Line, Kind: FromDepends, Strength: Possible,
			Fact: "the port creates the user or group " + message.ClipLine(w.Text, 60)}
		for _, s := range userSigns {
			if s.pattern.MatchString(w.Text) {
				e.Supports, e.Strength = s.supports, s.strength
			}
		}
		out = append(out, e)
	}
	return out
}

// wallet is the option by which ports of Bitcoin Core and its forks build the wallet.
var wallet = lazyregexp.New(`^WALLET(_\w+)?$`)

// mounting is what the description of a port that mounts says.
var mounting = re(`\w*FUSE\w*|file ?systems?|mount(s|ed|ing|er)?|auto-?mount\w*|archives?`)

// forAnotherPart reports whether what a port is built with is for another of its parts:
// a kernel module beside the program that the script starts, or a library for
// mounting where nothing that the port says of itself is about file systems.
func forAnotherPart(in Input, name string) bool {
	if name == "kmod" {
		return in.Script.Program() != ""
	}
	return !mounting.MatchString(in.Port.Comment + "\n" + in.Port.Descr + "\n" + strings.Join(in.Port.Names, "\n"))
}

// userSigns are users that tell what is run as them.
var userSigns = []sign{
	{parts(`_?(ntp|ntpd|chrony|ptpd?)`), "settime", Possible},
	{parts(`_?(dhcp|dhcpd|kea)`), "net_raw", Possible},
	{parts(`_?(bind|named|unbound|nsd|knot|tor|www|httpd?|nginx|ftp|mail|smtpd?|mqtt)`), "net_basic", Possible},
	{parts(`_?(bhyve|vboxusers|cbsd)`), OptOut, Possible},
	{parts(`dialer|u2f|usb`), Nothing, Possible}, // who may open devices
}
