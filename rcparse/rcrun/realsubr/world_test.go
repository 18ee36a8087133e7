package realsubr

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// base is where FreeBSD has its commands, as far as scripts call them.
var base = map[string]string{
	"/bin": "cat chflags chmod cp cpuset csh date dd df echo ed expr freebsd-version getfacl hostname kill link ln ls mkdir mv pgrep pkill " +
		"ps pwait pwd realpath rm rmdir setfacl sh sleep stty sync test timeout unlink uuidgen [",
	"/sbin": "adjkerntz camcontrol ccdconfig devctl devfs devmatch dhclient dmesg dumpon fsck gbde gcore geli geom ggatec gmirror ifconfig " +
		"ipf ipfw ipfstat ipnat kenv kldconfig kldload kldstat kldunload ldconfig md5 mdconfig mdmfs mount mount_nullfs mount_tmpfs natd " +
		"newfs nologin nvmecontrol pfctl ping ping6 ping reboot resolvconf route savecore sha256 shutdown swapctl swapoff swapon sysctl " +
		"tunefs umount zfs zpool",
	"/usr/bin": "at awk basename bc bzip2 bunzip2 c99 cap_mkdb cc cmp comm crontab cut diff dirname du ee egrep env false fetch fgrep file find " +
		"flock fold fstat getconf getent getopt grep groups gunzip gzip head id iconv install ipcrm ipcs join jot killall last ldd less limits " +
		"locale lockf logger login logname look mail make mkfifo mktemp mt nc netstat nice nohup nproc openssl opiepasswd passwd paste patch " +
		"perror pr rs lam hexdump od apply printenv printf procstat protect readlink renice rev script sed seq showmount sockstat sort split ssh ssh-keygen stat stdbuf " +
		"strings su systat tail tar tee time tip top touch tr true truncate truss tty uname uniq unxz unzip uptime users vmstat w wall wc " +
		"whereis which who whoami xargs xz yes zcat zstd setsid tput ldapsearch lsvfs rctl",
	"/usr/sbin": "accton acpidump apm arp bhyve bhyvectl boot0cfg bsdconfig chown chgrp chroot ckdist cron ctladm daemon devinfo diskinfo " +
		"edquota etcupdate extattrctl freebsd-update getextattr setextattr rmextattr gpioctl gstat i2c inetd iostat jail jexec jls kbdcontrol " +
		"lpc lptcontrol lsof mailwrapper makemap mixer moused mountd mtree ndp newaliases newsyslog ngctl nfsd ntpdate ntpd periodic pkg pmcstat " +
		"pnpinfo powerd powermon ppp praudit pw pwd_mkdb quotaon rarpd rpcbind rtprio idprio rtsol sa sendmail service setaudit setfib setfmac " +
		"sesutil smbmsg spkrtest sshd syslogd sysrc tcpdump traceroute tzsetup uathload usbconfig usbdump vidcontrol vipw watch watchdog wlandebug " +
		"wpa_cli wpa_supplicant zdb zic zonectl",
}

