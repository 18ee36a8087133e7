package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A purpose is what somebody says that a program is for, where that alone
// tells the answer for nearly all programs of which it is said.
type purpose struct {
	pattern *lazyregexp.Regexp
	answer  string // option words, Nothing, or OptOut
	act     string // what it does, in words fit for a sentence that begins with "it"
	// unless voids the purpose where the sentence says this too.
	unless *lazyregexp.Regexp
	// itself is true where a web front end does the act itself, so that to be one
	// voids nothing.
	itself bool
	// anywhere is true where all that the port says of itself may void it.
	anywhere bool
	// network is true where the act is about the network of the host, so that
	// REQUIRE NETWORKING says nothing of a server.
	network bool
	// lifted is the option words with which it works all the same, where the limit is policy.
	lifted string
}

// purposes go from the special to the general: the first that matches counts.
// The acts are those of jail(8) and prison_priv_check in sys/kern/kern_jail.c.
var purposes = []purpose{
	{pattern: re(`(display|login|session|desktop) manager|login greeter`), answer: OptOut, act: sessions},
	{pattern: re(`OpenSSH|(SSH[- ]?\d?|telnet|rlogin|remote login|login) (servers?|daemons?)`), answer: OptOut, act: sessions, lifted: "net_basic", unless: attacks},
	{pattern: re(`(shells?|terminals?) (through|over|via|in) (an? |the |your )?(web|HTTPS?|AJAX|browser)\w*|(shells?|terminals?)( emulators?)? (on|in) an? web[- ]?(page|site)|(web([- ]based)?|browser) (shells?|terminals?)( emulators?)?`), answer: OptOut, act: sessions, lifted: "net_basic", itself: true},
	{pattern: re(`ident(d|ification)?( protocol)? (server|daemon)s?|identd|RFC ?1413`), answer: OptOut, act: "names the owners of the host's connections, of which a jail shows its own only", unless: re(`fake\w*|fixed|static|standard|same|any|anonymous|null\w*|spoof\w*|IRC`)},
	{pattern: re(`(auto-?mount(er|ing|s)?|mount(s|er|ing)|mount daemon|removable media|FUSE)`), answer: OptOut, act: "mounts file systems"},
	{pattern: re(`ZFS|(manages?|takes?|automatic|create) snapshots?`), answer: OptOut, act: "administers ZFS"},
	{pattern: re(`((metrics|statistics|exporter|exports?) [^.]*\b(of|for|from|on) |exports? )(FreeBSD('s)? |the )?(ZFS|jails?|zpools?|ipfw|bhyve|pf)( (metrics|statistics|pools?))?`), answer: OptOut, act: "reports on what of the host a jail does not see", itself: true},
	{pattern: re(`captive portal|hot ?spot (gateway|access controller)`), answer: OptOut, act: "controls the packet filter for its guests", network: true},
	{pattern: re(`UPnP IGD|NAT-PMP|port mapp\w+|6to4|6in4|Teredo|NAT64|DS-Lite|4over6|tunnel broker|tunnel configuration protocol`), answer: OptOut, act: "maps ports or makes tunnels", unless: re(`discover\w*`), network: true},
	{pattern: re(`(blocks?|bans?|blocking|banning) (the |such |offending |intruding |malicious |their )*(hosts?|IPs?|IP address\w*|addresses|connections?)`), answer: OptOut, act: "controls the packet filter", network: true,
		unless: re(`hosts\.(deny|allow)|(web )?proxy|polic(y|ies)|SMTP|mail|chat|games?|DNS\w*`)},
	{pattern: re(`firewalls?|packet filters?|(pf|ipfw|ipf|ipfilter)(\(\d\))?|(port|firewall)[- ]knock\w*|single packet authori[sz]ation|(blocks?|bans?|blocking|banning) (attack\w*|brute)|brute[- ]?force`), answer: OptOut, act: "controls the packet filter",
		unless: re(`prox(y|ies)|polic(y|ies)|smtp\w*|mail|web application|log(s|ger|ging)?`), network: true},
	{pattern: re(`(pf|ipfw)(\(\d\))?`), answer: OptOut, act: "controls the packet filter", unless: re(`log(s|ger|ging)?|statistics|HTTP proxy`), network: true},
	{pattern: re(`divert(\(4\))? sockets?|netgraph`), answer: OptOut, act: "takes packets from the kernel by divert(4) or netgraph(4)", network: true},
	{pattern: re(`VPN|IPsec|IKE(v[12])?|WireGuard|tun/tap|(layer|level)[- ]?[23] tunnel\w*|(IP(v[46])?|Ethernet) (tunnel\w*|over (DNS|ICMP|HTTP))|tunnel(s|ing)? IP(v[46])?|PPPoE|PPTP|L2TP|PPP|virtual (ethernet|LAN|network|tunnels?)|network virtuali[sz]ation|overlay networking`), answer: OptOut, act: "makes and configures network interfaces", network: true},
	{pattern: re(`DHCP(v?6)? client|(network|interface|wifi|wireless|wlan) (manager|configuration|roaming|supplicant)|interface (state|dependen\w+|groups?)|supplicant|access point|VRRP|CARP|Common Address Redundancy|virtual IP( address\w*)?|IP (address )?failover`), answer: OptOut, act: "configures network interfaces", network: true},
	{pattern: re(`multicast rout\w+|IGMP (proxy|router|querier)|PIM(-[SD]M)?|DVMRP`), answer: OptOut, act: "routes multicast", unless: re(`BGP|OSPF`), network: true},
	// BGP runs on TCP; most programs that speak only BGP do not change the kernel's
	// routes. RIP, Babel and OLSR run on UDP.
	{pattern: re(`(BGP|MP-BGP)([- ]?v?\d)?|Border Gateway Protocol`), answer: "net_basic", act: "speaks BGP over TCP", unless: re(`OSPF\w*|IS-IS|RIP\w*|BABEL|OLSR|EIGRP|routing (daemon|suite|software|platform)s?`)},
	{pattern: re(`(RIP|BABEL|OLSR)([- ]?(v?\d|ng))?|distance[- ]vector routing`), answer: "net_basic routing", act: "speaks its protocol over UDP and changes the routing table", unless: re(`OSPF\w*|IS-IS|BGP|EIGRP`)},
	{pattern: re(`(OSPF|RIP|BGP|IS-IS|EIGRP)([- ]?v?\d)?|Open Shortest Path First|routing (daemon|suite|protocol|platform)s?|router platform|mesh rout\w+`), answer: "net_basic net_raw routing", act: "changes the routing table"},
	{pattern: re(`(jail|container|virtual machine|VM|bhyve|hypervisor) (manag\w+|runtime|engine|orchestrat\w+|automation|tools)|hypervisor|virtuali[sz]ation|guest (additions|agent|tools|utilities)|(additions|tools|utilities) for ([\w/]+ )*guests?|(VMware|VirtualBox|Xen\w*|Hyper-V|QEMU|KVM) (tools|guests?|agent|additions|utilities)|VM tools`), answer: OptOut, act: "manages jails or virtual machines"},
	{pattern: re(`UPS(es)?( monitor\w*| daemon| control\w*)?|uninterruptible|power manag\w+|suspend|hibernat\w+|shut(s|ting)? ?down`), answer: OptOut, act: "shuts down or suspends the host"},
	{pattern: re(`fan (control\w*|speed)|CPU frequency|thermal|overclock\w*|undervolt\w*|backlight|microcode|(CPU|processor) (cool|idle)\w*|cool(s|ing)? (the |software for )?([\w/]+ )*(CPU|processor)s?|(mother|main)board|MB monitor|hardware abstraction`), answer: OptOut, act: "sets sysctls and device state"},
	{pattern: re(`(first|next) boot|boot(ing)? (splash|logo|screen)|splash (image|screen)|(saves?|restores?|preserves?) [^.]*\bacross reboots`), answer: OptOut, act: "sets the host up once and leaves no process"},
	{pattern: re(`swap[- ]?(space|files?|areas?|partitions?|devices?|monitor|daemon)|(adds?|add/remove|removes?|dynamic\w*) swap`), answer: OptOut, act: "changes swap space"},
	{pattern: re(`cron( daemon| replacement| clone)?|(job|task|command|batch) schedul\w+|(cluster|workload|resource) (manager|management|orchestrator)( and scheduler)?|batch (system|queu\w+)|process invocation|(software )?test(ing)? automation framework`), answer: OptOut, act: "runs arbitrary jobs", unless: tpm},
	{pattern: re(`configuration (management|automation|enforcement)( (system|tool|agent|engine))?|(datacent(er|re)|server|fleet) orchestration|orchestration systems?|systems manager agent|(server|host) (management|administration)|remote (administration|execution)|(hosting|server) control panel`), answer: OptOut, act: "changes the host at somebody's order"},
	{pattern: re(`systems? (management|administration)`), answer: OptOut, act: "changes the host at somebody's order", itself: true},
	{pattern: re(`init (system|replacement)|(process|service|daemon) (supervis\w+|manager|control)|manag\w+ (UNIX |system )?(services|processes|daemons)|process (monitor\w*|activity)|supervis(ion|es|or)|(monitors?|controls?|monitor and control|start and stop) ((a number of|several|multiple|many|other|long-running) )?processes|service monitoring and logging|watchdog|out[- ]of[- ]memory|OOM|(kill|renice|protect|control)(l?(s|ing))? (\w+ )?process(es)?|restarts? (\w+ ){0,3}services|idle (users?|sessions?|logins?)`), answer: OptOut, act: "signals and restarts processes of the host"},
	{pattern: re(`(kernel|device) (module|driver)s?|(userland|user ?space) drivers?|drivers? (in|into|to) user ?(land|space)`), answer: OptOut, act: "loads or needs kernel modules"},
	{pattern: re(`(S?NTP|PTP|time|clock)([- ](synchroni[sz]\w+|sync|server|daemon|client|protocol|discipline)|d\b)|adjusts? the clock|system (clock|time)`), answer: "net_basic settime", act: "sets the clock", unless: re(`statistics|graph\w*|analy[sz]\w*|exporter|chart\w*|collects?|collection|monitor(s|ing)?`)},
	{pattern: re(`(DHCP(v?[46])?|BOOTP) relay\w*`), answer: "net_basic", act: "relays DHCP over UDP and bpf(4)"},
	{pattern: re(`(DHCP(v4)?|BOOTP|host configuration protocol) (server|daemon)|router (advertisement|solicitation)s?|(IPv6|stateless)[^.]* auto-?configuration|neighbou?r (discovery|advertisement|solicitation)s?|RDNSS|ping(er|s|ing)?|ICMP|traceroute|(port|network|host) scann\w+|(latency|reachability|uptime|availability) (monitor|prob|logg|graph|measur)\w*|smoke ?ping`), answer: rawNetwork, act: pings},
	{pattern: re(`(network|hosts?|hosts? and (network )?services?|(IP|network) devices?) monitor(ing)?( (system|daemon|program|suite))?|monitor(s|ing)? (of )?(servers|hosts) and (networks|services)`), answer: rawNetwork, act: pings, unless: re(`clients?|agents?`)},
	{pattern: re(`(network|vulnerability|remote) (security |vulnerability )?scanner|(security|vulnerability) scanner`), answer: rawNetwork, act: pings, unless: re(`containers?|images?|dependenc(y|ies)|code|source|wrapper|manag\w+`)},
	{pattern: re(`(proxy[- ])?ARP( (daemon|requests?|repl(y|ies)|poison\w*|spoof\w*|attacks?|proxy|guard))?`), answer: Nothing, act: "works on ARP, which is no IP and goes through bpf(4)", unless: re(`DHCP\w*|web|HTTP|mail\w*|names?`)},
	{pattern: re(`((packet|network|traffic|HTTP|DNS|ARP) )?(sniffer|sniffs|sniffing)|(packets?|traffic) (captur\w+|logg(er|ing))|captures? (network )?(packets|traffic)|(network )?intrusion (detection|prevention)|passive (DNS|OS)|((bandwidth|network traffic|traffic) (usage|counter|monitor))|(flood|port ?scan|traceroutes?) detect(ion|or|s)?|(detects?|detecting|tracks?|tracking) ((bandwidth|network) usage|port ?scans?|traceroutes?)|BPF traffic`), answer: Nothing, act: "captures packets through bpf(4) and writes files or syslog",
		unless: re(`web[- ]?(based|interface|ui|server|front-?end)s?|built-in (web|HTTP)\w*|\w*SQL|databases?|(Net|s|c)Flow|IPFIX|collectors?|exports?|exporter|probes?|distributed|(to|from) (a )?(remote|central)|servers?|SNMP|sensors?|prelude|bot|e-?mails?|firewalls?|block\w*`)},
	{pattern: re(`(Fast)?CGI wrapper|(wrapper|interface) for (old )?CGI( (programs|scripts|applications))?`), answer: Nothing, act: "runs CGI programs for a web server behind a UNIX socket"},
	{pattern: re(`uptime (record )?(daemon|records?|tracker)`), answer: Nothing, act: "keeps the host's uptime in files"},
	{pattern: re(`(entropy|randomness|hardware RNG)( gathering| daemon| generator)?|random (number )?(gather\w+|daemon|generators?|device)|infrared|LIRC|smart ?cards?|joystick|hot ?keys?|mouse|GPIO|seat manage\w+|TPM( \w+)? (emulator|simulator)|(software|software-based|virtual) TPM|(TPM|Trusted Platform Module)( \(TPM\))? (emulator|simulator)|kana[- ]?(to[- ])?kanji|(TPM2?|Trusted Platform Module) .*(resource manag\w+|access broker)|(resource manag\w+|access broker) (for|of) (the |an? )?TPM2?|UUIDs?|(hard )?disks? (health|(read )?errors?|temperature|monitor\w*)|bad (blocks|sectors)|RAID (controllers?|monitor\w*)|compact discs?|audio CDs?|key (re)?mapp(er|ing)|keyboards?|GSM modems?|(scanner|device) buttons?|system (uptime|downtime)s?`), answer: Nothing, act: "works with a device or a UNIX socket"},
	{pattern: re(`milter`), answer: Nothing, act: "is a milter, which speaks to the mail server over a UNIX socket unless told otherwise", unless: asksDNS, anywhere: true},
	{pattern: re(`process(es|ing)? log ?files?|(events?|logs?) (\(\w+\) )?correlat\w+|log(file)?s? (analy\w+|watch\w*|statistics|graph\w*|summar\w+|monitor(s|ing)?)|RRD(tool)? (front-?end|graph\w*|statistics)|(mail|traffic|query) statistics|(statistics|graphs?) (front-?end )?(for|of|from) [^.]{0,40}logs?`), answer: Nothing, act: "reads logs and writes files"},
}

