package program

import (
	"strings"

	"github.com/svcjify/svcjify/internal/message"
	"github.com/svcjify/svcjify/lint/infer/lazyregexp"
)

// A language is one whose programs are read as text.
type language struct {
	name string
	// interpreter matches the program behind #!, extension the names of its files.
	interpreter, extension *lazyregexp.Regexp
	// comment begins a comment line.
	comment string
	// signs are looked for in each line outside comments; spawns are signs that
	// other programs are started.
	signs  []lineSign
	spawns *lazyregexp.Regexp
}

// A lineSign is a pattern and the act that it shows.
type lineSign struct {
	pattern *lazyregexp.Regexp
	act     Act
}

func sign(pattern string, act Act) lineSign { return lineSign{lazyregexp.New(pattern), act} }

func interpreter(pattern string) *lazyregexp.Regexp {
	return lazyregexp.New(`^#!.*?\b(` + pattern + `)([\s"']|$)`)
}

func extension(pattern string) *lazyregexp.Regexp { return lazyregexp.New(`\.(` + pattern + `)$`) }

// sharedSigns hold in every language that hands the names of sys/socket.h
// through; what is a word of one language only stands with that.
var sharedSigns = []lineSign{
	sign(`\b(AF|PF)_INET6?\b`, Inet),
	sign(`\b(AF|PF)_UNIX\b`, Local),
	sign(`\bSOCK_RAW\b`, Raw),
	sign(`\b(AF|PF)_(BLUETOOTH|CAN)\b`, OtherAF),
	sign(`\b(shmget|semget|msgget)\b`, SysV),
	sign(`\bmlock(all)?\b`, Locks),
	sign(`\b(clock_settime|settimeofday|adjtime)\b`, Clock),
	sign(`\b(ntp_adjtime|adjtimex)\b`, ClockState),
	sign(`/dev/(net/)?(tun|tap)\b`, Tunnels),
	sign(`/dev/bpf\b`, Captures),
	sign(`/dev/pf\b`, Filters),
}

