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

// A part is a library of a language, by its name, and what it is for.
type part struct {
	pattern  *lazyregexp.Regexp
	supports string
	strength Certainty
	act      string // what it is for, after "it"
}

func parts(words string) *lazyregexp.Regexp { return lazyregexp.New(`^(` + words + `)$`) }

// crates are those of CARGO_CRATES that tell. A crate that programs bring along
// for other systems, such as netlink's, tells nothing; nor does tokio, which
// does files as well as sockets.
var crates = []part{
	{parts(`tun|tun2|tun-rs|tun-tap|tokio-tun|tun_easytier|tappers|boringtun|defguard_wireguard_rs|wireguard-control`), OptOut, Likely, "opens tunnel devices"},
	{parts(`fuser|fuse3?|polyfuse|fuse_mt|fuse-backend-rs`), OptOut, Likely, "mounts file systems through fuse(4)"},
	{parts(`pfctl|ipfw|ipfw-rs`), OptOut, Likely, "controls the packet filter"},
	{parts(`libzfs|zfs-core|razor-nvpair`), OptOut, Possible, "administers ZFS"},
	{parts(`libjail|jail`), OptOut, Possible, "manages jails"},
	{parts(`clock-steering|timestamped-socket`), "settime", Likely, "steers the clock"},
	{parts(`surge-ping|fastping-rs|ping-rs|tokio-icmp-echo|tokio-ping|ping|oping|winping`), "net_raw", Likely, "pings"},
	{parts(`pnet|pnet_transport|pnet_datalink`), "net_raw", Possible, "makes raw packets"},
	{parts(`secrets|memsec|memlock|region-lock`), "mlock", Possible, "locks memory"},
	{parts(`rlimit`), "", Possible, "changes its own limits, which a jail allows"},
	{parts(`sysinfo|procfs|heim|psutil`), "", Possible, "looks at the processes and disks of the machine, of which a jail shows its own only"},
	{parts(`axum|actix-web|rocket|warp|tide|poem|salvo|gotham|iron|tiny_http|rouille|tonic|hickory-server|trust-dns-server|libp2p|quinn|lettre|mail-send|russh|suppaftp|libunftp|rumqttd|tungstenite|tokio-tungstenite|jsonrpsee|volo|pingora`), "net_basic", Likely, "is for network servers or clients"},
	{parts(`reqwest|hyper|ureq|attohttpc|isahc|curl|rustls|native-tls|rumqttc|paho-mqtt|redis|tokio-postgres|mysql|mysql_async|mongodb|hickory-resolver|trust-dns-resolver|socket2|tokio-rustls|websocket`), "net_basic", Possible, "is for network connections"},
	{parts(`rusb|nusb|hidapi|serialport|tokio-serial|evdev|input|uinput|gpio-cdev|rppal|i2cdev|libseat|smithay|v4l|rtlsdr|pcsc`), Nothing, Possible, "drives a device"},
	{parts(`zbus|dbus|dbus-tokio`), "", Possible, "can use D-Bus, a UNIX socket"},
}

// modules are the same for Go, by the repository in GH_TUPLE.
var modules = []part{
	{parts(`water|wireguard-go|wireguard|netstack|tun2socks|wgctrl-go`), OptOut, Possible, "opens tunnel devices"},
	{parts(`go-fuse|fuse`), OptOut, Likely, "mounts file systems through fuse(4)"},
	{parts(`go-ping|fastping|go-fastping|pro-bing`), "net_raw", Likely, "pings"},
	{parts(`gopacket`), "net_raw", Possible, "captures or makes packets"},
	{parts(`memguard|memlocker`), "mlock", Possible, "locks memory"},
	{parts(`gopsutil|procfs|go-sysinfo`), "", Possible, "looks at the processes and disks of the machine, of which a jail shows its own only"},
	{parts(`gin|echo|fiber|mux|chi|httprouter|negroni|grpc-go|fasthttp|martini|macaron|revel|beego|httpdown|grace|http|smtp|client_golang|dns|websocket|autocert`), "net_basic", Likely, "is for network servers or clients"},
	{parts(`net|crypto|oauth2|go-redis|pq|mgo|mysql|gomemcache|nats|sarama|amqp|thrift|consul`), "net_basic", Possible, "is for network connections"},
	{parts(`serial|go-serial|gousb|evdev|gpio|periph`), Nothing, Possible, "drives a device"},
}