const (
	sessions   = "starts sessions that must see the host"
	rawNetwork = "net_basic net_raw"
	pings      = "opens raw sockets, or runs ping(8)"
)

var (
	attacks = re(`attacks?|brute|thwart|log-?in attempts`)
	// asksDNS are policies for mail that stand in the DNS, and what else a filter asks over IP.
	asksDNS = re(`DKIM|DomainKeys|Sender[ -]?ID|SPF|DMARC|DNS\w*|RBLs?|spam\w*|virus\w*|ClamAV|grey-?list\w*|LDAP|SQL|database|proxy|(sender|recipient|address|envelope\S*)( \w+)? verif\w+|callbacks?|milters`)
	// tpm is the subject where a resource is the chip's, and no cluster's.
	tpm = re(`TPM\w*|Trusted Platform Module`)
)

// about marks a sentence whose subject is another program than the one it is of.
var about = re(`exporters?|metrics|dashboard|GUI|web[- ]?(interface|ui|front-?end|based|admin\w*|panel)|games?|simulat\w+|REST|API|registry|honeypots?`)

// byNameOnly are daemons of routing suites and the like: what each speaks is in
// its name, and the suite's COMMENT names all of them. zebra(8) alone writes
// the routing table; OSPF and EIGRP run on raw IP, IS-IS through bpf(4), the rest
// on TCP or UDP.
var byNameOnly = []purpose{
	{pattern: parts(`zebra`), answer: "net_basic routing", act: "writes the routing table for the other daemons"},
	{pattern: parts(`ospf6?d|eigrpd`), answer: "net_basic net_raw", act: "speaks its protocol over raw IP, and leaves the routing table to another daemon"},
	{pattern: parts(`bgpd|rip(ng)?d|babeld|ldpd|bfdd|staticd|mgmtd|pathd|pbrd|isisd|fabricd|nhrpd`), answer: "net_basic", act: "speaks over TCP or UDP, and leaves the routing table to another daemon"},
	{pattern: parts(`(pim|pim6|mrout|mroute|dvmrp|igmp)\w*d`), answer: OptOut, act: "routes multicast"},
	{pattern: parts(`watch(frr|quagga)`), answer: OptOut, act: "restarts the other daemons"},
}

