package infer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A purpose is what a COMMENT says that a program is for, where that alone
// tells the answer for nearly all programs that say so.
type purpose struct {
	pattern *lazyregexp.Regexp
	answer  string // option words, Nothing, or OptOut
	act     string // what it does, in words fit for a sentence that begins with "it"
}

// purposes go from the special to the general: the first that matches counts.
// The acts are those of jail(8) and prison_priv_check in sys/kern/kern_jail.c.
var purposes = []purpose{
	{re(`(display|login|session|desktop) manager`), OptOut, "starts sessions that must see the host"},
	{re(`OpenSSH|(SSH2?|telnet|rlogin|remote login|login) (servers?|daemons?)`), OptOut, "starts sessions that must see the host"},
	{re(`(auto-?mount(er|ing|s)?|mount(s|er|ing)|mount daemon|removable media|FUSE)`), OptOut, "mounts file systems"},
	{re(`ZFS|(manages?|takes?|automatic|create) snapshots?`), OptOut, "administers ZFS"},
	{re(`firewall|packet filters?|(pf|ipfw) (tables?|rules?|manager)|(blocks?|bans?|blocking|banning) (hosts?|attack\w*|IPs?|addresses|brute)|brute[- ]?force`), OptOut, "controls the packet filter"},
	{re(`VPN|IPsec|IKE(v[12])?|tun/tap|(layer|level)[- ]?[23] tunnel\w*|PPPoE|PPTP|L2TP|PPP|virtual (ethernet|LAN|network)|network virtuali[sz]ation|overlay network\w*`), OptOut, "makes and configures network interfaces"},
	{re(`DHCP(v6)? client|(network|interface|wifi|wireless|wlan) (manager|configuration|roaming|supplicant)|supplicant|access point`), OptOut, "configures network interfaces"},
	{re(`(jail|container|virtual machine|VM|bhyve|hypervisor) (manag\w+|runtime|engine|orchestrat\w+)|hypervisor|guest (additions|agent|tools|utilities)`), OptOut, "manages jails or virtual machines"},
	{re(`UPS (monitor\w*|daemon|control)|uninterruptible|power manag\w+|suspend|hibernat\w+|shut(s|ting)? ?down`), OptOut, "shuts down or suspends the host"},
	{re(`fan (control\w*|speed)|CPU frequency|thermal|overclock\w*|undervolt\w*|backlight`), OptOut, "sets sysctls and device state"},
	{re(`cron( daemon| replacement| clone)?|(job|task|command|batch) schedul\w+`), OptOut, "runs arbitrary jobs"},
	{re(`init (system|replacement)|(process|service|daemon) (supervis\w+|manager|monitor\w*|control)|supervis(ion|es|or)|watchdog|out[- ]of[- ]memory|OOM`), OptOut, "signals and restarts processes of the host"},
	{re(`(kernel|device) (module|driver)s?`), OptOut, "loads or needs kernel modules"},
	{re(`(S?NTP|PTP|time|clock)([- ](synchroni[sz]\w+|sync|server|daemon|client|protocol|discipline)|d\b)|adjusts? the clock|system (clock|time)`), "net_basic settime", "sets the clock"},
	{re(`(OSPF|RIP|BGP|IS-IS|BABEL|OLSR|EIGRP)([- ]?v?\d)?|routing (daemon|suite|protocol)s?|mesh rout\w+`), "net_basic net_raw routing", "changes the routing table"},
	{re(`(DHCP(v4)?|BOOTP|host configuration protocol) (server|daemon|relay)|ping(er|s|ing)?|ICMP|traceroute|(port|network|host) scann\w+|(latency|reachability) (monitor|prob)\w*|smoke ?ping`), "net_basic net_raw", "opens raw sockets"},
	{re(`(entropy|random(ness)?|hardware RNG)( gathering| daemon| generator)?|infrared|LIRC|smart ?cards?|joystick|hot ?keys?|mouse|GPIO`), Nothing, "works with a device or a UNIX socket"},
}

// about marks a COMMENT whose subject is another program than the one it is of.
var about = re(`exporters?|metrics|statistics|dashboard|GUI|web[- ]?(interface|ui|front-?end|based|admin\w*|panel)|games?|simulat\w+`)

// purposeOf is the first purpose that a COMMENT names.
func purposeOf(in Input) (purpose, Evidence, bool) {
	if about.MatchString(in.Port.Comment) {
		return purpose{}, Evidence{}, false
	}
	for _, p := range purposes {
		if m := p.pattern.FindString(in.Port.Comment); m != "" {
			return p, Evidence{
				Path: in.Port.Makefile, Line: in.Port.CommentLine, Kind: FromText, Strength: Possible,
				Fact: fmt.Sprintf("COMMENT says %q: it %s", m, p.act),
			}, true
		}
	}
	return purpose{}, Evidence{}, false
}

// byPurpose answers by what the program says that it is for, where the table
// has no entry. It is no more than possible, or likely where a fact of another
// kind agrees; such an answer is shown, and not patched unless asked for.
func (v *Verdict) byPurpose(in Input) bool {
	p, fact, ok := purposeOf(in)
	if !ok || slices.ContainsFunc(strings.Fields(p.answer), func(w string) bool { return slices.Contains(programWords, w) && in.excluded(w) }) {
		return false // or all of the program was seen, and it does not do it
	}
	listen, listens := v.best("net_basic", FromListen, FromConf)
	listens = listens && listen.Strength >= Likely
	if p.answer == Nothing && listens {
		return false
	}
	v.Certainty, v.Reason = Possible, "It "+p.act+", says its COMMENT."
	for _, w := range strings.Fields(p.answer) {
		f := fact
		f.Supports = w
		v.Evidence = append(v.Evidence, f)
		for _, k := range v.kinds(w) {
			if k != FromText && k != FromCategory && w != "net_basic" {
				v.Certainty = Likely
			}
		}
	}
	switch p.answer {
	case OptOut:
		v.OptOut, v.Comment = true, p.act
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