// packages are those of RUN_DEPENDS, by the last part of their origin: modules
// of Python, Perl, Ruby and Node, and programs that are run.
var packages = []part{
	{parts(`(py-|p5-|rubygem-|node-)?(dotnet.*|aspnetcore.*)`), "mlock", Confident, "runs on .NET, which locks a page of memory at its start and ends where that is refused"},
	{parts(`fping|oping|liboping|p5-Net-Ping.*|py-ping3?|py-icmplib|rubygem-net-ping|smokeping`), "net_raw", Likely, "pings"},
	{parts(`p5-(IPC-SysV|IPC-ShareLite|IPC-Shareable)|py-sysv[-_]ipc`), "sysvipcnew", Possible, "uses System V IPC"},
	{parts(`p5-(Net-RawIP|Net-Pcap|Net-Packet)|py-(scapy|pcapy.*|libpcap|dpkt|pypcap)|rubygem-(pcaprub|packetfu)`), "net_raw", Possible, "captures or makes packets"},
	{parts(`py-psutil|p5-Proc-ProcessTable|rubygem-sys-proctable`), "", Possible, "looks at the processes of the machine, of which a jail shows its own only"},
	{parts(`nmap|scanrand|masscan|hping3?|arping|traceroute|mtr.*`), "net_raw", Possible, "is run with a program that opens raw sockets"},
	{parts(`fusefs-.*|sshfs|py-fusepy|py-llfuse|py-pyfuse3|p5-Fuse`), OptOut, Likely, "mounts file systems through fuse(4)"},
	{parts(`wireguard-tools|wireguard-go|openvpn|tinc|ipsec-tools|strongswan|mpd5|openconnect`), OptOut, Likely, "runs a program that makes network interfaces"},
	{parts(`bastille|iocage|ezjail|vm-bhyve|grub2-bhyve|bhyve-firmware|qjail|pot|cbsd|libvirt|xen-tools`), OptOut, Possible, "runs a program that manages jails or virtual machines"},
	{parts(`mongodb\d*`), "", Possible, "needs MongoDB: if it starts one itself, that locks memory unless it is told not to"},
	{parts(`postgresql\d*-server`), "", Possible, "needs the server of PostgreSQL: if it starts one itself, that takes System V shared memory"},
	{parts(`py-(flask|django\d*|tornado|aiohttp|twisted|gunicorn|uvicorn|fastapi|bottle|cherrypy|sanic|starlette|waitress|eventlet|gevent|werkzeug|hypercorn|aiosmtpd|paste|pyramid|web\.py)`), "net_basic", Likely, "serves over IP"},
	{parts(`p5-(Net-Server.*|HTTP-Daemon.*|HTTP-Server.*|Mojolicious.*|Plack|Starman|Dancer2?|Catalyst.*|POE.*|AnyEvent-HTTPD|Net-DNS.*|Net-SMTP.*|Mail-SPF|Net-IMAP.*|IO-Socket-SSL|LWP.*|libwww|Net-SNMP|Net-LDAP.*|perl-ldap|DBD-Pg|DBD-mysql|DBD-MariaDB|IO-Socket-INET6|Net-SSH.*)`), "net_basic", Likely, "is for network connections"},
	{parts(`rubygem-(puma|unicorn|thin|webrick|sinatra|rails\d*|eventmachine|falcon|rack.*|sidekiq|mqtt|redis.*|faraday.*|net-ssh|pg|mysql2|bunny)`), "net_basic", Likely, "is for network connections"},
	{parts(`py-(requests.*|urllib3|httpx|paho-mqtt|pika|redis|psycopg\d?.*|mysqlclient|pymysql|pymongo|python-ldap|ldap3|dnspython|paramiko|websockets?.*|grpcio|boto\d?|certifi|openssl|zeroconf|zmq|pyzmq|slixmpp|irc)`), "net_basic", Possible, "is for network connections"},
	{parts(`py-(pyserial|pyusb|hidapi|evdev|smbus.*|rpi.*|pyscard)|p5-Device-.*`), Nothing, Possible, "drives a device"},
	{parts(`(ca_root_nss|curl|wget|rsync|openssl.*)`), "net_basic", Possible, "is for network connections"},
}

// nodeModules are the same for Node, by the names of the registry.
var nodeModules = []part{
	{parts(`fuse-native|fuse-bindings|fuse-shared-library`), OptOut, Likely, "mounts file systems through fuse(4)"},
	{parts(`raw-socket|net-ping|ping|pingman|@louislam/ping|tcp-ping`), "net_raw", Likely, "pings"},
	{parts(`cap|pcap2?|dhcp`), "net_raw", Possible, "captures or makes packets"},
	{parts(`mmap-object|sysv-ipc|svmq`), "sysvipcnew", Possible, "can use System V IPC"},
	{parts(`sodium-native`), "", Possible, "can lock memory, and goes on where that is refused"},
	{parts(`systeminformation|pidusage|ps-list|find-process`), "", Possible, "looks at the processes and disks of the machine, of which a jail shows its own only"},
	{parts(`express|fastify|koa|hapi|@hapi/hapi|@nestjs/core|next|nuxt|restify|polka|h3|socket\.io|ws|mqtt|aedes|nodemailer|smtp-server|ftp-srv|ssh2|http-proxy|http-proxy-middleware|primus|sockjs|grammy|telegraf|discord\.js|irc-framework|matrix-js-sdk|@grpc/grpc-js`), "net_basic", Likely, "is for network servers or clients"},
	{parts(`axios|undici|node-fetch|got|request|superagent|pg|mysql2?|mongodb|redis|ioredis|amqplib|ldapjs|dns-packet|multicast-dns`), "net_basic", Possible, "is for network connections"},
	{parts(`serialport|@serialport/.*|usb|node-hid|i2c-bus|onoff|pigpio|noble|midi`), Nothing, Possible, "drives a device"},
}