// called are names of services and programs that tell what they are.
var called = []purpose{
	{pattern: parts(`(dt|x|k|m|s|w|l|g)login\d?|(g|k|x|s|w|lx|light|sd)dm\d?|slim|greetd`), answer: OptOut, act: "starts sessions that must see the host"},
	{pattern: parts(`\w*upsmon`), answer: OptOut, act: "shuts down the host when the power fails"},
	{pattern: parts(`dhclient|dhcpcd|udhcpc|dhcpv?6?c(lient)?`), answer: OptOut, act: "configures network interfaces"},
	{pattern: parts(`dhcp(v?6)(s|d|serv(er)?|r|relay)`), answer: "netv6", act: "speaks DHCPv6, which is UDP over IPv6"},
	{pattern: parts(`Xorg[\w-]*|X(free86)?`), answer: OptOut, act: "drives the graphics hardware and the console"},
	{pattern: parts(`[\w-]*cache-?_?(clean|gc|trim)\w*`), answer: Nothing, act: "trims a directory of cached files"},
}

// A sentence is what somebody wrote of what a service is for.
type sentence struct {
	text, path, what string
	line             int
	own              bool // it is about this script, not of a whole suite
}

// sentences are the script's desc=, COMMENT, and the sentence of pkg-descr that
// says what the port is.
func sentences(in Input) []sentence {
	var out []sentence
	if text, pos, ok := descOf(in); ok {
		out = append(out, sentence{text, in.Template, "desc", pos.Line, true})
	}
	if in.Port.Comment != "" {
		out = append(out, sentence{in.Port.Comment, in.Port.Makefile, "COMMENT", in.Port.CommentLine, !in.suite()})
	}
	if text := definition(in); text != "" && !netSigns[0].pattern.MatchString(in.Port.Comment) {
		out = append(out, sentence{text, in.Port.DescrPath, "pkg-descr", 1, !in.suite()})
	}
	return out
}