// hostLinks are the paths of the base system's commands.
func hostLinks() []string {
	var list []string
	for dir, names := range base {
		for _, n := range strings.Fields(names) {
			list = append(list, dir+"/"+n)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var baseNames = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range hostLinks() {
		m[path.Base(p)] = true
	}
	return m
}()

var builtins = strings.Fields(". : [ alias bg bind break builtin case cd chdir command continue echo eval exec exit export false fc fg for getopts hash " +
	"if jobid jobs kill local printf pwd read readonly return set setvar shift test then time times trap true type ulimit umask unalias unset until wait while")

// Names that a script gives to a file or a command that the made host must have.
var (
	programLiteral = regexp.MustCompile(`(?:/[A-Za-z0-9_.+@-]+)+/(?:bin|sbin|libexec)/[A-Za-z0-9_.+@-]+`)
	depended       = regexp.MustCompile(`(?m)\bforce_depend\s+["']?([A-Za-z0-9_-]+)`)
	otherScript    = regexp.MustCompile(`(?:/usr/local)?/etc/rc\.d/[A-Za-z0-9_.-]+`)
	tildeUser      = regexp.MustCompile(`~([a-z_][a-z0-9_-]*)`)
	assignedUser   = regexp.MustCompile(`(?i)user[a-z_]*\}?:?[=-]["']?([a-z_][a-z0-9_-]*)`)
)

// programsOf is the paths of the programs that a script names, by its text.
// The rest is found when it is missed: see retry.
func programsOf(text string) []string {
	var list []string
	for _, at := range programLiteral.FindAllStringIndex(text, -1) {
		if at[1] == len(text) || text[at[1]] != '/' { // else it is a directory
			list = append(list, text[at[0]:at[1]])
		}
	}
	list = append(list, otherScript.FindAllString(text, -1)...)
	for _, m := range depended.FindAllStringSubmatch(text, -1) {
		list = append(list, "/etc/rc.d/"+m[1])
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err == nil {
		functions := map[string]bool{}
		syntax.Walk(f, func(n syntax.Node) bool {
			if fn, ok := n.(*syntax.FuncDecl); ok && fn.Name != nil {
				functions[fn.Name.Value] = true
			}
			return true
		})
		syntax.Walk(f, func(n syntax.Node) bool {
			call, ok := n.(*syntax.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			for i, w := range call.Args {
				name := w.Lit()
				switch {
				case strings.HasPrefix(name, "-"), i > 0 && !passesOn(call.Args[0].Lit()):
					continue
				case name == "" || functions[name] || baseNames[name] || slices.Contains(builtins, name) || strings.Trim(name, nameBytes) != "":
				default:
					list = append(list, "/usr/local/bin/"+name)
				}
				if i > 0 {
					break
				}
			}
			return true
		})
	}
	slices.Sort(list)
	return slices.Compact(list)
}

const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+"

// passesOn reports whether a command's first operand is a command.
func passesOn(name string) bool {
	return slices.Contains([]string{"command", "type", "which", "exec", "env", "nice", "limits", "nohup", "xargs", "have", "eval", "protect", "su"}, path.Base(name))
}

// passwd is passwd(5) with the users that the script names by their homes.
func passwd(text string) string {
	lines := "root:*:0:0::/root:/bin/sh\nsomeone:*:1001:1001::/home/someone:/usr/sbin/nologin\n"
	seen := map[string]bool{"root": true, "someone": true}
	for _, m := range append(tildeUser.FindAllStringSubmatch(text, -1), assignedUser.FindAllStringSubmatch(text, -1)...) {
		if !seen[m[1]] {
			seen[m[1]] = true
			lines += m[1] + ":*:1001:1001::/home/" + m[1] + ":/usr/sbin/nologin\n"
		}
	}
	return lines
}

// A lack is what a run missed on the made host.
type lack struct{ kind, path string }

var lacks = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"program", regexp.MustCompile(`(?m): (/[^\s:]+): (?:not found|Permission denied)$`)},
	{"file", regexp.MustCompile(`(?m)cannot open (/[^\s:]+): No such file`)},
	{"file", regexp.MustCompile(`(?m): \d+: (/[^\s:]+): Syntax error`)}, // a program that it sources
	{"file", regexp.MustCompile(`(?m)\.: ([^\s:/]+): not found$`)},      // sought in PATH
	{"dir", regexp.MustCompile(`(?m)cannot create (/[^\s:]+): (?:Directory nonexistent|No such file)`)},
}

// swept reports whether a boot takes a file away: where it is missed it is rightly so.
func swept(p string) bool {
	return strings.HasPrefix(p, "/var/run/") || strings.HasPrefix(p, "/tmp/") || strings.HasSuffix(p, ".pid")
}

// lacksOf reads from a shell's messages what it did not find.
func lacksOf(output, script string) []lack {
	var out []lack
	for _, l := range lacks {
		for _, m := range l.re.FindAllStringSubmatch(output, -1) {
			p := path.Clean(m[1])
			if !strings.HasPrefix(p, "/") {
				p = "/usr/bin/" + p
			}
			if l.kind == "dir" {
				p = path.Dir(p)
			}
			if p == script || l.kind == "file" && swept(p) {
				continue
			}
			if k := (lack{l.kind, p}); !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}