// hardware are libraries of LIB_DEPENDS by which a program drives a device; with
// no sign of IP beside them, that is what it is for.
var hardware = lazyregexp.New(`^lib(rtlsdr|hackrf|airspy\w*|usb(-[\d.]+)?|ftdi\d?|hidapi(-libusb)?|pcsclite|sane|udev|evdev|input|seat|lirc\w*|gpiod|iio|owcapi|ow|i2c|ieee1284|gphoto2|v4l\d*|freenect|nfc|openct|cec|smartcols)\.so`)

// fromModules looks at the modules that a language's port lists.
func fromModules(in Input) []Evidence {
	var out []Evidence
	seen := map[string]int{}
	note := func(w Word, p part, fact string) {
		if seen[p.supports]++; seen[p.supports] <= maxLines {
			out = append(out, Evidence{Path: w.File, Line: w.Line, Kind: FromDepends, Supports: p.supports,
				Strength: p.strength, Fact: fact})
		}
	}
	for _, w := range in.Port.Modules {
		if strings.Count(w.Text, ":") >= 2 { // [https://host:]account:project:tag:group/subdir
			name := strings.Split(site.ReplaceAllString(w.Text, ""), ":")[1]
			for _, p := range modules {
				if p.pattern.MatchString(strings.ToLower(name)) {
					note(w, p, fmt.Sprintf("it is built with the Go module %s: it %s",
						message.ClipLine(name, 60), p.act))
				}
			}
			continue
		}
		for _, p := range crates {
			if name := crateName(w.Text); p.pattern.MatchString(name) {
				note(w, p, fmt.Sprintf("it is built with the crate %s: it %s", name, p.act))
			}
		}
	}
	for _, m := range in.Port.Listed {
		name, list := m.Text, packages
		switch m.Of {
		case goModule:
			name, list = repositoryOf(name), modules
		case nodeModule:
			list = nodeModules
		case pythonModule: // the names of ports are lower case
			name = "py-" + strings.ToLower(name)
		default:
			name = "rubygem-" + name
		}
		for _, p := range list {
			if p.pattern.MatchString(name) {
				note(m.Word, p, fmt.Sprintf("it is built with the %s %s: it %s",
					m.Of, message.ClipLine(m.Text, 60), p.act))
			}
		}
	}
	for _, w := range in.Port.Runs {
		name := packageName(w.Text)
		for _, p := range packages {
			if p.pattern.MatchString(name) {
				if mongodb.MatchString(name) && !in.waitsFor("mongod") {
					p = part{supports: "mlock", strength: Likely,
						act: "starts its own, as its script waits for none, and MongoDB locks memory unless told not to"}
				}
				note(w, p, fmt.Sprintf("it runs with %s: it %s", name, p.act))
			}
		}
	}
	for _, w := range in.Port.Libs {
		name, _, _ := strings.Cut(w.Text, ":")
		if hardware.MatchString(name) {
			note(w, part{supports: Nothing, strength: Possible},
				fmt.Sprintf("it is linked against %s: it drives a device", name))
		}
	}
	return out
}

// mongodb is the server's package.
var mongodb = parts(`mongodb\d*`)

// waitsFor reports whether the script starts after a service.
func (in Input) waitsFor(service string) bool {
	return slices.ContainsFunc(in.Script.Header.Require, func(w rcparse.Word) bool { return w.Text == service })
}

// site is the host that a word of GL_TUPLE may begin with.
var site = lazyregexp.New(`^https?://[^:/]+(:\d+)?/?:`)

// crateName is a crate without its version.
func crateName(word string) string {
	for i := 0; i+1 < len(word); i++ {
		if word[i] == '-' && word[i+1] >= '0' && word[i+1] <= '9' && strings.Contains(word[i:], ".") {
			return word[:i]
		}
	}
	return word
}

// packageName is the port's directory in a word of RUN_DEPENDS, package:origin@flavor.
func packageName(word string) string {
	name, origin, ok := strings.Cut(word, ":")
	if ok {
		name = path.Base(origin)
	}
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ">")
	return name
}