// languages is every language known, in the order in which they are tried.
var languages = []*language{
	{
		name: "Python", comment: "#",
		interpreter: interpreter(`python[0-9.]*|pypy[0-9.]*`), extension: extension(`pyw?`),
		spawns: lazyregexp.New(`\b(subprocess|os\.(system|popen|exec[lv]|spawn))`),
		signs: []lineSign{
			sign(`^\s*(import|from)\s+(socketserver|SocketServer|http\.(server|client)|xmlrpc|xmlrpclib|SimpleXMLRPCServer|BaseHTTPServer|aiohttp|tornado|twisted|flask|django|bottle|fastapi|starlette|uvicorn|gunicorn|hypercorn|sanic|cherrypy|waitress|werkzeug|requests|httpx|urllib\.request|urllib2|urllib3|httplib|smtplib|smtpd|aiosmtpd|imaplib|poplib|ftplib|nntplib|telnetlib|ldap3?|paramiko|asyncssh|zmq|paho|websockets?|socketio|pymongo|pika|grpc|dns|boto3?|slixmpp|irc|medusa)\b`, Inet),
			sign(`\b(create_connection|start_server|open_connection|create_datagram_endpoint)\s*\(`, Inet),
			sign(`\b(start_unix_server|open_unix_connection)\s*\(`, Local),
			sign(`^\s*(import|from)\s+(socket|asyncore|asyncio)\b`, Sockets),
			sign(`^\s*(import|from)\s+(scapy|pcapy|pcap)\b`, Captures),
			sign(`^\s*(import|from)\s+sysv_ipc\b`, SysV),
			sign(`^\s*(import|from)\s+psutil\b`, Processes),
			sign(`^\s*(import|from)\s+fuse(py)?\b`, Mounts),
		},
	},
	{
		name: "Perl", comment: "#",
		interpreter: interpreter(`perl[0-9.]*`), extension: extension(`p[lm]`),
		spawns: lazyregexp.New("\\b(system|exec)\\b|`|\\bqx\\b|\\bIPC::(Open|Run)"),
		signs: []lineSign{
			sign(`\b(IO::Socket::(INET6?|IP|SSL)|Net::Server|LWP(::\w+)*|HTTP::(Daemon|Tiny|Server)|Net::(SMTP|DNS|LDAP|SNMP|FTP|HTTP|IMAP|POP3|SSH|Telnet|SSLeay)|Mojo(licious)?|Dancer2?|AnyEvent::(HTTP|Socket)|Plack|Starman|SOAP::\w+|XML::RPC)\b`, Inet),
			sign(`\bIO::Socket::UNIX\b`, Local),
			sign(`^\s*use\s+(IO::)?Socket\b`, Sockets),
			sign(`\bNet::(Ping|RawIP)\b`, Raw),
			sign(`\bNet::Pcap\b`, Captures),
			sign(`\bIPC::(SysV|Msg|Semaphore|SharedMem|Share(Lite|able))\b`, SysV),
			sign(`\bProc::ProcessTable\b`, Processes),
		},
	},
	{
		name: "Ruby", comment: "#",
		interpreter: interpreter(`ruby[0-9.]*`), extension: extension(`rb`),
		spawns: lazyregexp.New("\\b(system|exec|spawn|popen3?)\\b|`"),
		signs: []lineSign{
			sign(`\b(TCPServer|TCPSocket|UDPSocket)\b|\bSocket\.tcp`, Inet),
			sign(`\brequire\s*\(?['"](webrick|sinatra|rack|puma|thin|unicorn|net/(http|smtp|imap|pop|ftp|ssh)|open-uri|drb|faraday|httparty|eventmachine|rails|mqtt)(/[^'"]*)?['"]`, Inet),
			sign(`\b(UNIXServer|UNIXSocket)\b`, Local),
			sign(`\brequire\s*\(?['"]socket['"]`, Sockets),
		},
	},
	{
		name: "PHP", comment: "//",
		interpreter: interpreter(`php[0-9]*`), extension: extension(`php`),
		spawns: lazyregexp.New(`\b(exec|shell_exec|system|passthru|proc_open|popen)\s*\(`),
		signs: []lineSign{
			sign(`\b(p?fsockopen|stream_socket_(client|server)|curl_init|socket_create_listen)\s*\(`, Inet),
			sign(`\bunix://`, Local),
			sign(`\bsocket_create\s*\(`, Sockets),
			sign(`\b(shm_attach|sem_get|msg_get_queue|shmop_open)\s*\(`, SysV),
		},
	},
	{
		name: "JavaScript", comment: "//",
		interpreter: interpreter(`node|nodejs|deno|bun`), extension: extension(`[cm]?js`),
		spawns: lazyregexp.New(`\bchild_process\b`),
		signs: []lineSign{
			sign(`(\brequire\s*\(\s*|\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)['"](node:)?(net|https?|http2|dgram|tls|dns|express|ws|koa|fastify|hapi|@hapi/hapi|socket\.io|axios|node-fetch|got|request|mqtt|undici)['"]`, Inet),
			sign(`['"](raw-socket|net-ping)['"]`, Raw),
		},
	},
	{
		name: "Tcl", comment: "#",
		interpreter: interpreter(`tclsh[0-9.]*|wish[0-9.]*`), extension: extension(`tcl`),
		spawns: lazyregexp.New(`\bexec\b`),
		signs:  []lineSign{sign(`\bsocket\s+(-server\b|-async\b|\$?\w+\s+\$?\w+)|\bpackage\s+require\s+(http|tls|udp)\b`, Inet)},
	},
	{
		name: "Lua", comment: "--",
		interpreter: interpreter(`lua[0-9.]*|luajit`), extension: extension(`lua`),
		spawns: lazyregexp.New(`\bos\.execute\b|\bio\.popen\b`),
		signs: []lineSign{
			sign(`\brequire\s*\(?\s*['"](socket|ssl|http|cqueues|copas)(\.[^'"]*)?['"]`, Inet),
			sign(`\brequire\s*\(?\s*['"]socket\.unix['"]`, Local),
		},
	},
	{
		name: "Go source", comment: "//", extension: extension(`go`),
		spawns: lazyregexp.New(`"os/exec"`),
		signs: []lineSign{
			sign(`\bnet\.(Listen(TCP|UDP|Packet|Config)?|Dial(TCP|UDP|Timeout)?|Dialer)\b|\bhttp\.(ListenAndServe(TLS)?|Get|Post|Client|Server)\b`, Inet),
			sign(`\bnet\.(ListenUnix|DialUnix)\b`, Local),
			sign(`"golang\.org/x/net/icmp"|\bnet\.(ListenIP|DialIP)\b`, Raw),
			sign(`\b(unix|syscall)\.Mlock(all)?\b`, Locks),
			sign(`\bunix\.SysvShm\w+\b`, SysV),
			sign(`\b(unix|syscall)\.(Settimeofday|ClockSettime)\b`, Clock),
			sign(`\b(unix|syscall)\.(Mount|Nmount|Unmount)\b`, Mounts),
		},
	},
	{
		name: "Rust source", comment: "//", extension: extension(`rs`),
		spawns: lazyregexp.New(`\bprocess::Command\b|\bCommand::new\b`),
		signs: []lineSign{
			sign(`\b(TcpListener|TcpStream|UdpSocket)\b|\buse\s+(hyper|axum|actix_web|reqwest|warp|rocket|tonic|quinn)\b`, Inet),
			sign(`\b(UnixListener|UnixStream|UnixDatagram)\b`, Local),
			sign(`\bSocket::new_raw\b|\bType::RAW\b`, Raw),
		},
	},
}

// languageOf tells a text's language by its first line, or else by its name.
func languageOf(name string, text []byte) *language {
	line, _, _ := strings.Cut(string(text[:min(len(text), 256)]), "\n")
	for _, l := range languages {
		if l.interpreter != nil && l.interpreter.MatchString(line) {
			return l
		}
	}
	if strings.HasPrefix(line, "#!") && !shell.MatchString(line) {
		return nil
	}
	for _, l := range languages {
		if l.extension.MatchString(name) {
			return l
		}
	}
	return nil
}

// shell matches the first line of a shell script.
var shell = lazyregexp.New(`^#!.*?\b(sh|bash|ksh|zsh|mksh|dash)([\s"']|$)`)

// maxLine is how much of a line is looked at, in bytes.
const maxLine = 2048

// describe notes what a text of the language shows, and whether it starts other programs.
func (l *language) describe(r *Report, file string, text []byte, how How) (spawns bool) {
	have := map[Act]bool{} // one line an act is enough
	for i, line := range strings.Split(string(text), "\n") {
		line = line[:min(len(line), maxLine)]
		if bare := strings.TrimSpace(line); bare == "" || strings.HasPrefix(bare, l.comment) {
			continue
		} else if bare == "__END__" && l.name == "Perl" {
			break
		}
		spawns = spawns || l.spawns.MatchString(line)
		for _, list := range [][]lineSign{l.signs, sharedSigns} {
			for _, s := range list {
				if have[s.act] {
					continue
				}
				if m := s.pattern.FindString(line); m != "" {
					have[s.act] = true
					r.add(s.act, how, file, i+1, "has "+message.Clip(strings.Join(strings.Fields(m), " "), 80))
				}
			}
		}
	}
	return spawns
}