var (
	isA  = lazyregexp.New(`(?i)^\W*(?:the |this )?([\w.+-]+)(?: \([^)]*\))?,?(?: \w+){0,4}? (?:is|are|provides|implements) (?:an?|the|both|designed|intended)?\b ?(.*)`)
	stop = lazyregexp.New(`[.:;](\s|$)`)
)

// definition is what stands behind "NAME is a" at the beginning of pkg-descr.
func definition(in Input) string {
	text := strings.Join(strings.Fields(in.Port.Descr[:min(len(in.Port.Descr), 1<<10)]), " ")
	if end := stop.FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	m := isA.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	subject := bare(m[1])
	for _, n := range append(slices.Clone(in.Port.Names), in.Service, "program", "port", "daemon", "software",
		"package", "project") {
		if strings.EqualFold(subject, bare(n)) {
			return m[2]
		}
	}
	return ""
}

// purposeOf is the first purpose that a sentence or a name tells, and whether it
// is said of this script.
func purposeOf(in Input) (p purpose, e Evidence, own, ok bool) {
	names := append([]string{in.Service}, in.Programs()...)
	for _, list := range [][]purpose{byNameOnly, called} {
		bearers := names
		if &list[0] == &byNameOnly[0] {
			if bearers = names[:1]; !in.suite() {
				continue
			}
		}
		for _, p := range list {
			for _, n := range bearers {
				if p.pattern.MatchString(n) {
					return p, Evidence{
						Path: in.Template, Line: in.Script.Name.Pos.Line, Kind: FromText, Strength: Possible,
						Fact: fmt.Sprintf("it is called %s: it %s", n, p.act), own: true,
					}, true, true
				}
			}
		}
	}
	for _, s := range sentences(in) {
		front := about.MatchString(s.text)
		for _, p := range purposes {
			if front && !p.itself {
				continue
			}
			m := p.pattern.FindString(s.text)
			if m == "" || p.voided(s.text, in) {
				continue
			}
			if !s.own && in.otherPart(p, names) {
				break
			}
			return p, Evidence{
				Path: s.path, Line: s.line, Kind: FromText, Strength: Possible,
				Fact: fmt.Sprintf("%s says %q: it %s", s.what, m, p.act), own: s.own,
			}, s.own, true
		}
	}
	return purpose{}, Evidence{}, false, false
}

// voided reports whether what else is said takes the purpose back.
func (p purpose) voided(text string, in Input) bool {
	if p.unless == nil {
		return false
	}
	if p.anywhere {
		text = strings.Join(append([]string{text, in.Port.Comment, in.Port.Descr}, in.Port.Names...), "\n")
	}
	return p.unless.MatchString(text)
}

// otherPart reports whether what is said of a whole suite is, by the look of the
// script, true of another of its scripts: a server is not what its agents are.
func (in Input) otherPart(p purpose, names []string) bool {
	switch {
	case p.answer == OptOut:
		return len(fromListen(in)) > 0 || !p.network && in.networked() || slices.ContainsFunc(names, serves.MatchString)
	case strings.Contains(p.answer, "net_raw"):
		return slices.ContainsFunc(names, agent.MatchString)
	}
	return false
}

// agent is how a suite's part on the watched host is called.
var agent = lazyregexp.New(`(?i)agentd?$`)

// byPurpose answers by what the program is said to be for, where the table
// has no entry. It is no more than possible, or likely where a fact of another
// kind agrees; such an answer is shown, and not patched unless asked for.
func (v *Verdict) byPurpose(in Input) bool {
	p, fact, own, ok := purposeOf(in)
	if !ok || slices.ContainsFunc(strings.Fields(p.answer),
		func(w string) bool { return slices.Contains(programWords, w) && in.excluded(w) }) {
		return false // or all of the program was seen, and it does not do it
	}
	listen, listens := v.best("net_basic", FromListen, FromConf)
	listens = listens && listen.Strength >= Likely
	if p.answer == Nothing && listens {
		return false
	}
	v.Certainty, v.Reason = Possible, "It "+p.act+", says its "+said(fact)+"."
	for _, w := range strings.Fields(p.answer) {
		f := fact
		f.Supports = w
		v.Evidence = append(v.Evidence, f)
		for _, k := range v.kinds(w) {
			if own && k != FromText && k != FromCategory && w != "net_basic" {
				v.Certainty = Likely
			}
		}
	}
	switch p.answer {
	case OptOut:
		v.OptOut, v.Comment, v.Lifted = true, p.act, inOrder(strings.Fields(p.lifted))
		v.Policy = v.Lifted != nil
		if listens {
			v.contradict(listen)
			v.Certainty = Possible
		}
	case Nothing:
		v.Options = []string{}
	default:
		v.Options = strings.Fields(p.answer)
	}
	return true
}

// said is where a purpose was read.
func said(e Evidence) string {
	where, _, ok := strings.Cut(e.Fact, " says ")
	if !ok {
		return "name"
	}
	return where
}

// keeps are words by which a sentence says that a program holds data or secrets
// for others. Of those many use System V IPC or lock memory, and neither is to
// be seen without the program.
var keeps = re(`databases?|DBMS|RDBMS|SQL (server|engine)|data ?stores?|key[-/ ]?value( store)?|(connection )?pool(er|ing)|cach(e|es|ing)|secrets?|vault|key ?(store|server|agent|management)|password (manager|server|store)|wallets?|\w*coins?|crypto-?currenc\w+|lightning|shared memory|semaphores?|OLAP`)

// holdBack makes a plain net_basic possible at most where the program is one of
// those that often need more, and nobody looked at it.
func (v *Verdict) holdBack(in Input) {
	if v.Answer() != "net_basic" || in.closed() {
		return
	}
	for _, s := range sentences(in) {
		if m := keeps.FindString(s.text); m != "" {
			v.Certainty = Possible
			v.Contradictions = append(v.Contradictions, fmt.Sprintf(
				"%s:%d: %s says %q: many such programs use System V IPC (sysvipcnew) or lock memory (mlock), which can't be seen without the program; look at it with --packages",
				s.path, s.line, s.what, m))
			return
		}
	}
}
